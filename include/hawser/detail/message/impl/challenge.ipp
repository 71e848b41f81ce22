// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/grammar.hpp>
#include <hawser/detail/message/challenge.hpp>

#include <algorithm>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

HAWSER_COLD_DECL const std::string* find_param(const std::vector<AuthParam>& params,
                                               std::string_view name) noexcept {
    const auto at = std::find_if(params.begin(), params.end(), [name](const AuthParam& param) {
        return iequals(param.name, name);
    });
    return at != params.end() ? &at->value : nullptr;
}

/// Takes a field apart, from its front.
class AuthReader {
public:
    explicit AuthReader(std::string_view field) noexcept : rest_(field) {}

    bool at_end() const noexcept { return rest_.empty(); }

    /// Skips blanks, and the commas of empty elements.
    void skip_separators() noexcept {
        while (!rest_.empty() && (is_ows(rest_.front()) || rest_.front() == ',')) {
            rest_.remove_prefix(1);
        }
    }

    /// Empty if there is none here.
    std::string_view take_token() noexcept {
        std::size_t size = 0;
        while (size < rest_.size() && is(token_char, rest_[size])) {
            ++size;
        }
        return take(size);
    }

    /// Takes the '=' of a parameter with the blanks around it. Without a '=', takes nothing.
    bool take_equals() noexcept {
        const std::size_t at = rest_.find_first_not_of(" \t");
        if (at == std::string_view::npos || rest_[at] != '=') {
            return false;
        }
        take(at + 1);
        skip_blanks();
        return true;
    }

    /// What follows a scheme, if it is a whole element of token68 characters.
    std::string_view take_token68() noexcept {
        constexpr std::string_view marks = "-._~+/";
        if (rest_.empty() || !is_ows(rest_.front())) {
            return {};
        }
        skip_blanks();
        std::size_t size = 0;
        while (size < rest_.size() &&
               (is_alnum(rest_[size]) || marks.find(rest_[size]) != std::string_view::npos)) {
            ++size;
        }
        const std::size_t digits = size;
        while (size < rest_.size() && rest_[size] == '=') {
            ++size;
        }
        const std::size_t next = rest_.find_first_not_of(" \t", size);
        const bool ends = next == std::string_view::npos || rest_[next] == ',';
        return digits != 0 && ends ? take(size) : std::string_view();
    }

    std::string take_value() {
        if (!rest_.starts_with('"')) {
            return std::string(take(std::min(rest_.find_first_of(", \t"), rest_.size())));
        }
        take(1);
        std::string value;
        while (!rest_.empty() && rest_.front() != '"') {
            take(rest_.front() == '\\' && rest_.size() > 1 ? 1 : 0);
            value += rest_.front();
            take(1);
        }
        take(std::min<std::size_t>(rest_.size(), 1));
        return value;
    }

    /// Skips what is not readable.
    void skip_element() {
        if (rest_.starts_with('"')) {
            (void)take_value();
        }
        take(std::min(rest_.find(','), rest_.size()));
    }

private:
    static bool is_alnum(char c) noexcept {
        const char lower = to_lower(c);
        return is(digit_char, c) || (lower >= 'a' && lower <= 'z');
    }
    std::string_view take(std::size_t size) noexcept {
        const std::string_view taken = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return taken;
    }
    void skip_blanks() noexcept {
        while (!rest_.empty() && is_ows(rest_.front())) {
            rest_.remove_prefix(1);
        }
    }

    std::string_view rest_;
};

HAWSER_COLD_DECL void add_param(std::vector<AuthParam>& params,
                                std::string_view name,
                                std::string value) {
    if (params.size() < max_auth_params) {
        params.push_back({std::string(name), std::move(value)});
    }
}

HAWSER_COLD_DECL void parse_challenges(std::string_view field, std::vector<Challenge>& challenges) {
    AuthReader reader(field);
    bool has_challenge = false;  // parameters before the first scheme belong to nobody
    for (reader.skip_separators(); !reader.at_end(); reader.skip_separators()) {
        const std::string_view token = reader.take_token();
        if (token.empty()) {
            reader.skip_element();
        } else if (reader.take_equals()) {
            std::string value = reader.take_value();
            if (has_challenge) {
                add_param(challenges.back().params, token, std::move(value));
            }
        } else if (challenges.size() == max_challenges) {
            return;
        } else {
            challenges.push_back({std::string(token), {}, {}});
            challenges.back().token68 = reader.take_token68();
            has_challenge = true;
        }
    }
}

HAWSER_COLD_DECL std::vector<Challenge> challenges_in(const Headers& headers,
                                                      std::string_view name) {
    std::vector<Challenge> challenges;
    for (const Headers::Field& field : headers) {
        if (iequals(field.name, name)) {
            parse_challenges(field.value, challenges);
        }
    }
    return challenges;
}

HAWSER_COLD_DECL std::vector<AuthParam> parse_auth_params(std::string_view field) {
    std::vector<AuthParam> params;
    AuthReader reader(field);
    for (reader.skip_separators(); !reader.at_end(); reader.skip_separators()) {
        const std::string_view name = reader.take_token();
        if (!name.empty() && reader.take_equals()) {
            add_param(params, name, reader.take_value());
        } else {
            reader.skip_element();
        }
    }
    return params;
}

}  // namespace hawser::inline HAWSER_ABI::detail
