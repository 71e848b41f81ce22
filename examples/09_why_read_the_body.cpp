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

void read_or_close(const std::string& large, std::size_t times) {
    hawser::Client reads;
    std::vector<hawser::Response> kept;
    for (std::size_t i = 0; i < times; ++i) {
        kept.push_back(reads.get(large));
        kept.back().body.read_all();
    }
    row("6 large bodies read to the end, none closed", reads, 1, 1);

    hawser::Client closes;
    for (std::size_t i = 0; i < times; ++i) {
        closes.get(large).body.close();
    }
    row("6 large bodies closed unread", closes, 6, 0);
}

void read_from_several(const std::vector<std::string>& urls) {
    hawser::Client hosts;
    std::vector<hawser::Response> kept;
    for (const std::string& url : urls) {
        kept.push_back(hosts.get(url));
        kept.back().body.read_all();
    }
    const auto each = static_cast<unsigned>(urls.size());
    row("large bodies of several hosts, read", hosts, each, each);
}

// Whether nothing is held for bodies that were dropped.
bool drop_many(const std::string& large) {
    hawser::Client drops;
    drop(drops, 1000, large);
    const Held early;
    drop(drops, 9000, large);
    const Held late;
    row("10000 large bodies dropped", drops, 10'000, 0);
    std::cout << "held after 1000 of them and after all: " << early.files << " and " << late.files
              << " open files, " << early.pages << " and " << late.pages << " pages of memory\n"
              << "(in Go, each body neither read nor closed keeps a connection and 2 goroutines)\n";
    return early.files == late.files && late.pages - early.pages < 64;
}

// 09_why_read_the_body SMALL LARGE LARGE_ELSEWHERE...
int main(int argc, char** argv) try {
    const std::vector<std::string> urls(argv + 1, argv + argc);
    const std::string& small = urls.at(0);  // arrives together with its head
    const std::string& large = urls.at(1);
    std::cout << "                                connections: dialed  open strands\n";

    read_or_close(large, 6);
    hawser::Client drops_small;
    drop(drops_small, 6, small);
    row("6 small bodies dropped: they were here", drops_small, 1, 1);
    read_from_several({urls.begin() + 1, urls.end()});
    return drop_many(large) && all_true ? 0 : 1;
} catch (const std::exception& e) {
    std::cerr << e.what() << '\n';
    return 1;
}
