// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/config.hpp>
#include <hawser/failure.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace hawser::inline HAWSER_ABI {

/// Thrown by Response::throw_unless_ok(): its code is error::bad_status, and what() says for which
/// request, with which status and reason. Userinfo of the URL is not shown.
class StatusError : public RequestError {
public:
    /// `failure` must not be empty.
    StatusError(Failure failure, int status, std::string reason, std::string body);

    /// The status, which is not 2xx.
    int status() const noexcept { return facts_->status; }
    /// The reason phrase; may be empty.
    const std::string& reason() const noexcept HAWSER_LIFETIMEBOUND { return facts_->reason; }
    /// The beginning of the body, at most 4 KiB: what had already arrived. May be empty.
    const std::string& body() const noexcept HAWSER_LIFETIMEBOUND { return facts_->body; }

private:
    struct Facts {
        int status;
        std::string reason;
        std::string body;
    };

    std::shared_ptr<const Facts> facts_;  // shared, since copying an exception must not throw
};

namespace detail {

/// "404 Not Found"; printable.
std::string status_text(int status, std::string_view reason);

/// How much of a body a StatusError holds.
inline constexpr std::size_t max_status_error_body = 4096;

/// @throws StatusError
[[noreturn]] void throw_bad_status(
    int status, std::string_view reason, std::string method, std::string url, std::string body);

}  // namespace detail

}  // namespace hawser::inline HAWSER_ABI

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/impl/status_error.ipp>
#endif
