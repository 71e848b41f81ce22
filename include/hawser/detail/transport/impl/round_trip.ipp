// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/access.hpp>
#include <hawser/detail/bounded_options.hpp>
#include <hawser/detail/conn/conn_body.hpp>
#include <hawser/detail/conn/progress_meter.hpp>
#include <hawser/detail/message/content_decoder.hpp>
#include <hawser/detail/policy/limit_reached.hpp>
#include <hawser/detail/policy/retry.hpp>
#include <hawser/detail/time_left.hpp>
#include <hawser/detail/transport/proxy_hop.hpp>
#include <hawser/detail/transport/round_trip.hpp>
#include <hawser/detail/transport/transport_core.hpp>
#include <hawser/error.hpp>

#include <asio/error.hpp>

#include <memory>
#include <new>
#include <stop_token>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

/// Cancels a request when its stop token says so. Destroyed with no lock held, because the
/// destructor waits for a running callback.
class StopWatch final : public Task {
public:
    explicit StopWatch(RoundTrip& trip)
        : trip_(&trip), callback_(trip.request.message.options.stop, Stop{trip}) {}

    void run(CalledFrom) override { delete this; }

private:
    struct Stop {
        void operator()() const noexcept {
            Thrown ignored;  // the cancellation itself is complete
            ignored.keep([&] { trip.cancel(error::canceled, CalledFrom::user); });
        }
        RoundTrip& trip;
    };
    const IntrusivePtr<RoundTrip> trip_;
    const std::stop_callback<Stop> callback_;
};

HAWSER_DECL RoundTrip::RoundTrip(TransportCore& core, HeadBuffer&& buffer)
    : Exchange(std::move(buffer)), StartableTrip(request.message, core.executor()), core_(&core) {}

HAWSER_DECL void RoundTrip::dispose() noexcept {
    const IntrusivePtr<TransportCore> core = std::move(core_);
    HeadBuffer buffer = std::move(request.head);
    this->~RoundTrip();
    core->trips.keep(this, std::move(buffer));
}

HAWSER_DECL RoundTrip::~RoundTrip() {
    if (OperationCore* const successor = successor_.load(std::memory_order_relaxed)) {
        successor->release();
    }
}

HAWSER_DECL LoopUse RoundTrip::use_loop() const {
    return core_->loop.use();
}

HAWSER_DECL void RoundTrip::start(CompletionPtr<Response> completion) {
    const auto self = IntrusivePtr<RoundTrip>::adopt(this);
    completion_ = std::move(completion);
    completion_->slot.filter = std::move(filter);
    TaskList due;
    try {
        if (const std::error_code ec = prepare()) {
            note_refusal(ec);
            complete(ec, due);
        } else {
            const RequestOptions& options = request.message.options;
            request.watched = options.timeout.value_or(std::chrono::milliseconds{0}).count() != 0 ||
                              options.stop.stop_possible() || options.trace;
            if (request.watched || completion_->cancellation_slot().is_connected()) {
                watch(due);
            }
            obtain(due);
        }
    } catch (...) {
        complete(error_of_exception(), due);
    }
    due.run(CalledFrom::user);
}

HAWSER_DECL Response RoundTrip::wait(BlockingLoop& loop, std::error_code& ec) {
    const IntrusivePtr<RoundTrip> self(this);
    auto starts = IntrusivePtr<RoundTrip>::adopt(this);  // the reference that start() takes over
    BlockingCompletion<Completion<Response>> completion(loop);  // pthread_cancel() may unwind here
    blocking_ = {&loop, &completion.caller()};
    completion.caller().polled.set_exchange(static_cast<Exchange*>(this));
    completion.await(*this, [&] { starts.detach()->start(CompletionPtr<Response>(&completion)); });
    ec = completion.ec;
    if (recalled_) {
        Outcome<Response> got = completion.slot.filter->finish(
            std::move(*recalled_), ends_by_, taken(completion, ec), loop);
        ec = got.ec;
        return std::move(got.result);
    }
    return completion.slot.empty() ? Response() : std::move(completion.result());
}

