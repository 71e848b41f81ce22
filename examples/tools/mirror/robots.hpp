// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

/// What a robots.txt allows a crawler to ask for (RFC 9309), and how fast.
class Robots {
public:
    /// Everything is allowed.
    Robots() = default;

    /// The rules for the crawler of this name, in lower case; those for "*" if it has none.
    Robots(std::string_view text, std::string_view crawler) {
        if (!read(text, crawler)) {
            read(text, "*");
        }
    }

    static Robots forbid_all() { return {"User-agent: *\nDisallow: /\n", "*"}; }

    /// `target` is a path with its query. The longest rule counts; of two that are equally long,
    /// the one that allows.
    bool allows(std::string_view target) const {
        const Rule* best = nullptr;
        for (const Rule& rule : rules_) {
            if (matches(rule.pattern, target) &&
                (best == nullptr || rule.pattern.size() > best->pattern.size() ||
                 (rule.pattern.size() == best->pattern.size() && rule.allow))) {
                best = &rule;
            }
        }
        return best == nullptr || best->allow;
    }

    /// Seconds between two requests; 0 if the file does not say.
    double delay() const { return delay_; }

private:
    struct Rule {
        std::string pattern;
        bool allow;
    };

    /// Takes the groups of this user agent; false if there are none.
    bool read(std::string_view text, std::string_view agent) {
        bool found = false;
        bool ours = false;
        bool in_names = false;  // several names may stand above one group
        while (!text.empty()) {
            const std::string_view line = text.substr(0, text.find_first_of("\r\n"));
            text.remove_prefix(std::min(line.size() + 1, text.size()));
            const auto [name, value] = split(line.substr(0, line.find('#')));
            if (name == "user-agent") {
                ours = (in_names && ours) || lower(value) == agent;
                found = found || ours;
                in_names = true;
            } else if (!name.empty()) {
                in_names = false;
                if (ours) {
                    take(name, value);
                }
            }
        }
        return found;
    }

    void take(std::string_view name, const std::string& value) {
        if ((name == "allow" || name == "disallow") && !value.empty()) {
            rules_.push_back({value, name == "allow"});
        } else if (name == "crawl-delay") {
            delay_ = std::clamp(std::atof(value.c_str()), 0.0, 3600.0);
        }
    }

    static std::pair<std::string, std::string> split(std::string_view line) {
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos) {
            return {};
        }
        return {lower(trimmed(line.substr(0, colon))), trimmed(line.substr(colon + 1))};
    }
    static std::string trimmed(std::string_view text) {
        const std::size_t begin = std::min(text.find_first_not_of(" \t"), text.size());
        const std::size_t end = text.find_last_not_of(" \t") + 1;
        return std::string(text.substr(begin, std::max(end, begin) - begin));
    }
    static std::string lower(std::string text) {
        for (char& c : text) {
            c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        }
        return text;
    }

    /// '*' stands for any text, a '$' at the end for the end. Keeps only the last star to come back
    /// to, so that no pattern costs more than pattern times target.
    static bool matches(std::string_view pattern, std::string_view target) {
        const bool whole = pattern.ends_with('$');
        pattern.remove_suffix(whole ? 1 : 0);
        std::size_t p = 0;
        std::size_t t = 0;
        std::size_t star = std::string_view::npos;
        std::size_t star_at = 0;
        for (;;) {
            if (p == pattern.size() && (!whole || t == target.size())) {
                return true;
            }
            if (p < pattern.size() && pattern[p] == '*') {
                star = ++p;
                star_at = t;
            } else if (p < pattern.size() && t < target.size() && pattern[p] == target[t]) {
                ++p;
                ++t;
            } else if (star != std::string_view::npos && star_at < target.size()) {
                p = star;
                t = ++star_at;
            } else {
                return false;
            }
        }
    }

    std::vector<Rule> rules_;
    double delay_ = 0;
};
