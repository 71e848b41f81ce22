// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Reads what TlsOptions name into an OpenSSL context: trusted roots, the client's certificate and
// its key. Says which option and which file was at fault, and never asks on the terminal.

#include <hawser/config.hpp>
#include <hawser/failure.hpp>
#include <hawser/options.hpp>

#include <openssl/ssl.h>

#include <string>
#include <system_error>

namespace hawser::detail {

class TlsFiles {
public:
    TlsFiles(const TlsOptions& options, SSL_CTX* ctx) noexcept : options_(options), ctx_(ctx) {}

    /// error::tls_error for an option that does not load, error::cert_error if no option names
    /// roots and the system has none, error::resource_exhausted if descriptors or memory were the
    /// reason; fault() then says more.
    std::error_code load();
    Fault& fault() noexcept { return fault_; }

private:
    std::error_code load_roots();
    std::error_code load_system_roots();
    std::error_code no_roots();
    std::error_code load_own_certificate();
    std::error_code load_key();
    bool read_roots(BIO* pem);
    bool read_file(const std::string& path);
    bool is_directory(const std::string& path, bool hashed);
    bool is_any_directory(const std::string& paths, bool hashed);
    void note_errors();
    void note(const char* option, const std::string& path);
    std::error_code failed(const char* option, const std::string& path);
    static int give_password(char* out, int size, int writing, void* self);

    const TlsOptions& options_;
    SSL_CTX* const ctx_;
    Fault fault_;
    std::error_code problem_;   // of the file looked at last, if the system had one with it
    std::string problem_text_;  // else, in words
    bool asked_password_ = false;
};

}  // namespace hawser::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/io/impl/tls_files.ipp>
#endif
