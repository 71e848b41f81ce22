// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/percent.hpp>
#include <hawser/parameters.hpp>

namespace hawser::inline HAWSER_ABI {

namespace detail {

HAWSER_DECL std::string decoded(std::string_view text, bool plus_is_space) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (is_escape(text, at)) {
            out.push_back(unescaped(text, at));
            at += 2;
        } else {
            out.push_back(plus_is_space && text[at] == '+' ? ' ' : text[at]);
        }
    }
    return out;
}

/// The serializer of application/x-www-form-urlencoded in the URL standard of WHATWG.
HAWSER_DECL void append_form_encoded(std::string& out, std::string_view text) {
    for (char c : text) {
        if (c == ' ') {
            out.push_back('+');
        } else if (c == '*' || (c != '~' && is(zone_char, c))) {
            out.push_back(c);
        } else {
            append_escape(out, c);
        }
    }
}

}  // namespace detail

HAWSER_DECL std::string percent_encode(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (char c : text) {
        if (detail::is(detail::zone_char, c)) {  // unreserved
            out.push_back(c);
        } else {
            detail::append_escape(out, c);
        }
    }
    return out;
}

HAWSER_DECL std::string percent_decode(std::string_view text) {
    return detail::decoded(text, false);
}

HAWSER_DECL Parameters::Parameters(Parameter a,
                                   Parameter b,
                                   Parameter c,
                                   Parameter d,
                                   Parameter e,
                                   Parameter f,
                                   Parameter g,
                                   Parameter h,
                                   Parameter i,
                                   Parameter j,
                                   Parameter k,
                                   Parameter l,
                                   Parameter m,
                                   Parameter n,
                                   Parameter o,
                                   Parameter p) {
    for (const Parameter& item : {a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p}) {
        if (item.present_) {
            add(item.name_, item.value_);
        }
    }
}

HAWSER_DECL Parameters Parameters::parse(std::string_view text) {
    Parameters parameters;
    while (!text.empty()) {
        const std::string_view one = text.substr(0, text.find('&'));
        text.remove_prefix(one.size() == text.size() ? one.size() : one.size() + 1);
        if (one.empty()) {
            continue;
        }
        const std::string_view name = one.substr(0, one.find('='));
        const std::string_view value =
            name.size() == one.size() ? std::string_view{} : one.substr(name.size() + 1);
        parameters.list_.emplace_back(detail::decoded(name, true), detail::decoded(value, true));
    }
    return parameters;
}

HAWSER_DECL Parameters& Parameters::add(std::string_view name, std::string_view value) & {
    list_.emplace_back(name, value);
    return *this;
}

HAWSER_DECL std::optional<std::string_view> Parameters::get(std::string_view name) const noexcept {
    for (const value_type& parameter : list_) {
        if (parameter.first == name) {
            return parameter.second;
        }
    }
    return std::nullopt;
}

HAWSER_DECL std::vector<std::string_view> Parameters::values(std::string_view name) const {
    std::vector<std::string_view> found;
    for (const value_type& parameter : list_) {
        if (parameter.first == name) {
            found.emplace_back(parameter.second);
        }
    }
    return found;
}

HAWSER_DECL std::string Parameters::to_string() const {
    std::string out;
    for (const auto& [name, value] : list_) {
        if (!out.empty()) {
            out.push_back('&');
        }
        detail::append_form_encoded(out, name);
        out.push_back('=');
        detail::append_form_encoded(out, value);
    }
    return out;
}

}  // namespace hawser::inline HAWSER_ABI
