// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/grammar.hpp>
#include <hawser/detail/literal.hpp>
#include <hawser/detail/percent.hpp>
#include <hawser/error.hpp>
#include <hawser/failure.hpp>
#include <hawser/url.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <new>

namespace hawser::inline HAWSER_ABI {

namespace detail {

inline constexpr std::size_t max_url_size = 64 * 1024;

/// Exactly four decimal octets without leading zeros.
HAWSER_DECL bool is_ipv4(std::string_view text) noexcept {
    for (int octet = 0; octet < 4; ++octet) {
        std::size_t size = 0;
        unsigned value = 0;
        while (size < text.size() && size < 3 && is(digit_char, text[size])) {
            value = value * 10 + static_cast<unsigned>(text[size++] - '0');
        }
        if (size == 0 || value > 255 || (size > 1 && text[0] == '0')) {
            return false;
        }
        text.remove_prefix(size);
        if (octet < 3) {
            if (text.empty() || text.front() != '.') {
                return false;
            }
            text.remove_prefix(1);
        }
    }
    return text.empty();
}

/// RFC 4291 section 2.2. `first` receives the first group, which identifies link-local addresses.
HAWSER_DECL bool is_ipv6(std::string_view text, unsigned& first) noexcept {
    std::array<unsigned, 8> groups{};
    std::size_t count = 0;
    bool compressed = text.substr(0, 2) == "::";
    std::size_t at = compressed ? 2 : 0;
    while (at < text.size()) {
        if (count == 8) {
            return false;
        }
        const std::size_t begin = at;
        unsigned value = 0;
        while (at < text.size() && at - begin < 4 && is(hex_char, text[at])) {
            value = value * 16 + hex_value(text[at++]);
        }
        if (at < text.size() && text[at] == '.') {
            count += 2;
            return is_ipv4(text.substr(begin)) && (compressed ? count < 8 : count == 8);
        }
        if (at == begin) {
            return false;
        }
        // If "::" precedes the first group, the address is not link-local.
        groups[count++] = value;
        first = compressed && count == 1 && text[0] == ':' ? 0 : groups[0];
        if (at == text.size()) {
            break;
        }
        if (text[at++] != ':' || at == text.size()) {
            return false;
        }
        if (text[at] == ':') {
            if (compressed) {
                return false;
            }
            compressed = true;
            ++at;
        }
    }
    return compressed ? count < 8 : count == 8;
}

HAWSER_DECL void append_lower(std::string& out, std::string_view text) {
    for (char c : text) {
        out.push_back(to_lower(c));
    }
}

/// Bytes that no one means to have in a URL, and that parsers read differently: controls and
/// backslashes.
HAWSER_DECL bool has_bad_byte(std::string_view text) noexcept {
    return std::any_of(text.begin(), text.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte < ' ' || byte == 0x7f || c == '\\';
    });
}

/// Appends a path, query or fragment, percent-encoding what RFC 3986 does not allow there.
HAWSER_DECL void append_encoded(std::string& out, std::string_view text) {
    std::size_t done = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char c = text[at];
        if (is(query_char, c) || is_escape(text, at)) {
            continue;
        }
        out.append(text.substr(done, at - done));
        append_escape(out, c);
        done = at + 1;
    }
    out.append(text.substr(done));
}

/// RFC 3986 section 5.2.4 for a path that begins with '/'.
HAWSER_DECL void append_without_dots(std::string& out, std::string_view path) {
    const std::size_t root = out.size();
    while (!path.empty()) {
        const std::size_t next = path.find('/', 1);
        const std::string_view segment = path.substr(0, next);  // including its leading '/'
        path.remove_prefix(segment.size());
        const bool up = segment == "/..";
        if (!up && segment != "/.") {
            out.append(segment);
            continue;
        }
        if (up && out.size() > root) {
            out.resize(out.rfind('/'));
        }
        if (path.empty()) {
            out.push_back('/');
        }
    }
}

/// A reference with its own authority: copied up to its path, from which dot segments are removed.
/// `scheme` is prepended if the reference has none.
HAWSER_DECL void append_resolved_absolute(std::string& out,
                                          std::string_view scheme,
                                          std::string_view reference) {
    const std::size_t slashes = reference.find("//");
    const std::size_t from = slashes == std::string_view::npos ? 0 : slashes + 2;
    const std::size_t path = std::min(reference.find_first_of("/?#", from), reference.size());
    const std::size_t path_end = std::min(reference.find_first_of("?#", path), reference.size());
    out.append(scheme).append(reference.substr(0, path));
    append_without_dots(out, reference.substr(path, path_end - path));
    out.append(reference.substr(path_end));
}

