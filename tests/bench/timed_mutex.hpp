// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// For `g++ -include`, before anything of hawser: puts mutexes that measure how long they are held
// in the place of hawser's own, without a change to hawser. When the program ends, it writes the
// times to the file $BENCH_LOCKS, in nanoseconds, by the name of the file whose code makes the
// mutex: {"shared_pool": {"taken": 50000, "p50": 60, "p99": 180, "max": 9000}, …}.

#include <hawser/detail/rt/mutex.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <mutex>
#include <source_location>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>
#if defined(__x86_64__)
#include <x86intrin.h>
#endif

namespace bench::locks {

/// A clock that costs less than what it measures.
inline std::uint64_t ticks() {
#if defined(__x86_64__)
    return __rdtsc();
#else
    return static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
#endif
}

/// How often each time was measured. Above 31 ticks, a bucket is a sixteenth of its value wide.
class Histogram {
public:
    void add(std::uint64_t time) {
        ++counts_[bucket(time)];
        longest_ = std::max(longest_, time);
    }
    void add(const Histogram& other) {
        for (std::size_t i = 0; i < counts_.size(); ++i) {
            counts_[i] += other.counts_[i];
        }
        longest_ = std::max(longest_, other.longest_);
    }

    std::uint64_t count() const {
        std::uint64_t all = 0;
        for (const auto n : counts_) {
            all += n;
        }
        return all;
    }
    std::uint64_t longest() const { return longest_; }
    /// The upper end of the bucket that holds the given part of all times.
    std::uint64_t quantile(double part) const {
        const double wanted = static_cast<double>(count()) * part;
        std::uint64_t seen = 0;
        for (std::size_t i = 0; i < counts_.size(); ++i) {
            seen += counts_[i];
            if (static_cast<double>(seen) >= wanted) {
                return std::min(end_of(i), longest_);
            }
        }
        return longest_;
    }

private:
    static constexpr std::size_t steps = 16;  // of each power of two

    static std::size_t bucket(std::uint64_t time) {
        if (time < 2 * steps) {
            return static_cast<std::size_t>(time);
        }
        const auto shift = static_cast<std::size_t>(std::bit_width(time)) - 5;
        return shift * steps + static_cast<std::size_t>(time >> shift);
    }
    static std::uint64_t end_of(std::size_t bucket) {
        if (bucket < 2 * steps) {
            return bucket;
        }
        const std::size_t shift = bucket / steps - 1;
        return ((bucket % steps + steps + 1) << shift) - 1;
    }

    std::array<std::uint64_t, 62 * steps> counts_{};
    std::uint64_t longest_ = 0;
};

/// Every histogram of the program: each thread has its own, so that measuring adds no contention.
class Book {
public:
    /// Never destroyed: the last mutexes may be unlocked at the very end.
    static Book& instance() {
        static Book* const book = new Book;
        return *book;
    }

    std::size_t number_of(const std::source_location& made_at) {
        std::string_view name = made_at.file_name();
        name.remove_prefix(name.rfind('/') + 1);
        name = name.substr(0, name.find('.'));
        const std::lock_guard lock(mutex_);
        const auto at = std::find(names_.begin(), names_.end(), name);
        if (at == names_.end()) {
            names_.emplace_back(name);
            return names_.size() - 1;
        }
        return static_cast<std::size_t>(at - names_.begin());
    }

    Histogram& of_this_thread(std::size_t number) {
        thread_local Page* const mine = new_page();
        return (*mine)[number];
    }

private:
    using Page = std::array<Histogram, 16>;  // by the number of the name

    Book() {
        std::atexit([] {
            const char* path = std::getenv("BENCH_LOCKS");
            if (std::FILE* file = path ? std::fopen(path, "w") : nullptr) {
                instance().write(file);
                std::fclose(file);
            }
        });
    }

    Page* new_page() {
        const std::lock_guard lock(mutex_);
        pages_.push_back(std::make_unique<Page>());
        return pages_.back().get();
    }

    double nanoseconds_per_tick() const {
        const std::chrono::duration<double, std::nano> time =
            std::chrono::steady_clock::now() - begin_;
        return time.count() / static_cast<double>(ticks() - begin_ticks_);
    }

    void write(std::FILE* file) const {
        const double scale = nanoseconds_per_tick();
        const auto ns = [&](std::uint64_t time) { return static_cast<double>(time) * scale; };
        const char* separator = "{";
        for (std::size_t i = 0; i < names_.size(); ++i) {
            Histogram all;
            for (const auto& page : pages_) {
                all.add((*page)[i]);
            }
            if (all.count() > 0) {
                std::fprintf(file,
                             "%s\"%s\": {\"taken\": %llu, \"p50\": %.0f, \"p99\": %.0f, "
                             "\"max\": %.0f}",
                             std::exchange(separator, ", "),
                             names_[i].c_str(),
                             static_cast<unsigned long long>(all.count()),
                             ns(all.quantile(0.5)),
                             ns(all.quantile(0.99)),
                             ns(all.longest()));
            }
        }
        std::fputs("}\n", file);
    }

    std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
    std::uint64_t begin_ticks_ = ticks();
    std::mutex mutex_;
    std::vector<std::string> names_;
    std::vector<std::unique_ptr<Page>> pages_;
};

/// A mutex of hawser's, whose name is that of the file that makes it.
template <class Base>
class Timed : public Base {
public:
    explicit Timed(std::source_location made_at = std::source_location::current())
        : number_(Book::instance().number_of(made_at)) {}
    explicit Timed(bool on, std::source_location made_at = std::source_location::current())
        : Base(on), number_(Book::instance().number_of(made_at)) {}

    void lock() noexcept {
        Base::lock();
        begin_ = ticks();
    }
    void unlock() noexcept {
        const std::uint64_t time = ticks() - begin_;
        const std::size_t number = number_;  // once unlocked, the mutex may be gone
        Base::unlock();
        Book::instance().of_this_thread(number).add(time);
    }

private:
    const std::size_t number_;
    std::uint64_t begin_ = 0;
};

}  // namespace bench::locks

namespace hawser::inline HAWSER_ABI::detail {
using TimedMutex = bench::locks::Timed<Mutex>;
using TimedOptionalMutex = bench::locks::Timed<OptionalMutex>;
}  // namespace hawser::inline HAWSER_ABI::detail
#define Mutex TimedMutex
#define OptionalMutex TimedOptionalMutex
