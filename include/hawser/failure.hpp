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

namespace hawser {

namespace detail {

struct FailureData;

/// What the layer that met a failure knows about it, beyond the error code. It must hold no
/// credential and be printable: see printable().
struct Fault {
    /// The code of the system, the resolver or OpenSSL's X.509 verification; none: ours says it all.
    std::error_code cause{};
    /// In words, what was wrong and where: "certificate has expired", "byte 17, in \"Foo\": …".
    std::string reason{};
    /// The address that was being connected to, or is connected: "127.0.0.1:80".
    std::string address{};

    bool empty() const noexcept { return !cause && reason.empty() && address.empty(); }
};

/// `text` with everything that is not printable ASCII escaped as in C ("\r", "\x1b"), cut to `most`
/// bytes.
std::string printable(std::string_view text, std::size_t most = 256);

/// "after 300 ms": the reason of a timeout. Empty for want of memory.
std::string after_time(std::chrono::milliseconds limit) noexcept;

/// What a layer knows of its own last failure; nothing for layers that do not say.
template <class Layer>
Fault fault_of(const Layer& layer) {
    if constexpr (requires { layer.fault(); }) {
        return layer.fault();
    } else {
        return {};
    }
}

}  // namespace detail

/// Why a request, or the read of a body, failed: what an error code alone cannot say. It is in the
/// text of every exception, in Response::failure for handlers and `ec` overloads, and in
/// ClientTrace::AttemptEnd. It never holds a credential. Copies share one immutable value.
class Failure {
public:
    /// What was being done.
    enum class Phase {
        request,  ///< checking the request and opening its body
        queue,    ///< waiting for a connection that the limits allow
        resolve,  ///< looking up the host's name
        connect,  ///< TCP
        tls,      ///< the TLS handshake, the server's certificate
        write,    ///< writing the request, reading its body's source
        head,     ///< waiting for, or reading, the response head
        body,     ///< reading the response body
    };

    /// Nothing failed.
    Failure() noexcept = default;
    /// Something did.
    explicit operator bool() const noexcept { return static_cast<bool>(shared_); }

    /// The error that the operation completed with. The accessors below are for a Failure of
    /// something that did fail; of another they return empty values.
    std::error_code code() const noexcept;
    Phase phase() const noexcept;
    /// The code of the system, the resolver or OpenSSL's verification behind it, if there is one.
    std::error_code cause() const noexcept;
    /// In words, what was wrong and where; may be empty.
    const std::string& reason() const noexcept HAWSER_LIFETIMEBOUND;
    const std::string& method() const noexcept HAWSER_LIFETIMEBOUND;
    /// Without userinfo.
    const std::string& url() const noexcept HAWSER_LIFETIMEBOUND;
    /// From 1; 0 if no attempt was made.
    unsigned attempt() const noexcept;
    /// The server's address and port, as far as it came to one.
    const std::string& address() const noexcept HAWSER_LIFETIMEBOUND;

    /// All of it in one line; a method or URL that is very long is cut.
    std::string message() const;

private:
    friend struct detail::FailureData;
    const detail::FailureData& data() const noexcept;

    detail::IntrusivePtr<detail::RefCounted> shared_;  // a FailureData that never changes
};

/// What blocking calls, coroutines and futures throw: a std::system_error that says in what() all
/// that the Failure does.
class RequestError : public std::system_error {
public:
    /// `failure` is one.
    explicit RequestError(Failure failure);

    const Failure& failure() const noexcept { return failure_; }
    HAWSER_DECL const char* what() const noexcept override;

private:
    Failure failure_;
    std::shared_ptr<const std::string> text_;  // copying an exception must not throw
};

/// "resolving", "connecting", … for messages and logs.
[[nodiscard]] const char* to_string(Failure::Phase phase) noexcept;

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
    /// Nothing, when there is no memory left for it.
    static Failure try_make(FailureData&& data) noexcept;
};

/// A RequestError, or a plain std::system_error for want of a failure.
std::exception_ptr exception_of(std::error_code ec, const Failure& failure) noexcept;
[[noreturn]] void throw_error(std::error_code ec, const Failure& failure);

}  // namespace detail

}  // namespace hawser

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/impl/failure.ipp>
#endif
