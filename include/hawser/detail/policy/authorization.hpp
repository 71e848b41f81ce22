// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// The Authorization field of a request: whose credentials it has, what it says at first, and
// whether a 401 is answered. Likewise the Proxy-Authorization field and a 407. Must not know about
// connections, redirects or files.
//
// Whose: a field set by hand wins; then RequestOptions::credentials, the userinfo of the URL, those
// of the client for the origin, those of the client's netrc file. They are never mixed.
//
// Userinfo and netrc are sent as Basic, as curl and Go do. If the server does not offer Basic but
// Digest, they answer that, unlike in curl and Go: a user who writes them into a URL does not know
// the scheme, and what Basic has shown Digest does not reveal. Credentials::digest() never becomes
// Basic.

#include <hawser/config.hpp>
#include <hawser/credentials.hpp>
#include <hawser/detail/credentials_data.hpp>
#include <hawser/detail/message/challenge.hpp>
#include <hawser/detail/policy/digest_auth.hpp>
#include <hawser/detail/policy/digest_sessions.hpp>
#include <hawser/detail/proxy_data.hpp>
#include <hawser/headers.hpp>
#include <hawser/request.hpp>
#include <hawser/url.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hawser::inline HAWSER_ABI::detail {

/// Why the credentials cannot be sent in a field; null if they can be.
[[nodiscard]] const char* refuse(const CredentialsData& credentials) noexcept;

/// Whether a file must be read to know them.
[[nodiscard]] inline bool is_netrc(const Credentials& credentials) noexcept {
    return credentials && Access::data(credentials)->kind == CredentialsKind::netrc;
}

/// The userinfo of a URL; empty if it has none.
[[nodiscard]] Credentials credentials_of(const Url& url);

/// ClientOptions::credentials, checked.
class ClientCredentials {
public:
    ClientCredentials() noexcept {}
    /// @throws std::system_error see OriginCredentials
    explicit ClientCredentials(const OriginCredentials& options);

    [[nodiscard]] bool empty() const noexcept { return by_origin_.empty() && !others_; }
    /// Those for the origin of `url`; the others if there are none; or none at all.
    [[nodiscard]] const Credentials& find(const Url& url) const noexcept;

private:
    std::vector<std::pair<Url, Credentials>> by_origin_;
    Credentials others_;
};

/// Whose credentials a request has; none if its Authorization field was set by hand. CONNECT has
/// none, because its URL is that of a proxy. TRACE has none of the client's, because it must not
/// carry any (RFC 9110 section 9.3.8). `read(credentials)` looks into a netrc file: it returns the
/// login for the request's host, or none.
template <class Read>
[[nodiscard]] Credentials choose_credentials(const Request& request,
                                             const ClientCredentials& client,
                                             Read&& read) {
    if (request.method == "CONNECT" || request.headers.contains("Authorization")) {
        return {};
    }
    const auto login = [&](const Credentials& credentials) {
        return is_netrc(credentials) ? read(credentials) : credentials;
    };
    Credentials chosen = login(request.options.credentials);
    if (!chosen) {
        chosen = credentials_of(request.url);
    }
    if (!chosen && request.method != "TRACE") {
        chosen = login(client.find(request.url));
    }
    return chosen;
}

/// What was sent so far in reply to 401 responses, for one request at one origin.
struct AuthHistory {
    bool sent_basic = false;
    int digest_answers = 0;  // to challenges of this request
};

/// What a 401 offers.
struct AuthOffer {
    bool basic = false;
    bool digest = false;  // that can be answered
    bool stale = false;
};

enum class AuthAnswer {
    none,  ///< the 401 is delivered
    basic,
    digest,
};

/// Each challenge is answered once; a second one is only if it says that the nonce was stale.
[[nodiscard]] constexpr AuthAnswer answer_to(const AuthOffer& offer,
                                             CredentialsKind kind,
                                             const AuthHistory& history) noexcept {
    const bool may_digest = offer.digest && (history.digest_answers == 0 ||
                                             (history.digest_answers == 1 && offer.stale));
    if (kind == CredentialsKind::digest) {
        return may_digest ? AuthAnswer::digest : AuthAnswer::none;
    }
    if (kind != CredentialsKind::login || (history.sent_basic && offer.basic)) {
        return AuthAnswer::none;  // it was shown at once, and refused
    }
    if (may_digest) {
        return AuthAnswer::digest;
    }
    return offer.basic && !history.sent_basic && history.digest_answers == 0 ? AuthAnswer::basic
                                                                             : AuthAnswer::none;
}

/// One request at one origin, or at one proxy. The credentials must be bound to the origin of
/// `url`, and be no netrc file: whoever reads it passes what it contains. Not thread-safe.
class Authorization {
public:
    /// None: adds nothing, and answers nothing.
    Authorization() noexcept {}
    /// `sessions` must outlive this object.
    Authorization(Credentials credentials,
                  Url url,
                  DigestSessions& sessions,
                  DigestHash hash) noexcept
        : credentials_(std::move(credentials)),
          url_(std::move(url)),
          sessions_(&sessions),
          hash_(hash) {}
    /// One request at a proxy, a CONNECT or one in absolute form, with the credentials that the
    /// proxy's URL contains; none if it contains none. `target` is as on the request line.
    HAWSER_COLD static Authorization at_proxy(const ProxyData& proxy,
                                              std::string target,
                                              DigestSessions& sessions,
                                              DigestHash hash);

    explicit operator bool() const noexcept { return static_cast<bool>(credentials_); }
    /// Why the request fails with error::invalid_request; null if it does not.
    [[nodiscard]] const char* refusal() const noexcept;

    /// The value to send at first; empty: none, a challenge is needed.
    [[nodiscard]] std::string first(std::string_view method);

    /// A 401, or a 407 of the proxy, arrived: the value to send in the next attempt. Empty: the
    /// response is delivered.
    [[nodiscard]] std::string answer(const Headers& response, std::string_view method);

    /// Another response arrived: it may name the next nonce.
    void accepted(const Headers& response);

private:
    std::string basic();
    std::string digest(DigestTurn turn, std::string_view method);
    bool to_proxy() const noexcept { return !proxy_.empty(); }
    /// What the nonces are for.
    std::string place() const { return to_proxy() ? proxy_ : url_.origin(); }
    std::string_view target() const noexcept {
        return to_proxy() ? std::string_view(proxy_target_) : url_.target();
    }

    Credentials credentials_;
    Url url_;                   // empty: at a proxy
    std::string proxy_;         // its name; empty: at an origin
    std::string proxy_target_;  // as on the request line
    DigestSessions* sessions_ = nullptr;
    DigestHash hash_ = nullptr;
    AuthHistory history_;
    std::optional<DigestTurn> turn_;  // that the last attempt used
};

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/policy/impl/authorization.ipp>
#endif
