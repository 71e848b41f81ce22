// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/config.hpp>
#include <hawser/detail/intrusive_ptr.hpp>

#include <chrono>
#include <exception>
#include <iosfwd>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>

namespace hawser::inline HAWSER_ABI {

namespace detail {

struct FailureData;

/// What the layer that met a failure knows about it, beyond the error code. It must contain no
/// credential and must be printable: see printable().
struct Fault {
    /// The code from the system, the resolver or OpenSSL's X.509 verification; none if our own code
    /// says it all.
    std::error_code cause{};
    /// What was wrong and where, in words: "certificate has expired", "byte 17, in \"Foo\": …".
    std::string reason{};
    /// The address connected to, or being connected to: "127.0.0.1:80".
    std::string address{};

    bool empty() const noexcept { return !cause && reason.empty() && address.empty(); }
};

/// `text` with everything except printable ASCII escaped as in C ("\r", "\x1b"), cut to `most`
/// bytes.
std::string printable(std::string_view text, std::size_t most = 256);

/// For example "after 300 ms", the reason of a timeout. Empty if memory is short.
std::string after_time(std::chrono::milliseconds limit) noexcept;

/// What a layer knows about its own last failure; empty for a layer without fault().
template <class Layer>
Fault fault_of(const Layer& layer) {
    if constexpr (requires { layer.fault(); }) {
        return layer.fault();
    } else {
        return {};
    }
}

}  // namespace detail

/// Why a request, or the read of a body, failed: what an error code alone cannot say. The text of
/// every exception contains it. It is in Response::failure for handlers and `ec` overloads, and in
/// ClientTrace::AttemptEnd. It never contains a credential. Copies share one immutable value.
class Failure {
public:
    /// What the client was doing.
    enum class Phase {
        request,  ///< checking the request and opening its body
        queue,    ///< waiting for a connection that the limits allow
        resolve,  ///< looking up the host's name
        connect,  ///< TCP
        proxy,    ///< asking a proxy for a tunnel
        tls,      ///< the TLS handshake, the server's certificate
        write,    ///< writing the request, reading its body's source
        head,     ///< waiting for, or reading, the response head
        body,     ///< reading the response body
    };

    /// No failure.
    Failure() noexcept = default;
    /// True if something failed.
    explicit operator bool() const noexcept { return static_cast<bool>(shared_); }

    /// The error that the operation completed with. This and the accessors below return empty
    /// values if nothing failed.
    std::error_code code() const noexcept;
    /// What the client was doing.
    Phase phase() const noexcept;
    /// The underlying code from the system, the resolver or OpenSSL's verification, if there is
    /// one.
    std::error_code cause() const noexcept;
    /// What was wrong and where, in words; may be empty.
    const std::string& reason() const noexcept HAWSER_LIFETIMEBOUND;
    /// The method of the request.
    const std::string& method() const noexcept HAWSER_LIFETIMEBOUND;
    /// Without userinfo.
    const std::string& url() const noexcept HAWSER_LIFETIMEBOUND;
    /// Counts from 1; 0 if no attempt was made.
    unsigned attempt() const noexcept;
    /// The server's address and port, if it got that far.
    const std::string& address() const noexcept HAWSER_LIFETIMEBOUND;

    /// All of it in one line; a very long method or URL is truncated.
    std::string message() const;

private:
    friend struct detail::FailureData;
    const detail::FailureData& data() const noexcept;

    detail::IntrusivePtr<detail::RefCounted> shared_;  // an immutable FailureData
};

/// Thrown by blocking calls, coroutines and futures: a std::system_error whose what() contains
/// everything that the Failure knows.
class RequestError : public std::system_error {
public:
    /// `failure` must not be empty.
    explicit RequestError(Failure failure);

    /// Everything known about it.
    const Failure& failure() const noexcept { return failure_; }
    /// Failure::message().
    HAWSER_DECL const char* what() const noexcept override;

private:
    Failure failure_;
    std::shared_ptr<const std::string> text_;  // shared, since copying an exception must not throw
};

/// "resolving", "connecting", … for messages and logs.
[[nodiscard]] const char* to_string(Failure::Phase phase) noexcept;

/// to_string().
template <class Traits>
std::basic_ostream<char, Traits>& operator<<(std::basic_ostream<char, Traits>& out,
                                             Failure::Phase phase) {
    return out << to_string(phase);
}

/// message(), or "no failure".
template <class Traits>
std::basic_ostream<char, Traits>& operator<<(std::basic_ostream<char, Traits>& out,
                                             const Failure& failure) {
    return failure ? out << failure.message() : out << "no failure";
}

namespace detail {

/// The value behind a Failure.
struct FailureData {
    std::error_code code;
    Failure::Phase phase = Failure::Phase::request;
    Fault fault;
    std::string method;
    std::string url;
    unsigned attempt = 0;

    static Failure make(FailureData data);
    /// Empty if memory is short.
    static Failure try_make(FailureData&& data) noexcept;
};

/// A RequestError; a plain std::system_error if `failure` is empty.
std::exception_ptr exception_of(std::error_code ec, const Failure& failure) noexcept;
[[noreturn]] void throw_error(std::error_code ec, const Failure& failure);

}  // namespace detail

}  // namespace hawser::inline HAWSER_ABI

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/impl/failure.ipp>
#endif
