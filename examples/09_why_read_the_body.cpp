// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// Why must a body be read, and why must it be closed? If you read it, its connection serves the
// next request; if you close or drop it, its connection is closed. Every row is checked.
#include <hawser/hawser.hpp>

#include <exception>
#include <filesystem>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

bool all_true = true;

// An open connection has two strands: one reads, one writes.
void row(const char* what, const hawser::Client& client, unsigned dialed, unsigned open) {
    const hawser::TransportStats now = client.stats();
    const bool holds = now.dialed == dialed && now.open == open && now.strands == 2 * open;
    std::cout << std::setw(44) << std::left << what << std::right << std::setw(7) << now.dialed
              << std::setw(6) << now.open << std::setw(8) << now.strands
              << (holds ? "\n" : "  WRONG\n");
    all_true = all_true && holds;
}

struct Held {
    long files = std::distance(std::filesystem::directory_iterator{"/proc/self/fd"}, {});
    long pages = 0;  // resident
    Held() { std::ifstream{"/proc/self/statm"} >> pages >> pages; }
};

void drop(hawser::Client& client, int times, const std::string& url) {
    for (int i = 0; i < times; ++i) {
        client.get(url);  // the response is dropped here, its body unread
    }
}

// 09_why_read_the_body SMALL LARGE LARGE_ELSEWHERE...
int main(int argc, char** argv) try {
    const std::vector<std::string> urls(argv + 1, argv + argc);
    const std::string& small = urls.at(0);  // arrives together with its head
    const std::string& large = urls.at(1);
    std::cout << "                                connections: dialed  open strands\n";

    hawser::Client reads;
    std::vector<hawser::Response> kept;
    for (int i = 0; i < 6; ++i) {
        kept.push_back(reads.get(large));
        kept.back().body.read_all();
    }
    row("6 large bodies read to the end, none closed", reads, 1, 1);

    hawser::Client closes;
    for (int i = 0; i < 6; ++i) {
        closes.get(large).body.close();
    }
    row("6 large bodies closed unread", closes, 6, 0);

    hawser::Client drops_small;
    drop(drops_small, 6, small);
    row("6 small bodies dropped: they were here", drops_small, 1, 1);

    hawser::Client hosts;
    for (std::size_t i = 1; i < urls.size(); ++i) {
        kept.push_back(hosts.get(urls[i]));
        kept.back().body.read_all();
    }
    row("large bodies of several hosts, read", hosts, argc - 2, argc - 2);

    hawser::Client drops;
    drop(drops, 1000, large);
    const Held early;
    drop(drops, 9000, large);
    const Held late;
    row("10000 large bodies dropped", drops, 10'000, 0);
    std::cout << "held after 1000 of them and after all: " << early.files << " and " << late.files
              << " open files, " << early.pages << " and " << late.pages << " pages of memory\n"
              << "(in Go, each body neither read nor closed keeps a connection and 2 goroutines)\n";
    return all_true && early.files == late.files && late.pages - early.pages < 64 ? 0 : 1;
} catch (const std::exception& e) {
    std::cerr << e.what() << '\n';
    return 1;
}
