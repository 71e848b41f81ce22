// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// Runs a fuzz target without a fuzzer: on every file given, or in a folder given, on all its
// prefixes, and on copies with a few changes, which are the same each time.
//
//     replay CHANGES PATH...     CHANGES (0 or more) copies of each file

#include "../support/fixed_random.hpp"
#include "fuzz.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>

namespace {

namespace fs = std::filesystem;
using hawser_test::FixedRandom;

void run(std::string_view bytes) {
    const hawser_fuzz::Exact exact(bytes);
    const std::string_view input = exact.view();
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
}

/// Replaces, removes or inserts a byte.
void change(std::string& text, FixedRandom& random) {
    constexpr std::string_view telling("\r\n :;,=\"\\0\t%/?#@[]&xaF19\x7f\x80", 27);
    const char c = random.below(4) == 0 ? static_cast<char>(random.below(256))
                                        : telling[random.below(telling.size())];
    const std::size_t at = random.below(text.size() + 1);
    switch (random.below(3)) {
        case 0:
            text.insert(at, 1, c);
            break;
        case 1:
            text.erase(at, 1 + random.below(3));
            break;
        default:
            if (at < text.size()) {
                text[at] = c;
            }
    }
}

void replay(const fs::path& path, int changes) {
    std::ifstream file(path, std::ios::binary);
    const std::string text(std::istreambuf_iterator<char>(file), {});
    std::printf("%s: %zu bytes\n", path.filename().string().c_str(), text.size());
    std::fflush(stdout);
    run(text);
    for (std::size_t size = 0; size < std::min<std::size_t>(text.size(), 2000); ++size) {
        run(std::string_view(text).substr(0, size));
    }
    FixedRandom random;
    for (int i = 0; i < changes; ++i) {
        std::string other = text;
        for (std::size_t n = 1 + random.below(3); n > 0; --n) {
            change(other, random);
        }
        run(other);
    }
}

}  // namespace

int main(int argc, char** argv) {
    std::vector<fs::path> files;
    for (int i = 2; i < argc; ++i) {
        if (fs::is_directory(argv[i])) {
            for (const auto& entry : fs::directory_iterator(argv[i])) {
                files.push_back(entry.path());
            }
        } else {
            files.emplace_back(argv[i]);
        }
    }
    std::sort(files.begin(), files.end());
    for (const fs::path& file : files) {
        replay(file, std::atoi(argv[1]));
    }
    hawser_fuzz::expect(!files.empty(), "there is an input");
    return 0;
}
