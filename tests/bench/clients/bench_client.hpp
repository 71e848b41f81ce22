// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// What every client of the benchmark shares, and nothing that could favor one of them: arguments,
// the checksum that proves the work, CPU time, and the final JSON line. Standard library and POSIX
// only.

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <malloc.h>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <sys/resource.h>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

namespace bench {

enum class Mode { get, download, upload, idle };

/// The parameters of a workload, from `key=value` arguments.
struct Args {
    Mode mode = Mode::get;  // get: also hosts > 1 and fresh = 1
    std::string scheme = "http";
    std::string port;
    std::string path = "/small";
    std::string ca;            // PEM file of the server's root
    std::size_t requests = 1;  // in total
    std::size_t inflight = 1;
    std::size_t hosts = 1;    // 127.0.0.1, then 127.0.1.1 …, round robin
    std::uint64_t bytes = 0;  // of each body, if the client has to know
    std::size_t threads = 0;  // of the client; 0: one, and blocking clients one for each in flight
    bool fresh = false;       // a new connection for each request
    bool chunked = false;     // uploads

    bool tls() const { return scheme == "https"; }
    std::size_t loop_threads() const { return std::max<std::size_t>(threads, 1); }
    std::size_t blocking_threads() const { return threads ? threads : inflight; }
    std::string host(std::size_t i) const {
        i %= hosts;
        return "127.0." + std::to_string(i / 250) + '.' + std::to_string(i % 250 + 1);
    }
    std::string url(std::size_t i = 0) const {
        return scheme + "://" + host(i) + ':' + port + path;
    }
    std::vector<std::string> urls() const {
        std::vector<std::string> all;
        for (std::size_t i = 0; i < hosts; ++i) {
            all.push_back(url(i));
        }
        return all;
    }
};

/// Exits with 3, which the driver interprets as "this client has no such workload".
[[noreturn]] inline void unsupported() {
    std::exit(3);
}

[[noreturn]] inline void fail(const std::string& why) {
    std::fprintf(stderr, "%s\n", why.c_str());
    std::exit(1);
}

inline Mode mode_named(const std::string& name) {
    const std::map<std::string, Mode> modes{{"get", Mode::get},
                                            {"download", Mode::download},
                                            {"upload", Mode::upload},
                                            {"idle", Mode::idle}};
    return modes.at(name);
}

inline Args parse(int argc, char** argv) {
    std::map<std::string, std::string> given;
    for (int i = 1; i < argc; ++i) {
        const std::string text = argv[i];
        const auto equals = text.find('=');
        if (equals == std::string::npos) {
            fail("not key=value: " + text);
        }
        given[text.substr(0, equals)] = text.substr(equals + 1);
    }
    Args args;
    const auto take = [&](const char* key, auto set) {
        if (const auto at = given.find(key); at != given.end()) {
            set(at->second);
            given.erase(at);
        }
    };
    const auto word = [&](const char* key, std::string& to) {
        take(key, [&](const std::string& value) { to = value; });
    };
    const auto number = [&](const char* key, auto& to) {
        using Number = std::remove_reference_t<decltype(to)>;
        take(key, [&](const std::string& value) { to = static_cast<Number>(std::stoull(value)); });
    };
    take("mode", [&](const std::string& value) { args.mode = mode_named(value); });
    word("scheme", args.scheme), word("port", args.port);
    word("path", args.path), word("ca", args.ca);
    number("requests", args.requests), number("inflight", args.inflight);
    number("hosts", args.hosts), number("bytes", args.bytes);
    number("fresh", args.fresh), number("chunked", args.chunked), number("threads", args.threads);
    if (!given.empty()) {
        fail("unknown argument " + given.begin()->first);
    }
    return args;
}

/// The checksum of one body, however it is segmented: every byte of the first KiB, then every
/// 509th. It detects missing, doubled or displaced pieces and costs bulk transfers next to nothing.
class BodySum {
public:
    void add(const char* data, std::size_t size) {
        const std::uint64_t end = offset_ + size;
        std::uint64_t at = next_;
        for (; at < end; at = step(at)) {
            hash_ = (hash_ ^ static_cast<unsigned char>(data[at - offset_])) * 0x100000001b3u;
        }
        next_ = at;
        offset_ = end;
    }
    void add(std::string_view text) { add(text.data(), text.size()); }

    std::uint64_t size() const { return offset_; }
    std::uint64_t hash() const { return hash_; }

private:
    static std::uint64_t step(std::uint64_t at) {
        return at + 1 < 1024 ? at + 1 : (at + 509) / 509 * 509;
    }

