// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/base64.hpp>
#include <hawser/detail/io/tls_fault.hpp>
#include <hawser/detail/io/tls_settings.hpp>
#include <hawser/detail/option_text.hpp>
#include <hawser/detail/owned.hpp>
#include <hawser/detail/policy/certificate_name.hpp>
#include <hawser/error.hpp>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <fcntl.h>
#include <new>
#include <optional>
#include <utility>
#include <vector>
#if defined(_WIN32)
#include <io.h>
#include <sys/stat.h>
#else
#include <unistd.h>
#endif

namespace hawser::inline HAWSER_ABI::detail {

HAWSER_COLD_DECL Fault bad_tls_option(const char* option,
                                      std::string_view value,
                                      std::string_view reason) {
    std::string text("option tls.");
    text.append(option);
    if (!value.empty()) {
        text.append(" \"").append(printable(value)).append("\"");
    }
    return {{}, text.append(": ").append(reason), {}};
}

// ── Pins ─────────────────────────────────────────────────────────────────────────────────────────

HAWSER_COLD_DECL bool TlsPins::add(std::string_view pin) {
    constexpr std::string_view scheme = "sha256//";
    const std::string bytes = from_base64(pin.substr(std::min(pin.size(), scheme.size())));
    Hash hash;
    if (bytes.size() != hash.size() || pin != std::string(scheme).append(base64(bytes))) {
        return false;
    }
    std::copy(bytes.begin(), bytes.end(), hash.begin());
    hashes_.push_back(hash);
    return true;
}

HAWSER_COLD_DECL bool TlsPins::match(X509* certificate) const noexcept {
    unsigned char* spki = nullptr;
    const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &spki);
    if (size <= 0) {
        return false;
    }
    Hash hash;
    const bool hashed =
        EVP_Digest(
            spki, static_cast<std::size_t>(size), hash.data(), nullptr, EVP_sha256(), nullptr) == 1;
    OPENSSL_free(spki);
    return hashed && std::find(hashes_.begin(), hashes_.end(), hash) != hashes_.end();
}

// ── The key log ──────────────────────────────────────────────────────────────────────────────────

#if defined(_WIN32)

HAWSER_COLD_DECL TlsKeyLog::~TlsKeyLog() {
    if (is_open()) {
        ::_close(file_);
    }
}

HAWSER_COLD_DECL std::error_code TlsKeyLog::open(const std::string& path) noexcept {
    file_ = ::_open(path.c_str(),
                    _O_WRONLY | _O_APPEND | _O_CREAT | _O_NOINHERIT | _O_BINARY,
                    _S_IREAD | _S_IWRITE);
    return is_open() ? std::error_code() : std::error_code(errno, std::generic_category());
}

HAWSER_COLD_DECL void TlsKeyLog::write(const char* line) const noexcept try {
    const std::string whole = std::string(line).append("\n");
    (void)::_write(file_, whole.data(), static_cast<unsigned>(whole.size()));
} catch (const std::bad_alloc&) {
}

#else

HAWSER_COLD_DECL TlsKeyLog::~TlsKeyLog() {
    if (is_open()) {
        ::close(file_);
    }
}

HAWSER_COLD_DECL std::error_code TlsKeyLog::open(const std::string& path) noexcept {
    file_ = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    return is_open() ? std::error_code() : std::error_code(errno, std::generic_category());
}

HAWSER_COLD_DECL void TlsKeyLog::write(const char* line) const noexcept try {
    const std::string whole = std::string(line).append("\n");
    [[maybe_unused]] const auto written = ::write(file_, whole.data(), whole.size());
} catch (const std::bad_alloc&) {
}

#endif

// ── Checks ───────────────────────────────────────────────────────────────────────────────────────

/// Whether a certificate can be for this name: an address, or labels without blanks, ports and the
/// like. A trailing dot is ignored.
inline bool is_server_name(std::string name) {
    const Owned<ASN1_OCTET_STRING, OpenSslFree<ASN1_OCTET_STRING_free>> address(
        a2i_IPADDRESS(name.c_str()));
    ERR_clear_error();
    if (address) {
        return true;
    }
    if (name.ends_with('.')) {
        name.pop_back();
    }
    const std::string_view all = name;
    std::size_t at = 0;
    bool good = all.size() <= 253;
    while (good && at <= all.size()) {
        const std::size_t dot = std::min(all.find('.', at), all.size());
        good = is_label(all.substr(at, dot - at));
        at = dot + 1;
    }
    return good;
}

/// The first option that cannot be used.
class OptionCheck {
public:
    void refuse_if(bool bad, const char* option, std::string_view value, std::string_view why) {
        if (bad && !fault_) {
            fault_ = bad_tls_option(option, value, why);
        }
    }
    void text(const char* option, const std::optional<std::string>& value) {
        const std::string& all = text_of(value);
        refuse_if(all.find('\0') != std::string::npos, option, all, "it contains a NUL");
    }
    void either(const char* pem_option,
                const std::optional<std::string>& file,
                const std::optional<std::string>& pem,
                std::string_view why) {
        refuse_if(!text_of(file).empty() && !text_of(pem).empty(), pem_option, {}, why);
    }
    std::error_code result(Fault& fault) {
        if (!fault_) {
            return {};
        }
        fault = std::move(*fault_);
        return hawser::error::tls_error;
    }

private:
    std::optional<Fault> fault_;
};

