// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// The client side of `tests/run --servers`:
//
//     exchanges files DIR SIZE                   writes what servers serve
//     exchanges run NAME=VALUE… -- EXCHANGE…     runs these against one server
//
// `run` prints a line for each: its name, a tab, "ok" or what went wrong. A line that begins with a
// question mark asks the script that started it for something; it waits for "done".

#include "../support/compress.hpp"
#include "exchanges.hpp"

#include <fstream>

using namespace hawser;
using namespace hawser::test;

namespace {

std::string result_of(const std::string& name, Lab& lab) {
    for (const auto* list : {&server_exchanges(), &proxy_exchanges()}) {
        for (const auto& [known, run] : *list) {
            if (known == name) {
                try {
                    run(lab);
                    return "ok";
                } catch (const std::exception& e) {
                    return detail::printable(e.what(), 2000);
                }
            }
        }
    }
    return "no such exchange";
}

void write_file(const std::string& path, const std::string& text) {
    std::ofstream(path, std::ios::binary) << text;
}

void write_files(const std::string& folder, std::uint64_t size) {
    const std::string text = long_text();
    write_file(folder + "/small.txt", small_text);
    write_file(folder + "/text.txt", text);
    write_file(folder + "/text.txt.gz", gzip(text));
    write_file(folder + "/text.txt.zz", zlib(text));
#if defined(HAWSER_HAS_BROTLI)
    write_file(folder + "/text.txt.br", brotli(text));
#endif
#if defined(HAWSER_HAS_ZSTD)
    write_file(folder + "/text.txt.zst", zstd(text));
#endif
    write_file(folder + "/chunked.bin", content(0, 300'000));
    std::ofstream big(folder + "/big.bin", std::ios::binary);
    for (std::uint64_t at = 0; at < size; at += 1 << 20) {
        big << content(at, static_cast<std::size_t>(std::min<std::uint64_t>(1 << 20, size - at)));
    }
}

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    if (arguments.size() == 3 && arguments[0] == "files") {
        write_files(arguments[1], std::stoull(arguments[2]));
        return 0;
    }
    if (arguments.empty() || arguments[0] != "run") {
        std::cerr << "exchanges files DIR SIZE, or exchanges run NAME=VALUE... -- EXCHANGE...\n";
        return 2;
    }
    Lab lab;
    std::size_t i = 1;
    for (; i < arguments.size() && arguments[i] != "--"; ++i) {
        lab.set(arguments[i]);
    }
    bool good = true;
    for (++i; i < arguments.size(); ++i) {
        const std::string result = result_of(arguments[i], lab);
        good = good && result == "ok";
        std::cout << arguments[i] << '\t' << result << std::endl;
    }
    return good ? 0 : 1;
}
