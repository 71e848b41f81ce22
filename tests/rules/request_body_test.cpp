// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

#include "../support/temp_file.hpp"
#include <hawser/request_body.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

using hawser::error;
using hawser::RequestBody;
using hawser::detail::BodyBuffer;
using hawser::detail::BodyReader;
using hawser::detail::SourceRead;
using hawser::test::TempFile;

namespace {

/// Reads to the end, or to an error, which it returns in `ec`.
std::string drain(BodyReader& reader, std::error_code& ec, std::size_t room = 4) {
    std::string text;
    std::vector<char> memory(room);
    for (;;) {
        const SourceRead read = reader.read({memory.data(), memory.size()});
        REQUIRE(read.descriptor == -1);
        REQUIRE(read.awaited == nullptr);
        ec = read.ec;
        if (ec || read.size == 0) {
            return text;
        }
        REQUIRE(read.size <= room);
        text.append(memory.data(), read.size);
    }
}

std::shared_ptr<BodyReader> open(const RequestBody& body) {
    SourceRead failure;
    auto reader = hawser::detail::Access::source(body)->open(failure);
    CHECK((reader == nullptr) == static_cast<bool>(failure.ec));
    return reader;
}

/// Why it cannot be opened.
SourceRead refusal(const RequestBody& body) {
    SourceRead failure;
    CHECK(hawser::detail::Access::source(body)->open(failure) == nullptr);
    return failure;
}

/// A source that delivers `text` in pieces of at most three bytes.
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
    CHECK(hawser::detail::Access::source(nothing) == nullptr);
}

TEST_CASE("a string body keeps its bytes, including NULs, and copies are deep") {
    const std::string text("a\0b", 3);
    RequestBody body{text};
    RequestBody copy = body;
    body = RequestBody{};
    CHECK(copy.content() == text);
    CHECK(copy.length() == std::optional<std::uint64_t>(3));
    CHECK(copy.replayable());
    CHECK(body.empty());
}

TEST_CASE("a null pointer is an invalid body") {
    const char* const nothing = nullptr;
    CHECK(hawser::detail::Access::is_null(RequestBody(nothing)));
    CHECK_FALSE(hawser::detail::Access::is_null(RequestBody("")));
    CHECK_FALSE(hawser::detail::Access::is_null(RequestBody()));
}

TEST_CASE("a file body knows its length and can be read again and again") {
    const TempFile file("0123456789");
    const RequestBody body = RequestBody::file(file.path());
    CHECK_FALSE(body.empty());
    CHECK(body.length() == std::optional<std::uint64_t>(10));
    CHECK(body.replayable());
    CHECK(body.content().empty());
    REQUIRE(hawser::detail::Access::source(body) != nullptr);
    const auto reader = open(body);
    for (int attempt = 0; attempt < 3; ++attempt) {
        std::error_code ec;
        CHECK(drain(*reader, ec) == "0123456789");
        CHECK_FALSE(ec);
        reader->rewind();
    }
    CHECK(reader->replayable());
    CHECK_FALSE(reader->waits());
    CHECK_FALSE(reader->guest());
}

TEST_CASE("each request opens the file anew, and a retry starts at the first byte") {
    const TempFile file("abcdefgh");
    const RequestBody body = RequestBody::file(file.path());
    std::error_code ec;
    char some[3];
    const auto first = open(body);
    CHECK(first->read({some, sizeof(some)}).size == 3);
    const auto second = open(body);
    CHECK(drain(*second, ec) == "abcdefgh");
    CHECK(drain(*first, ec) == "defgh");
    first->rewind();
    CHECK(drain(*first, ec) == "abcdefgh");
}

TEST_CASE("a file's length is taken when the request starts") {
    const TempFile file("abc");
    const RequestBody body = RequestBody::file(file.path());
    const auto grow = [&](const char* text) {
        std::FILE* more = std::fopen(file.path().c_str(), "ab");
        std::fputs(text, more);
        std::fclose(more);
    };
    grow("def");
    const auto reader = open(body);
    CHECK(reader->length() == std::optional<std::uint64_t>(6));
    grow("ghi");
    std::error_code ec;
    CHECK(drain(*reader, ec) == "abcdef");
    CHECK_FALSE(ec);
    reader->rewind();
    REQUIRE(::truncate(file.path().c_str(), 4) == 0);
    CHECK(drain(*reader, ec) == "abcd");
    CHECK(ec == error::request_body_error);
    char some[4];
    CHECK(reader->read({some, 4}).fault.reason ==
          '"' + file.path() + "\" ended after 4 of 6 bytes");
}