// Gets a connection in one way or another, or completes. If lend() finds the connection stale, it
// closes it, and the search starts over.
HAWSER_DECL void RoundTrip::obtain(TaskList& due) noexcept {
    const Request& message = request.message;
    ConnectKeyView key{
        message.url.is_https(), message.url.host(), message.url.port(), message.options.pool_tag};
    if (proxy_) {
        key = proxy_->key(key);
    }
    try {
        for (;;) {
            const CheckedOut found = core_->check_out(*this, key, due);
            if (found.refused) {
                note_in_queue(found.refused);
                return complete(found.refused, due);
            }
            if (!found.conn || found.conn->lend(this, found.probe, due)) {
                return;  // it waits or is being served, and may have completed already
            }
        }
    } catch (const std::exception&) {  // the request was not registered anywhere yet
        complete(error::resource_exhausted, due);
    }
}

// The current attempt ended without a response: start another one, or complete.
HAWSER_DECL void RoundTrip::failed(CalledFrom from) {
    TaskList due;
    std::error_code ec = canceled();  // takes precedence over the error that it caused
    if (!ec) {
        const Retry reason = should_retry(attempt, attempt.failure);
        ec = reason == Retry::no ? attempt.failure : prepare_retry(reason, due);
    }
    ec ? complete(ec, due) : obtain(due);
    const auto released = core_->update_work();  // destroyed last: a request may have been waiting
    due.run(from);
}

HAWSER_DECL std::error_code RoundTrip::prepare_retry(Retry reason, TaskList& due) noexcept {
    try {
        auto note = std::move(response.note);  // keeps it apart from a failure of the body
        if (const std::error_code ec = rewind()) {
            note_failure(ec, Failure::Phase::request);
            return ec;
        }
        response.note = std::move(note);
        attempt.retried_before = true;
        fresh_only = true;
        core_->count(reason);
        tell_retry(reason, due);
        response.note.reset();
        return {};
    } catch (const std::exception&) {
        return error::resource_exhausted;
    }
}

// Rewinds the body to its first byte, if there is one.
HAWSER_DECL std::error_code RoundTrip::rewind() {
    response.request_sent.store(false, std::memory_order_relaxed);
    if (request.pump && std::exchange(attempt.body_read, false)) {
        request.pump->rewind();
    }
    if (std::exchange(attempt.expectation_failed, false)) {
        request.message.headers.erase("Expect");
        request.expect_continue_timeout = {};
        return prepare_head();
    }
    return std::exchange(attempt.proxy_challenged, false) ? prepare_head() : std::error_code();
}

HAWSER_DECL void RoundTrip::cancel(std::error_code cause, CalledFrom from) {
    if (!set_canceled(cause)) {
        return;
    }
    if (OperationCore* const successor = successor_.load()) {
        return successor->cancel(cause);
    }
    const IntrusivePtr<BodyPump> source = request.pump;  // this trip may be destroyed by leave()
    leave(cause, from);
    if (Task* const stop = source ? source->stop() : nullptr) {
        stop->run(from);
    }
}

// Leaves the queue, or its connection, which is then closed.
HAWSER_DECL void RoundTrip::leave(std::error_code cause, CalledFrom from) {
    TaskList due;
    Withdrawn withdrawn = core_->withdraw(*this);
    if (withdrawn.waited) {
        note_failure(cause, withdrawn.phase, {{}, {}, std::move(withdrawn.address)});
        complete(cause, due);
    } else if (withdrawn.conn) {
        withdrawn.conn->cancel(*this, cause, due);
    }
    due.run(from);
}

HAWSER_DECL void RoundTrip::note_in_queue(std::error_code ec) noexcept {
    Fault fault;
    try {
        fault.reason = limit_reached(ec, core_->options());
    } catch (const std::bad_alloc&) {  // then the code must suffice
    }
    note_failure(ec, Failure::Phase::queue, std::move(fault));
}

HAWSER_DECL void RoundTrip::complete(std::error_code ec, TaskList& due) noexcept {
    if (clear_deadline()) {
        core_->deadline_cleared();  // a connection that is open does this when it closes
    }
    if (Task* const last = request.pump ? request.pump->finish() : nullptr) {
        due.push(*last);  // before anything that tells the caller that the request has ended
    }
    if (stop_watch_ != nullptr) {
        due.push(*std::exchange(stop_watch_, nullptr));
    }
    completion_->ec = ec;
    if (response_.status != 0) {
        response_ = Response();  // it could not be delivered
    }
    response_.failure = describe(ec);
    Access::fill(response_.body, core_->loop.get(), std::string(), nullptr, nullptr);
    completion_->slot.point_to(response_, this);
    Task& completion = *completion_.release();
    if (request.trace) {
        tell_completion(ec, completion, due);
    } else {
        due.push(completion);
    }
}

