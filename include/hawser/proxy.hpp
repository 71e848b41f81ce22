// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/config.hpp>
#include <hawser/detail/proxy_data.hpp>
#include <hawser/url.hpp>

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace hawser::inline HAWSER_ABI {

namespace detail {
struct Access;
struct ProxyTable;
}  // namespace detail

/// A proxy server: how to speak to it, where it is, and who we are to it.
///
///     hawser::Proxy proxy{"http://user:password@proxy.example:3128"};
///
/// Schemes: `http` and `https` (plain HTTP, or HTTP within TLS) for HTTP proxies; `socks5` and
/// `socks5h` for SOCKS5 (RFC 1928). With `socks5` the host names of URLs are looked up here, with
/// `socks5h` by the proxy. Text without "://" is a host, to which http:// is added, as in Go and
/// curl. The default ports are 80, 443 and 1080. A path is allowed and ignored.
///
/// A proxy over TLS is verified by its own name, with the roots, versions and ciphers of
/// TransportOptions::tls. What those options say about servers (`server_name`, `pins`, `verify`,
/// `require_ocsp_staple`, the client certificate) does not apply to it.
///
/// An HTTP proxy forwards requests for http URLs; for https it makes a tunnel, and sees only the
/// host and the port. It gets user and password as Basic, with each request that it forwards and
/// with each tunnel. If it asks for Digest with a 407, a request that it forwards is sent once
/// more, on another connection, unless its body cannot be sent again; later ones reuse the
/// challenge. Any other 407 is the response. A request with a `Proxy-Authorization` field of its
/// own is forwarded with that field instead, and no 407 is answered; where no proxy forwards the
/// request, the field is left out, so that no origin sees it.
///
/// User and password are percent-encoded, but other bytes that no one could misread are accepted as
/// they are; the last '@' ends them. Nothing prints them. Immutable; copies share one value. Thread
/// safety: as for an int.
class Proxy {
public:
    /// @throws std::system_error error::invalid_url and the reason, without user and password: an
    /// unknown scheme, no host, a host or port that no Url may have, a control character even if it
    /// is encoded, or a user or password that the scheme cannot transport (SOCKS5: an empty user,
    /// or more than 255 bytes; HTTP: a colon in the user).
    HAWSER_COLD explicit Proxy(std::string_view url);
    HAWSER_COLD Proxy(const Proxy& other) noexcept;
    HAWSER_COLD Proxy& operator=(const Proxy& other) noexcept;
    HAWSER_COLD ~Proxy();

    /// "http", "https", "socks5" or "socks5h".
    [[nodiscard]] std::string_view scheme() const noexcept;
    /// As Url::host(): lower case, IPv6 without brackets.
    [[nodiscard]] const std::string& host() const noexcept HAWSER_LIFETIMEBOUND {
        return data_->host;
    }
    /// Explicit, or the default of the scheme.
    [[nodiscard]] std::uint16_t port() const noexcept { return data_->port; }
    /// Whether the URL has a user, even an empty one.
    [[nodiscard]] bool has_credentials() const noexcept { return data_->has_credentials; }
    /// Decoded; empty if there is none.
    [[nodiscard]] const std::string& user() const noexcept HAWSER_LIFETIMEBOUND {
        return data_->user;
    }
    /// Decoded; empty if there is none.
    [[nodiscard]] const std::string& password() const noexcept HAWSER_LIFETIMEBOUND {
        return data_->password;
    }
    /// "http://proxy.example:3128", always with the port, without user and password: safe to log.
    [[nodiscard]] const std::string& to_string() const noexcept HAWSER_LIFETIMEBOUND {
        return data_->name;
    }

    /// Whether scheme, host, port, user and password are equal.
    friend bool operator==(const Proxy& a, const Proxy& b) noexcept {
        return detail::same_proxy(a.data_.get(), b.data_.get());
    }

private:
    friend struct detail::Access;
    explicit Proxy(detail::ProxyPtr data) noexcept : data_(std::move(data)) {}

    detail::ProxyPtr data_;  // never null
};

/// Proxy::to_string().
template <class Traits>
std::basic_ostream<char, Traits>& operator<<(std::basic_ostream<char, Traits>& out,
                                             const Proxy& proxy) {
    return out << proxy.to_string();
}

/// Decides which proxy a request uses: by the scheme of its URL, and by a list of hosts that are
/// reached directly.
///
///     options.proxy = hawser::ProxyRules{"http://proxy:3128"};      // for every URL
///     options.proxy = hawser::ProxyRules{};                         // none
///     hawser::ProxyRules rules = hawser::ProxyRules::from_environment();
///     rules.set("https", "socks5h://localhost:9050").bypass(".corp.example,10.0.0.0/8");
///
/// Copies share one immutable value until one of them is changed. Thread safety: distinct objects
/// are safe; a shared object is safe for reading.
class ProxyRules {
public:
    /// No proxy for any URL.
    ProxyRules() noexcept {}
    HAWSER_COLD ProxyRules(const ProxyRules& other) noexcept;
    HAWSER_COLD ProxyRules& operator=(const ProxyRules& other) noexcept;
    HAWSER_COLD ~ProxyRules();

    /// This proxy for every URL, even those of this computer; see Proxy. Empty text: none.
    /// @throws std::system_error error::invalid_url if it is not the URL of a proxy.
    HAWSER_COLD explicit ProxyRules(std::string_view proxy);

    /// The rules of the environment, as they are at the time of this call. For http URLs:
    /// `http_proxy`; for https URLs: `https_proxy`; for both, if theirs is not set: `all_proxy`
    /// (Go: is not read). Then `no_proxy`, see bypass(). Each may also be in upper case; lower case
    /// wins, and an empty variable counts as not set. `localhost` and loopback addresses are always
    /// reached directly.
    ///
    /// If `REQUEST_METHOD` is set, the program may be a CGI script, and `HTTP_PROXY` may be the
    /// `Proxy` field of a request that somebody sent to it: it is ignored (CVE-2016-5386; Go: is an
    /// error).
    ///
    /// A variable that is not the URL of a proxy throws nothing here. It makes the requests fail
    /// that would use it, with error::invalid_url and the name of the variable; none of them goes
    /// out directly (Go: all do).
    ///
    /// Not safe while another thread changes the environment (`setenv`). A setuid program reads no
    /// environment, where the system offers that (`secure_getenv`).
    [[nodiscard]] HAWSER_COLD static ProxyRules from_environment();

    /// The proxy for URLs of one scheme: "http", "https", or "all" for those that have none of
    /// their own. Empty text: none. Replaces the earlier one.
    /// @throws std::system_error error::invalid_url if it is not the URL of a proxy, or the scheme
    /// is another one.
    HAWSER_COLD ProxyRules& set(std::string_view scheme, std::string_view proxy);

    /// Adds hosts that are reached without a proxy, in the syntax of `no_proxy`, as Go reads it:
    /// entries separated by commas; blanks around them and their case do not matter. `*` means all
    /// hosts; `example.com` the host and its subdomains; `.example.com` and `*.example.com` only
    /// the subdomains; `10.1.2.3` and `fd00::1` an address, and `10.0.0.0/8` many, if the URL
    /// contains an address (no name is looked up). Domains and addresses may end in `:port`; IPv6
    /// then needs brackets. Letters beyond ASCII must be lower-case. Malformed entries match
    /// nothing.
    HAWSER_COLD ProxyRules& bypass(std::string_view hosts);

    /// The proxy that a request for this URL uses; none: it is sent directly.
    /// @throws std::system_error error::invalid_url if the environment names one that cannot be
    /// used.
    [[nodiscard]] HAWSER_COLD std::optional<Proxy> select(const Url& url) const;

    /// Whether there is no proxy for any URL.
    [[nodiscard]] HAWSER_COLD bool empty() const noexcept;

private:
    friend struct detail::Access;

    const detail::ProxyTable* table() const noexcept;
    HAWSER_COLD detail::ProxyTable& own_table();

    detail::IntrusivePtr<detail::RefCounted> table_;  // a ProxyTable; null: no rules
};

}  // namespace hawser::inline HAWSER_ABI

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/impl/proxy.ipp>
#endif
