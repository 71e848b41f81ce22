// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// A transport on scripted streams and a manual clock: no socket, no real time, one thread, and the
// test takes each step of the executor.
//
//     ScriptTransport t;
//     t.net->scripts.push_back({{{"\r\n\r\n", "HTTP/1.1 204 N\r\n\r\n"}}});
//     const auto call = t.get();
//     t.run();
//     CHECK(call->status() == 204);
//
// Unless told otherwise, a call reads its body to the end. Its results are available once run() is
// out of steps. The destructor checks that nothing is left: see leftovers().

#include "manual_alarm.hpp"
#include "script_dialer.hpp"
#include <hawser/detail/rt/blocking_loop.hpp>
#include <hawser/detail/rt/completion.hpp>
#include <hawser/detail/transport/transport_core.hpp>
#include <hawser/request.hpp>
#include <hawser/response.hpp>

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/io_context.hpp>
#include <catch2/catch.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace hawser::test {

enum class Reading { all, some, nothing, drop };  // some: a few bytes at a time

/// One request and its outcome.
struct Call {
    std::string method = "GET";
    Reading reading = Reading::all;
    asio::cancellation_signal signal;

    int completions = 0;
    int body_reads = 0;  // started
    int body_completions = 0;
    std::error_code ec;
    std::error_code body_ec;
    std::string body;
    Response response;
    bool inside = false;  // inside its initiating call
    bool dropped = false;
    char piece[7];  // buffer for Reading::some

    int status() const noexcept { return response.status; }
    bool done() const noexcept { return completions == 1 && body_completions == body_reads; }
    void cancel() { signal.emit(asio::cancellation_type::all); }
    /// The caller drops the response, whatever is in progress.
    void drop() {
        dropped = true;
        response = {};
    }

    static void complete(const std::shared_ptr<Call>& self, std::error_code code, Response res) {
        CHECK_FALSE(self->inside);
        ++self->completions;
        self->ec = code;
        self->response = std::move(res);
        if (code || self->reading == Reading::nothing) {
            return;
        }
        if (self->reading == Reading::drop) {
            self->response.body.close();
            return;
        }
        self->reading == Reading::some ? read_some(self) : read(self);
    }

    static void read_some(const std::shared_ptr<Call>& self) {
        ++self->body_reads;
        self->inside = true;
        self->response.body.async_read_some(
            asio::buffer(self->piece),
            asio::bind_cancellation_slot(
                self->signal.slot(), [self](std::error_code code, std::size_t n) {
                    CHECK_FALSE(self->inside);
                    ++self->body_completions;
                    self->body.append(self->piece, n);
                    if (!code && !self->dropped) {
                        return read_some(self);
                    }
                    CHECK((!code || n == 0));
                    self->body_ec = code == asio::error::eof ? std::error_code{} : code;
                }));
        self->inside = false;
    }

    static void read(const std::shared_ptr<Call>& self) {
        ++self->body_reads;
        self->inside = true;
        self->response.body.async_read_all(asio::bind_cancellation_slot(
            self->signal.slot(), [self](std::error_code code, std::string text) {
                CHECK_FALSE(self->inside);
                ++self->body_completions;
                self->body_ec = code;
                self->body = std::move(text);
            }));
        self->inside = false;
    }
};
using CallPtr = std::shared_ptr<Call>;

class ScriptTransport {
public:
    explicit ScriptTransport(TransportOptions options = {})
        : io(std::make_unique<asio::io_context>(1)),
          net(std::make_shared<ScriptNet>(io->get_executor())),
          clock(std::make_shared<ManualClock>()),
          executor_(io->get_executor()),
          loop_(std::make_shared<detail::ExecutorLoop>(executor_)),
          core(new detail::TransportCore(executor_, std::move(options))) {
        core->use(std::make_unique<ScriptDialer>(net), std::make_unique<ManualAlarm>(clock));
        core->watch_context();
        core->loop.set(loop_);
    }

    ~ScriptTransport() noexcept(false) {
        if (std::uncaught_exceptions() != 0) {
            forget_calls();
            destroy();
            io.reset();
            return;
        }
        forget_calls();
        if (io) {
            run();
            close_idle();
        }
        CHECK(leftovers() == "");
        destroy();
        if (io) {
            run();
        }
        CHECK(clock->alarms == 0);  // the core is destroyed
        CHECK(*net->streams == 0);
        CHECK(net->dials == 0);
    }

