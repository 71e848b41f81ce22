// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/io/tls_fault.hpp>
#include <hawser/detail/io/tls_files.hpp>
#include <hawser/detail/io/translate_error.hpp>
#include <hawser/detail/option_text.hpp>
#include <hawser/error.hpp>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dirent.h>
#include <memory>
#include <string_view>
#include <utility>

#if defined(_WIN32)
#if !defined(NOMINMAX)
#define NOMINMAX
#endif
// clang-format off
#include <windows.h>
#include <wincrypt.h>  // needs the other one
// clang-format on
#undef X509_NAME  // macros that would hide OpenSSL's types, which undefines them, too
#undef X509_EXTENSIONS
#undef PKCS7_SIGNER_INFO
#undef OCSP_REQUEST
#undef OCSP_RESPONSE
#if defined(_MSC_VER)
#pragma comment(lib, "crypt32")
#endif
#endif

namespace hawser::inline HAWSER_ABI::detail {

HAWSER_COLD_DECL std::error_code lack_of_descriptors() noexcept {
    std::FILE* const any = std::fopen(".", "r");
    const std::error_code ec(errno, std::generic_category());
    if (any != nullptr) {
        std::fclose(any);
    }
    return any == nullptr && is_exhausted(ec) ? ec : std::error_code();
}

HAWSER_COLD_DECL bool TlsFiles::reads_directory(const TlsOptions& options) noexcept {
    return !text_of(options.ca_path).empty() ||
           (text_of(options.ca_file).empty() && text_of(options.ca_pem).empty());
}

HAWSER_COLD_DECL std::error_code TlsFiles::load() {
    std::error_code ec;
    if (!options_.insecure_skip_verify) {
        ec = load_roots();
    }
    return ec ? ec : load_own_certificate();
}

HAWSER_COLD_DECL std::error_code TlsFiles::load_roots() {
    const std::string& file = text_of(options_.ca_file);
    const std::string& path = text_of(options_.ca_path);
    const std::string& pem = text_of(options_.ca_pem);
    if (file.empty() && path.empty() && pem.empty()) {
        return load_system_roots();
    }
    if (!file.empty() && !read_file(file)) {
        return failed("ca_file", file);
    }
    if (!path.empty() &&
        (!is_any_directory(path, false) || SSL_CTX_load_verify_dir(ctx_, path.c_str()) != 1)) {
        return failed("ca_path", path);
    }
    if (!pem.empty()) {
        const int size = static_cast<int>(std::min<std::size_t>(pem.size(), INT_MAX));
        const BioPtr text(BIO_new_mem_buf(pem.data(), size));
        if (!text || !read_roots(text.get())) {
            return failed("ca_pem", {});
        }
    }
    return {};
}

#if defined(_WIN32)
// The store has the roots of the machine and of the user. One that OpenSSL cannot read is skipped.
HAWSER_COLD_DECL bool TlsFiles::read_windows_roots() {
    const HCERTSTORE roots = ::CertOpenSystemStoreW(0, L"ROOT");
    if (roots == nullptr) {
        return false;
    }
    X509_STORE* const store = SSL_CTX_get_cert_store(ctx_);
    int loaded = 0;
    for (const CERT_CONTEXT* found = nullptr;
         (found = ::CertEnumCertificatesInStore(roots, found)) != nullptr;) {
        const unsigned char* der = found->pbCertEncoded;
        const X509Ptr cert(d2i_X509(nullptr, &der, static_cast<long>(found->cbCertEncoded)));
        loaded += cert && X509_STORE_add_cert(store, cert.get()) == 1 ? 1 : 0;
    }
    ::CertCloseStore(roots, 0);
    ERR_clear_error();
    return loaded != 0;
}
#endif

// Looks where OpenSSL itself would. Its own SSL_CTX_set_default_verify_paths() does not report that
// it could read nothing. OpenSSL reads a directory only when it verifies a certificate.
HAWSER_COLD_DECL std::error_code TlsFiles::load_system_roots() {
    const auto place = [](const char* variable, const char* usual) {
#if defined(__GLIBC__)
        const char* set = ::secure_getenv(variable);
#else
        const char* set = std::getenv(variable);
#endif
        return std::string(set != nullptr ? set : usual);
    };
#if defined(_WIN32)
    if (std::getenv(X509_get_default_cert_file_env()) == nullptr &&
        std::getenv(X509_get_default_cert_dir_env()) == nullptr && read_windows_roots()) {
        return {};
    }
#endif
    const auto file = place(X509_get_default_cert_file_env(), X509_get_default_cert_file());
    const auto directory = place(X509_get_default_cert_dir_env(), X509_get_default_cert_dir());
    if (!read_file(file)) {
        note("", file);
        if (is_exhausted(problem_)) {
            return no_roots();
        }
        if (!is_any_directory(directory, true)) {
            note("", directory);
            return no_roots();
        }
        fault_ = {};
    }
    SSL_CTX_load_verify_dir(ctx_, directory.c_str());
    ERR_clear_error();
    return {};
}

HAWSER_COLD_DECL std::error_code TlsFiles::no_roots() {
    fault_.reason = "no trusted roots can be read: " + fault_.reason;
    return is_exhausted(problem_) ? with_cause(error::resource_exhausted, problem_)
                                  : make_error_code(error::cert_error);
}

HAWSER_COLD_DECL bool TlsFiles::read_file(const std::string& path) {
    const BioPtr file(BIO_new_file(path.c_str(), "r"));
    if (!file) {
        note_errors();
        return false;
    }
    errno = 0;
    if (read_roots(file.get())) {
        return true;
    }
    std::FILE* opened = nullptr;
    BIO_get_fp(file.get(), &opened);
    if (opened != nullptr && std::ferror(opened) != 0) {  // a directory, which OpenSSL reports as
                                                          // empty
        problem_ = {errno != 0 ? errno : EIO, std::generic_category()};
    }
    return false;
}

// Reads all certificates of a PEM text or file; a broken one fails them all.
HAWSER_COLD_DECL bool TlsFiles::read_roots(BIO* pem) {
    using Infos = std::unique_ptr<STACK_OF(X509_INFO), void (*)(STACK_OF(X509_INFO)*)>;
    const Infos infos(PEM_X509_INFO_read_bio(pem, nullptr, &TlsFiles::give_password, nullptr),
                      [](auto* all) { sk_X509_INFO_pop_free(all, X509_INFO_free); });
    X509_STORE* store = SSL_CTX_get_cert_store(ctx_);
    int loaded = 0;
    bool added = infos != nullptr;
    for (int i = 0; added && i < sk_X509_INFO_num(infos.get()); ++i) {
        const X509_INFO* info = sk_X509_INFO_value(infos.get(), i);
        if (info->x509 != nullptr) {
            added = X509_STORE_add_cert(store, info->x509) == 1;
            ++loaded;
        }
        if (added && info->crl != nullptr) {
            added = X509_STORE_add_crl(store, info->crl) == 1;
        }
    }
    note_errors();
    problem_text_ = added ? "there is no certificate in it" : problem_text_;
    return added && loaded != 0;
}

// ── Directories ──────────────────────────────────────────────────────────────────────────────────

/// For example "5ed36f99.0", as `openssl rehash` names certificates.
inline bool is_hashed_name(std::string_view name) noexcept {
    constexpr std::string_view hex = "0123456789abcdefABCDEF";
    return name.size() > 9 && name[8] == '.' && name.find_first_not_of(hex) == 8 &&
           name.find_first_not_of("0123456789", 9) == std::string_view::npos;
}

// With `hashed`, it must contain a certificate.
HAWSER_COLD_DECL bool TlsFiles::is_directory(const std::string& path, bool hashed) {
    problem_ = {};
    DIR* const directory = ::opendir(path.c_str());
    if (directory == nullptr) {
        problem_ = {errno, std::generic_category()};
        return false;
    }
    bool good = !hashed;
    while (!good) {
        const dirent* const entry = ::readdir(directory);
        if (entry == nullptr) {
            break;
        }
        good = is_hashed_name(entry->d_name);
    }
    ::closedir(directory);
    problem_text_ = "there is no hashed certificate in it";
    return good;
}

// Accepts several directories, separated by colons, as OpenSSL does.
HAWSER_COLD_DECL bool TlsFiles::is_any_directory(const std::string& paths, bool hashed) {
    problem_ = {};
    problem_text_ = "no directory is named";
    std::size_t begin = 0;
    while (begin <= paths.size()) {
        const std::size_t end = std::min(paths.find(':', begin), paths.size());
        if (end != begin && is_directory(paths.substr(begin, end - begin), hashed)) {
            return true;
        }
        begin = end + 1;
    }
    return false;
}

// ── The client's own certificate ─────────────────────────────────────────────────────────────────

HAWSER_COLD_DECL std::error_code TlsFiles::load_own_certificate() {
    const Pem certificate = pem_of(
        "certificate_file", options_.certificate_file, "certificate_pem", options_.certificate_pem);
    const Pem key = pem_of(
        "private_key_file", options_.private_key_file, "private_key_pem", options_.private_key_pem);
    problem_ = {};
    if (!certificate.option && !key.option) {
        return {};
    }
    if (!certificate.option) {
        problem_text_ = "certificate_file is not set";
        return failed(key.option, key.path);
    }
    if (!key.option) {
        problem_text_ = "private_key_file is not set";
        return failed(certificate.option, certificate.path);
    }
    SSL_CTX_set_default_passwd_cb(ctx_, &TlsFiles::give_password);
    SSL_CTX_set_default_passwd_cb_userdata(ctx_, this);
    const std::error_code ec = load_key(certificate, key);
    SSL_CTX_set_default_passwd_cb_userdata(ctx_, nullptr);
    return ec;
}

/// The option that is set, with what it names. check_options() saw to it that only one is.
HAWSER_COLD_DECL TlsFiles::Pem TlsFiles::pem_of(const char* file_option,
                                                const std::optional<std::string>& file,
                                                const char* text_option,
                                                const std::optional<std::string>& text) {
    if (!text_of(text).empty()) {
        return {text_option, text_of(std::nullopt), text_of(text)};
    }
    return {text_of(file).empty() ? nullptr : file_option, text_of(file), text_of(std::nullopt)};
}

HAWSER_COLD_DECL BioPtr TlsFiles::open(const Pem& pem) {
    if (pem.text.empty()) {
        return BioPtr(BIO_new_file(pem.path.c_str(), "r"));
    }
    return BioPtr(BIO_new_mem_buf(
        pem.text.data(), static_cast<int>(std::min<std::size_t>(pem.text.size(), INT_MAX))));
}

HAWSER_COLD_DECL std::error_code TlsFiles::load_key(const Pem& certificate, const Pem& key) {
    const auto failure = [&](const Pem& pem) {
        note_errors();
        if (asked_password_ && !problem_) {
            problem_text_ = text_of(options_.private_key_password).empty()
                                ? "it is encrypted, and private_key_password is not set"
                                : "private_key_password does not open it (" + problem_text_ + ')';
        }
        return failed(pem.option, pem.path);
    };
    if (!use_chain(open(certificate))) {
        return failure(certificate);
    }
    const BioPtr key_text = open(key);
    const EvpKeyPtr parsed(
        key_text ? PEM_read_bio_PrivateKey(key_text.get(), nullptr, &TlsFiles::give_password, this)
                 : nullptr);
    if (!parsed || SSL_CTX_use_PrivateKey(ctx_, parsed.get()) != 1 ||
        SSL_CTX_check_private_key(ctx_) != 1) {
        return failure(key);
    }
    return {};
}

// Our own certificate, then those that lead to a root.
HAWSER_COLD_DECL bool TlsFiles::use_chain(const BioPtr& pem) {
    const X509Ptr own(
        pem ? PEM_read_bio_X509_AUX(pem.get(), nullptr, &TlsFiles::give_password, this) : nullptr);
    if (!own || SSL_CTX_use_certificate(ctx_, own.get()) != 1) {
        return false;
    }
    while (X509Ptr next{PEM_read_bio_X509(pem.get(), nullptr, &TlsFiles::give_password, this)}) {
        // SSL_CTX_add1_chain_cert without its C-style cast
        if (SSL_CTX_ctrl(ctx_, SSL_CTRL_CHAIN_CERT, 1, next.get()) != 1) {
            return false;
        }
    }
    const unsigned long last = ERR_peek_last_error();
    const bool at_end =
        ERR_GET_LIB(last) == ERR_LIB_PEM && ERR_GET_REASON(last) == PEM_R_NO_START_LINE;
    if (at_end) {
        ERR_clear_error();
    }
    return at_end;
}

// OpenSSL's default callback would prompt on the terminal.
HAWSER_COLD_DECL int TlsFiles::give_password(char* out, int size, int, void* self) {
    if (self == nullptr) {
        return 0;
    }
    auto& files = *static_cast<TlsFiles*>(self);
    const std::string& password = text_of(files.options_.private_key_password);
    files.asked_password_ = true;
    if (size < 0 || password.size() > static_cast<std::size_t>(size)) {
        return 0;
    }
    std::memcpy(out, password.data(), password.size());
    return static_cast<int>(password.size());
}

// ── Describing failures ──────────────────────────────────────────────────────────────────────────

HAWSER_COLD_DECL void TlsFiles::note_errors() {
    OpenSslErrors errors = OpenSslErrors::take();
    problem_ = errors.system;
    problem_text_ = std::move(errors.reason);
}

/// For example `option tls.ca_file "/x.pem": No such file or directory`.
HAWSER_COLD_DECL void TlsFiles::note(const char* option, const std::string& path) {
    std::string& text = fault_.reason;
    text += text.empty() ? "" : "; ";
    text += *option != '\0' ? std::string("option tls.") + option : "";
    if (!path.empty()) {
        text += *option != '\0' ? " " : "";
        text += '"' + printable(path) + '"';
    }
    text += ": " + (problem_ ? problem_.message() : problem_text_);
    fault_.cause = fault_.cause && !is_exhausted(problem_) ? fault_.cause : problem_;
}

HAWSER_COLD_DECL std::error_code TlsFiles::failed(const char* option, const std::string& path) {
    ERR_clear_error();
    note(option, path);
    return is_exhausted(problem_) ? with_cause(error::resource_exhausted, problem_)
                                  : make_error_code(error::tls_error);
}

}  // namespace hawser::inline HAWSER_ABI::detail