TEST_CASE("an empty file has length 0, a file of /proc has an unknown length") {
    const TempFile file("");
    const auto empty = open(RequestBody::file(file.path()));
    CHECK(empty->length() == std::optional<std::uint64_t>(0));
    std::error_code ec;
    CHECK(drain(*empty, ec).empty());
    CHECK_FALSE(ec);
    const RequestBody proc = RequestBody::file("/proc/self/status");
    CHECK(proc.length() == std::nullopt);
    const auto reader = open(proc);
    CHECK(reader->length() == std::nullopt);
    CHECK(reader->replayable());
    for (int attempt = 0; attempt < 2; ++attempt) {
        CHECK(drain(*reader, ec, 4096).starts_with("Name:"));  // including the first byte
        reader->rewind();
    }
}

TEST_CASE("a pipe is a stream that lasts until its last writer has gone") {
    const TempFile name("");
    std::remove(name.path().c_str());
    REQUIRE(::mkfifo(name.path().c_str(), 0600) == 0);
    const RequestBody body = RequestBody::file(name.path());
    CHECK(body.length() == std::nullopt);
    CHECK_FALSE(body.replayable());
    const auto reader = open(body);
    CHECK(reader->length() == std::nullopt);
    CHECK_FALSE(reader->replayable());
    CHECK(reader->waits());
    char some[8];
    const auto read = [&] { return reader->read({some, sizeof(some)}); };
    CHECK(read().descriptor != -1);  // no writer yet
    const int writer = ::open(name.path().c_str(), O_WRONLY);
    REQUIRE(writer != -1);
    CHECK(read().descriptor != -1);
    REQUIRE(::write(writer, "abc", 3) == 3);
    CHECK(read().size == 3);
    CHECK(read().descriptor != -1);
    REQUIRE(::write(writer, "de", 2) == 2);
    ::close(writer);
    CHECK(read().size == 2);
    const SourceRead end = read();
    CHECK(end.size == 0);
    CHECK(end.descriptor == -1);
    CHECK_FALSE(end.ec);
}

TEST_CASE("a file that cannot be opened reports its name and the system's reason", "[B17]") {
    const SourceRead missing = refusal(RequestBody::file("hawser_no_such_file.tmp"));
    CHECK(missing.ec == error::request_body_error);
    CHECK(missing.fault.cause == std::errc::no_such_file_or_directory);
    CHECK(missing.fault.reason == "opening \"hawser_no_such_file.tmp\"");
    const SourceRead directory = refusal(RequestBody::file("."));
    CHECK(directory.ec == error::request_body_error);
    CHECK(directory.fault.cause == std::errc::is_a_directory);
    const SourceRead cut = refusal(RequestBody::file(std::string(".\0x", 3)));
    CHECK(cut.fault.cause == std::errc::invalid_argument);
    CHECK(cut.fault.reason == "opening \".\\x00x\"");
    if (::geteuid() != 0) {
        const TempFile file("secret");
        ::chmod(file.path().c_str(), 0);
        CHECK(refusal(RequestBody::file(file.path())).fault.cause == std::errc::permission_denied);
    }
}

TEST_CASE("the descriptor of a file is not inherited") {
    const TempFile file("abc");
    const auto reader = open(RequestBody::file(file.path()));
    int found = 0;
    for (int descriptor = 3; descriptor < 200; ++descriptor) {
        struct stat one {
        }, other{};
        if (::fstat(descriptor, &one) == 0 && ::stat(file.path().c_str(), &other) == 0 &&
            one.st_ino == other.st_ino && one.st_dev == other.st_dev) {
            ++found;
            CHECK((::fcntl(descriptor, F_GETFD) & FD_CLOEXEC) != 0);
        }
    }
    CHECK(found == 1);
}

TEST_CASE("a stream body has the length it was given, or none") {
    const auto at = std::make_shared<std::size_t>(0);
    CHECK(RequestBody::stream(pieces_of("x", at), 1).length() == std::optional<std::uint64_t>(1));
    CHECK(RequestBody::stream(pieces_of("x", at)).length() == std::nullopt);
    CHECK_FALSE(RequestBody::stream(pieces_of("x", at)).replayable());
    CHECK(RequestBody::stream(pieces_of("x", at), std::nullopt, [] {}).replayable());
    CHECK(open(RequestBody::stream(pieces_of("x", at), 1))->guest());
}

