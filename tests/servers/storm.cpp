// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// The client side of `tests/run --hostile`: many requests at once over a network that loses bytes
// and time. Any of them may fail. None may end with a wrong byte, or long after its deadline, none
// that must not be repeated may arrive twice, and afterwards nothing may be left of them.
//
//     storm http=URL https=URL ca=FILE requests=N threads=N deadline=MS slack=MS body=BYTES seed=N

#include "lab.hpp"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <mutex>
#include <random>
#include <vector>
#include <zlib.h>

using namespace hawser;
using namespace hawser::test;

namespace {

/// A response that is cut within its head counts as malformed.
constexpr std::string_view cut_head = "the connection ended within the head";

std::size_t open_descriptors() {
    const std::filesystem::directory_iterator all("/proc/self/fd");
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

class Storm {
public:
    explicit Storm(Lab& lab)
        : lab_(lab),
          requests_(lab.number("requests", 1000)),
          threads_(lab.number("threads", 16)),
          deadline_(lab.number("deadline", 5000)),
          body_(lab.number("body", 300'000)),
          slack_(lab.number("slack", 2000)) {}

    /// Whether everything was as it should be.
    bool run() {
        const std::size_t before = open_descriptors();
        {
            ClientOptions options = lab_.options();
            // A connection that is not harmed would otherwise soon be the only one.
            options.transport.max_requests_per_conn = 6;
            Client client{std::move(options)};
            std::vector<std::jthread> threads;
            for (std::uint64_t i = 0; i < threads_; ++i) {
                threads.emplace_back([&, i] { work(client, i); });
            }
            threads.clear();
            check_twice(client);
            std::cout << "  " << client.stats() << '\n';
            check_all_returned(client);
        }
        for (int i = 0; i < 500 && open_descriptors() != before; ++i) {
            std::this_thread::sleep_for(10ms);
        }
        if (open_descriptors() != before) {
            wrong("descriptors are left");
        }
        report();
        return wrong_.empty();
    }

private:
    void work(Client& client, std::uint64_t thread) {
        std::mt19937_64 chance(lab_.number("seed", 1) * 1000 + thread);
        while (next_++ < requests_) {
            const auto began = std::chrono::steady_clock::now();
            std::string result = "ok";
            try {
                one(client, chance);
            } catch (const std::system_error& e) {
                result = e.code().message();
                const bool expected =
                    e.code() == condition::timeout || e.code() == condition::connection_lost ||
                    e.code() == condition::refused ||
                    std::string_view(e.what()).find(cut_head) != std::string_view::npos;
                if (!expected) {
                    wrong(e.what());
                }
            } catch (const std::exception& e) {
                wrong(e.what());
                result = "wrong";
            }
            count(result, std::chrono::steady_clock::now() - began);
        }
    }

    void one(Client& client, std::mt19937_64& chance) {
        const auto below = [&](std::uint64_t n) { return chance() % n; };
        const std::string origin = lab_.get(below(2) == 0 ? "http" : "https");
        const std::uint64_t size = 1 + below(below(2) == 0 ? 2000 : body_);
        switch (below(5)) {
            case 0:
                return chunked(client, origin);
            case 1:
                return upload(client, origin, size, below(2) == 0);
            case 2:
                return once(client, origin);
            default:
                return download(client, origin, below(lab_.big() - size), size);
        }
    }

    Request request(std::string method, const std::string& url) const {
        Request request(std::move(method), url);
        request.options.timeout = std::chrono::milliseconds(deadline_);
        return request;
    }

    /// Throws the error of a read; every byte before it is checked.
    void read(Response& response, std::uint64_t offset, std::uint64_t size) {
        ContentChecker checker(offset);
        std::string buffer(16384, '\0');
        std::error_code ec;
        while (!ec) {
            checker.add({buffer.data(), response.body.read_some(asio::buffer(buffer), ec)});
        }
        if (ec != asio::error::eof) {
            throw std::system_error(ec);
        }
        check(checker.offset() - offset == size,
              "the body ended after ",
              checker.offset() - offset,
              " of ",
              size,
              " bytes");
    }

    void download(Client& client, const std::string& origin, std::uint64_t at, std::uint64_t size) {
        Request get = request("GET", origin + "/big.bin");
        get.headers.set("Range",
                        "bytes=" + std::to_string(at) + "-" + std::to_string(at + size - 1));
        Response response = client.send(std::move(get));
        check_status(response, 206);
        read(response, at, size);
    }

    void chunked(Client& client, const std::string& origin) {
        if (body_ < 300'000) {
            return download(client, origin, 0, 100);  // the link is too slow for it
        }
        Response response = client.send(request("GET", origin + "/chunked"));
        check_status(response, 200);
        read(response, 0, 300'000);
    }

    void upload(Client& client, const std::string& origin, std::uint64_t size, bool announced) {
        Request put = request("PUT", origin + "/check");
        put.body = content_stream(size, 8192, announced, [] {});
        Response response = client.send(std::move(put));
        check_status(response, 200);
        const std::string text = content(0, size);
        const auto* bytes = reinterpret_cast<const Bytef*>(text.data());
        const std::string expected =
            std::to_string(size) + " " + std::to_string(::crc32(0, bytes, static_cast<uInt>(size)));
        const std::string received = response.body.read_all();
        check(received == expected, "the server received ", received, ", not ", expected);
    }

    /// Not idempotent: may fail, but not arrive twice.
    void once(Client& client, const std::string& origin) {
        Request post = request("POST", origin + "/once/" + std::to_string(ids_++));
        post.body = "x";
        Response response = client.send(std::move(post));
        check_status(response, 200);
        response.body.read_all();
    }

    void check_twice(Client& client) {
        for (int i = 0; i < 50; ++i) {  // this too may fail
            try {
                Response response = client.send(request("GET", lab_.get("http") + "/twice"));
                const std::string twice = response.body.read_all();
                if (twice != "0") {
                    wrong("arrived twice: " + twice);
                }
                return;
            } catch (const std::system_error&) {
            }
        }
        wrong("nobody says what arrived twice");
    }

    void check_all_returned(Client& client) {
        try {
            check_returned(client);
            client.close_idle_connections();
            check(client.stats().open == 0, client.stats().open, " open");
        } catch (const std::exception& e) {
            wrong(e.what());
        }
    }

    void count(const std::string& result, std::chrono::nanoseconds took) {
        const std::lock_guard lock(mutex_);
        ++results_[result];
        longest_ = std::max(longest_, took);
        if (took > std::chrono::milliseconds(deadline_ + slack_)) {
            wrong_.push_back("late: " + std::to_string(took / 1ms) + " ms: " + result);
        }
    }
    void wrong(const std::string& what) {
        const std::lock_guard lock(mutex_);
        wrong_.push_back(what);
    }

    void report() {
        std::cout << "  " << requests_ << " requests, the longest took " << longest_ / 1ms
                  << " ms of " << deadline_ << '\n';
        for (const auto& [result, n] : results_) {
            std::cout << "  " << n << "  " << result << '\n';
        }
        for (const std::string& what : wrong_) {
            std::cout << "WRONG: " << what << '\n';
        }
    }

    Lab& lab_;
    const std::uint64_t requests_;
    const std::uint64_t threads_;
    const std::uint64_t deadline_;
    const std::uint64_t body_;
    const std::uint64_t slack_;  // how late a busy computer may be
    std::atomic<std::uint64_t> next_{0};
    std::atomic<std::uint64_t> ids_{0};
    std::mutex mutex_;
    std::map<std::string, int> results_;
    std::chrono::nanoseconds longest_{0};
    std::vector<std::string> wrong_;
};

}  // namespace

int main(int argc, char** argv) {
    Lab lab;
    for (int i = 1; i < argc; ++i) {
        lab.set(argv[i]);
    }
    return Storm(lab).run() ? 0 : 1;
}