// Steps that may throw come first, or are undone by complete().
HAWSER_DECL void RoundTrip::respond(PersistConn& connection, ReceivedResponse& arrival) {
    response_.status = arrival.head.status;
    response_.connection = connection.info();
    response_.connection.reused = attempt.reused;
    if (proxy_) {
        proxy_->accepted(arrival.head.headers, response_.connection);
    }
    Access::fill(response_.body,
                 core_->loop.get(),
                 std::move(arrival.body),
                 std::move(arrival.trailers),
                 arrival.whole ? nullptr : make_body_stream<ConnBody>(connection, *this));
    response_.reason = std::move(arrival.head.reason);
    response_.version = arrival.head.version;
    response_.headers = std::move(arrival.head.headers);
    response_.content_length = arrival.head.content_length;
    if (ResponseFilter::concerns(response_.status) && completion_->slot.filter) {
        pass_to_filter();
    }
    if (response.coding.count != 0 || request.message.options.on_progress) {
        wrap_body(connection);
    }
    response_.url = request.message.url;  // a copy: the exchange needs it if the body fails
    // Once the connection is free again, nothing else needs the URL.
    Access::remember(
        response_.body,
        BodyOrigin{arrival.whole ? std::move(request.message.url) : Url(request.message.url),
                   known_method(request.message.method)},
        response.request_sent.load(std::memory_order_relaxed));
    response_.upgraded = response.upgraded;
    if (response.upgraded) {
        clear_deadline();  // the upgraded connection has no deadline
    }
    completion_->slot.point_to(response_, this);
    Task& completion = *completion_.release();
    if (!request.trace) {
        connection.after_turn(completion);
    } else if (request.trace->complete(completion)) {
        connection.after_turn(*request.trace);
    }
}

// From now on the client's operation continues the call. A cancellation that came first may not
// have seen it. A blocking caller continues by itself.
HAWSER_DECL void RoundTrip::pass_to_filter() {
    if (blocking_.caller != nullptr) {
        recalled_ = std::make_unique<Request>(recall());
        return;
    }
    const IntrusivePtr<ResponseFilter> client = completion_->slot.filter;
    auto successor = client->take_over(recall(), ends_by_, completion_);
    successor_.store(successor.detach());
    if (const std::error_code cause = canceled()) {
        successor_.load()->cancel(cause);
    }
}

// The request as it was sent, for another one like it.
HAWSER_DECL Request RoundTrip::recall() const {
    const Request& message = request.message;
    Request sent(message.method, message.url);
    sent.headers = message.headers;
    sent.trailers = message.trailers;
    sent.host = message.host;
    sent.close = message.close;
    sent.options = message.options;
    if (request.trace) {
        sent.options.trace = request.trace->trace();
    }
    sent.body = message.body;
    if (request.pump) {
        Access::owned_source(sent.body) = request.pump->source();
    }
    return sent;
}

HAWSER_DECL void RoundTrip::wrap_body(PersistConn& connection) {
    if (response.coding.count != 0) {
        decode_body();
    }
    if (request.message.options.on_progress) {
        count_body(connection);
    }
}

HAWSER_DECL void RoundTrip::finished(PersistConn& connection) noexcept {
    clear_deadline();
    if (stop_watch_ != nullptr) {
        connection.after_turn(*std::exchange(stop_watch_, nullptr));
    }
    if (request.trace) {
        tell_finished(connection);
    }
}

// Makes the body look as if it had never been compressed.
HAWSER_DECL void RoundTrip::decode_body() {
    const TransportOptions& options = core_->options();
    response_.headers.erase("Content-Encoding");
    response_.headers.erase("Content-Length");
    response_.content_length.reset();
    response_.uncompressed = true;
    Access::decode(response_.body,
                   response.coding,
                   DecodeLimits{options.max_decoded_body_bytes, options.max_decode_ratio},
                   BodyOrigin{request.message.url, known_method(request.message.method)});
}

