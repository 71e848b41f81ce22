// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Which requests an expectation or a route means.

#include <hawser/detail/grammar.hpp>
#include <hawser/url.hpp>

#include <string>
#include <string_view>

namespace hawser::inline HAWSER_ABI::testing::detail {

using namespace hawser::detail;

/// "*" is everything, "/x" a path with any query, "/x?a=1" a whole target, "/x*" all that begin
/// with it. Behind an origin ("https://api/x") the same, of that origin only.
class TargetPattern {
public:
    /// @throws std::system_error error::invalid_url for an origin or a path that no URL can have
    explicit TargetPattern(std::string_view text) : text_(text), prefix_(text.ends_with('*')) {
        text.remove_suffix(prefix_ ? 1 : 0);
        if (!text.empty() && !text.starts_with('/')) {
            const Url url(text);
            origin_ = url.origin();
            target_ = url.target();
        } else {
            target_ = text;
        }
    }

    bool matches_target(std::string_view target) const noexcept {
        if (prefix_) {
            return target.starts_with(target_);
        }
        if (target_.find('?') == std::string::npos) {
            target = target.substr(0, target.find('?'));
        }
        return target == target_;
    }
    bool matches(const Url& url, std::string_view target) const {
        return (origin_.empty() || origin_ == url.origin()) && matches_target(target);
    }

    const std::string& text() const noexcept { return text_; }

private:
    std::string text_;
    std::string origin_;
    std::string target_;
    bool prefix_;
};

/// An empty pattern or "*" is any method.
inline bool matches_method(std::string_view pattern, std::string_view method) noexcept {
    return pattern.empty() || pattern == "*" || pattern == method;
}

}  // namespace hawser::inline HAWSER_ABI::testing::detail