    std::uint64_t offset_ = 0;
    std::uint64_t next_ = 0;
    std::uint64_t hash_ = 0xcbf29ce484222325u;
};

/// The bytes of long bodies in both directions: pseudo-random, with a period of 64 KiB.
inline const std::string& pattern() {
    static const std::string bytes = [] {
        std::string made(65536, '\0');
        std::uint32_t x = 1;
        for (char& c : made) {
            x = x * 1103515245u + 12345u;
            c = static_cast<char>(x >> 16);
        }
        return made;
    }();
    return bytes;
}

/// Hands out `total` bytes of the pattern.
class PatternSource {
public:
    explicit PatternSource(std::uint64_t total) : left_(total) {}
    std::size_t operator()(char* out, std::size_t size) {
        std::size_t done = 0;
        while (done < size && left_ > 0) {
            const std::size_t n =
                std::min<std::uint64_t>({size - done, pattern().size() - position_, left_});
            std::memcpy(out + done, pattern().data() + position_, n);
            position_ = (position_ + n) % pattern().size();
            left_ -= n;
            done += n;
        }
        return done;
    }

private:
    std::uint64_t left_;
    std::size_t position_ = 0;
};

/// The result of a client: counts good responses and adds up their checksums, so that order does
/// not matter, and measures itself from construction to report(). Each thread has its own count, so
/// that the benchmark adds no contention.
class Run {
public:
    Run() : begin_cpu_(cpu()), begin_(std::chrono::steady_clock::now()) { pattern(); }

    void done(int status, const BodySum& body) {
        if (status == 200) {
            Tally& tally = mine();
            ++tally.responses;
            tally.bytes += body.size();
            tally.sum += body.hash();
        } else {
            std::fprintf(stderr, "status %d\n", status);
        }
    }
    void done(int status, std::string_view body) {
        BodySum sum;
        sum.add(body);
        done(status, sum);
    }
    /// Of this thread.
    std::size_t responses() { return mine().responses; }

    /// Records the heap in use; called while the idle connections are open.
    void heap() {
        const struct mallinfo2 now = mallinfo2();
        heap_ = now.uordblks + now.hblkhd;
    }

    /// Prints the line; returns the client's exit status.
    int report() const {
        const auto used = cpu();
        const auto wall = std::chrono::steady_clock::now() - begin_;
        Tally all;
        for (const Tally& tally : tallies_) {
            all.responses += tally.responses;
            all.bytes += tally.bytes;
            all.sum += tally.sum;
        }
        std::printf(
            "{\"responses\":%zu,\"bytes\":%llu,\"sum\":\"%016llx\",\"user_us\":%lld,"
            "\"system_us\":%lld,\"wall_us\":%lld,\"heap\":%zu}\n",
            all.responses,
            static_cast<unsigned long long>(all.bytes),
            static_cast<unsigned long long>(all.sum),
            used.first - begin_cpu_.first,
            used.second - begin_cpu_.second,
            static_cast<long long>(
                std::chrono::duration_cast<std::chrono::microseconds>(wall).count()),
            heap_);
        return std::fflush(stdout) == 0 ? 0 : 1;
    }

private:
    struct alignas(64) Tally {
        std::size_t responses = 0;
        std::uint64_t bytes = 0;
        std::uint64_t sum = 0;
    };

    Tally& mine() {
        static std::atomic<std::size_t> threads{0};
        thread_local const std::size_t index = threads++;
        if (index >= tallies_.size()) {
            fail("too many threads");
        }
        return tallies_[index];
    }

    static std::pair<long long, long long> cpu() {
        struct rusage used {};
        ::getrusage(RUSAGE_SELF, &used);
        const auto us = [](const timeval& t) { return t.tv_sec * 1000000ll + t.tv_usec; };
        return {us(used.ru_utime), us(used.ru_stime)};
    }

    std::pair<long long, long long> begin_cpu_;
    std::chrono::steady_clock::time_point begin_;
    std::array<Tally, 128> tallies_{};
    std::size_t heap_ = 0;
};

template <class Error>
void need(Error ec) {
    if (ec) {
        fail(ec.message());
    }
}

/// Calls `work` on `count` threads, of which the caller is one.
template <class Work>
void on_threads(std::size_t count, const Work& work) {
    std::vector<std::thread> others;
    for (std::size_t i = 1; i < count; ++i) {
        others.emplace_back(work);
    }
    work();
    for (auto& thread : others) {
        thread.join();
    }
}

/// One worker for each request in flight, on an io_context that the workload's threads run.
template <class Worker, class Work>
void run_workers(Work& work) {
    std::vector<std::unique_ptr<Worker>> workers;
    for (std::size_t i = 0; i < work.args.inflight; ++i) {
        workers.push_back(std::make_unique<Worker>(work));
        workers.back()->next();
    }
    on_threads(work.args.loop_threads(), [&] { work.io.run(); });
}

}  // namespace bench
