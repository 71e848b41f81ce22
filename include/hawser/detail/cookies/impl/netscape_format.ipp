// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/cookies/netscape_format.hpp>
#include <hawser/detail/cookies/set_cookie.hpp>
#include <hawser/detail/grammar.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <optional>

namespace hawser::inline HAWSER_ABI::detail {

inline constexpr std::string_view http_only_mark = "#HttpOnly_";

HAWSER_DECL std::string write_netscape(const std::vector<Cookie>& cookies) {
    std::string out =
        "# Netscape HTTP Cookie File\n"
        "# Written by hawser. Whoever can read it can act in your name.\n\n";
    for (const Cookie& cookie : cookies) {
        // 0 means a session. Any earlier time has passed, just as 1 has.
        const std::int64_t expires =
            cookie.expires ? std::max<std::int64_t>(cookie.expires->time_since_epoch().count(), 1)
                           : 0;
        out.append(cookie.http_only ? http_only_mark : "")
            .append(cookie.host_only ? "" : ".")
            .append(cookie.domain)
            .append(cookie.host_only ? "\tFALSE\t" : "\tTRUE\t")
            .append(cookie.path)
            .append(cookie.secure ? "\tTRUE\t" : "\tFALSE\t")
            .append(std::to_string(expires))
            .append("\t")
            .append(cookie.name)
            .append("\t")
            .append(cookie.value)
            .append("\n");
    }
    return out;
}

HAWSER_DECL bool read_flag(std::string_view text, bool& flag) noexcept {
    flag = iequals(text, "TRUE");
    return flag || iequals(text, "FALSE");
}

/// Takes the first six columns; the rest stays in `line`. The last tab may be missing.
HAWSER_DECL bool take_columns(std::string_view& line,
                              std::array<std::string_view, 6>& columns) noexcept {
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const std::size_t tab = line.find('\t');
        if (tab == std::string_view::npos && i + 1 < columns.size()) {
            return false;
        }
        columns[i] = line.substr(0, tab);
        line.remove_prefix(tab == std::string_view::npos ? line.size() : tab + 1);
    }
    return true;
}

/// One line that is not a comment. Returns null, or what is wrong with the line.
HAWSER_DECL const char* read_netscape_line(std::string_view line, Cookie& cookie) {
    std::array<std::string_view, 6> columns;
    if (!take_columns(line, columns)) {
        return "it does not have seven columns";
    }
    const auto& [domain, below, path, secure, expires, name] = columns;
    bool with_below = false;
    if (!read_flag(below, with_below) || !read_flag(secure, cookie.secure)) {
        return "its second or fourth column is neither TRUE nor FALSE";
    }
    const std::optional<std::int64_t> seconds = parse_max_age(expires.empty() ? "0" : expires);
    if (!seconds) {
        return "its fifth column is no time";
    }
    if (*seconds != 0) {
        cookie.expires = std::chrono::sys_seconds(std::chrono::seconds(*seconds));
    }
    cookie.host_only = !with_below;
    cookie.domain = domain.substr(domain.starts_with('.') ? 1 : 0);
    std::transform(
        cookie.domain.begin(),
        std::find(cookie.domain.begin(), cookie.domain.end(), '%'),  // a zone keeps its case
        cookie.domain.begin(),
        to_lower);
    cookie.path = path;
    cookie.name = name;
    cookie.value = line;  // may contain a tab
    return nullptr;
}

HAWSER_DECL NetscapeFault read_netscape(std::string_view text, std::vector<Cookie>& cookies) {
    if (text.starts_with("\xef\xbb\xbf")) {  // some editors write it
        text.remove_prefix(3);
    }
    for (std::size_t number = 1; !text.empty(); ++number) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.ends_with('\r')) {
            line.remove_suffix(1);
        }
        Cookie cookie;
        cookie.http_only = line.starts_with(http_only_mark);
        if (cookie.http_only) {
            line.remove_prefix(http_only_mark.size());
        } else if (line.starts_with('#') || trim_ows(line).empty()) {
            continue;
        }
        if (const char* const reason = read_netscape_line(line, cookie)) {
            return {number, reason};
        }
        cookies.push_back(std::move(cookie));
    }
    return {};
}

}  // namespace hawser::inline HAWSER_ABI::detail
