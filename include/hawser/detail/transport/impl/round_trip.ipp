// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/message/content_decoder.hpp>
#include <hawser/detail/net/body_eof_signal.hpp>
#include <hawser/detail/transport/round_trip.hpp>
#include <hawser/detail/transport/transport_core.hpp>
#include <hawser/error.hpp>

#include <asio/error.hpp>

#include <memory>
#include <utility>

namespace hawser::detail {

HAWSER_DECL RoundTrip::RoundTrip(TransportCore& core, std::string buffer)
    : PendingTrip(request), core_(&core) {
    head = std::move(buffer);
    head.clear();
}

HAWSER_DECL void RoundTrip::dispose() noexcept {
    const IntrusivePtr<TransportCore> core = core_;
    std::string buffer = std::move(head);
    this->~RoundTrip();
    core->keep(this, std::move(buffer));
}

HAWSER_DECL RoundTrip::~RoundTrip() = default;

HAWSER_DECL void RoundTrip::start(CompletionPtr<Response> completion) {
    const auto self = IntrusivePtr<RoundTrip>::adopt(this);
    completion_ = std::move(completion);
    if (const std::error_code ec = prepare()) {
        complete(ec, Context::call);
        return;
    }
    const auto timeout = request.options.timeout.value_or(std::chrono::milliseconds{0});
    if (timeout.count() > 0) {
        has_deadline_ = true;
        core_->deadlines().set(*this, core_->deadlines().now() + timeout);
    }
    watch_cancellation();
    core_->obtain(*this, Context::call);
}

// What cannot be sent is found out before a connection is touched.
HAWSER_DECL std::error_code RoundTrip::prepare() {
    if (request.url.empty()) {
        return error::invalid_url;
    }
    const TransportOptions& options = core_->options();
    plan = plan_request_body(request);
    request.close = request.close || options.disable_keep_alives;
    asked_for_codings_ = can_decode && !options.disable_compression && may_ask_for_codings(request);
    const HeadExtras extras{options.user_agent, asked_for_codings_, request.close};
    if (const std::error_code ec = write_request_head(request, plan, extras, head)) {
        return ec;
    }
    request.close = asks_to_close(request);
    response_header_timeout =
        request.options.response_header_timeout.value_or(options.response_header_timeout);
    attempt.idempotent = request.options.idempotent || is_idempotent(request.method);
    attempt.replayable = request.body.replayable();
    may_send_again = attempt.idempotent && attempt.replayable;
    return rewind() ? std::error_code{} : failure;
}

HAWSER_DECL bool RoundTrip::rewind() {
    if (request.body.source()) {
        std::error_code ec;
        source = request.body.source()->open(ec);
        if (ec) {
            failure = ec;
            return false;
        }
    }
    return true;
}

HAWSER_DECL ConnectKeyView RoundTrip::key() const noexcept {
    return {
        request.url.is_https(), request.url.host(), request.url.port(), request.options.pool_tag};
}

HAWSER_DECL void RoundTrip::watch_cancellation() {
    if (auto slot = completion_->cancellation_slot(); slot.is_connected()) {
        slot.assign([self = IntrusivePtr<RoundTrip>(this)](asio::cancellation_type type) {
            if (type != asio::cancellation_type::none) {
                self->cancel(asio::error::operation_aborted, Context::call);
            }
        });
    }
}

HAWSER_DECL void RoundTrip::cancel(std::error_code cause, Context context) {
    set_cancelled(cause);
    core_->cancel(*this, context);
}

HAWSER_DECL void RoundTrip::expired(Context context) {
    cancel(error::total_timeout, context);
}

HAWSER_DECL void RoundTrip::run(Context context) {
    const auto self = IntrusivePtr<RoundTrip>::adopt(this);
    if (failure) {
        core_->attempt_failed(*this, context);
    }
}

HAWSER_DECL void RoundTrip::complete(std::error_code ec, Context context) {
    finished();
    completion_->ec = ec;
    completion_->slot.point_to(response_, this);
    completion_.release()->run(context);
}

/// The end of a response that nobody can read: first of its connection, if it still has to do with
/// it, then of the request.
struct RoundTrip::Refusal final : Task {
    Refusal(RoundTrip& trip, PersistConn& conn, std::error_code ec)
        : trip(&trip), conn(&conn), ec(ec) {}

    void run(Context context) override {
        const std::unique_ptr<Refusal> self(this);
        conn->abort(*trip, ec, context);
        trip->complete(ec, context);
    }

    const IntrusivePtr<RoundTrip> trip;
    const IntrusivePtr<PersistConn> conn;
    const std::error_code ec;
};

HAWSER_DECL void RoundTrip::respond(PersistConn& connection, Arrival& arrival) {
    CodingPlan coding;
    if (asked_for_codings_) {
        if (const std::error_code ec = plan_decoding(arrival.head, coding)) {
            connection.after_turn(*new Refusal(*this, connection, ec));
            return;
        }
    }
    response_.status = arrival.head.status;
    response_.reason = std::move(arrival.head.reason);
    response_.version = arrival.head.version;
    response_.headers = std::move(arrival.head.headers);
    response_.content_length = arrival.head.content_length;
    response_.connection = connection.info();
    response_.connection.reused = attempt.reused;
    response_.url = std::move(request.url);
    response_.body =
        ResponseBody(core_->loop(),
                     std::move(arrival.body),
                     std::move(arrival.trailers),
                     arrival.whole ? nullptr : std::make_unique<BodyEofSignal>(connection, *this));
    if (coding.count != 0) {
        decode_body(coding);
    }
    if (arrival.whole) {
        finished();
    }
    completion_->slot.point_to(response_, this);
    connection.after_turn(*completion_.release());
}

// The caller sees the body as if it had never been coded.
HAWSER_DECL void RoundTrip::decode_body(const CodingPlan& coding) {
    const TransportOptions& options = core_->options();
    response_.headers.erase("Content-Encoding");
    response_.headers.erase("Content-Length");
    response_.content_length.reset();
    response_.uncompressed = true;
    response_.body.detail_decode(coding,
                                 {options.max_decoded_body_bytes, options.max_decode_ratio});
}

HAWSER_DECL void RoundTrip::finished() noexcept {
    if (std::exchange(has_deadline_, false)) {
        core_->deadlines().clear(*this);
        core_->deadline_cleared();
    }
}

}  // namespace hawser::detail