HAWSER_DECL IntrusivePtr<const UrlBlock> UrlBlock::make(const UrlParts& parts,
                                                        std::string_view text) {
    void* memory = ::operator new(sizeof(UrlBlock) + text.size());
    auto* block = ::new (memory) UrlBlock(parts);
    block->size = static_cast<std::uint32_t>(text.size());
    std::memcpy(static_cast<void*>(block + 1), text.data(), text.size());
    return IntrusivePtr<const UrlBlock>(block);
}

HAWSER_COLD_DECL IntrusivePtr<const UrlBlock> UrlBlock::refused(std::string_view reason,
                                                                std::string_view reference) {
    UrlParts none;
    none.zone_size = static_cast<std::uint16_t>(reason.size());
    std::string text(reason);
    text.append(reference).append(1, '\0');
    IntrusivePtr<const UrlBlock> block = make(none, text);
    const_cast<UrlBlock*>(block.get())->size = 0;
    return block;
}

/// The reason for a refusal, and the refused text without credentials.
HAWSER_COLD_DECL std::string refusal_of(std::string_view text, const char* reason) {
    text = text.substr(0, text.find('#'));
    const std::size_t userinfo_end = text.rfind('@');
    std::string shown = std::string(reason) + ": \"";
    if (userinfo_end != std::string_view::npos) {
        text.remove_prefix(userinfo_end + 1);
        shown += "***@";
    }
    return shown + printable(text) + '"';
}

/// Parses an absolute URL in one pass; each step returns false for error::invalid_url.
struct UrlParser {
    std::string_view rest;
    UrlParts url{};
    std::string built{};
    const char* reason = "not a URL";  // for the refusal

    /// Null for error::invalid_url.
    IntrusivePtr<const UrlBlock> run() {
        const std::string_view whole = rest;
        if (whole.size() > max_url_size) {
            reason = "longer than 64 KiB";
            return nullptr;
        }
        if (plain()) {
            return UrlBlock::make(url, whole);
        }
        return any() ? UrlBlock::make(url, built) : nullptr;
    }

    bool refuse(const char* why) noexcept {
        reason = why;
        return false;
    }

    /// The usual URL: nothing before a lower-case host, nothing to normalize, and a path. In one
    /// pass, this accepts what any() would accept unchanged.
    bool plain() {
        const bool https = begins_with(rest, "https://");
        if (!https && !begins_with(rest, "http://")) {
            return false;
        }
        const std::size_t host = https ? 8 : 7;
        const std::size_t host_end = plain_host(host);
        std::size_t at = host_end;
        unsigned port = https ? 443 : 80;
        if (host_end == 0 || (at < rest.size() && rest[at] == ':' && !plain_port(at, port)) ||
            at == rest.size() || rest[at] != '/') {
            return false;
        }
        const std::size_t path = at;
        while (at < rest.size() && is(query_char, rest[at]) && rest[at] != '?') {
            ++at;
        }
        const std::size_t query = at;
        while (at < rest.size() && is(query_char, rest[at])) {
            ++at;
        }
        if (at != rest.size()) {
            return false;
        }
        url.host = static_cast<std::uint32_t>(host);
        url.host_end = static_cast<std::uint32_t>(host_end);
        url.path = static_cast<std::uint32_t>(path);
        url.query = static_cast<std::uint32_t>(query);
        url.fragment = url.tail = static_cast<std::uint32_t>(rest.size());
        url.port = static_cast<std::uint16_t>(port);
        url.https = https;
        return true;
    }

    /// The end of a short lower-case host that needs no further check; 0 if there is none.
    std::size_t plain_host(std::size_t begin) {
        std::size_t at = begin;
        std::size_t label = begin;
        for (; at < rest.size() && is(host_char, rest[at]) && to_lower(rest[at]) == rest[at];
             ++at) {
            if (rest[at] == '.') {
                if (at == label) {
                    return 0;
                }
                label = at + 1;
            }
        }
        if (at == label || at - begin > 63) {
            return 0;
        }
        url.v4 = is(digit_char, rest[label]) && is_ipv4(rest.substr(begin, at - begin));
        return is(digit_char, rest[label]) && !url.v4 ? 0 : at;
    }

