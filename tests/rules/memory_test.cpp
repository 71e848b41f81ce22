// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// How much memory a response takes, whatever its sender does, and sizes beyond any memory. This
// file counts the allocations of operator new in all tests of its program. With AddressSanitizer,
// which has its own operator new, it counts nothing and still runs.

// Not in a batch: its operator new is global.

#include <hawser/detail/message/response_reader.hpp>
#include <hawser/error.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <malloc.h>
#include <new>
#include <string>
#include <string_view>
#include <vector>

using hawser::error;
using hawser::detail::HeadParser;
using hawser::detail::ResponseLimits;
using hawser::detail::ResponseReader;

namespace {

/// For this thread: bytes in use, their maximum, and the number of allocations.
struct Memory {
    std::size_t used = 0;
    std::size_t peak = 0;
    std::size_t allocations = 0;
};
thread_local Memory memory;

}  // namespace

#if defined(__has_feature)
#define HAWSER_TEST_HAS_FEATURE(feature) __has_feature(feature)
#else
#define HAWSER_TEST_HAS_FEATURE(feature) 0
#endif

#if !defined(__SANITIZE_ADDRESS__) && !HAWSER_TEST_HAS_FEATURE(address_sanitizer)

void* operator new(std::size_t size) {
    void* const block = std::malloc(size);
    if (block == nullptr) {
        throw std::bad_alloc();
    }
    memory.used += ::malloc_usable_size(block);
    memory.peak = std::max(memory.peak, memory.used);
    ++memory.allocations;
    return block;
}

void operator delete(void* block) noexcept {
    if (block != nullptr) {
        memory.used -= ::malloc_usable_size(block);
        std::free(block);
    }
}

void operator delete(void* block, std::size_t) noexcept {
    operator delete(block);
}

#endif

namespace {

/// Reads a response as a connection would, and discards its body.
struct Feeder {
    explicit Feeder(const ResponseLimits& limits) : reader(limits) { reader.start("GET"); }

    /// True if more is needed.
    bool feed(std::string_view bytes) {
        char out[4096];
        while (!bytes.empty()) {
            const auto space = reader.space();
            const std::size_t n = std::min(space.size(), bytes.size());
            std::memcpy(space.data(), bytes.data(), n);
            reader.received(n);
            bytes.remove_prefix(n);
            while (!in_body && reader.read_head() == HeadParser::Outcome::complete) {
                in_body = !reader.interim();
                if (!in_body) {
                    reader.next_head();
                }
            }
            while (in_body && reader.body().read(out) != 0) {
            }
            if (reader.error() || reader.body().ended()) {
                return false;
            }
        }
        return true;
    }

    ResponseReader reader;
    bool in_body = false;
};

void begin(ResponseReader& reader, std::string_view head) {
    reader.start("GET");
    const auto space = reader.space();
    std::memcpy(space.data(), head.data(), head.size());
    reader.received(head.size());
    REQUIRE(reader.read_head() == HeadParser::Outcome::complete);
}

}  // namespace

