// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

/// Finds the links of an HTML page: `href` and `src` of its tags, as they are written, with "&amp;"
/// decoded. Leaves out comments, and links that ask not to be followed.
class LinkFinder {
public:
    explicit LinkFinder(std::string_view html) : rest_(html) {}

    std::vector<std::string> links() {
        std::vector<std::string> found;
        for (std::size_t tag = 0; (tag = rest_.find('<')) != std::string_view::npos;) {
            rest_.remove_prefix(tag + 1);
            if (rest_.starts_with("!--")) {
                skip_behind("-->");
            } else if (!rest_.empty() && std::isalpha(static_cast<unsigned char>(rest_[0]))) {
                read_tag(found);
            }
        }
        return found;
    }

private:
    void skip_behind(std::string_view mark) {
        const std::size_t end = rest_.find(mark);
        rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + mark.size());
    }

    void read_tag(std::vector<std::string>& found) {
        std::vector<std::string> links;
        bool follow = true;
        const std::string tag = word();
        for (;;) {
            rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\r\n/"), rest_.size()));
            if (rest_.empty() || rest_[0] == '>') {
                break;
            }
            const std::string name = word();
            const std::string text = value();
            if (name == "href" || name == "src") {
                links.push_back(text);
            } else if (name == "rel" && text.find("nofollow") != std::string::npos) {
                follow = false;
            } else if (name.empty()) {
                rest_.remove_prefix(1);  // no attribute at all
            }
        }
        if (follow) {
            found.insert(found.end(), links.begin(), links.end());
        }
        if (tag == "script" || tag == "style") {
            skip_behind("</");
        }
    }

    std::string word() {
        const std::size_t end = std::min(rest_.find_first_of(" \t\r\n/>=\"'"), rest_.size());
        std::string name(rest_.substr(0, end));
        rest_.remove_prefix(end);
        for (char& c : name) {
            c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        }
        return name;
    }

    /// What stands behind "=", if anything does.
    std::string value() {
        const std::size_t equals = rest_.find_first_not_of(" \t\r\n");
        if (equals == std::string_view::npos || rest_[equals] != '=') {
            return {};
        }
        const std::size_t begin = rest_.find_first_not_of(" \t\r\n", equals + 1);
        rest_.remove_prefix(std::min(begin, rest_.size()));
        const bool quoted = !rest_.empty() && (rest_[0] == '"' || rest_[0] == '\'');
        const std::string end_marks = quoted ? std::string(1, rest_[0]) : " \t\r\n>";
        rest_.remove_prefix(quoted ? 1 : 0);
        const std::size_t end = std::min(rest_.find_first_of(end_marks), rest_.size());
        std::string text(rest_.substr(0, end));
        rest_.remove_prefix(std::min(end + (quoted ? 1 : 0), rest_.size()));
        for (std::size_t at = 0; (at = text.find("&amp;", at)) != std::string::npos; ++at) {
            text.erase(at + 1, 4);
        }
        return text;
    }

    std::string_view rest_;
};