    /// A port other than the default; moves `at` from its ':' to its end.
    bool plain_port(std::size_t& at, unsigned& port) {
        const unsigned usual = port;
        const std::size_t begin = ++at;
        for (port = 0; at < rest.size() && port <= 65535 && is(digit_char, rest[at]); ++at) {
            port = port * 10 + static_cast<unsigned>(rest[at] - '0');
        }
        return at != begin && rest[begin] != '0' && port <= 65535 && port != usual;
    }

    bool any() {
        url.v4 = false;
        if (has_bad_byte(rest)) {
            return refuse("a control character or back-slash");
        }
        if (!scheme()) {
            return refuse("neither http:// nor https://");
        }
        std::size_t end = 0;
        std::size_t at_sign = std::string_view::npos;
        for (; end < rest.size(); ++end) {
            const char c = rest[end];
            if (c == '/' || c == '?' || c == '#') {
                break;
            }
            if (c == '@') {
                if (at_sign != std::string_view::npos) {
                    return refuse("two '@' in front of the host");
                }
                at_sign = end;
            }
        }
        std::string_view authority = rest.substr(0, end);
        rest.remove_prefix(end);
        if (at_sign != std::string_view::npos) {
            if (!userinfo(authority.substr(0, at_sign))) {
                return refuse("userinfo that is not percent-encoded");
            }
            authority.remove_prefix(at_sign + 1);
        }
        std::string_view zone;
        if (!host_and_port(authority, zone)) {
            return false;
        }
        target();
        tail(zone);
        return true;
    }

    bool scheme() {
        const std::size_t colon = rest.find(':');
        const std::string_view name = rest.substr(0, colon);
        if (colon == std::string_view::npos || rest.substr(colon, 3) != "://") {
            return false;
        }
        url.https = iequals(name, "https");
        if (!url.https && !iequals(name, "http")) {
            return false;
        }
        built.reserve(rest.size() + 1);  // a '/' may be added
        built.append(url.https ? "https://" : "http://");
        rest.remove_prefix(colon + 3);
        return true;
    }

    bool userinfo(std::string_view text) {
        for (std::size_t i = 0; i < text.size(); ++i) {
            if (!is(userinfo_char, text[i]) && !is_escape(text, i)) {
                return false;
            }
        }
        built.append(text);
        url.userinfo_end = size();
        built.push_back('@');
        return true;
    }

    bool host_and_port(std::string_view text, std::string_view& zone) {
        url.host = size();
        const std::size_t bracket = text.find(']');
        std::size_t end = text.find(':');
        if (!text.empty() && text.front() == '[') {
            if (bracket == std::string_view::npos || !ipv6(text.substr(1, bracket - 1), zone)) {
                return refuse("brackets without an IPv6 address");
            }
            end = bracket + 1;
        } else {
            end = end == std::string_view::npos ? text.size() : end;
            if (!name(text.substr(0, end))) {
                return false;
            }
        }
        url.host_end = size();
        return port(text.substr(end)) || refuse("not a port");
    }

    bool ipv6(std::string_view text, std::string_view& zone) {
        const std::size_t percent = text.find('%');
        if (percent != std::string_view::npos) {
            // RFC 6874 wrote '%' as "%25". A lone "%25" is zone 25, as in curl.
            const bool encoded = text.substr(percent, 3) == "%25" && text.size() > percent + 3;
            zone = text.substr(percent + (encoded ? 3 : 1));
            if (zone.empty() || zone.size() > 255 || !all_of(zone_char, zone)) {
                return false;
            }
            text = text.substr(0, percent);
        }
        unsigned first = 0;
        if (!is_ipv6(text, first) || (!zone.empty() && (first & 0xffc0) != 0xfe80)) {
            return false;  // RFC 4007: only link-local addresses have a zone
        }
        url.v6 = true;
        built.push_back('[');
        append_lower(built, text);
        built.push_back(']');
        return true;
    }

    bool name(std::string_view text) {
        const bool final_dot = !text.empty() && text.back() == '.';
        if (text.empty() || text.size() > (final_dot ? 254u : 253u)) {
            return refuse("no host, or one that is too long");
        }
        built.append(text);
        char* const out = built.data() + url.host;
        std::size_t label = 0;  // where the current label begins
        for (std::size_t i = 0; i < text.size(); ++i) {
            const char c = text[i];
            if (!is(host_char, c)) {
                return refuse("a byte that no host has");
            }
            out[i] = to_lower(c);
            if (c == '.') {
                if (i == label || i - label > 63) {
                    return refuse("a label of the host is empty or too long");
                }
                label = i + 1;
            }
        }
        const std::string_view whole = text.substr(0, text.size() - (final_dot ? 1 : 0));
        if (text.size() - label > 63) {
            return refuse("a label of the host is empty or too long");
        }
        return numeric(text, whole.substr(whole.rfind('.') + 1)) ||
               refuse("a number that is no IPv4 address");
    }

