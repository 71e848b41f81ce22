// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/config.hpp>
#include <hawser/detail/access.hpp>

#include <initializer_list>
#include <iosfwd>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hawser::inline HAWSER_ABI {

namespace detail {
struct CredentialsData;
}

/// Proves to a server who you are. Empty by default; copies share one immutable value.
///
///     request.options.credentials = hawser::Credentials::digest("user", "password");
///
/// They are sent only to the origin (scheme, host and port) that they were given for. A redirect to
/// another origin loses them. A request that has an `Authorization` field of its own is sent with
/// that field, and with nothing from here.
///
/// Text is sent as the bytes that it has; RFC 7617 and 7616 recommend UTF-8, normalized to NFC. A
/// request whose credentials cannot be sent safely (a colon in the user name of Basic, a control
/// character, an empty token) fails with error::invalid_request, and nothing is sent.
///
/// Nothing prints a secret: no error, no trace, no `operator<<`. Thread safety: as for an int.
class Credentials {
public:
    /// No credentials.
    Credentials() noexcept {}

    /// RFC 7617: sent at once, readable by everybody who sees the request. Use https.
    [[nodiscard]] static Credentials basic(std::string_view user, std::string_view password);

    /// RFC 6750: sent at once, readable by everybody who sees the request. Use https.
    [[nodiscard]] static Credentials bearer(std::string_view token);

    /// RFC 7616: answers a challenge of the server, without sending the password. The first request
    /// to an origin is sent twice, unless its body cannot be sent again (RequestBody): then its 401
    /// is delivered. Later requests of the same client reuse the challenge. Answers SHA-512-256,
    /// SHA-256 and MD5, also with "-sess", and picks the strongest one offered. Has no
    /// integrity protection (a server that insists on qop=auth-int gets no answer), and does not
    /// check the server's own proof (rspauth): use https. Never falls back to Basic.
    [[nodiscard]] static Credentials digest(std::string_view user, std::string_view password);

    /// Logins from a file, by host name, as curl and ftp read it. It is read for each request that
    /// has no other credentials. The user and the password that it contains for the host are used
    /// like those in a URL: sent as Basic, or in reply to a Digest challenge. The file knows no
    /// schemes and ports, so they are sent to every http and https server on that host.
    ///
    /// Without a path, the file is the one that the environment variable NETRC names; if there is
    /// no such variable, `.netrc` in the home directory, which may be missing. A request fails with
    /// error::invalid_request if the file cannot be read or is malformed; `failure` names the file
    /// and the reason.
    [[nodiscard]] static Credentials netrc(std::string path = {});

    /// Whether there are any.
    explicit operator bool() const noexcept { return data_ != nullptr; }

private:
    friend struct detail::Access;
    explicit Credentials(std::shared_ptr<const detail::CredentialsData> data) noexcept
        : data_(std::move(data)) {}

    std::shared_ptr<const detail::CredentialsData> data_;  // null: none
};

/// "Basic", "Bearer", "Digest", "netrc" or "none": safe to log.
[[nodiscard]] const char* to_string(const Credentials& credentials) noexcept;

/// to_string().
template <class Traits>
std::basic_ostream<char, Traits>& operator<<(std::basic_ostream<char, Traits>& out,
                                             const Credentials& credentials) {
    return out << to_string(credentials);
}

/// The credentials of a client, by origin.
///
///     client_options.credentials = {{"https://api.example", hawser::Credentials::bearer(token)},
///                                   {"http://localhost:8080", hawser::Credentials::basic(u, p)}};
///     client_options.credentials = hawser::Credentials::netrc();  // for all hosts in the file
///
/// An origin is a URL without userinfo, path and query; a final slash is allowed. The Client's
/// constructor checks them: it throws error::invalid_url for any other text.
class OriginCredentials {
public:
    /// No credentials.
    OriginCredentials() noexcept {}

    /// If an origin is given twice, the last one counts.
    OriginCredentials(std::initializer_list<std::pair<std::string_view, Credentials>> by_origin);

    /// For every origin that has no credentials of its own. They must be Credentials::netrc(),
    /// because all others would be sent to every server: the Client's constructor throws
    /// error::invalid_request for them.
    OriginCredentials(Credentials netrc) noexcept;  // NOLINT(google-explicit-constructor)

    /// Adds credentials, in place of those for the same origin.
    OriginCredentials& set(std::string_view origin, Credentials credentials);

    [[nodiscard]] bool empty() const noexcept { return by_origin_.empty() && !others_; }

private:
    friend struct detail::Access;

    std::vector<std::pair<std::string, Credentials>> by_origin_;  // not checked yet
    Credentials others_;
};

}  // namespace hawser::inline HAWSER_ABI

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/impl/credentials.ipp>
#endif