    /// A request to be filled in and started.
    detail::StartableTripPtr new_trip() {
        detail::RoundTrip* const trip = core->trips.make(*core);
        trip->add_ref();
        return detail::StartableTripPtr(trip);
    }
    CallPtr send(Request request, Reading reading = Reading::all) {
        auto call = std::make_shared<Call>();
        call->method = request.method;
        call->reading = reading;
        calls_.push_back(call);
        const auto handler = asio::bind_cancellation_slot(
            call->signal.slot(), [call](std::error_code ec, Response response) {
                Call::complete(call, ec, std::move(response));
            });
        using Handler = std::remove_const_t<decltype(handler)>;
        using Completion = detail::HandlerCompletion<Response, Handler>;
        call->inside = true;
        auto trip = new_trip();
        trip->to_send = std::move(request);
        trip->filter = filter;
        detail::CompletionPtr<Response> completion(Completion::create(Handler(handler), executor_));
        trip.release()->start(std::move(completion));
        call->inside = false;
        return call;
    }
    CallPtr get(Reading reading = Reading::all) { return send(Request("GET", url()), reading); }
    CallPtr post(RequestBody body) { return send(Request("POST", url(), std::move(body))); }
    static Url url() { return Url("http://host.example/"); }

    /// Operations without a response.
    CallPtr preconnect(std::size_t n) {
        return start([&](detail::CompletionPtr<detail::NoResult> completion) {
            core->preconnect(hawser::Url("http://host.example/"), n, std::move(completion));
        });
    }
    CallPtr shutdown(std::chrono::milliseconds grace) {
        return start([&](detail::CompletionPtr<detail::NoResult> completion) {
            core->shutdown(grace, std::move(completion));
        });
    }

    /// Takes one step; false if there is none.
    bool step() {
        io->restart();
        return io->poll_one() != 0;
    }
    void run() {
        std::size_t steps = 0;
        while (step()) {
            REQUIRE(++steps < 100'000);  // else it loops forever
        }
    }
    /// Lets time pass.
    void advance(std::chrono::milliseconds time) {
        clock->now += time;
        while (ring_if_due()) {
            run();
        }
    }
    /// Lets everything due by now happen in one of the next steps; false if nothing is due.
    bool ring_if_due() {
        if (!clock->due()) {
            return false;
        }
        clock->rings_at = detail::TimePoint::max();
        asio::post(executor_, [this] { core->deadlines().ring(detail::CalledFrom::executor); });
        return true;
    }
    void close_idle() {
        if (core) {
            core->close_idle_connections();
        }
        run();
    }
    /// Destroys the transport, as its last owner would.
    void destroy() {
        round_tripper = nullptr;
        if (core) {
            core->stop();
            core = nullptr;
        }
    }
    TransportStats stats() { return core->stats(); }
    Wire& wire(std::size_t i = 0) { return *net->wires.at(i); }

    /// Drops all responses, with their bodies.
    void forget_calls() {
        for (const auto& call : calls_) {
            call->response = {};
        }
        calls_.clear();
    }

    /// What should not exist once everything is done and nothing is idle.
    std::string leftovers() {
        std::string left;
        const auto none = [&](const char* what, std::uint64_t n) {
            left += n == 0 ? "" : std::string(what) + ' ' + std::to_string(n) + ' ';
        };
        if (core) {
            const TransportStats now = core->stats();
            none("open", now.open);
            none("dialing", now.dialing);
            none("waiting", now.waiting);
            none("strands", now.strands);
            none("uncounted", now.dialed - now.torn_down);
        }
        none("streams", static_cast<std::uint64_t>(*net->streams));
        none("dials", static_cast<std::uint64_t>(net->dials));
        return left;
    }

    std::unique_ptr<asio::io_context> io;
    std::shared_ptr<ScriptNet> net;
    std::shared_ptr<ManualClock> clock;

private:
    template <class Function>
    CallPtr start(Function function) {
        auto call = std::make_shared<Call>();
        call->method = "";
        call->reading = Reading::nothing;
        const auto handler = asio::bind_cancellation_slot(
            call->signal.slot(),
            [call](std::error_code ec) { Call::complete(call, ec, Response()); });
        using Handler = std::remove_const_t<decltype(handler)>;
        using Completion = detail::HandlerCompletion<detail::NoResult, Handler>;
        call->inside = true;
        function(detail::CompletionPtr<detail::NoResult>(
            Completion::create(Handler(handler), executor_)));
        call->inside = false;
        return call;
    }

    asio::any_io_executor executor_;
    std::shared_ptr<detail::BlockingLoop> loop_;
    std::vector<CallPtr> calls_;

public:
    detail::IntrusivePtr<detail::TransportCore> core;
    detail::IntrusivePtr<detail::ResponseFilter> filter;  // see script_client.hpp
    std::shared_ptr<void> round_tripper;                  // the only reference
};

}  // namespace hawser::test
