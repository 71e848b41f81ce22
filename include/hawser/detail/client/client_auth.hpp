// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// The credentials of a client: those of its options, the netrc files that they name, and the Digest
// nonces that servers gave it. policy/authorization.hpp decides; this reads files and remembers.

#include <hawser/config.hpp>
#include <hawser/credentials.hpp>
#include <hawser/detail/policy/authorization.hpp>
#include <hawser/detail/policy/digest_sessions.hpp>
#include <hawser/failure.hpp>
#include <hawser/request.hpp>

#include <system_error>

namespace hawser::inline HAWSER_ABI::detail {

class ClientAuth {
public:
    /// @throws std::system_error see OriginCredentials
    explicit ClientAuth(const OriginCredentials& options) : credentials_(options) {}

    /// Whether the request may have credentials.
    bool concerns(const Request& request) const noexcept {
        return request.options.credentials || !request.url.userinfo().empty() ||
               (!credentials_.empty() && credentials_.find(request.url));
    }

    /// What a request says to its origin. On failure `ec` is set, to error::invalid_request or
    /// error::resource_exhausted, and `fault` says why. Thread-safe. The result must not outlive
    /// this object.
    Authorization authorize(const Request& request, std::error_code& ec, Fault& fault);

private:
    const ClientCredentials credentials_;
    DigestSessions sessions_;
};

/// The login for the host of `url`, and for its user if it names one, in a netrc file; none if
/// there is none, or if the file cannot be read.
[[nodiscard]] Credentials read_netrc_file(const Credentials& netrc,
                                          const Url& url,
                                          std::error_code& ec,
                                          Fault& fault);

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/client/impl/client_auth.ipp>
#endif
