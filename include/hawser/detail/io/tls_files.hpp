// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Reads the files that TlsOptions name into an OpenSSL context: trusted roots, the client's
// certificate and its key. Reports which option and which file was at fault, and never prompts on
// the terminal.

#include <hawser/config.hpp>
#include <hawser/detail/io/tls_fault.hpp>
#include <hawser/detail/owned.hpp>
#include <hawser/failure.hpp>
#include <hawser/tls_options.hpp>

#include <openssl/ssl.h>

#include <optional>
#include <string>
#include <system_error>

namespace hawser::inline HAWSER_ABI::detail {

using BioPtr = Owned<BIO, OpenSslFree<BIO_free_all>>;
using X509Ptr = Owned<X509, OpenSslFree<X509_free>>;
using EvpKeyPtr = Owned<EVP_PKEY, OpenSslFree<EVP_PKEY_free>>;

/// Why no file can be opened now, if that is for lack of descriptors.
std::error_code lack_of_descriptors() noexcept;

class TlsFiles {
public:
    /// Whether OpenSSL reads roots from a directory whenever it verifies a certificate.
    static bool reads_directory(const TlsOptions& options) noexcept;

    TlsFiles(const TlsOptions& options, SSL_CTX* ctx) noexcept : options_(options), ctx_(ctx) {}

    /// error::tls_error if an option does not load, error::cert_error if no option names roots and
    /// the system has none, error::resource_exhausted if it ran out of descriptors or memory.
    /// fault() then says more.
    std::error_code load();
    Fault& fault() noexcept { return fault_; }

private:
    std::error_code load_roots();
    std::error_code load_system_roots();
    std::error_code no_roots();
    std::error_code load_own_certificate();
    /// A certificate or key, as a file or as text.
    struct Pem {
        const char* option;  // null: not set
        const std::string& path;
        const std::string& text;
    };
    static Pem pem_of(const char* file_option,
                      const std::optional<std::string>& file,
                      const char* text_option,
                      const std::optional<std::string>& text);
    static BioPtr open(const Pem& pem);
    std::error_code load_key(const Pem& certificate, const Pem& key);
    bool use_chain(const BioPtr& pem);
    bool read_roots(BIO* pem);
    bool read_file(const std::string& path);
#if defined(_WIN32)
    bool read_windows_roots();
#endif
    bool is_directory(const std::string& path, bool hashed);
    bool is_any_directory(const std::string& paths, bool hashed);
    void note_errors();
    void note(const char* option, const std::string& path);
    std::error_code failed(const char* option, const std::string& path);
    static int give_password(char* out, int size, int writing, void* self);

    const TlsOptions& options_;
    SSL_CTX* const ctx_;
    Fault fault_;
    std::error_code problem_;   // system error of the file last read, if there was one
    std::string problem_text_;  // otherwise, the problem in words
    bool asked_password_ = false;
};

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/io/impl/tls_files.ipp>
#endif
