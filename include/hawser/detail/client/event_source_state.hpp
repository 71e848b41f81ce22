// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// An event stream that is opened again when it is lost. EventSourceState knows what comes next;
// NextEvent waits for it.

#include <hawser/config.hpp>
#include <hawser/detail/client/body_items.hpp>
#include <hawser/detail/client/planned_operation.hpp>
#include <hawser/detail/message/event_parser.hpp>
#include <hawser/detail/time_point.hpp>
#include <hawser/event_source.hpp>

#include <chrono>
#include <cstddef>
#include <mutex>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

/// Used by one thread at a time, except for close().
class EventSourceState final : public RefCounted {
public:
    using Next = std::optional<hawser::Event>;
    using Stream = BodyItems<EventParser>;

    EventSourceState(Client client, Request request, EventSourceOptions options);

    const Client& client() const noexcept { return client_; }
    const std::stop_token& stop() const noexcept { return request_.options.stop; }
    const Failure& failure() const noexcept { return failure_; }
    std::error_code error() const noexcept { return error_; }
    std::string last_id() const { return stream_ ? stream_->parser().last_id() : last_id_; }

    /// False: another call is pending.
    bool begin(OperationCore& call);
    void end() noexcept;
    void close() noexcept;

    // What comes next, in this order:

    /// True: the call is over, with an event, with an error(), or with neither.
    bool is_over(Next& event);
    /// A pause of this length, if it is not 0.
    std::chrono::milliseconds pause();
    /// The stream to be read; if it is null, the next request is to be sent.
    Stream* stream() const noexcept { return stream_.get(); }
    Request request() const;
    void send(Request&& request, CompletionPtr<Response> completion) const {
        Access::sender(client_)(std::move(request), std::move(completion));
    }
    void answered(Outcome<Response>&& got);
    /// The call was canceled.
    void canceled(std::error_code ec);

private:
    void open(Response&& response);
    void lose_stream();
    void lost(std::error_code ec, Failure failure);
    void fail(std::error_code ec, Failure failure) noexcept;
    void refuse(std::error_code ec, Response& response, const std::string& reason);

    const Client client_;
    const Request request_;
    const EventSourceOptions options_;
    std::chrono::milliseconds retry_;
    std::string last_id_;
    IntrusivePtr<Stream> stream_;
    TimePoint opened_;        // the stream
    bool had_event_ = false;  // in the stream
    unsigned failures_ = 0;   // attempts in a row
    bool pauses_ = false;     // before the next request
    bool over_ = false;       // this call has failed
    bool stopped_ = false;    // by the server
    std::error_code error_;
    Failure failure_;

    std::mutex mutex_;  // guards what follows
    IntrusivePtr<OperationCore> call_;
    bool closed_ = false;
};

class NextEvent final : public PlannedOperation<EventSourceState::Next> {
public:
    NextEvent(CompletionPtr<EventSourceState::Next> completion,
              IntrusivePtr<EventSourceState> state);

private:
    HAWSER_DECL NextStep begin_plan() override;
    HAWSER_DECL void send(CompletionPtr<Response> completion) override;
    HAWSER_DECL NextStep answered(Outcome<Response>&& got) override;
    ResponseBody& body() override { return state_->stream()->body(); }
    std::span<char> space() override { return state_->stream()->space(); }
    HAWSER_DECL NextStep received(const Outcome<std::size_t>& got) override;
    std::chrono::milliseconds pause() override { return pause_; }
    NextStep paused() override { return go_on(); }
    HAWSER_DECL void end_plan() override;
    HAWSER_DECL void left() noexcept override;
    NextStep go_on();
    NextStep next();

    const IntrusivePtr<EventSourceState> state_;
    bool begun_ = false;  // no other call is pending
    EventSourceState::Next event_;
    std::chrono::milliseconds pause_{0};
};

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/client/impl/event_source_state.ipp>
#include <hawser/impl/event_source.ipp>
#endif
