// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/exceptions.hpp>
#include <hawser/error.hpp>
#include <hawser/request_body.hpp>

#include <atomic>
#include <exception>
#include <span>
#include <type_traits>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

/// Turns an exception from a source into the result of its read.
SourceRead source_failure(const std::exception_ptr& failure);

template <class Source>
concept BufferSource = std::is_invocable_v<Source&, BodyBuffer>;
template <class Source, class Byte>
concept SpanSource = !BufferSource<Source> && std::is_invocable_v<Source&, std::span<Byte>>;

template <class Source>
requires BufferSource<Source>
decltype(auto) call_source(Source& source, BodyBuffer buffer) {
    return source(buffer);
}
template <class Source>
requires SpanSource<Source, char>
decltype(auto) call_source(Source& source, BodyBuffer buffer) {
    return source(std::span<char>(static_cast<char*>(buffer.data()), buffer.size()));
}
template <class Source>
requires(!SpanSource<Source, char> && SpanSource<Source, std::byte>) decltype(auto)
    call_source(Source& source, BodyBuffer buffer) {
    return source(std::span<std::byte>(static_cast<std::byte*>(buffer.data()), buffer.size()));
}

/// The return type of call_source(); void if the source cannot be called.
template <class Source>
struct SourceResult {
    using type = void;
};
template <class Source>
requires requires(Source& source, BodyBuffer buffer) {
    call_source(source, buffer);
}
struct SourceResult<Source> {
    using type = decltype(call_source(std::declval<Source&>(), BodyBuffer{}));
};

template <class Result>
concept NumberOfBytes = std::is_integral_v<Result> && !std::is_same_v<Result, bool>;

/// `asio::awaitable`, recognized by its members: floor 0 does not know Asio.
template <class Result>
concept Awaitable = requires {
    typename Result::value_type;
    typename Result::executor_type;
};
template <class Result>
concept AwaitableOfBytes =
    Awaitable<Result> && std::is_same_v<typename Result::value_type, std::size_t>;
/// An awaitable on `asio::any_io_executor`, which can hold any executor or none.
template <class Result>
concept AwaitableAnywhere = AwaitableOfBytes<Result> &&
    std::is_constructible_v<typename Result::executor_type, std::nullptr_t>;

template <class Result>
struct PendingRead {};
template <Awaitable Result>
struct PendingRead<Result> {
    std::optional<Result> awaitable;
};

/// A user's callable as source and reader in one: only the callable knows its position.
template <class Source, class Rewind>
class CallableSource final : public BodySource,
                             public BodyReader,
                             public std::enable_shared_from_this<CallableSource<Source, Rewind>> {
    using Result = typename SourceResult<Source>::type;
    static constexpr bool can_rewind = !std::is_same_v<Rewind, std::nullptr_t>;

public:
    CallableSource(Source source, std::optional<std::uint64_t> length, Rewind rewind)
        : source_(std::move(source)), rewind_(std::move(rewind)), length_(length) {}

    std::optional<std::uint64_t> length() const noexcept override { return length_; }
    bool replayable() const noexcept override { return can_rewind; }
    bool waits() const noexcept override { return Awaitable<Result>; }
    bool guest() const noexcept override { return true; }

    std::shared_ptr<BodyReader> open(SourceRead& failure) override {
        if (in_use_.exchange(true)) {
            failure = failed_read(error::request_body_error,
                                  "another request that is not over yet reads the same source");
            return nullptr;
        }
        if (touched_ && !can_rewind) {
            in_use_ = false;
            failure = failed_read(error::request_body_error,
                                  "its source was read before and has no rewind");
            return nullptr;
        }
        rewind();
        return this->shared_from_this();
    }
    void rewind() noexcept override { rewind_first_ = touched_; }
    void close() noexcept override { in_use_ = false; }

    SourceRead read(BodyBuffer buffer) override {
        std::exception_ptr failure;
        try {
            return read_now(buffer);
        }
        HAWSER_CATCH_FORCED_UNWIND
        catch (...) {
            failure = std::current_exception();
        }
        return source_failure(failure);
    }

private:
    SourceRead read_now(BodyBuffer buffer) {
        touched_ = true;
        if constexpr (can_rewind) {
            if (rewind_first_) {
                rewind_();
                rewind_first_ = false;
            }
        }
        if constexpr (Awaitable<Result>) {
            pending_.awaitable.emplace(call_source(source_, buffer));
            return {.awaited = &*pending_.awaitable, .await = &SourceAwaiter<Result>::start};
        } else {
            return {.size = static_cast<std::size_t>(call_source(source_, buffer))};
        }
    }

    Source source_;
    Rewind rewind_;
    const std::optional<std::uint64_t> length_;
    [[no_unique_address]] PendingRead<Result> pending_;
    bool touched_ = false;
    bool rewind_first_ = false;
    std::atomic<bool> in_use_{false};  // guards the other two
};

}  // namespace hawser::inline HAWSER_ABI::detail

namespace hawser::inline HAWSER_ABI {

template <class Source, class Rewind>
RequestBody RequestBody::stream(Source source, std::optional<std::uint64_t> length, Rewind rewind) {
    using Result = typename detail::SourceResult<Source>::type;
    constexpr bool no_rewind = std::is_same_v<Rewind, std::nullptr_t>;
    static_assert(!std::is_void_v<Result>,
                  "hawser: a source is called with an asio::mutable_buffer (or std::span<char>, "
                  "std::span<std::byte>) and returns how many bytes it filled in.");
    static_assert(
        std::is_void_v<Result> || detail::NumberOfBytes<Result> || detail::AwaitableOfBytes<Result>,
        "hawser: a source returns std::size_t or asio::awaitable<std::size_t>.");
    static_assert(!detail::AwaitableOfBytes<Result> || detail::AwaitableAnywhere<Result>,
                  "hawser: a source's awaitable runs on the client's executor, so it must be "
                  "asio::awaitable<std::size_t>, without an executor type of its own.");
    static_assert(
        !detail::Awaitable<Result> || requires { sizeof(detail::SourceAwaiter<Result>); },
        "hawser: a source that returns an asio::awaitable needs "
        "#include <hawser/client.hpp>, before it is used here.");
    constexpr bool rewinds = no_rewind || std::is_invocable_r_v<void, Rewind&>;
    static_assert(rewinds, "hawser: a rewind is called without arguments.");
    RequestBody body;
    if constexpr (rewinds && (detail::NumberOfBytes<Result> || detail::AwaitableAnywhere<Result>)) {
        body = RequestBody(std::make_shared<detail::CallableSource<Source, Rewind>>(
                               std::move(source), length, std::move(rewind)),
                           {});
    }
    return body;
}

}  // namespace hawser::inline HAWSER_ABI