    /// If some resolver would read the last label as a number, the host must be a plain dotted
    /// quad.
    bool numeric(std::string_view host, std::string_view label) {
        if (!is(digit_char, label.front())) {
            return true;
        }
        const bool hex = label.size() > 1 && label[0] == '0' && to_lower(label[1]) == 'x';
        if (hex || all_of(digit_char, label)) {
            url.v4 = is_ipv4(host);
            return url.v4;
        }
        return true;
    }

    bool port(std::string_view text) {
        const unsigned standard = url.https ? 443 : 80;
        url.port = static_cast<std::uint16_t>(standard);
        if (text.empty() || text == ":") {
            return true;
        }
        std::uint64_t value = 0;
        const std::string_view digits = text.substr(1);
        if (text.front() != ':' || digits.size() > 5 || digits.front() == '0' ||
            !parse_decimal(digits, value) || value > 65535) {
            return false;
        }
        url.port = static_cast<std::uint16_t>(value);
        if (value != standard) {
            built.append(text);
        }
        return true;
    }

    void target() {
        url.path = size();
        if (rest.empty() || rest.front() != '/') {
            built.push_back('/');
        }
        const std::size_t hash = rest.find('#');
        append_encoded(built, rest.substr(0, hash));
        url.fragment = size();
        const std::size_t mark = built.find('?', url.path);
        url.query = mark == std::string::npos ? url.fragment : static_cast<std::uint32_t>(mark);
        if (hash != std::string_view::npos) {
            built.push_back('#');
            append_encoded(built, rest.substr(hash + 1));
        }
    }

    void tail(std::string_view zone) {
        url.tail = size();
        if (!zone.empty()) {
            url.zone_size = static_cast<std::uint16_t>(zone.size());
            const std::string_view address =
                std::string_view(built).substr(url.host + 1, url.host_end - url.host - 2);
            built.append(std::string(address)).append("%").append(zone);
        }
    }

    std::uint32_t size() const noexcept { return static_cast<std::uint32_t>(built.size()); }
};

[[noreturn]] HAWSER_DECL void throw_invalid_url(std::string_view refusal) {
    throw std::system_error(make_error_code(error::invalid_url), std::string(refusal));
}

HAWSER_DECL std::string_view text_or_nothing(const char* text) noexcept {
    return text != nullptr ? std::string_view(text) : std::string_view();
}

}  // namespace detail

HAWSER_DECL Url::Url(std::string_view text) {
    std::error_code ec;
    *this = parse(text, ec);
    if (ec) {
        detail::throw_invalid_url(refusal());
    }
}

HAWSER_DECL Url::Url(const char* text) : Url(detail::text_or_nothing(text)) {}

HAWSER_DECL Url::Url(const std::string& text) : Url(std::string_view(text)) {}

HAWSER_DECL Url Url::parse(std::string_view text, std::error_code& ec) {
    Url url;
    ec.clear();
    detail::UrlParser parser{text};
    url.block_ = parser.run();
    if (!url.block_) {
        ec = error::invalid_url;
        return refused(text, parser.reason);
    }
    return url;
}

HAWSER_COLD_DECL Url Url::refused(std::string_view text, const char* reason) {
    Url url;
    const bool useless = text.size() > detail::max_url_size || detail::has_bad_byte(text);
    url.block_ = detail::UrlBlock::refused(detail::refusal_of(text, reason), useless ? "\\" : text);
    return url;
}

HAWSER_COLD_DECL Url Url::resolve_refused(const Url& refused, std::error_code& ec) const {
    const detail::UrlBlock& block = refused.parts();
    const char* const reference = block.zone_size != 0 ? block.text().data() + block.zone_size : "";
    return resolve(reference, ec);
}

HAWSER_DECL UrlArg::UrlArg(std::string_view text) {
    std::error_code reported_later;
    url_ = Url::parse(text, reported_later);
}

HAWSER_DECL UrlArg::UrlArg(const char* text) : UrlArg(detail::text_or_nothing(text)) {}

HAWSER_DECL UrlArg::UrlArg(const std::string& text) : UrlArg(std::string_view(text)) {}

HAWSER_DECL std::string Url::username() const {
    const std::string_view all = userinfo();
    return percent_decode(all.substr(0, all.find(':')));
}

