// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/config.hpp>
#include <hawser/detail/intrusive_ptr.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hawser::inline HAWSER_ABI {

namespace detail {

struct Access;

/// What a TlsPeer shows. Made once for each connection; immutable.
class TlsPeerFacts : public RefCounted {
public:
    std::string server_name;
    std::string_view alpn;
    virtual std::size_t certificates() const noexcept = 0;
    /// DER.
    virtual std::string certificate(std::size_t index) const = 0;
};

}  // namespace detail

/// The server at the other end of a TLS connection: the name that it was asked for, and the
/// certificates that it showed.
///
///     for (const std::string& der : response.connection.tls_peer.certificates_der()) …
///
/// Valid for as long as it exists, even if response, connection and client are gone. Immutable;
/// copies share one value. Without TLS it is empty. Thread safety: as for an int. Go:
/// tls.ConnectionState.
class TlsPeer {
public:
    TlsPeer() noexcept = default;

    /// Whether there is a TLS connection.
    explicit operator bool() const noexcept { return static_cast<bool>(facts_); }

    /// The name that was sent (SNI), and that the certificate is for unless verification is off:
    /// the URL's host, or TlsOptions::server_name. Empty if that is an address.
    [[nodiscard]] std::string_view server_name() const noexcept HAWSER_LIFETIMEBOUND {
        return facts_ ? std::string_view(facts_->server_name) : std::string_view();
    }
    /// "http/1.1", if the server chose it by ALPN; otherwise empty. Others are refused.
    [[nodiscard]] std::string_view alpn() const noexcept {
        return facts_ ? facts_->alpn : std::string_view();
    }
    /// The server's certificates as it sent them, each in DER: its own first, then those that
    /// should lead to a root (which is usually not sent). If the session was resumed, as they were
    /// in the first handshake. All of them were sent by the server, but only those that
    /// verification needed were verified.
    [[nodiscard]] HAWSER_COLD std::vector<std::string> certificates_der() const;
    /// The same as PEM text, one after the other.
    [[nodiscard]] HAWSER_COLD std::string certificates_pem() const;

private:
    friend struct detail::Access;
    explicit TlsPeer(detail::IntrusivePtr<detail::TlsPeerFacts> facts) noexcept
        : facts_(std::move(facts)) {}

    detail::IntrusivePtr<detail::TlsPeerFacts> facts_;
};

}  // namespace hawser::inline HAWSER_ABI

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/impl/tls_peer.ipp>
#endif
