// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/base64.hpp>
#include <hawser/detail/grammar.hpp>
#include <hawser/detail/policy/authorization.hpp>
#include <hawser/detail/policy/redirect.hpp>
#include <hawser/error.hpp>
#include <hawser/failure.hpp>

#include <algorithm>
#include <memory>
#include <system_error>

namespace hawser::inline HAWSER_ABI::detail {

HAWSER_DECL const char* refuse(const CredentialsData& credentials) noexcept {
    if (credentials.kind == CredentialsKind::bearer) {
        return credentials.secret.empty()        ? "the bearer token is empty"
               : !is_visible(credentials.secret) ? "the bearer token has a blank, a control "
                                                   "character or a byte that is not ASCII"
                                                 : nullptr;
    }
    if (count_controls(credentials.user) != 0) {
        return "the user name of the credentials has a control character";
    }
    if (credentials.kind != CredentialsKind::digest) {  // a digest hides any byte
        if (count_controls(credentials.secret) != 0) {
            return "the password of the credentials has a control character";
        }
        if (credentials.user.find(':') != std::string::npos) {
            return "the user name of Basic credentials has a colon";
        }
    }
    return nullptr;
}

HAWSER_DECL Credentials credentials_of(const Url& url) {
    if (url.userinfo().empty()) {
        return {};
    }
    return Access::make<Credentials>(std::make_shared<const CredentialsData>(
        CredentialsData{CredentialsKind::login, url.username(), url.password()}));
}

// ── The client's ─────────────────────────────────────────────────────────────────────────────────

/// @throws std::system_error error::invalid_url
HAWSER_DECL Url parse_origin(std::string_view text) {
    std::error_code ec;
    const Url url = Url::parse(text, ec);
    const char* const surplus = !url.userinfo().empty()   ? "has a user"
                                : url.target() != "/"     ? "has a path or a query"
                                : !url.fragment().empty() ? "has a fragment"
                                                          : nullptr;
    if (!ec && surplus == nullptr) {
        return url;
    }
    std::string what = "hawser::ClientOptions::credentials: not an origin: ";
    if (ec) {
        what.append(url.refusal());
    } else {
        what.append(printable(url.origin())).append(" ").append(surplus);
    }
    throw std::system_error(make_error_code(error::invalid_url), what);
}

HAWSER_DECL ClientCredentials::ClientCredentials(const OriginCredentials& options)
    : others_(Access::others(options)) {
    if (others_ && Access::data(others_)->kind != CredentialsKind::netrc) {
        throw std::system_error(make_error_code(error::invalid_request),
                                "hawser::ClientOptions::credentials: without an origin, they would "
                                "be sent to every server");
    }
    for (const auto& [origin, credentials] : Access::by_origin(options)) {
        Url url = parse_origin(origin);
        std::erase_if(by_origin_, [&](const auto& other) { return same_origin(other.first, url); });
        by_origin_.emplace_back(std::move(url), credentials);
    }
}

HAWSER_DECL const Credentials& ClientCredentials::find(const Url& url) const noexcept {
    for (const auto& [origin, credentials] : by_origin_) {
        if (same_origin(origin, url)) {
            return credentials;
        }
    }
    return others_;
}

// ── One request ──────────────────────────────────────────────────────────────────────────────────

HAWSER_DECL Authorization Authorization::at_proxy(const ProxyData& proxy,
                                                  std::string target,
                                                  DigestSessions& sessions,
                                                  DigestHash hash) {
    Authorization made;
    if (proxy.has_credentials) {
        made.credentials_ = Access::make<Credentials>(std::make_shared<const CredentialsData>(
            CredentialsData{CredentialsKind::login, proxy.user, proxy.password}));
    }
    made.proxy_ = proxy.name;
    made.proxy_target_ = std::move(target);
    made.sessions_ = &sessions;
    made.hash_ = hash;
    return made;
}

HAWSER_DECL const char* Authorization::refusal() const noexcept {
    return credentials_ ? refuse(*Access::data(credentials_)) : nullptr;
}

HAWSER_DECL std::string Authorization::basic() {
    const CredentialsData& data = *Access::data(credentials_);
    history_.sent_basic = true;
    return "Basic " + base64(std::string(data.user).append(1, ':').append(data.secret));
}

HAWSER_DECL std::string Authorization::digest(DigestTurn turn, std::string_view method) {
    const CredentialsData& data = *Access::data(credentials_);
    turn_ = std::move(turn);
    return digest_answer(*turn_, {data.user, data.secret, method, target()}, hash_);
}

HAWSER_DECL std::string Authorization::first(std::string_view method) {
    const CredentialsKind kind =
        credentials_ ? Access::data(credentials_)->kind : CredentialsKind::netrc;
    switch (kind) {
        case CredentialsKind::basic:
            return basic();
        case CredentialsKind::bearer:
            return "Bearer " + Access::data(credentials_)->secret;
        case CredentialsKind::digest:
        case CredentialsKind::login:
            if (auto turn = sessions_->next(place(), target())) {
                return digest(*std::move(turn), method);
            }
            return kind == CredentialsKind::login ? basic() : std::string();
        case CredentialsKind::netrc:
            break;
    }
    return {};
}

HAWSER_DECL std::string Authorization::answer(const Headers& response, std::string_view method) {
    if (!credentials_) {
        return {};
    }
    const auto challenges =
        challenges_in(response, to_proxy() ? "Proxy-Authenticate" : "WWW-Authenticate");
    std::optional<DigestChallenge> challenge = strongest_digest(challenges, url_, hash_);
    AuthOffer offer{.digest = challenge.has_value(), .stale = challenge && challenge->stale};
    offer.basic = std::any_of(challenges.begin(), challenges.end(), [](const Challenge& offered) {
        return iequals(offered.scheme, "Basic");
    });
    const AuthAnswer chosen = answer_to(offer, Access::data(credentials_)->kind, history_);
    if (chosen == AuthAnswer::digest) {
        ++history_.digest_answers;
        return digest(sessions_->begin(place(), *std::move(challenge)), method);
    }
    if (turn_) {
        sessions_->forget(place(), *turn_);
        turn_.reset();
    }
    return chosen == AuthAnswer::basic ? basic() : std::string();
}

HAWSER_DECL void Authorization::accepted(const Headers& response) {
    if (!turn_) {
        return;
    }
    if (const auto info =
            response.get(to_proxy() ? "Proxy-Authentication-Info" : "Authentication-Info")) {
        const auto params = parse_auth_params(*info);
        if (const std::string* const nonce = find_param(params, "nextnonce")) {
            sessions_->renew(place(), *turn_, *nonce);
        }
    }
}

}  // namespace hawser::inline HAWSER_ABI::detail
