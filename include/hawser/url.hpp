// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/config.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>

namespace hawser {

namespace detail {
struct UrlParser;
}

/// An absolute http or https URL (RFC 3986), parsed once: connect, Host, SNI, cookies, pool and
/// proxy all read this same value, so no two parsers can disagree about it.
///
///     hawser::Url url{"https://Example.com:8443/a?b=c"};  // url.host() == "example.com"
///
/// What is ambiguous is refused with `error::invalid_url`, never repaired: a back-slash, control
/// characters or spaces anywhere, '%' or non-ASCII bytes in the host, odd IPv4 forms (`127.1`,
/// `0x7f.1`), empty labels, two '@', ports 0, above 65535 or with leading zeros, more than 64 KiB.
/// Other bytes that RFC 3986 does not allow in a path, query or fragment are percent-encoded, a '%'
/// without two hex digits included. Scheme and host become lower case and the default port is
/// dropped; the path stays as written (dot segments are removed by `resolve` only).
///
/// Views stay valid as long as the object lives unchanged. Copies cost one string.
/// Thread safety: distinct objects are safe, one shared object is safe for reading.
class Url {
public:
    /// The empty URL; every part is empty and `port()` is 0.
    Url() noexcept {}

    /// Parses; throws `std::system_error` with `error::invalid_url`.
    Url(std::string_view text);    // NOLINT(google-explicit-constructor): client.get("http://…")
    Url(const char* text);         // NOLINT(google-explicit-constructor)
    Url(const std::string& text);  // NOLINT(google-explicit-constructor)

    /// Parses; on failure returns the empty URL and sets `ec` to `error::invalid_url`, else clears
    /// it.
    [[nodiscard]] static Url parse(std::string_view text, std::error_code& ec);

    [[nodiscard]] bool empty() const noexcept { return text_.empty(); }

    /// "http" or "https".
    [[nodiscard]] std::string_view scheme() const noexcept {
        return view(0, host_ ? (https_ ? 5 : 4) : 0);
    }
    [[nodiscard]] bool is_https() const noexcept { return https_; }

    /// Lower case; an IPv6 address without its brackets, with its zone as "fe80::1%eth0"; one
    /// trailing dot of a name is kept. This is what to resolve; never send it, see `host_header`.
    [[nodiscard]] std::string_view host() const noexcept {
        return zone_size_ ? view(tail_, text_.size())
                          : view(host_ + (v6_ ? 1u : 0u), host_end_ - (v6_ ? 1u : 0u));
    }

    /// Whether the host is an IPv4 or IPv6 address rather than a name (then there is no SNI).
    [[nodiscard]] bool host_is_ip() const noexcept { return v4_ || v6_; }

    /// The port to connect to, the scheme's default filled in.
    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
    [[nodiscard]] bool has_default_port() const noexcept { return port_ == (https_ ? 443 : 80); }

    /// Path and query as they go on the request line; at least "/" (RFC 9112 section 3.2.1).
    [[nodiscard]] std::string_view target() const noexcept { return view(path_, fragment_); }
    [[nodiscard]] std::string_view path() const noexcept { return view(path_, query_); }
    /// Without its '?'. Empty both for no query and for an empty one; `target()` tells them apart.
    [[nodiscard]] std::string_view query() const noexcept { return after_mark(query_, fragment_); }
    /// Without its '#'. Never sent.
    [[nodiscard]] std::string_view fragment() const noexcept {
        return after_mark(fragment_, tail_);
    }

    /// As written, percent-encoded, password included: "user:secret".
    [[nodiscard]] std::string_view userinfo() const noexcept {
        return userinfo_end_ ? view(scheme_end(), userinfo_end_) : std::string_view{};
    }
    /// The part of `userinfo()` before the first ':', percent-decoded: any byte can be in it.
    [[nodiscard]] std::string username() const;
    /// The part of `userinfo()` after the first ':', percent-decoded: any byte can be in it.
    [[nodiscard]] std::string password() const;

    /// Exactly what goes into `Host:`: brackets around IPv6, no zone, a port only if not the
    /// default.
    [[nodiscard]] std::string_view host_header() const noexcept { return view(host_, path_); }

    /// "http://host:port", the port always written, no userinfo; equal for equal pool keys.
    [[nodiscard]] std::string origin() const;

    /// The whole URL, with the password, if any, replaced by "***": fit for logs.
    [[nodiscard]] std::string to_string() const;

    /// The reference (a Location, a relative path) seen from this URL, dot segments removed
    /// (RFC 3986 section 5.3). The fragment is the reference's own. Anything but http and https is
    /// `error::invalid_url`, and so is every reference when this URL is empty.
    [[nodiscard]] Url resolve(std::string_view reference, std::error_code& ec) const;
    /// The same; throws `std::system_error`.
    [[nodiscard]] Url resolve(std::string_view reference) const;

    /// Same text after the normalisation above, userinfo and fragment included.
    friend bool operator==(const Url& a, const Url& b) noexcept { return a.text_ == b.text_; }

private:
    friend struct detail::UrlParser;

    std::string_view view(std::size_t from, std::size_t to) const noexcept {
        return {text_.data() + from, to - from};
    }
    std::string_view after_mark(std::size_t mark, std::size_t end) const noexcept {
        return mark == end ? std::string_view{} : view(mark + 1, end);
    }
    std::size_t scheme_end() const noexcept { return https_ ? 8 : 7; }  // past "://"
    void append_authority(std::string& out, bool redact) const;

    // "http://userinfo@host:port/path?query#fragment", then, if there is a zone, the host with it.
    std::string text_;
    std::uint32_t userinfo_end_ = 0;  // 0: none, else the '@'
    std::uint32_t host_ = 0;          // the '[' of an IPv6 address
    std::uint32_t host_end_ = 0;      // past the ']'
    std::uint32_t path_ = 0;
    std::uint32_t query_ = 0;     // the '?', or fragment_
    std::uint32_t fragment_ = 0;  // the '#', or tail_
    std::uint32_t tail_ = 0;      // end of the URL proper
    std::uint16_t port_ = 0;
    std::uint16_t zone_size_ = 0;
    bool https_ = false;
    bool v4_ = false;
    bool v6_ = false;
};

}  // namespace hawser

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/impl/url.ipp>
#endif
