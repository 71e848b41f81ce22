// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/response_body.hpp>

#include <type_traits>
#include <utility>

namespace hawser::inline HAWSER_ABI {

template <class MutableBuffers,
          asio::completion_token_for<void(std::error_code, std::size_t)> Token>
auto ResponseBody::async_read_some(const MutableBuffers& buffers, Token&& token) {
    if constexpr (std::is_same_v<std::decay_t<Token>, asio::use_awaitable_t<>>) {
        return await_some(buffers);
    } else {
        return detail::initiate<detail::ReadSome>(
            *this, std::forward<Token>(token), detail::first_buffer(buffers));
    }
}

template <class MutableBuffers>
asio::awaitable<std::size_t> ResponseBody::await_some(MutableBuffers buffers) {
    constexpr std::size_t most = 256 * 1024;  // without suspending, to be fair to other coroutines
    std::error_code ec = asio::error::would_block;
    std::size_t n = 0;
    if (unyielded_ < most) {
        ec = {};
        n = unread_.read_some(detail::first_buffer(buffers), ec);
        unyielded_ += n;
    }
    if (ec == asio::error::would_block) {
        unyielded_ = 0;
        co_return co_await detail::initiate<detail::ReadSome>(
            *this, asio::use_awaitable, detail::first_buffer(buffers));
    }
    if (ec) {
        unread_.throw_failure(ec);
    }
    co_return n;
}

template <asio::completion_token_for<void(std::error_code, std::string)> Token>
auto ResponseBody::async_read_all(std::size_t max, Token&& token) {
    if constexpr (std::is_same_v<std::decay_t<Token>, asio::use_awaitable_t<>>) {
        return await_all(max);
    } else {
        return detail::initiate<detail::ReadAll>(*this, std::forward<Token>(token), max);
    }
}

template <class Size>
asio::awaitable<std::string> ResponseBody::await_all(Size max) {
    if (unread_.holds_all(max)) {
        co_return unread_.take_held();
    }
    co_return co_await detail::initiate<detail::ReadAll>(*this, asio::use_awaitable, max);
}

template <class MutableBuffers>
std::size_t ResponseBody::read_some(const MutableBuffers& buffers) {
    std::error_code ec;
    const std::size_t n = read_some(buffers, ec);
    if (ec) {
        unread_.throw_failure(ec);
    }
    return n;
}

}  // namespace hawser::inline HAWSER_ABI