HAWSER_COLD_DECL std::error_code check_options(const TlsOptions& options, Fault& fault) {
    OptionCheck check;
    check.text("ca_file", options.ca_file);
    check.text("ca_path", options.ca_path);
    check.text("certificate_file", options.certificate_file);
    check.text("private_key_file", options.private_key_file);
    check.text("key_log_file", options.key_log_file);
    check.text("ciphers", options.ciphers);
    check.text("cipher_suites", options.cipher_suites);
    check.text("groups", options.groups);
    check.text("server_name", options.server_name);
    check.either("certificate_pem",
                 options.certificate_file,
                 options.certificate_pem,
                 "certificate_file is set, too");
    check.either("private_key_pem",
                 options.private_key_file,
                 options.private_key_pem,
                 "private_key_file is set, too");
    const std::string& name = text_of(options.server_name);
    check.refuse_if(!name.empty() && !is_server_name(name.substr(0, name.find('%'))),
                    "server_name",
                    name,
                    "it is neither a host name nor an address");
    check.refuse_if(options.max_version < options.min_version,
                    "max_version",
                    {},
                    "it is older than min_version");
    check.refuse_if(options.require_ocsp_staple && options.insecure_skip_verify,
                    "require_ocsp_staple",
                    {},
                    "insecure_skip_verify is set, too");
    return check.result(fault);
}

// ── Versions and ciphers ─────────────────────────────────────────────────────────────────────────

inline int number_of(TlsVersion version) noexcept {
    return version == TlsVersion::tls1_3 ? TLS1_3_VERSION : TLS1_2_VERSION;
}

/// The suites of TLS 1.3 that are offered, by their numbers, the preferred one first.
inline std::vector<std::uint16_t> suites_of_tls1_3(SSL_CTX* ctx) {
    std::vector<std::uint16_t> suites;
    const STACK_OF(SSL_CIPHER)* const all = SSL_CTX_get_ciphers(ctx);
    for (int i = 0; i < sk_SSL_CIPHER_num(all); ++i) {
        const SSL_CIPHER* const suite = sk_SSL_CIPHER_value(all, i);
        if (SSL_CIPHER_get_kx_nid(suite) == NID_kx_any) {  // those of 1.2 name a key exchange
            suites.push_back(SSL_CIPHER_get_protocol_id(suite));
        }
    }
    return suites;
}

/// OpenSSL prefers AES-256. Go and browsers prefer AES-128, which costs less: it also hashes the
/// handshake with SHA-256 in place of SHA-384. A system that configures its own order keeps it.
HAWSER_COLD_DECL void prefer_aes128(SSL_CTX* ctx) {
    const std::vector<std::uint16_t> openssls{0x1302, 0x1303, 0x1301};
    if (suites_of_tls1_3(ctx) == openssls) {
        SSL_CTX_set_ciphersuites(ctx,
                                 "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:"
                                 "TLS_CHACHA20_POLY1305_SHA256");
    }
}

// SSL_CTX_set_min_proto_version and its like are macros with C-style casts.
HAWSER_COLD_DECL std::error_code apply_settings(const TlsOptions& options,
                                                SSL_CTX* ctx,
                                                Fault& fault) {
    const auto refused = [&](const char* option, std::string_view value) {
        fault = bad_tls_option(option, value, OpenSslErrors::take().reason);
        return make_error_code(hawser::error::tls_error);
    };
    if (options.max_version < options.min_version) {
        fault = bad_tls_option("max_version", {}, "it is older than min_version");
        return hawser::error::tls_error;
    }
    SSL_CTX_ctrl(ctx, SSL_CTRL_SET_MIN_PROTO_VERSION, number_of(options.min_version), nullptr);
    SSL_CTX_ctrl(ctx, SSL_CTRL_SET_MAX_PROTO_VERSION, number_of(options.max_version), nullptr);
    const std::string& ciphers = text_of(options.ciphers);
    // Never anonymous ones, which "ALL:@SECLEVEL=0" contains.
    const std::string named = std::string(ciphers).append(":!aNULL:!eNULL");
    if (!ciphers.empty() && SSL_CTX_set_cipher_list(ctx, named.c_str()) != 1) {
        return refused("ciphers", ciphers);
    }
    const std::string& suites = text_of(options.cipher_suites);
    if (suites.empty()) {
        prefer_aes128(ctx);
    } else if (SSL_CTX_set_ciphersuites(ctx, suites.c_str()) != 1) {
        return refused("cipher_suites", suites);
    }
    std::string groups = text_of(options.groups);
    if (!groups.empty() && SSL_CTX_ctrl(ctx, SSL_CTRL_SET_GROUPS_LIST, 0, groups.data()) != 1) {
        return refused("groups", groups);
    }
    return {};
}

}  // namespace hawser::inline HAWSER_ABI::detail