/// Destroys a user's function when no lock is held.
struct DropProgress final : Task {
    explicit DropProgress(ProgressFunction&& last) noexcept : function(std::move(last)) {}
    void run(CalledFrom) override { delete this; }
    ProgressFunction function;
};

// Has the caller's reads counted. Call after decode_body().
HAWSER_DECL void RoundTrip::count_body(PersistConn& connection) {
    ProgressFunction function = std::move(request.message.options.on_progress);
    if (response.upgraded) {
        return connection.after_turn(*new DropProgress(std::move(function)));
    }
    IntrusivePtr<ProgressMeter> meter = request.pump ? request.pump->meter() : nullptr;
    if (!meter) {
        meter = new ProgressMeter(std::move(function));
    }
    Access::count(response_.body,
                  std::move(meter),
                  response_.content_length,
                  BodyOrigin{request.message.url, known_method(request.message.method)});
}

HAWSER_DECL bool RoundTrip::clear_deadline() noexcept {
    const bool had_one = std::exchange(has_deadline_, false);
    if (had_one) {
        core_->deadlines().clear(*this);
    }
    return had_one;
}

// ── Preparing the request ────────────────────────────────────────────────────────────────────────

// Finds out whether the request can be sent, before a connection is touched, and writes its head.
HAWSER_DECL std::error_code RoundTrip::prepare() {
    Request& message = request.message;
    if (message.url.empty()) {
        return error::invalid_url;
    }
    if (message.options.timeout && message.options.timeout->count() < 0) {
        return error::invalid_request;
    }
    if (Access::source(message.body) || Access::is_null(message.body) ||
        message.options.on_progress) {
        if (const std::error_code ec = open_body()) {
            return ec;
        }
    }
    if (message.options.proxy || core_->proxies.any()) {
        Fault fault;
        proxy_ = choose_hop(message, *core_, fault);
        if (!fault.empty()) {
            note_failure(error::invalid_url, Failure::Phase::request, std::move(fault));
            return error::invalid_url;
        }
    }
    if (const std::error_code ec = prepare_head()) {
        return ec;
    }
    const TransportOptions& options = core_->options();
    request.response_header_timeout =
        message.options.response_header_timeout.value_or(options.response_header_timeout);
    if (request.traits.expects_continue) {
        request.expect_continue_timeout = options.expect_continue_timeout;
    }
    attempt.idempotent = message.options.idempotent || is_idempotent(message.method);
    attempt.replayable = !request.parts.streamed || request.pump->replayable();
    request.may_send_again = attempt.idempotent && attempt.replayable;
    return {};
}

// Once more before it is sent again with other fields.
HAWSER_DECL std::error_code RoundTrip::prepare_head() {
    Request& message = request.message;
    const bool streamed = static_cast<bool>(request.pump);
    OutgoingPlan& plan = request.parts.plan;
    plan = plan_request_body(message, streamed ? request.pump->length() : message.body.length());
    const HeadExtras& extras = proxy_ ? proxy_->extras() : core_->head_extras();
    if (const std::error_code ec =
            write_request_head(message, plan, extras, request.head, request.traits)) {
        return ec;
    }
    request.parts.head = request.head;
    request.parts.content = message.body.content();
    request.parts.trailers = &message.trailers;
    request.parts.streamed = streamed;
    message.close = request.traits.close;
    return {};
}

HAWSER_DECL bool RoundTrip::answers_proxy(const Headers& fields) {
    const bool answered = proxy_ && proxy_->answers(fields, request.message.method);
    attempt.proxy_challenged = answered && (!attempt.body_read || attempt.replayable);
    return attempt.proxy_challenged;
}

// Determines what the body consists of. Whatever may wait or call user code happens later, as the
// body is sent.
HAWSER_DECL std::error_code RoundTrip::open_body() {
    if (Access::is_null(request.message.body)) {
        note_failure(error::invalid_request, Failure::Phase::request, {{}, "the body is null", {}});
        return error::invalid_request;
    }
    IntrusivePtr<ProgressMeter> meter;
    if (const ProgressFunction& on_progress = request.message.options.on_progress) {
        Access::make_source(request.message.body);
        if (!Access::source(request.message.body)) {
            return {};  // there is no body, or it is open already
        }
        meter = new ProgressMeter(on_progress);
    }
    request.pump = new BodyPump(core_->executor());
    if (blocking_.caller != nullptr) {
        blocking_.loop->attach(request.pump->mailbox, *blocking_.caller);
    }
    Fault fault;
    auto& source = Access::owned_source(request.message.body);
    const std::error_code ec = request.pump->open(std::move(source), std::move(meter), fault);
    if (ec) {
        note_failure(ec, Failure::Phase::request, std::move(fault));
    }
    return ec;
}

