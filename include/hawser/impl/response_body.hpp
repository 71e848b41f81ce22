// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/response_body.hpp>

#include <utility>

namespace hawser {

namespace detail {

/// The first that is not empty, else an empty one: an operation on no bytes is done at once.
template <class Buffer, class Buffers>
Buffer first_filled(const Buffers& buffers) noexcept {
    const auto end = asio::buffer_sequence_end(buffers);
    for (auto it = asio::buffer_sequence_begin(buffers); it != end; ++it) {
        const Buffer buffer(*it);
        if (buffer.size() != 0) {
            return buffer;
        }
    }
    return {};
}

template <class MutableBuffers>
std::span<char> first_buffer(const MutableBuffers& buffers) noexcept {
    const auto buffer = first_filled<asio::mutable_buffer>(buffers);
    return {static_cast<char*>(buffer.data()), buffer.size()};
}

}  // namespace detail

struct ResponseBody::StartReadSome {
    using executor_type = asio::any_io_executor;
    executor_type get_executor() const noexcept { return body->get_executor(); }

    template <class Handler>
    void operator()(Handler handler, std::span<char> buffer) const {
        using Read = detail::HandlerCompletion<std::size_t, Handler, detail::ReadSome>;
        auto* read = Read::create(std::move(handler), body->get_executor(), buffer);
        detail::CompletionPtr<std::size_t> owned(read);
        read->use(body->minder(), detail::Pending::read);
        owned.release();
        body->start(*read, read->cancellation_slot());
    }

    ResponseBody* body;
};

struct ResponseBody::StartReadAll {
    using executor_type = asio::any_io_executor;
    executor_type get_executor() const noexcept { return body->get_executor(); }

    template <class Handler>
    void operator()(Handler handler, std::size_t max) const {
        using Read = detail::HandlerCompletion<std::string, Handler, detail::ReadAll>;
        auto* read = Read::create(std::move(handler), body->get_executor(), body->take_held(), max);
        detail::CompletionPtr<std::string> owned(read);
        read->use(body->minder(), detail::Pending::read);
        owned.release();
        body->start(*read, read->cancellation_slot());
    }

    ResponseBody* body;
};

template <class MutableBuffers, class Token>
auto ResponseBody::async_read_some(const MutableBuffers& buffers, Token&& token) {
    constexpr bool fits = detail::TokenFor<Token, std::size_t>;
    static_assert(fits, "hawser: the handler must take (std::error_code, std::size_t)");
    if constexpr (fits) {
        return asio::async_initiate<Token, detail::ErrorSignature<Token, std::size_t>>(
            StartReadSome{this}, token, detail::first_buffer(buffers));
    }
}

template <class MutableBuffers>
asio::awaitable<std::size_t> ResponseBody::async_read_some(MutableBuffers buffers) {
    std::error_code ec = asio::error::would_block;
    std::size_t n = 0;
    if (may_go_on()) {
        ec = {};
        n = read_now(detail::first_buffer(buffers), ec);
        unyielded_ += n;
    }
    if (ec == asio::error::would_block) {
        unyielded_ = 0;
        co_return co_await async_read_some(buffers, asio::use_awaitable);
    }
    if (ec) {
        throw_failure(ec);
    }
    co_return n;
}

template <class Token>
auto ResponseBody::async_read_all(std::size_t max, Token&& token) {
    constexpr bool fits = detail::TokenFor<Token, std::string>;
    static_assert(fits, "hawser: the handler must take (std::error_code, std::string)");
    if constexpr (fits) {
        return asio::async_initiate<Token, detail::ErrorSignature<Token, std::string>>(
            StartReadAll{this}, token, max);
    }
}

template <class Token>
requires(!std::convertible_to<Token, std::size_t>) auto ResponseBody::async_read_all(
    Token&& token) {
    return async_read_all(unlimited, std::forward<Token>(token));
}

template <class MutableBuffers>
std::size_t ResponseBody::read_some(const MutableBuffers& buffers, std::error_code& ec) {
    return read_blocking(detail::first_buffer(buffers), ec);
}

template <class MutableBuffers>
std::size_t ResponseBody::read_some(const MutableBuffers& buffers) {
    std::error_code ec;
    const std::size_t n = read_some(buffers, ec);
    if (ec) {
        throw_failure(ec);
    }
    return n;
}

}  // namespace hawser
