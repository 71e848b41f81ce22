// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/never_destroyed.hpp>
#include <hawser/failure.hpp>

#include <new>
#include <utility>

namespace hawser::inline HAWSER_ABI {

namespace detail {

HAWSER_COLD_DECL std::string printable(std::string_view text, std::size_t most) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string shown;
    for (const char c : text) {
        if (shown.size() >= most) {
            return shown += "...";
        }
        if (c >= ' ' && c <= '~') {
            shown += c;
        } else if (c == '\r') {
            shown += "\\r";
        } else if (c == '\n') {
            shown += "\\n";
        } else if (c == '\t') {
            shown += "\\t";
        } else {
            const auto byte = static_cast<unsigned char>(c);
            shown += "\\x";
            shown += digits[byte >> 4];
            shown += digits[byte & 15];
        }
    }
    return shown;
}

/// The state that copies of a Failure share.
struct SharedFailure final : RefCounted {
    explicit SharedFailure(FailureData&& data) noexcept : value(std::move(data)) {}
    const FailureData value;
};

HAWSER_COLD_DECL Failure FailureData::make(FailureData data) {
    Failure failure;
    failure.shared_ = new SharedFailure(std::move(data));
    return failure;
}

HAWSER_COLD_DECL Failure FailureData::try_make(FailureData&& data) noexcept {
    try {
        return make(std::move(data));
    } catch (const std::bad_alloc&) {
        return {};
    }
}

HAWSER_COLD_DECL std::string after_time(std::chrono::milliseconds limit) noexcept {
    try {
        return "after " + std::to_string(limit.count()) + " ms";
    } catch (const std::bad_alloc&) {
        return {};
    }
}

HAWSER_COLD_DECL void throw_error(std::error_code ec, const Failure& failure) {
    if (failure) {
        throw RequestError(failure);
    }
    throw std::system_error(ec);
}

HAWSER_COLD_DECL std::exception_ptr exception_of(std::error_code ec,
                                                 const Failure& failure) noexcept {
    try {
        throw_error(ec, failure);
    } catch (...) {  // possibly bad_alloc instead
        return std::current_exception();
    }
}

HAWSER_COLD_DECL const FailureData& no_failure() noexcept {
    return never_destroyed<FailureData>();
}

}  // namespace detail

HAWSER_COLD_DECL const detail::FailureData& Failure::data() const noexcept {
    return shared_ ? static_cast<const detail::SharedFailure&>(*shared_).value
                   : detail::no_failure();
}

HAWSER_COLD_DECL std::error_code Failure::code() const noexcept {
    return data().code;
}

HAWSER_COLD_DECL Failure::Phase Failure::phase() const noexcept {
    return data().phase;
}

HAWSER_COLD_DECL std::error_code Failure::cause() const noexcept {
    return data().fault.cause;
}

HAWSER_COLD_DECL const std::string& Failure::reason() const noexcept {
    return data().fault.reason;
}

HAWSER_COLD_DECL const std::string& Failure::method() const noexcept {
    return data().method;
}

HAWSER_COLD_DECL const std::string& Failure::url() const noexcept {
    return data().url;
}

HAWSER_COLD_DECL unsigned Failure::attempt() const noexcept {
    return data().attempt;
}

HAWSER_COLD_DECL const std::string& Failure::address() const noexcept {
    return data().fault.address;
}

// For example "GET http://x/: the peer's certificate was not accepted: certificate has expired (in
// the TLS handshake, 127.0.0.1:443)".
HAWSER_COLD_DECL std::string Failure::message() const {
    if (!shared_) {
        return {};
    }
    const detail::Fault& fault = data().fault;
    std::string text;
    for (const std::string* what : {&data().method, &data().url}) {
        if (!what->empty()) {
            text += (text.empty() ? "" : " ") + detail::printable(*what, 200);
        }
    }
    if (!text.empty()) {
        text += ": ";
    }
    text += data().code.message();
    if (!fault.reason.empty()) {
        text += ": " + fault.reason;
    }
    if (fault.cause && text.find(fault.cause.message()) == std::string::npos) {
        text += ": " + fault.cause.message();
    }
    text += std::string(" (") + to_string(data().phase);
    if (!fault.address.empty()) {
        text += ", " + fault.address;
    }
    if (data().attempt > 1) {
        text += ", attempt " + std::to_string(data().attempt);
    }
    return text += ')';
}

HAWSER_COLD_DECL RequestError::RequestError(Failure failure)
    : std::system_error(failure.code()),
      failure_(std::move(failure)),
      text_(std::make_shared<const std::string>(failure_.message())) {}

HAWSER_COLD_DECL const char* RequestError::what() const noexcept {
    return text_->c_str();
}

HAWSER_COLD_DECL const char* to_string(Failure::Phase phase) noexcept {
    switch (phase) {
        case Failure::Phase::request:
            return "preparing the request";
        case Failure::Phase::queue:
            return "waiting for a connection";
        case Failure::Phase::resolve:
            return "resolving the name";
        case Failure::Phase::connect:
            return "connecting";
        case Failure::Phase::proxy:
            return "asking the proxy for a tunnel";
        case Failure::Phase::tls:
            return "in the TLS handshake";
        case Failure::Phase::write:
            return "writing the request";
        case Failure::Phase::head:
            return "reading the response head";
        case Failure::Phase::body:
            return "reading the response body";
    }
    return "unknown phase";
}

}  // namespace hawser::inline HAWSER_ABI
