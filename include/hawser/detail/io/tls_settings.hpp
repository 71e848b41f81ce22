// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Applies the options of TLS that are neither roots nor a certificate of our own: versions,
// ciphers, the pinned keys, the key log.

#include <hawser/config.hpp>
#include <hawser/failure.hpp>
#include <hawser/tls_options.hpp>

#include <openssl/ssl.h>

#include <array>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace hawser::inline HAWSER_ABI::detail {

/// The keys of TlsOptions::pins.
class TlsPins {
public:
    using Hash = std::array<unsigned char, 32>;

    /// False if it is not "sha256//" and the Base64 of 32 bytes.
    bool add(std::string_view pin);
    bool empty() const noexcept { return hashes_.empty(); }
    /// Whether the certificate has one of the keys.
    bool match(X509* certificate) const noexcept;

private:
    std::vector<Hash> hashes_;
};

/// The file of TlsOptions::key_log_file. A line is written with one system call, so that lines of
/// several processes do not mix.
class TlsKeyLog {
public:
    TlsKeyLog() = default;
    TlsKeyLog(const TlsKeyLog&) = delete;
    TlsKeyLog& operator=(const TlsKeyLog&) = delete;
    ~TlsKeyLog();

    /// Opens the file for appending, and creates it if there is none.
    std::error_code open(const std::string& path) noexcept;
    bool is_open() const noexcept { return file_ >= 0; }
    /// If memory or disk is short, the line is lost.
    void write(const char* line) const noexcept;

private:
    int file_ = -1;
};

/// Finds what is wrong with the options without reading or making anything. On failure,
/// error::tls_error; `fault` names the option.
std::error_code check_options(const TlsOptions& options, Fault& fault);

/// Applies the versions, ciphers and groups. On failure, error::tls_error; `fault` names the
/// option.
std::error_code apply_settings(const TlsOptions& options, SSL_CTX* ctx, Fault& fault);

/// `option tls.ciphers "x": no cipher match`.
Fault bad_tls_option(const char* option, std::string_view value, std::string_view reason);

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/io/impl/tls_settings.ipp>
#endif
