// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <optional>
#include <string>

// Text is optional and unset by default. g++ 12 destroys an aggregate made within a `co_await`
// expression twice, which is harmless for members that are unset.

namespace hawser {

/// How to verify the peer of an https connection, and how to identify ourselves to it. Part of
/// TransportOptions; fixed once the Transport exists. The Transport's constructor throws if a file
/// named here cannot be used (error::tls_error, or error::resource_exhausted; what() names the
/// option, the file and the reason). The oldest version spoken is TLS 1.2, ALPN offers only
/// http/1.1, and names are matched by RFC 9525 (no common name, no partial wildcards). Empty text
/// counts as unset.
struct TlsOptions {
    /// PEM file of trusted certificates: roots, or any other certificate of a server's chain, even
    /// its own. If this, ca_path and ca_pem are all unset, the system's roots are used. They are
    /// found as OpenSSL finds them: SSL_CERT_FILE and SSL_CERT_DIR in the environment, or OpenSSL's
    /// built-in paths. The first https request reads them, and later ones try again as long as
    /// there is nothing to read.
    std::optional<std::string> ca_file{};
    /// Directory of trusted certificates, with hashed names as made by `openssl rehash`. Unset =
    /// none.
    std::optional<std::string> ca_path{};
    /// Trusted certificates as PEM text. Unset = none.
    std::optional<std::string> ca_pem{};
    /// Certificate chain (PEM) for servers that ask for one; needs private_key_file. Unset = none.
    std::optional<std::string> certificate_file{};
    /// Private key (PEM) of certificate_file.
    std::optional<std::string> private_key_file{};
    /// Decrypts private_key_file if that is encrypted. The library never prompts for it on a
    /// terminal.
    std::optional<std::string> private_key_password{};
    /// Resume TLS sessions with known servers; at most 256 are kept. If a server breaks off a
    /// handshake because of one, the client connects once more, without it.
    bool session_resumption = true;
    /// Lets a TLS 1.2 server renegotiate. Some do so to ask for a client certificate once they have
    /// seen the request (RFC 5746). Go: RenegotiateFreelyAsClient.
    bool allow_renegotiation = false;
    /// Turns off all verification of the peer's certificate: anyone can impersonate it. For tests
    /// only. Go's InsecureSkipVerify.
    bool insecure_skip_verify = false;
};

}  // namespace hawser
