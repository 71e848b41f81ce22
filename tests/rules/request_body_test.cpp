// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

#include <hawser/request_body.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

using hawser::error;
using hawser::RequestBody;
using hawser::detail::BodyBuffer;
using hawser::detail::BodyReader;
using hawser::detail::BodyReadSink;

namespace {

/// Collects what a reader reports.
struct Sink final : BodyReadSink {
    explicit Sink(std::size_t room) : memory(room) {}
    BodyBuffer buffer() noexcept override { return {memory.data(), memory.size()}; }
    const void* executor() const noexcept override { return nullptr; }
    void on_body_read(std::error_code code, std::size_t n) override {
        ++reports;
        ec = code;
        size = n;
    }

    std::vector<char> memory;
    std::error_code ec;
    std::size_t size = 0;
    int reports = 0;
};

/// Reads to the end or to an error, which it returns in `ec`.
std::string drain(BodyReader& reader, std::error_code& ec, std::size_t room = 4) {
    std::string text;
    for (;;) {
        const auto sink = std::make_shared<Sink>(room);
        reader.read(sink);
        REQUIRE(sink->reports == 1);
        ec = sink->ec;
        if (ec || sink->size == 0) {
            return text;
        }
        REQUIRE(sink->size <= room);
        text.append(sink->memory.data(), sink->size);
    }
}

/// A file with content, gone at the end of the test.
struct TempFile {
    explicit TempFile(const std::string& content)
        : path("hawser_request_body_test_" + std::to_string(::getpid()) + "_" +
               std::to_string(++count) + ".tmp") {  // tests run side by side
        std::FILE* file = std::fopen(path.c_str(), "wb");
        REQUIRE(file != nullptr);
        REQUIRE(std::fwrite(content.data(), 1, content.size(), file) == content.size());
        std::fclose(file);
    }
    TempFile(const TempFile&) = delete;
    TempFile& operator=(const TempFile&) = delete;
    ~TempFile() { std::remove(path.c_str()); }

    static inline int count = 0;
    const std::string path;
};

/// A source that gives `text` in pieces of at most three bytes.
auto pieces_of(std::string text, std::shared_ptr<std::size_t> at) {
    return [text = std::move(text), at](BodyBuffer buffer) {
        const std::size_t n = std::min({text.size() - *at, buffer.size(), std::size_t{3}});
        std::memcpy(buffer.data(), text.data() + *at, n);
        *at += n;
        return n;
    };
}

}  // namespace

TEST_CASE("no body is not the same as a body of length 0") {
    const RequestBody none;
    CHECK(none.empty());
    CHECK(none.length() == std::optional<std::uint64_t>(0));
    const RequestBody nothing{""};
    CHECK_FALSE(nothing.empty());
    CHECK(nothing.length() == std::optional<std::uint64_t>(0));
    CHECK(none.replayable());
    CHECK(nothing.replayable());
    CHECK(nothing.source() == nullptr);
}

TEST_CASE("a string body keeps its bytes, NULs included, and is copied deep") {
    const std::string text("a\0b", 3);
    RequestBody body{text};
    RequestBody copy = body;
    body = RequestBody{};
    CHECK(copy.content() == text);
    CHECK(copy.length() == std::optional<std::uint64_t>(3));
    CHECK(copy.replayable());
    CHECK(body.empty());
}

TEST_CASE("a file body knows its length and can be read again and again") {
    const TempFile file("0123456789");
    const RequestBody body = RequestBody::file(file.path);
    CHECK_FALSE(body.empty());
    CHECK(body.length() == std::optional<std::uint64_t>(10));
    CHECK(body.replayable());
    CHECK(body.content().empty());
    REQUIRE(body.source() != nullptr);
    for (int attempt = 0; attempt < 3; ++attempt) {
        std::error_code ec;
        const auto reader = body.source()->open(ec);
        REQUIRE(reader != nullptr);
        CHECK(drain(*reader, ec) == "0123456789");
        CHECK_FALSE(ec);
    }
}

