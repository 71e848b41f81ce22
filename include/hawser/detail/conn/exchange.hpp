// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// One request and its outcome, as seen by the connection that serves it. The transport's RoundTrip
// is one; tests have their own.

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

namespace hawser::inline HAWSER_ABI::detail {

class PersistConn;

/// What a response is delivered with: its head, and the body bytes received so far.
struct ReceivedResponse {
    ResponseHead& head;
    std::string body;
    std::unique_ptr<Headers> trailers;
    bool whole = false;  // `body` is complete: the connection is free again
};

/// Details of a failure beyond its code; created when there is a failure.
struct FailureNote {
    std::error_code code{};  // none: nothing was noted
    Failure::Phase phase{};
    Fault fault{};
    Failure told{};  // reported to the last read of the body that failed
};

/// A request that is ready to be sent; fixed before its exchange gets a connection.
struct PreparedRequest {
    /// `buffer` is room for its head.
    explicit PreparedRequest(HeadBuffer&& buffer) noexcept : head(std::move(buffer)) {}

    Request message;
    HeadBuffer head;     // validated, as it will be sent
    RequestParts parts;  // of `message`, with `head`
    RequestTraits traits;
    bool may_send_again = false;
    std::chrono::milliseconds response_header_timeout{0};
    /// The body waits for the server's 100, but no longer than this; 0 = it does not wait.
    std::chrono::milliseconds expect_continue_timeout{0};
    IntrusivePtr<BodyPump> pump;  // of a streamed body
    IntrusivePtr<TraceQueue> trace;
    bool watched = false;  // by a deadline, a stop token or a trace: finished() must be called
};

/// The current attempt; guarded by the monitor of its connection.
struct CurrentAttempt : Attempt {
    OutgoingRequest outgoing;
    std::error_code failure;
};

enum class BodyState { awaited, open, ended, closed, failed };

/// The outcome of the request; guarded by the monitor of its connection.
struct ResponseState {
    BodyState body = BodyState::awaited;
    std::error_code body_error;
    std::unique_ptr<FailureNote> note;  // about the failed attempt, or the body
    std::unique_ptr<Headers> trailers;
    CodingPlan coding;
    std::atomic<bool> request_sent{false};  // completely; the response may read this at any time
    bool cut_short = false;                 // the body ended because the connection was cut off
    bool upgraded = false;  // the caller has the connection until the body is closed
    bool hurried = false;   // nobody wants the body: it is read only so that the connection is free
};

class Exchange : public RefCounted {
public:
    explicit Exchange(HeadBuffer&& buffer) noexcept : request(std::move(buffer)) {}

    PreparedRequest request;
    CurrentAttempt attempt;
    ResponseState response;

    /// Delivers the response. Called once, within a turn of the connection.
    virtual void respond(PersistConn& conn, ReceivedResponse& arrival) = 0;
    /// The caller is finished with this exchange: the body has ended in some way. Called after
    /// respond(), within a turn of the connection, possibly more than once.
    virtual void finished(PersistConn& conn) noexcept = 0;
    /// A 407 arrived. True: it is not for the caller, because the next attempt answers it. Called
    /// within a turn of the connection.
    virtual bool answers_proxy(const Headers&) { return false; }
    /// The attempt ended without a response; `attempt.failure` says why. Called with no lock held.
    virtual void failed(CalledFrom from) = 0;
    /// The connection has finished the exchange, whose response was delivered. Called with no lock
    /// held, and only if the exchange holds user objects: a body source or a trace.
    virtual void released(CalledFrom) {}

    /// The task that calls failed(); it takes over the reference.
    static Task& failing(IntrusivePtr<Exchange> exchange, std::error_code why) noexcept {
        exchange->attempt.failure = why;
        return last_step(std::move(exchange), &Exchange::failed);
    }
    /// The task that calls released(); it takes over the reference.
    static Task& releasing(IntrusivePtr<Exchange> exchange) noexcept {
        return last_step(std::move(exchange), &Exchange::released);
    }

    /// Stores details of a failure, unless there are some already.
    void note_failure(std::error_code code, Failure::Phase phase, Fault fault = {}) noexcept;
    bool noted() const noexcept { return response.note && response.note->code; }
    /// Like describe(), for a read of the body; stores the result for told().
    Failure tell(std::error_code code, const char* reason = "") noexcept;
    /// The failure of the last read, or of the next one.
    Failure told() const noexcept;
    /// Everything known about `code`, with `reason` if nothing was noted. Guarded like `response`.
    Failure describe(std::error_code code, const char* reason = "") const noexcept;

    /// The deadline of the exchange; TimePoint::max() if there is none.
    virtual TimePoint ends_by() const noexcept { return TimePoint::max(); }

    /// The cause of cancellation, if it was canceled.
    std::error_code canceled() const noexcept {
        return canceled_.load() ? cancel_cause_ : std::error_code{};
    }

    bool is_canceled() const noexcept { return canceled_.load(std::memory_order_acquire); }

protected:
    /// The first cause wins, and its caller must act on it. May be called at any time, on any
    /// thread. False: another cause was first; canceled() may not report it yet.
    [[nodiscard]] bool set_canceled(std::error_code cause) noexcept {
        if (canceling_.exchange(true)) {
            return false;
        }
        cancel_cause_ = cause;
        canceled_.store(true);
        return true;
    }

private:
    using Hook = void (Exchange::*)(CalledFrom);
    /// Calls a hook once no lock is held, and keeps the exchange alive until then.
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
    std::atomic<bool> canceling_{false};
    std::atomic<bool> canceled_{false};
};

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/conn/impl/exchange.ipp>
#endif