HAWSER_DECL std::string Url::password() const {
    const std::string_view all = userinfo();
    const std::size_t colon = all.find(':');
    return colon == std::string_view::npos ? std::string() : percent_decode(all.substr(colon + 1));
}

/// Everything before the path, in the form that `parse` reads.
HAWSER_DECL void Url::append_authority(std::string& out, bool redact) const {
    const std::size_t colon = userinfo().find(':');
    if (redact && colon != std::string_view::npos) {
        out.append(view(0, scheme_end() + colon + 1)).append("***@");
    } else {
        out.append(view(0, parts().host));
    }
    if (parts().zone_size == 0) {
        out.append(host_header());
    } else {
        const std::string_view all = host();
        out.append(view(parts().host, parts().host_end - 1)).append("%25");
        out.append(all.substr(all.size() - parts().zone_size))
            .append(view(parts().host_end - 1, parts().path));
    }
}

HAWSER_DECL std::string Url::origin() const {
    std::string out;
    if (empty()) {
        return out;
    }
    append_authority(out, false);
    if (parts().userinfo_end != 0) {
        out.erase(scheme_end(), parts().userinfo_end + 1 - scheme_end());
    }
    if (has_default_port()) {
        out.append(is_https() ? ":443" : ":80");
    }
    return out;
}

HAWSER_DECL std::string Url::to_string() const {
    std::string out;
    if (!empty()) {
        append_authority(out, true);
        out.append(view(parts().path, parts().tail));
    }
    return out;
}

// Checks the whole reference first, so that no dot segment hides an invalid byte.
HAWSER_DECL Url Url::resolve(std::string_view reference, std::error_code& ec) const {
    const char* const reason = empty() ? "a reference without a URL to resolve it"
                               : reference.size() > detail::max_url_size ? "longer than 64 KiB"
                               : detail::has_bad_byte(reference)
                                   ? "a control character or back-slash"
                                   : nullptr;
    if (reason != nullptr) {
        ec = error::invalid_url;
        return refused(reference, reason);
    }
    std::string out;
    out.reserve(parts().size + reference.size());
    append_resolved(out, reference);
    return parse(out, ec);
}

HAWSER_DECL void Url::append_resolved(std::string& out, std::string_view reference) const {
    const std::size_t mark = reference.find_first_of(":/?#");
    const bool absolute = mark != std::string_view::npos && reference[mark] == ':';
    if (absolute || reference.substr(0, 2) == "//") {
        detail::append_resolved_absolute(out, absolute ? "" : view(0, scheme_end() - 2), reference);
        return;
    }
    append_authority(out, false);
    const std::size_t path_end = std::min(reference.find_first_of("?#"), reference.size());
    const std::string_view path_part = reference.substr(0, path_end);
    if (path_part.empty()) {
        const bool own_query = path_end < reference.size() && reference[path_end] == '?';
        out.append(own_query ? path() : target());
    } else if (path_part.front() == '/') {
        detail::append_without_dots(out, path_part);
    } else {  // RFC 3986 section 5.2.3: replaces our last path segment
        std::string merged(path().substr(0, path().rfind('/') + 1));
        detail::append_without_dots(out, merged.append(path_part));
    }
    out.append(reference.substr(path_end));
}

HAWSER_DECL Url Url::resolve(std::string_view reference) const {
    std::error_code ec;
    Url url = resolve(reference, ec);
    if (ec) {
        detail::throw_invalid_url(url.refusal());
    }
    return url;
}

HAWSER_DECL Parameters Url::parameters() const {
    return Parameters::parse(query());
}

HAWSER_DECL Url Url::with_query(const Parameters& added, std::error_code& ec) const {
    if (empty()) {
        ec = error::invalid_url;
        return block_ ? *this : refused({}, "parameters without a URL");
    }
    std::string out;
    append_authority(out, false);
    out.append(target());
    const bool has_query = parts().query != parts().fragment;
    if (!added.empty() && !has_query) {
        out.push_back('?');
    } else if (!added.empty() && !query().empty() && query().back() != '&') {
        out.push_back('&');
    }
    out.append(added.to_string()).append(view(parts().fragment, parts().tail));
    return parse(out, ec);
}

HAWSER_DECL Url Url::with_query(const Parameters& added) const {
    std::error_code ec;
    Url url = with_query(added, ec);
    if (ec) {
        detail::throw_invalid_url(url.refusal());
    }
    return url;
}

}  // namespace hawser::inline HAWSER_ABI
