// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/client/client_auth.hpp>
#include <hawser/detail/cookies/cookie_file.hpp>
#include <hawser/detail/io/digest_hash.hpp>
#include <hawser/detail/io/translate_error.hpp>
#include <hawser/detail/policy/netrc.hpp>
#include <hawser/error.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace hawser::inline HAWSER_ABI::detail {

/// Reads the whole file. A file that may be missing is then empty.
HAWSER_DECL std::error_code read_netrc_text(const CredentialsData& netrc,
                                            std::string& text,
                                            Fault& fault) {
    const std::error_code ec = read_whole_file(netrc.user, text);
    if (!ec || (netrc.may_be_missing && ec == std::errc::no_such_file_or_directory)) {
        return {};
    }
    fault.cause = ec;
    fault.reason = "netrc file \"" + printable(netrc.user) + "\": " + ec.message();
    return is_exhausted(ec) ? with_cause(error::resource_exhausted, ec)
                            : make_error_code(error::invalid_request);
}

HAWSER_DECL Credentials read_netrc_file(const Credentials& netrc,
                                        const Url& url,
                                        std::error_code& ec,
                                        Fault& fault) {
    const CredentialsData& file = *Access::data(netrc);
    std::string text;
    ec = read_netrc_text(file, text, fault);
    std::vector<NetrcEntry> entries;
    const NetrcFault malformed = read_netrc(text, entries);
    if (malformed.line != 0) {
        ec = error::invalid_request;
        fault.reason = "netrc file \"" + printable(file.user) + "\", line " +
                       std::to_string(malformed.line) + ": " + malformed.reason;
    }
    const NetrcEntry* const entry = find_netrc(entries, url.host(), url.username());
    return entry == nullptr
               ? Credentials()
               : Access::make<Credentials>(std::make_shared<const CredentialsData>(
                     CredentialsData{CredentialsKind::login, entry->login, entry->password}));
}

HAWSER_DECL Authorization ClientAuth::authorize(const Request& request,
                                                std::error_code& ec,
                                                Fault& fault) {
    ec = {};
    Credentials chosen = choose_credentials(request, credentials_, [&](const Credentials& netrc) {
        return ec ? Credentials() : read_netrc_file(netrc, request.url, ec, fault);
    });
    if (ec) {
        return {};
    }
    Authorization authorization(std::move(chosen), request.url, sessions_, &digest_hash);
    if (const char* const reason = authorization.refusal()) {
        ec = error::invalid_request;
        fault.reason = reason;
        return {};
    }
    return authorization;
}

}  // namespace hawser::inline HAWSER_ABI::detail
