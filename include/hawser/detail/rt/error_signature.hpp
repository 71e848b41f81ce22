// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// How an operation reports to a completion token. Asio turns an error code into an exception that
// carries only the code. For tokens that throw, operations therefore complete with an exception of
// their own, which says all that is known.

#include <hawser/config.hpp>

#include <asio/use_awaitable.hpp>

#include <concepts>
#include <exception>
#include <memory>
#include <system_error>
#include <type_traits>

namespace hawser::inline HAWSER_ABI::detail {

/// Whether a token turns errors into exceptions, by itself or inside bind_executor(),
/// bind_cancellation_slot() or bind_allocator(). as_tuple(), redirect_error() and deferred want the
/// code and get it.
template <class Token>
struct ThrowsErrors : std::false_type {};
template <class Executor>
struct ThrowsErrors<asio::use_awaitable_t<Executor>> : std::true_type {};
/// asio::use_future_t, whose header would include <future>.
template <class Token>
requires requires(const Token& token) {
    { token.get_allocator() } -> std::same_as<typename Token::allocator_type>;
    token.rebind(std::allocator<void>());
}
struct ThrowsErrors<Token> : std::true_type {};
template <class Token>
requires requires(Token& binder) {
    { binder.get() } -> std::same_as<typename Token::target_type&>;
}
struct ThrowsErrors<Token> : ThrowsErrors<typename Token::target_type> {};

/// The completion signature for `Token` of an operation documented as
/// `void(std::error_code, Results...)`.
template <class Token, class... Results>
using ErrorSignature = std::conditional_t<ThrowsErrors<std::decay_t<Token>>::value,
                                          void(std::exception_ptr, Results...),
                                          void(std::error_code, Results...)>;

}  // namespace hawser::inline HAWSER_ABI::detail
