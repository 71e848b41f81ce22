// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/config.hpp>
#include <hawser/detail/intrusive_ptr.hpp>
#include <hawser/detail/url_block.hpp>
#include <hawser/parameters.hpp>

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace hawser::inline HAWSER_ABI {

namespace detail {
struct Access;
}

/// An absolute http or https URL (RFC 3986), parsed once. Connecting, Host, SNI, cookies, pool and
/// proxy all use this one value, so no two parsers can disagree about it.
///
///     hawser::Url url{"https://Example.com:8443/a?b=c"};  // url.host() == "example.com"
///
/// Ambiguous input is refused with `error::invalid_url`, never repaired: a backslash or control
/// character anywhere, spaces, '%' or non-ASCII bytes in the host, odd IPv4 forms (`127.1`,
/// `0x7f.1`), empty labels, two '@', ports that are 0, above 65535 or have leading zeros, more than
/// 64 KiB. Other bytes that RFC 3986 does not allow in a path, query or fragment are
/// percent-encoded, as browsers do: spaces, quotes, each non-ASCII byte, and a '%' without two hex
/// digits. Scheme and host are lowercased and the default port is dropped. The path stays as
/// written (only `resolve` removes dot segments). An IPv6 zone may follow '%' (RFC 9844) or "%25".
///
/// Views stay valid as long as the object lives unchanged. Copies share the text. Thread safety:
/// distinct objects are safe; a shared object is safe for reading.
class Url {
public:
    /// The empty URL; every part is empty and `port()` is 0.
    Url() noexcept {}

    /// Parses; throws `std::system_error` with `error::invalid_url` and the reason.
    Url(std::string_view text);    // NOLINT(google-explicit-constructor)
    Url(const char* text);         // NOLINT(google-explicit-constructor)
    Url(const std::string& text);  // NOLINT(google-explicit-constructor)

    /// Parses. On failure it returns an empty URL that has a `refusal()`, and sets `ec` to
    /// `error::invalid_url`; otherwise it clears `ec`.
    [[nodiscard]] static Url parse(std::string_view text, std::error_code& ec);

    /// Whether it has no parts.
    [[nodiscard]] bool empty() const noexcept { return !block_ || block_->port == 0; }

    /// For an empty URL: why its text was refused, followed by that text without userinfo and
    /// fragment. Otherwise empty.
    [[nodiscard]] std::string_view refusal() const noexcept {
        return empty() ? view(0, parts().zone_size) : std::string_view{};
    }

    /// "http" or "https".
    [[nodiscard]] std::string_view scheme() const noexcept HAWSER_LIFETIMEBOUND {
        return view(0, empty() ? 0 : is_https() ? 5 : 4);
    }
    /// Whether the scheme is https.
    [[nodiscard]] bool is_https() const noexcept { return parts().https; }

    /// Lower case. An IPv6 address has no brackets here, and may have a zone, as in "fe80::1%eth0".
    /// One trailing dot of a name is kept. Use this for resolving; never send it, see
    /// `host_header`.
    [[nodiscard]] HAWSER_INLINE std::string_view host() const noexcept HAWSER_LIFETIMEBOUND {
        const detail::UrlBlock& at = parts();
        return at.zone_size ? view(at.tail, at.size) : view(at.host + at.v6, at.host_end - at.v6);
    }

    /// Whether the host is an IPv4 or IPv6 address rather than a name; if so, TLS sends no SNI.
    [[nodiscard]] bool host_is_ip() const noexcept { return parts().v4 || parts().v6; }

    /// The port to connect to: explicit, or the scheme's default.
    [[nodiscard]] std::uint16_t port() const noexcept { return parts().port; }
    /// Whether the port is that of the scheme.
    [[nodiscard]] bool has_default_port() const noexcept {
        return port() == (is_https() ? 443 : 80);
    }

    /// Path and query as sent on the request line; at least "/" (RFC 9112 section 3.2.1).
    [[nodiscard]] std::string_view target() const noexcept HAWSER_LIFETIMEBOUND {
        return view(parts().path, parts().fragment);
    }
    /// Without the query.
    [[nodiscard]] std::string_view path() const noexcept HAWSER_LIFETIMEBOUND {
        return view(parts().path, parts().query);
    }
    /// Without its '?'. Empty both without a query and with an empty one; `target()` tells which.
    [[nodiscard]] std::string_view query() const noexcept HAWSER_LIFETIMEBOUND {
        return after_mark(parts().query, parts().fragment);
    }
    /// The parameters of the query, decoded; see Parameters::parse().
    [[nodiscard]] Parameters parameters() const;
    /// Without its '#'. Never sent.
    [[nodiscard]] std::string_view fragment() const noexcept HAWSER_LIFETIMEBOUND {
        return after_mark(parts().fragment, parts().tail);
    }

    /// As written, percent-encoded, including the password: "user:secret".
    [[nodiscard]] std::string_view userinfo() const noexcept HAWSER_LIFETIMEBOUND {
        return parts().userinfo_end ? view(scheme_end(), parts().userinfo_end) : std::string_view{};
    }
    /// The part of `userinfo()` before the first ':', percent-decoded; may contain any byte.
    [[nodiscard]] std::string username() const;
    /// The part of `userinfo()` after the first ':', percent-decoded; may contain any byte.
    [[nodiscard]] std::string password() const;

    /// The exact value of the `Host` field: brackets around IPv6, no zone, the port only if it is
    /// not the default.
    [[nodiscard]] std::string_view host_header() const noexcept HAWSER_LIFETIMEBOUND {
        return view(parts().host, parts().path);
    }

    /// "http://host:port", always with the port, without userinfo; equal for equal pool keys.
    [[nodiscard]] std::string origin() const;

    /// The whole URL, with "***" in place of the password, if any: safe to log.
    [[nodiscard]] std::string to_string() const;

    /// Resolves a reference (a Location, a relative path) against this URL and removes dot segments
    /// (RFC 3986 section 5.3). The result has the fragment of the reference. Fails with
    /// `error::invalid_url` for any scheme other than http and https, or if this URL is empty.
    [[nodiscard]] Url resolve(std::string_view reference, std::error_code& ec) const;
    /// The same; throws `std::system_error`.
    [[nodiscard]] Url resolve(std::string_view reference) const;

    /// Appends parameters to the query, and changes nothing else; see Parameters::to_string().
    /// Fails with `error::invalid_url` if this URL is empty, or if the result is longer than 64
    /// KiB.
    [[nodiscard]] Url with_query(const Parameters& added, std::error_code& ec) const;
    /// The same; throws `std::system_error`.
    [[nodiscard]] Url with_query(const Parameters& added) const;

    /// Whether both have the same text after the normalization above, including userinfo and
    /// fragment. All empty URLs are equal.
    friend bool operator==(const Url& a, const Url& b) noexcept {
        if (a.empty() || b.empty()) {
            return a.empty() && b.empty();
        }
        return a.block_ == b.block_ || a.block_->text() == b.block_->text();
    }

private:
    friend struct detail::Access;

    const detail::UrlBlock& parts() const noexcept { return block_ ? *block_ : detail::empty_url; }
    std::string_view view(std::size_t from, std::size_t to) const noexcept {
        return {parts().text().data() + from, to - from};
    }
    std::string_view after_mark(std::size_t mark, std::size_t end) const noexcept {
        return mark == end ? std::string_view{} : view(mark + 1, end);
    }
    std::size_t scheme_end() const noexcept { return is_https() ? 8 : 7; }  // just after "://"
    void append_authority(std::string& out, bool redact) const;
    void append_resolved(std::string& out, std::string_view reference) const;
    static Url refused(std::string_view text, const char* reason);
    /// Resolves the text of a refused URL against this one.
    Url resolve_refused(const Url& refused, std::error_code& ec) const;

    detail::IntrusivePtr<const detail::UrlBlock> block_;  // null: empty
};

/// Url::to_string().
template <class Traits>
std::basic_ostream<char, Traits>& operator<<(std::basic_ostream<char, Traits>& out,
                                             const Url& url) {
    return out << url.to_string();
}

/// The URL parameter of a request: a `Url`, or text to parse. Invalid text throws nothing here; the
/// request reports `error::invalid_url` as it reports other errors.
class UrlArg {
public:
    UrlArg() noexcept {}
    /// A URL, or text to parse.
    UrlArg(Url url) noexcept : url_(std::move(url)) {}  // NOLINT(google-explicit-constructor)
    UrlArg(std::string_view text);                      // NOLINT(google-explicit-constructor)
    UrlArg(const char* text);                           // NOLINT(google-explicit-constructor)
    UrlArg(const std::string& text);                    // NOLINT(google-explicit-constructor)

    /// Empty, with a `Url::refusal()`, if the text was not a valid URL.
    operator Url() && noexcept {  // NOLINT(google-explicit-constructor)
        return std::move(url_);
    }

private:
    Url url_;
};

}  // namespace hawser::inline HAWSER_ABI

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/impl/url.ipp>
#endif
