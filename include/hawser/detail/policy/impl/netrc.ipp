// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/grammar.hpp>
#include <hawser/detail/policy/netrc.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

/// Reads the words of a file, one after the other, into word().
class NetrcWords {
public:
    explicit NetrcWords(std::string_view text) noexcept : rest_(text) {}

    /// False at the end, or if the word has a fault.
    bool next() {
        word_.clear();
        skip_to_word();
        if (rest_.empty()) {
            return false;
        }
        return rest_.front() == '"' ? take_quoted() : take_plain();
    }

    const std::string& word() const noexcept { return word_; }
    /// Whether this is the keyword; a quoted word is none.
    bool is(std::string_view keyword) const noexcept { return !quoted_ && iequals(word_, keyword); }
    std::size_t line() const noexcept { return line_; }
    bool is_open() const noexcept { return open_; }

    /// Skips a macro: its name, and the lines up to the next empty one.
    void skip_macro() noexcept {
        do {
            drop_line();
        } while (!rest_.empty() && !is_at_empty_line());
    }

private:
    static bool is_blank(char c) noexcept { return static_cast<unsigned char>(c) <= ' '; }

    void drop(std::size_t size) noexcept {
        const auto end = rest_.begin() + static_cast<std::ptrdiff_t>(size);
        line_ += static_cast<std::size_t>(std::count(rest_.begin(), end, '\n'));
        rest_.remove_prefix(size);
    }
    void drop_line() noexcept {
        const std::size_t end = rest_.find('\n');
        drop(end == std::string_view::npos ? rest_.size() : end + 1);
    }
    bool is_at_empty_line() const noexcept {
        return rest_.starts_with('\n') || rest_.starts_with("\r\n");
    }
    void skip_to_word() noexcept {
        while (!rest_.empty() && (is_blank(rest_.front()) || rest_.front() == '#')) {
            if (rest_.front() == '#') {
                drop_line();
            } else {
                drop(1);
            }
        }
    }
    bool take_plain() {
        quoted_ = false;
        const auto* const end = std::find_if(rest_.begin(), rest_.end(), is_blank);
        word_.assign(rest_.begin(), end);
        drop(word_.size());
        return true;
    }
    // A quoted word ends in the line in which it began.
    bool take_quoted() {
        quoted_ = true;
        std::size_t at = 1;
        for (; at < rest_.size() && rest_[at] != '"' && rest_[at] != '\n'; ++at) {
            if (rest_[at] == '\\' && at + 1 < rest_.size() && rest_[at + 1] != '\n') {
                word_ += unescaped(rest_[++at]);
            } else {
                word_ += rest_[at];
            }
        }
        open_ = at == rest_.size() || rest_[at] != '"';
        drop(open_ ? at : at + 1);
        return !open_;
    }
    static char unescaped(char c) noexcept {
        return c == 'n' ? '\n' : c == 'r' ? '\r' : c == 't' ? '\t' : c;
    }

    std::string_view rest_;
    std::string word_;
    std::size_t line_ = 1;
    bool quoted_ = false;
    bool open_ = false;
};

/// Reads the word after a keyword into `value`. Null, or what is wrong.
HAWSER_COLD_DECL const char* take_netrc_value(NetrcWords& words, std::string* value) {
    if (!words.next()) {
        return words.is_open() ? nullptr : "a word is missing at the end of the file";
    }
    if (value != nullptr) {
        *value = words.word();
    }
    return nullptr;
}

/// Reads what follows a word that next() has read.
HAWSER_COLD_DECL const char* read_netrc_word(NetrcWords& words, std::vector<NetrcEntry>& entries) {
    if (words.is("machine")) {
        entries.emplace_back();
        return take_netrc_value(words, &entries.back().machine);
    }
    if (words.is("default")) {
        entries.emplace_back().is_default = true;
    } else if (words.is("macdef")) {
        words.skip_macro();
    } else if (words.is("account")) {
        return take_netrc_value(words, nullptr);
    } else if (words.is("login") || words.is("password")) {
        NetrcEntry unnamed;  // the words before the first machine belong to nobody
        NetrcEntry& entry = entries.empty() ? unnamed : entries.back();
        return take_netrc_value(words, words.is("login") ? &entry.login : &entry.password);
    }
    return nullptr;
}

HAWSER_COLD_DECL NetrcFault read_netrc(std::string_view text, std::vector<NetrcEntry>& entries) {
    if (text.starts_with("\xef\xbb\xbf")) {  // some editors write it
        text.remove_prefix(3);
    }
    std::vector<NetrcEntry> read;
    NetrcWords words(text);
    while (!words.is_open() && words.next()) {
        if (const char* const reason = read_netrc_word(words, read)) {
            return {words.line(), reason};
        }
    }
    if (words.is_open()) {
        return {words.line(), "a quoted word does not end in its line"};
    }
    std::move(read.begin(), read.end(), std::back_inserter(entries));
    return {};
}

HAWSER_COLD_DECL const NetrcEntry* find_netrc(const std::vector<NetrcEntry>& entries,
                                              std::string_view host,
                                              std::string_view login) noexcept {
    const NetrcEntry* usual = nullptr;
    bool knows_host = false;
    for (const NetrcEntry& entry : entries) {
        const bool names_host = !entry.is_default && iequals(entry.machine, host);
        knows_host = knows_host || names_host;
        if (!login.empty() && entry.login != login) {
            continue;
        }
        if (names_host) {
            return entry.login.empty() && entry.password.empty() ? nullptr : &entry;
        }
        usual = usual == nullptr && entry.is_default ? &entry : usual;
    }
    if (knows_host || usual == nullptr || (usual->login.empty() && usual->password.empty())) {
        return nullptr;
    }
    return usual;
}

}  // namespace hawser::inline HAWSER_ABI::detail
