// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/exceptions.hpp>
#include <hawser/detail/middleware/forwarding_trace.hpp>
#include <hawser/detail/middleware/measure_round_tripper.hpp>
#include <hawser/detail/middleware/middleware_operation.hpp>
#include <hawser/detail/policy/log_line.hpp>
#include <hawser/detail/policy/timing_clock.hpp>
#include <hawser/detail/rt/throw_on.hpp>

#include <chrono>
#include <exception>
#include <mutex>
#include <optional>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

/// The trace of one request. Reports when both the response and the end of the last attempt, with
/// its body, are known.
class MeasureRoundTripper::Listener final : public ForwardingTrace {
public:
    Listener(std::shared_ptr<const Sink> sink, const Request& request)
        : ForwardingTrace(request.options.trace), sink_(std::move(sink)) {
        timings_.method = request.method;
        append_logged_url(timings_.url, request.url);
    }

    /// The response, or why there is none.
    void completed(std::error_code ec, int status) {
        std::optional<Timings> report;
        {
            const std::lock_guard lock(mutex_);
            completed_ = true;
            timings_.status = status;
            timings_.ec = ec ? ec : timings_.ec;
            report = take_report();
        }
        if (report) {
            (*sink_)(*report);
        }
    }

    void attempt_begin(unsigned number) override {
        note(TimingEvent::attempt_begin);
        ForwardingTrace::attempt_begin(number);
    }
    void dns_start(std::string_view host) override {
        note(TimingEvent::dns_start);
        ForwardingTrace::dns_start(host);
    }
    void dns_done(std::error_code ec, std::span<const Endpoint> addresses) override {
        note(TimingEvent::dns_done);
        ForwardingTrace::dns_done(ec, addresses);
    }
    void connect_start(const Endpoint& address) override {
        note(TimingEvent::connect_start);
        ForwardingTrace::connect_start(address);
    }
    void connect_done(const Endpoint& address, std::error_code ec) override {
        note(TimingEvent::connect_done);
        ForwardingTrace::connect_done(address, ec);
    }
    void tls_handshake_start() override {
        note(TimingEvent::tls_start);
        ForwardingTrace::tls_handshake_start();
    }
    void tls_handshake_done(std::error_code ec) override {
        note(TimingEvent::tls_done);
        ForwardingTrace::tls_handshake_done(ec);
    }
    void got_conn(const ConnectionInfo& connection, std::chrono::nanoseconds idle_for) override {
        {
            const std::lock_guard lock(mutex_);
            clock_.got_conn(connection.reused, std::chrono::steady_clock::now());
        }
        ForwardingTrace::got_conn(connection, idle_for);
    }
    void wrote_request(std::error_code ec) override {
        note(TimingEvent::wrote_request);
        ForwardingTrace::wrote_request(ec);
    }
    void got_first_response_byte() override {
        note(TimingEvent::first_byte);
        ForwardingTrace::got_first_response_byte();
    }
    HAWSER_DECL void attempt_end(const AttemptEnd& end) override;

private:
    void note(TimingEvent event) {
        const std::lock_guard lock(mutex_);
        clock_.at(event, std::chrono::steady_clock::now());
    }
    /// What to report, once: attempts of hedge() may go on. Call with the lock held.
    std::optional<Timings> take_report() {
        if (!completed_ || clock_.running() || std::exchange(reported_, true)) {
            return std::nullopt;
        }
        Timings timings = timings_;
        clock_.write(timings);
        return timings;
    }

    const std::shared_ptr<const Sink> sink_;
    std::mutex mutex_;  // guards what follows
    TimingClock clock_;
    Timings timings_;
    bool completed_ = false;
    bool reported_ = false;
};

HAWSER_DECL void MeasureRoundTripper::Listener::attempt_end(const AttemptEnd& end) {
    std::optional<Timings> report;
    {
        const std::lock_guard lock(mutex_);
        clock_.end(std::chrono::steady_clock::now());
        timings_.ec = end.ec;
        timings_.connection_id = end.connection_id;
        timings_.sent = end.written;
        timings_.received = end.received;
        report = take_report();
    }
    Thrown thrown;
    thrown.keep([&] { ForwardingTrace::attempt_end(end); });
    if (report) {
        thrown.keep([&] { (*sink_)(*report); });
    }
    thrown.rethrow();
}

class MeasureRoundTripper::Operation final : public MiddlewareOperation {
public:
    Operation(CompletionPtr<Response> completion,
              const WrappingRoundTripper& by,
              std::shared_ptr<const Sink> sink,
              Request&& sent)
        : MiddlewareOperation(std::move(completion), by, std::move(sent)), sink_(std::move(sink)) {}

private:
    HAWSER_DECL void prepare() override;
    HAWSER_DECL Request next_request() override;
    HAWSER_DECL bool answered(Outcome<Response>& got) override;

    const std::shared_ptr<const Sink> sink_;
    std::shared_ptr<Listener> listener_;
};

HAWSER_DECL void MeasureRoundTripper::Operation::prepare() {
    listener_ = std::make_shared<Listener>(sink_, request());
}

HAWSER_DECL Request MeasureRoundTripper::Operation::next_request() {
    Request to_send = take_request();
    to_send.options.trace = listener_;
    return to_send;
}

// An exception of the sink is none of the request's: it reaches whoever runs the executor.
HAWSER_DECL bool MeasureRoundTripper::Operation::answered(Outcome<Response>& got) {
    Thrown thrown;
    thrown.keep([&] { listener_->completed(got.ec, got.result.status); });
    if (thrown) {
        throw_on(executor(), thrown.take());
    }
    return true;
}

HAWSER_DECL void MeasureRoundTripper::start_round_trip(Request request, RoundTripHandler handler) {
    begin_middleware<Operation>(handler, *this, sink_, std::move(request));
}

}  // namespace hawser::inline HAWSER_ABI::detail
