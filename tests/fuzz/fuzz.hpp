// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Shared by the fuzz targets. A target is one function over bytes. An expectation that does not
// hold aborts the program; libFuzzer, or replay.cpp over the corpus, prints the input.
//
//     extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
//         hawser_fuzz::Input input(data, size);
//         …
//         hawser_fuzz::expect(a == b, "a equals b");
//         return 0;
//     }

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace hawser_fuzz {

inline void expect(bool holds, const char* what) {
    if (!holds) {
        std::fprintf(stderr, "expected, but not so: %s\n", what);
        std::abort();
    }
}

/// If the texts differ, prints both and aborts.
inline void expect_same(std::string_view got, std::string_view wanted, const char* what) {
    if (got != wanted) {
        std::fprintf(stderr,
                     "expected, but not so: %s\n--- got\n%.*s\n--- wanted\n%.*s\n",
                     what,
                     static_cast<int>(got.size()),
                     got.data(),
                     static_cast<int>(wanted.size()),
                     wanted.data());
        std::abort();
    }
}

/// Takes an input apart. Beyond its end it reads zeros.
class Input {
public:
    Input(const std::uint8_t* data, std::size_t size)
        : rest_(reinterpret_cast<const char*>(data), size) {}

    bool empty() const noexcept { return rest_.empty(); }

    unsigned byte() noexcept {
        if (rest_.empty()) {
            return 0;
        }
        const auto value = static_cast<unsigned char>(rest_.front());
        rest_.remove_prefix(1);
        return value;
    }

    /// Everything up to the next `end`, which is dropped; all the rest if there is none.
    std::string_view until(char end) noexcept {
        const std::size_t at = rest_.find(end);
        const std::string_view taken = rest_.substr(0, at);
        rest_.remove_prefix(at == std::string_view::npos ? rest_.size() : at + 1);
        return taken;
    }

    std::string_view rest() noexcept {
        const std::string_view taken = rest_;
        rest_ = {};
        return taken;
    }

private:
    std::string_view rest_;
};

/// A target's parameters are the first line of the input, so a corpus file is plain text. Beyond
/// their end they repeat.
class Parameters {
public:
    explicit Parameters(std::string_view line) : line_(line) {}

    unsigned next() noexcept {
        return line_.empty() ? 0u : static_cast<unsigned char>(line_[at_++ % line_.size()]);
    }

private:
    std::string_view line_;
    std::size_t at_ = 0;
};

/// A copy with nothing after its last byte, so that AddressSanitizer detects reads beyond it.
class Exact {
public:
    explicit Exact(std::string_view text) : bytes_(text.begin(), text.end()) {
        bytes_.shrink_to_fit();
    }
    std::string_view view() const noexcept { return {bytes_.data(), bytes_.size()}; }

private:
    std::vector<char> bytes_;
};

}  // namespace hawser_fuzz