TEST_CASE("a source may take a span and return any integer") {
    std::error_code ec;
    const auto bytes = [n = 0](std::span<std::byte> out) mutable -> int {
        std::memcpy(out.data(), "ab", 2);
        return n++ == 0 ? 2 : 0;
    };
    const auto chars = [n = 0](std::span<char> out) mutable -> unsigned short {
        std::memcpy(out.data(), "cd", 2);
        return n++ == 0 ? 2 : 0;
    };
    CHECK(drain(*open(RequestBody::stream(bytes)), ec) == "ab");
    CHECK(drain(*open(RequestBody::stream(chars)), ec) == "cd");
}

TEST_CASE("a stream body is read to its end, once") {
    const auto at = std::make_shared<std::size_t>(0);
    const RequestBody body = RequestBody::stream(pieces_of("hello world", at));
    std::error_code ec;
    const auto reader = open(body);
    REQUIRE(reader != nullptr);
    CHECK(drain(*reader, ec) == "hello world");
    reader->close();
    const SourceRead again = refusal(body);
    CHECK(again.ec == error::request_body_error);
    CHECK(again.fault.reason == "its source was read before and has no rewind");
}

TEST_CASE("a source that was not read yet serves another request") {
    const auto at = std::make_shared<std::size_t>(0);
    const RequestBody body = RequestBody::stream(pieces_of("hello", at));
    open(body)->close();
    std::error_code ec;
    CHECK(drain(*open(body), ec) == "hello");
}

TEST_CASE("a source serves one request at a time, and copies share it") {
    const auto at = std::make_shared<std::size_t>(0);
    const RequestBody body = RequestBody::stream(pieces_of("hello", at), 5, [at] { *at = 0; });
    const RequestBody copy = body;
    const auto first = open(body);
    const SourceRead second = refusal(copy);
    CHECK(second.ec == error::request_body_error);
    CHECK(second.fault.reason == "another request that is not over yet reads the same source");
    std::error_code ec;
    CHECK(drain(*first, ec) == "hello");
    first->close();
    CHECK(drain(*open(copy), ec) == "hello");
}

TEST_CASE("a rewindable stream is rewound before it is read again, and only then") {
    const auto at = std::make_shared<std::size_t>(0);
    const auto rewinds = std::make_shared<int>(0);
    const RequestBody body = RequestBody::stream(pieces_of("hello", at), 5, [=] {
        *at = 0;
        ++*rewinds;
    });
    for (int request = 0; request < 3; ++request) {
        std::error_code ec;
        const auto reader = open(body);
        const int before = *rewinds;
        CHECK(drain(*reader, ec) == "hello");
        CHECK(*rewinds == before + (request != 0 ? 1 : 0));
        reader->rewind();
        CHECK(*rewinds == before + (request != 0 ? 1 : 0));  // only when it is read
        CHECK(drain(*reader, ec) == "hello");
        CHECK(*rewinds == before + (request != 0 ? 2 : 1));
        reader->close();
    }
}

TEST_CASE("an exception of the source becomes the error of the read", "[B17]") {
    const auto failure = [](const RequestBody& body) {
        const auto reader = open(body);
        char some[4];
        SourceRead read = reader->read({some, sizeof(some)});
        CHECK(read.size == 0);
        return read;
    };
    const SourceRead coded = failure(RequestBody::stream([](BodyBuffer) -> std::size_t {
        throw std::system_error(std::make_error_code(std::errc::io_error), "disk\n");
    }));
    CHECK(coded.ec == std::errc::io_error);
    CHECK(coded.fault.reason.starts_with("its source threw: disk\\n"));
    const SourceRead plain = failure(
        RequestBody::stream([](BodyBuffer) -> std::size_t { throw std::runtime_error("broken"); }));
    CHECK(plain.ec == error::request_body_error);
    CHECK(plain.fault.reason == "its source threw: broken");
    const SourceRead odd = failure(RequestBody::stream([](BodyBuffer) -> std::size_t { throw 1; }));
    CHECK(odd.ec == error::request_body_error);
    CHECK(odd.fault.reason == "its source threw");
    const SourceRead success = failure(RequestBody::stream(
        [](BodyBuffer) -> std::size_t { throw std::system_error(std::error_code{}); }));
    CHECK(success.ec == error::request_body_error);
}

TEST_CASE("an exception of the rewind fails the second attempt", "[B17]") {
    const auto at = std::make_shared<std::size_t>(0);
    const auto reader = open(
        RequestBody::stream(pieces_of("x", at), 1, [] { throw std::runtime_error("cannot"); }));
    std::error_code ec;
    CHECK(drain(*reader, ec) == "x");
    reader->rewind();
    CHECK(drain(*reader, ec).empty());
    CHECK(ec == error::request_body_error);
}
