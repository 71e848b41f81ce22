// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/tls_peer.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

struct ssl_ctx_st;  // OpenSSL's SSL_CTX

// Text is optional and unset by default. g++ 12 destroys an aggregate made within a `co_await`
// expression twice, which is harmless for members that are unset.

namespace hawser::inline HAWSER_ABI {

class TlsSessionCache;

/// A version of TLS. Older ones than 1.2 are never spoken (RFC 8996).
enum class TlsVersion {
    tls1_2,
    tls1_3,
};

/// How to verify the peer of an https connection, and how to identify ourselves to it. Part of
/// TransportOptions; fixed once the Transport exists. The Transport's constructor throws if a file
/// named here, or another option, cannot be used (error::tls_error, or error::resource_exhausted;
/// what() names the option, the file and the reason). ALPN offers only http/1.1, and names are
/// matched by RFC 9525 (no common name, no partial wildcards). Empty text counts as unset.
struct TlsOptions {
    /// PEM file of trusted certificates: roots, or any other certificate of a server's chain, even
    /// its own. If this, ca_path and ca_pem are all unset, the system's roots are used. They are
    /// found as OpenSSL finds them: SSL_CERT_FILE and SSL_CERT_DIR in the environment, or OpenSSL's
    /// built-in paths; on Windows, without these variables, the certificate store "ROOT". (On
    /// macOS, OpenSSL has a file of its own; keychains are not read.) The first https request reads
    /// them, and later ones try again as long as there is nothing to read.
    std::optional<std::string> ca_file{};
    /// Directory of trusted certificates, with hashed names as made by `openssl rehash`. Unset =
    /// none.
    std::optional<std::string> ca_path{};
    /// Trusted certificates as PEM text. Unset = none.
    std::optional<std::string> ca_pem{};
    /// File with the certificate chain (PEM) for servers that ask for one, our own certificate
    /// first; needs a private key. Unset = none.
    std::optional<std::string> certificate_file{};
    /// The same chain as PEM text, in place of a file; not both.
    std::optional<std::string> certificate_pem{};
    /// File with the private key (PEM) of our certificate.
    std::optional<std::string> private_key_file{};
    /// The same key as PEM text, in place of a file; not both.
    std::optional<std::string> private_key_pem{};
    /// Decrypts the private key if that is encrypted. The library never prompts for it on a
    /// terminal.
    std::optional<std::string> private_key_password{};
    /// Resume TLS sessions with known servers; at most 256 are kept. If a server breaks off a
    /// handshake because of one, the client connects once more, without it.
    bool session_resumption = true;
    /// Shares the sessions with the other transports that have the same cache; see
    /// tls_session_cache.hpp. Null = each transport keeps its own.
    std::shared_ptr<TlsSessionCache> session_cache{};
    /// Lets a TLS 1.2 server renegotiate. Some do so to ask for a client certificate once they have
    /// seen the request (RFC 5746). Go: RenegotiateFreelyAsClient.
    bool allow_renegotiation = false;
    /// Turns off all verification of the peer's certificate but for `pins`: anyone can impersonate
    /// it. For tests only. Go's InsecureSkipVerify.
    bool insecure_skip_verify = false;
    /// Refuses some certificates that break RFC 5280 in ways that are common and harm nobody:
    /// without an authority key identifier; of CAs, without a subject key identifier or keyUsage,
    /// or with basicConstraints that are not critical; roots of version 1. (Of the 144 roots in
    /// Debian 12, five have no such identifier or keyUsage, and certificates that people make with
    /// a few lines of `openssl x509 -req` have none, either.) All other violations that OpenSSL's
    /// X509_V_FLAG_X509_STRICT finds are always refused. Python 3.13: VERIFY_X509_STRICT.
    bool strict_certificates = false;
    /// The name that is sent to every server (SNI) and that its certificate must be for, in place
    /// of the URL's host; or an address, which is only verified. International names must be in
    /// their ASCII form ("xn--"). Go: ServerName.
    std::optional<std::string> server_name{};
    /// The public keys to accept, as "sha256//" and the Base64 of the SHA-256 hash of the
    /// certificate's SubjectPublicKeyInfo (curl's notation). One certificate of the verified chain
    /// must have one of them; with insecure_skip_verify, the server's own certificate. Otherwise
    /// the dial fails with error::cert_error. Empty = any key.
    std::vector<std::string> pins{};
    /// Requires each server to prove, with an OCSP response stapled to its certificate, that the
    /// certificate is not revoked. The response must be about the server's own certificate, be
    /// valid now (with 5 minutes of tolerance), and be signed by the certificate's issuer or on its
    /// behalf; otherwise the dial fails with error::cert_error, and the Failure says what is wrong.
    /// Sessions are then not resumed, since that would skip the proof. Nothing is fetched. Cannot
    /// be combined with insecure_skip_verify. False: no response is asked for.
    bool require_ocsp_staple = false;
    /// Decides about each server that everything above has accepted, before a request is sent to
    /// it: with the URL's host, and what the server showed. It can only be stricter than the other
    /// options; `true` permits nothing that they refuse. It is also asked about resumed sessions,
    /// and if insecure_skip_verify is set.
    ///
    ///     options.tls.verify = [&](const std::string& host, const hawser::TlsPeer& server) {
    ///         return known[host].contains(hash(server.certificates_der().front()));
    ///     };
    ///
    /// If it returns false, the dial fails with error::cert_error, and the Failure says so. It runs
    /// on the transport's executor, or in a blocking call, with no lock held, and in several
    /// threads if the transport is used by several; tls_handshake_timeout includes it. If it
    /// throws, the dial fails: with the code of a std::system_error, otherwise with
    /// error::cert_error. Go: VerifyConnection.
    std::function<bool(const std::string& host, const TlsPeer& server)> verify{};
    /// The oldest version to speak.
    TlsVersion min_version = TlsVersion::tls1_2;
    /// The newest version to speak.
    TlsVersion max_version = TlsVersion::tls1_3;
    /// Cipher suites of TLS 1.2, and of TLS 1.3, and the groups of key exchange, in OpenSSL's
    /// notation ("ECDHE+AESGCM", "TLS_AES_256_GCM_SHA384", "X25519:P-256"). Unset = OpenSSL's own.
    /// Suites without a certificate or without encryption are never offered.
    std::optional<std::string> ciphers{};
    /// The same for TLS 1.3. Unset = as the system configures OpenSSL. Where it does not, OpenSSL's
    /// usual three suites, with AES-128 first as in Go and browsers.
    std::optional<std::string> cipher_suites{};
    /// The groups for the key exchange, in OpenSSL's syntax.
    std::optional<std::string> groups{};
    /// Appends the secrets of every connection to this file, for Wireshark (the format of
    /// SSLKEYLOGFILE). Whoever can read it can decrypt the connections; it is created for its owner
    /// alone. The variable SSLKEYLOGFILE itself is ignored. Go: KeyLogWriter.
    std::optional<std::string> key_log_file{};
    /// Called once with the SSL_CTX of the transport, after all other options were applied, by the
    /// Transport's constructor. It can change anything, so it can also make connections insecure.
    /// An exception leaves the constructor. The context's ALPN, verification callbacks and session
    /// cache are the library's.
    std::function<void(ssl_ctx_st*)> configure{};
};

}  // namespace hawser::inline HAWSER_ABI