TEST_CASE("no head takes more than twice its limit of memory", "[F55][X01][F32]") {
    ResponseLimits limits{{256 * 1024, 1000}};
    limits.tolerant = GENERATE(false, true);
    const std::string status = "HTTP/1.1 200 OK\r\n";
    struct Bomb {
        const char* what;
        std::string begins;
        // Then, again and again:
        std::string goes_on;
        std::size_t filler = 0;  // so many x
        std::string ends{};
    };
    for (const Bomb& bomb : {Bomb{"a reason", "HTTP/1.1 200 ", "xxxxxxxxxxxxxxxx"},
                             Bomb{"a value", status + "A: ", "xxxxxxxxxxxxxxxx"},
                             Bomb{"a name", status, "xxxxxxxxxxxxxxxx"},
                             Bomb{"fields", status, "A: b\r\n"},
                             Bomb{"large fields", status, "A: ", 250, "\r\n"},
                             Bomb{"empty fields", status, "A:\r\n"},
                             Bomb{"a fold", status + "A: b\n ", "xxxxxxxxxxxxxxxx"},
                             Bomb{"folds", status + "A: b\n", " c\n"},
                             Bomb{"large folds", status + "A: b\n", " ", 900, "\r\n"},
                             Bomb{"no fields", status + "A: b\n", "", 250, "\n"},
                             Bomb{"large fields, bare LF", status, "A: ", 900, "\n"},
                             Bomb{"interim", "", "HTTP/1.1 100 C\r\n\r\n"},
                             Bomb{"large interim", "", "HTTP/1.1 103 H\r\nA: ", 20'000, "\r\n\r\n"},
                             Bomb{"trailers",
                                  status + "Transfer-Encoding: chunked\r\n\r\n0\r\n",
                                  "A: ",
                                  900,
                                  "\r\n"}}) {
        const std::string goes_on = bomb.goes_on + std::string(bomb.filler, 'x') + bomb.ends;
        INFO(bomb.what);
        const std::size_t before = memory.used;
        memory.peak = before;
        std::size_t fed = 0;
        {
            Feeder feeder(limits);
            bool more = feeder.feed(bomb.begins);
            while (more && fed < 4'000'000) {
                more = feeder.feed(goes_on);
                fed += goes_on.size();
            }
            const bool sloppy = bomb.begins.ends_with("A: b\n") || goes_on.ends_with("x\n") ||
                                bomb.begins.ends_with("A: b\n ");
            CHECK(feeder.reader.error() ==
                  (sloppy && !limits.tolerant ? error::bad_response : error::headers_too_large));
        }
        CHECK(fed <= 300'000);
        CHECK(memory.peak - before <= 2 * 256 * 1024);
    }
}

TEST_CASE("ten thousand chunks of one byte take no memory of their own", "[X12][F41]") {
    Feeder feeder{ResponseLimits{}};
    REQUIRE(feeder.feed("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"));
    const std::size_t before = memory.allocations;
    bool more = true;
    for (int i = 0; i < 10'000 && more; ++i) {
        for (const std::string_view piece : {"1", ";x", "\r\n", "y", "\r", "\n"}) {
            more = feeder.feed(piece);
        }
    }
    const std::size_t after = memory.allocations;
    CHECK(more);
    CHECK(after == before);
    CHECK_FALSE(feeder.feed("0\r\n\r\n"));
    CHECK(feeder.reader.body().ended());
}

TEST_CASE("an announced length takes no memory", "[B15][F19]") {
    for (const std::string_view head :
         {"HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775807\r\n\r\nx",
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7fffffffffffffff\r\nx"}) {
        const std::size_t before = memory.used;
        memory.peak = before;
        {
            Feeder feeder{ResponseLimits{}};
            CHECK(feeder.feed(head));
        }
        CHECK(memory.peak - before <= 128 * 1024);
    }
}

TEST_CASE("a body of more than 4 GiB ends exactly where it should", "[B16]") {
    constexpr std::uint64_t five_gib = 5ull << 30;
    constexpr std::size_t step = 1u << 30;
    ResponseReader reader{ResponseLimits{}};
    begin(reader, "HTTP/1.1 200 OK\r\nContent-Length: 5368709121\r\n\r\n");
    CHECK(reader.body().plan().length == five_gib + 1);
    for (std::uint64_t got = 0; got < five_gib; got += step) {
        REQUIRE_FALSE(reader.body().ended());
        REQUIRE(reader.body().rest() == five_gib + 1 - got);
        REQUIRE(reader.body().direct(step) == step);
        reader.body().received_directly(step);
    }
    CHECK_FALSE(reader.body().ended());
    CHECK(reader.body().direct(step) == 1);  // no byte beyond the end
    reader.body().received_directly(1);
    CHECK(reader.body().ended());
    CHECK(reader.persistent());
}

TEST_CASE("the limit of a body also works beyond 4 GiB", "[B16]") {
    ResponseLimits limits;
    limits.max_body = (5ull << 30) + 1;
    ResponseReader reader(limits);
    begin(reader, "HTTP/1.1 200 OK\r\n\r\n");
    for (int i = 0; i < 5; ++i) {
        reader.body().received_directly(1u << 30);
        REQUIRE_FALSE(reader.error());
    }
    reader.body().received_directly(1);
    CHECK_FALSE(reader.error());
    reader.body().received_directly(1);
    CHECK(reader.error() == error::body_too_large);
}