// Records why prepare() failed.
HAWSER_DECL void RoundTrip::note_refusal(std::error_code ec) noexcept {
    Fault fault;
    try {
        if (request.message.options.timeout && request.message.options.timeout->count() < 0) {
            fault.reason = "RequestOptions::timeout is negative";
        } else if (ec == error::invalid_request) {
            fault.reason =
                explain_refusal(request.message, request.parts.plan, core_->head_extras());
        } else if (ec == error::invalid_url) {
            fault.reason = request.message.url.refusal();
        }
    } catch (const std::bad_alloc&) {  // then the code must suffice
    }
    note_failure(ec, Failure::Phase::request, std::move(fault));
}

// ── Ending it from outside ───────────────────────────────────────────────────────────────────────

// Whatever can end it early, and its trace.
HAWSER_DECL void RoundTrip::watch(TaskList& due) {
    RequestOptions& options = request.message.options;
    if (options.timeout && options.timeout->count() != 0) {
        ends_by_ = core_->deadlines().now() + bounded(*options.timeout);
        restore_whole_timeout(options);
        core_->deadlines().set(*this, ends_by_);
        has_deadline_ = true;
    }
    if (auto slot = completion_->cancellation_slot(); slot.is_connected()) {
        slot.assign([self = IntrusivePtr<RoundTrip>(this)](asio::cancellation_type type) {
            if (type != asio::cancellation_type::none) {
                self->cancel(asio::error::operation_aborted, CalledFrom::user);
            }
        });
    }
    if (options.stop.stop_possible()) {
        stop_watch_ = new StopWatch(*this);
    }
    if (options.trace) {
        tell_begin(due);
    }
}

HAWSER_DECL void RoundTrip::expired(CalledFrom from) {
    cancel(error::total_timeout, from);
}

// ── Trace events ─────────────────────────────────────────────────────────────────────────────────

HAWSER_DECL void RoundTrip::tell_retry(Retry reason, TaskList& due) {
    if (request.trace) {
        bool to_run = tell_end(attempt.failure, describe(attempt.failure), false);
        to_run |= request.trace->add([=](ClientTrace& to) { to.retry(reason); });
        if (to_run) {
            due.push(*request.trace);
        }
        tell_begin(due);
    }
}

HAWSER_DECL void RoundTrip::tell_completion(std::error_code ec,
                                            Task& completion,
                                            TaskList& due) noexcept {
    const bool to_run = tell_end(ec, response_.failure, true);
    if (request.trace->complete(completion) || to_run) {
        due.push(*request.trace);
    }
}

HAWSER_DECL void RoundTrip::tell_begin(TaskList& due) {
    if (!request.trace) {
        request.trace = new TraceQueue(std::move(request.message.options.trace), core_->executor());
    }
    const bool to_run =
        request.trace->begin_attempt([number = attempt.retried_before ? 2u : 1u,
                                      host = request.message.url.host(),
                                      port = request.message.url.port()](ClientTrace& to) {
            to.attempt_begin(number);
            to.get_conn(host, port);
        });
    if (to_run) {
        due.push(*request.trace);
    }
}

HAWSER_DECL void RoundTrip::tell_finished(PersistConn& connection) noexcept {
    if (tell_end(response.body_error, describe(response.body_error), true)) {
        connection.after_turn(*request.trace);
    }
}

// True: the trace must be run.
HAWSER_DECL bool RoundTrip::tell_end(std::error_code ec, Failure why, bool last) noexcept {
    const bool to_run = request.trace->end_attempt(
        {ec, conn ? conn->info().id : 0, attempt.written, attempt.received, std::move(why)});
    if (last) {
        request.trace->close();
    }
    return to_run;
}

}  // namespace hawser::inline HAWSER_ABI::detail
