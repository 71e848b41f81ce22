// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/credentials.hpp>
#include <hawser/detail/credentials_data.hpp>
#include <hawser/detail/environment.hpp>

#include <iterator>

namespace hawser::inline HAWSER_ABI {

namespace detail {

HAWSER_COLD_DECL Credentials make_credentials(CredentialsData data) {
    return Access::make<Credentials>(std::make_shared<const CredentialsData>(std::move(data)));
}

/// The file that Credentials::netrc() reads if it is given no path.
HAWSER_COLD_DECL CredentialsData usual_netrc() {
    CredentialsData data{CredentialsKind::netrc, environment("NETRC"), {}};
    if (data.user.empty()) {
        data.may_be_missing = true;
#if defined(_WIN32)
        data.user.append(environment("USERPROFILE")).append("\\_netrc");
#else
        data.user.append(environment("HOME")).append("/.netrc");
#endif
    }
    return data;
}

}  // namespace detail

HAWSER_COLD_DECL Credentials Credentials::basic(std::string_view user, std::string_view password) {
    return detail::make_credentials(
        {detail::CredentialsKind::basic, std::string(user), std::string(password)});
}

HAWSER_COLD_DECL Credentials Credentials::bearer(std::string_view token) {
    return detail::make_credentials({detail::CredentialsKind::bearer, {}, std::string(token)});
}

HAWSER_COLD_DECL Credentials Credentials::digest(std::string_view user, std::string_view password) {
    return detail::make_credentials(
        {detail::CredentialsKind::digest, std::string(user), std::string(password)});
}

HAWSER_COLD_DECL Credentials Credentials::netrc(std::string path) {
    return detail::make_credentials(
        path.empty()
            ? detail::usual_netrc()
            : detail::CredentialsData{detail::CredentialsKind::netrc, std::move(path), {}});
}

HAWSER_COLD_DECL const char* to_string(const Credentials& credentials) noexcept {
    const detail::CredentialsData* const data = detail::Access::data(credentials);
    if (data == nullptr) {
        return "none";
    }
    switch (data->kind) {
        case detail::CredentialsKind::basic:
        case detail::CredentialsKind::login:
            return "Basic";
        case detail::CredentialsKind::bearer:
            return "Bearer";
        case detail::CredentialsKind::digest:
            return "Digest";
        case detail::CredentialsKind::netrc:
            return "netrc";
    }
    return "unknown";
}

HAWSER_COLD_DECL OriginCredentials::OriginCredentials(
    std::initializer_list<std::pair<std::string_view, Credentials>> by_origin)
    : by_origin_(by_origin.begin(), by_origin.end()) {}

HAWSER_COLD_DECL OriginCredentials::OriginCredentials(Credentials netrc) noexcept
    : others_(std::move(netrc)) {}

HAWSER_COLD_DECL OriginCredentials& OriginCredentials::set(std::string_view origin,
                                                           Credentials credentials) {
    by_origin_.emplace_back(origin, std::move(credentials));
    return *this;
}

}  // namespace hawser::inline HAWSER_ABI
