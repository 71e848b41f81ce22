// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// One request and what becomes of it, as the connection that serves it sees it. The transport's
// RoundTrip is one; tests have their own.

#include <hawser/config.hpp>
#include <hawser/detail/conn/body_origin.hpp>
#include <hawser/detail/conn/body_pump.hpp>
#include <hawser/detail/intrusive_ptr.hpp>
#include <hawser/detail/message/content_decoder.hpp>
#include <hawser/detail/message/head_buffer.hpp>
#include <hawser/detail/message/outgoing_request.hpp>
#include <hawser/detail/message/response_head.hpp>
#include <hawser/detail/policy/retry.hpp>
#include <hawser/detail/rt/task.hpp>
#include <hawser/detail/rt/trace_queue.hpp>
#include <hawser/failure.hpp>
#include <hawser/request.hpp>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

namespace hawser::detail {

class PersistConn;

/// What a response comes with: its head, and the bytes of its body that were there already.
struct ReceivedResponse {
    ResponseHead& head;
    std::string body;
    std::unique_ptr<Headers> trailers;
    bool whole = false;  // `body` is everything: the connection is free again
};

/// What is known of a failure beyond its code; made when there is one.
struct FailureNote {
    std::error_code code{};  // none: nothing was noted
    Failure::Phase phase{};
    Fault fault{};
    Failure told{};  // to the last read of the body that failed
};

/// A request that is ready to be sent; fixed before its exchange meets a connection.
struct PreparedRequest {
    /// With room for its head.
    explicit PreparedRequest(HeadBuffer&& buffer) noexcept : head(std::move(buffer)) {}

    Request message;
    OutgoingPlan plan;
    RequestTraits traits;
    HeadBuffer head;  // as it goes out, validated
    bool may_send_again = false;
    std::chrono::milliseconds response_header_timeout{0};
    /// The body waits for the server's word, but not longer than this; 0 = it does not wait.
    std::chrono::milliseconds expect_continue_timeout{0};
    IntrusivePtr<BodyPump> pump;  // of a streamed body
    IntrusivePtr<TraceQueue> trace;
    bool watched = false;  // by a deadline, a stop token or a trace: finished() has to be called
};

/// The attempt under way; guarded by the monitor of its connection.
struct CurrentAttempt : Attempt {
    OutgoingRequest outgoing;
    std::error_code failure;
};

enum class BodyState { awaited, open, ended, closed, failed };

/// What came of the request; guarded by the monitor of its connection.
struct ResponseState {
    BodyState body = BodyState::awaited;
    std::error_code body_error;
    std::unique_ptr<FailureNote> note;  // of the attempt that failed, or the body
    std::unique_ptr<Headers> trailers;
    CodingPlan coding;
    std::atomic<bool> request_sent{false};  // all of it; read by the response at any time
    bool cut_short = false;                 // the end of the body was that of a connection cut off
    bool upgraded = false;  // the connection is the caller's until the body is closed
};

class Exchange : public RefCounted {
public:
    explicit Exchange(HeadBuffer&& buffer) noexcept : request(std::move(buffer)) {}

    PreparedRequest request;
    CurrentAttempt attempt;
    ResponseState response;

    /// The response is here. Called once, within a turn of the connection.
    virtual void respond(PersistConn& conn, ReceivedResponse& arrival) = 0;
    /// The caller has nothing to expect of this exchange any more: the body ended, one way or
    /// another. Called after respond(), within a turn of the connection, perhaps more than once.
    virtual void finished(PersistConn& conn) noexcept = 0;
    /// The attempt ended without a response: `attempt.failure` says why. Called with no lock held.
    virtual void failed(CalledFrom from) = 0;
    /// The connection is done with the exchange, whose response was delivered. Called with no lock
    /// held, and only if the exchange holds something of the user's: a body source or a trace.
    virtual void released(CalledFrom from) = 0;

    /// The task that calls failed(); it takes over the reference.
    static Task& failing(IntrusivePtr<Exchange> exchange, std::error_code why) noexcept {
        exchange->attempt.failure = why;
        return last_step(std::move(exchange), &Exchange::failed);
    }
    /// The task that calls released(); it takes over the reference.
    static Task& releasing(IntrusivePtr<Exchange> exchange) noexcept {
        return last_step(std::move(exchange), &Exchange::released);
    }

    /// Keeps what is known of a failure, if there is nothing yet.
    void note_failure(std::error_code code, Failure::Phase phase, Fault fault = {}) noexcept;
    bool noted() const noexcept { return response.note && response.note->code; }
    /// As describe(), for a read of the body: kept for told().
    Failure tell(std::error_code code, const char* reason = "") noexcept;
    /// What the last read failed with, or the next one would.
    Failure told() const noexcept;
    /// All there is to say of `code`, with a reason for one that was not noted. Guarded as
    /// `response`.
    Failure describe(std::error_code code, const char* reason = "") const noexcept;

    /// When it has to be over; TimePoint::max() if at no time.
    virtual TimePoint ends_by() const noexcept { return TimePoint::max(); }

    /// Why the exchange must not go on, if somebody said so.
    std::error_code cancelled() const noexcept {
        return cancelled_.load(std::memory_order_acquire) ? cancel_cause_ : std::error_code{};
    }

protected:
    /// The first cause stays, and whoever had it does what follows from it. May come at any time,
    /// from any thread. False: it was not the first, and cancelled() may not say so yet.
    [[nodiscard]] bool set_cancelled(std::error_code cause) noexcept {
        if (cancelling_.exchange(true)) {
            return false;
        }
        cancel_cause_ = cause;
        cancelled_.store(true, std::memory_order_release);
        return true;
    }

private:
    using Hook = void (Exchange::*)(CalledFrom);
    /// Calls a hook once no lock is held. It holds a reference to the exchange until then.
    struct LastStep final : Task {
        explicit LastStep(Exchange& of) noexcept : exchange(of) {}
        void run(CalledFrom from) override {
            const auto held = IntrusivePtr<Exchange>::adopt(&exchange);
            (exchange.*hook)(from);
        }
        Exchange& exchange;
        Hook hook = nullptr;
    };
    static Task& last_step(IntrusivePtr<Exchange> exchange, Hook hook) noexcept {
        LastStep& step = exchange.detach()->last_step_;
        step.hook = hook;
        return step;
    }

    LastStep last_step_{*this};
    std::error_code cancel_cause_;
    std::atomic<bool> cancelling_{false};
    std::atomic<bool> cancelled_{false};
};

}  // namespace hawser::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/conn/impl/exchange.ipp>
#endif