TEST_CASE("a retry reads a file from its first byte while the first attempt is in its middle") {
    const TempFile file("abcdefgh");
    const RequestBody body = RequestBody::file(file.path);
    std::error_code ec;
    const auto first = body.source()->open(ec);
    first->read(std::make_shared<Sink>(3));
    const auto second = body.source()->open(ec);
    CHECK(drain(*second, ec) == "abcdefgh");
    CHECK(drain(*first, ec) == "defgh");
}

TEST_CASE("[B17] a file that is not there fails when it is opened") {
    const RequestBody body = RequestBody::file("hawser_no_such_file.tmp");
    CHECK_FALSE(body.empty());
    std::error_code ec;
    CHECK(body.source()->open(ec) == nullptr);
    CHECK(ec == error::request_body_error);
}

TEST_CASE("[B17] a directory is not a body") {
    const RequestBody body = RequestBody::file(".");
    std::error_code ec;
    if (const auto reader = body.source()->open(ec)) {
        CHECK(drain(*reader, ec).empty());
    }
    CHECK(ec == error::request_body_error);
}

TEST_CASE("a stream body has the length it was given, or none") {
    const auto at = std::make_shared<std::size_t>(0);
    CHECK(RequestBody::stream(pieces_of("x", at), 1).length() == std::optional<std::uint64_t>(1));
    CHECK(RequestBody::stream(pieces_of("x", at)).length() == std::nullopt);
    CHECK_FALSE(RequestBody::stream(pieces_of("x", at)).replayable());
    CHECK(RequestBody::stream(pieces_of("x", at), std::nullopt, [] {}).replayable());
}

TEST_CASE("a stream body is read to its end, once") {
    const auto at = std::make_shared<std::size_t>(0);
    const RequestBody body = RequestBody::stream(pieces_of("hello world", at));
    std::error_code ec;
    const auto reader = body.source()->open(ec);
    REQUIRE(reader != nullptr);
    CHECK(drain(*reader, ec) == "hello world");
    CHECK(body.source()->open(ec) == nullptr);
    CHECK(ec == error::request_body_error);
}

TEST_CASE("a rewindable stream is rewound before it is read again, and only then") {
    const auto at = std::make_shared<std::size_t>(0);
    const auto rewinds = std::make_shared<int>(0);
    const RequestBody body = RequestBody::stream(pieces_of("hello", at), 5, [=] {
        *at = 0;
        ++*rewinds;
    });
    for (int attempt = 0; attempt < 3; ++attempt) {
        std::error_code ec;
        const auto reader = body.source()->open(ec);
        REQUIRE(reader != nullptr);
        CHECK(*rewinds == attempt);
        CHECK(drain(*reader, ec) == "hello");
    }
}

TEST_CASE("copies of a stream body share their source") {
    const auto at = std::make_shared<std::size_t>(0);
    const RequestBody body = RequestBody::stream(pieces_of("hello", at));
    const RequestBody copy = body;
    std::error_code ec;
    CHECK(copy.source()->open(ec) != nullptr);
    CHECK(body.source()->open(ec) == nullptr);
}

TEST_CASE("[B17] an exception of the source becomes the error of the read") {
    const auto failure = [](const RequestBody& body) {
        std::error_code ec;
        const auto reader = body.source()->open(ec);
        REQUIRE(reader != nullptr);
        CHECK(drain(*reader, ec).empty());
        return ec;
    };
    const RequestBody coded = RequestBody::stream([](BodyBuffer) -> std::size_t {
        throw std::system_error(std::make_error_code(std::errc::io_error));
    });
    CHECK(failure(coded) == std::errc::io_error);
    const RequestBody plain =
        RequestBody::stream([](BodyBuffer) -> std::size_t { throw std::runtime_error("broken"); });
    CHECK(failure(plain) == error::request_body_error);
    const RequestBody odd = RequestBody::stream([](BodyBuffer) -> std::size_t { throw 1; });
    CHECK(failure(odd) == error::request_body_error);
}

TEST_CASE("[B17] an exception of the rewind fails the second attempt") {
    const auto at = std::make_shared<std::size_t>(0);
    const RequestBody body =
        RequestBody::stream(pieces_of("x", at), 1, [] { throw std::runtime_error("cannot"); });
    std::error_code ec;
    CHECK(body.source()->open(ec) != nullptr);
    CHECK(body.source()->open(ec) == nullptr);
    CHECK(ec == error::request_body_error);
}
