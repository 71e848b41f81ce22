// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

#include "../support/temp_file.hpp"
#include <hawser/error.hpp>
#include <hawser/multipart.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

using hawser::error;
using hawser::Multipart;
using hawser::RequestBody;
using hawser::detail::BodyBuffer;
using hawser::detail::BodyReader;
using hawser::detail::SourceRead;
using hawser::test::TempFile;

namespace {

/// Reads to the end, or to an error, which it returns in `ec`.
std::string drain(BodyReader& reader, std::error_code& ec, std::size_t room) {
    std::string text;
    std::vector<char> memory(room);
    for (;;) {
        const SourceRead read = reader.read({memory.data(), memory.size()});
        REQUIRE(read.descriptor == -1);
        ec = read.ec;
        if (ec || read.size == 0) {
            return text;
        }
        REQUIRE(read.size <= room);
        text.append(memory.data(), read.size);
    }
}

std::string boundary_of(const RequestBody& body) {
    const std::string type(body.content_type());
    const std::string begin = "multipart/form-data; boundary=";
    REQUIRE(type.starts_with(begin));
    return type.substr(begin.size());
}

/// The bytes of a form, with "B" for its boundary.
std::string bytes_of(const RequestBody& body, std::size_t room = 64 * 1024) {
    SourceRead failure;
    const auto reader = hawser::detail::Access::source(body)->open(failure);
    REQUIRE(reader != nullptr);
    std::error_code ec;
    std::string text = drain(*reader, ec, room);
    CHECK_FALSE(ec);
    const auto length = reader->length();
    CHECK(length == body.length());
    CHECK((!length || *length == text.size()));
    reader->rewind();
    CHECK((!reader->replayable() || drain(*reader, ec, 7) == text));
    reader->close();
    const std::string boundary = boundary_of(body);
    for (std::size_t at; (at = text.find(boundary)) != std::string::npos;) {
        text.replace(at, boundary.size(), "B");
    }
    return text;
}

/// Why a form cannot be opened, or read.
SourceRead failure_of(const RequestBody& body) {
    SourceRead result;
    if (const auto reader = hawser::detail::Access::source(body)->open(result)) {
        char some[1000];
        do {
            result = reader->read({some, sizeof(some)});
        } while (!result.ec && result.size != 0);
        reader->close();
    }
    return result;
}

std::string part(const std::string& head, const std::string& content) {
    return "--B\r\nContent-Disposition: form-data; " + head + "\r\n\r\n" + content + "\r\n";
}

/// Delivers `text` at once, then nothing.
auto given(std::string text) {
    return [text = std::move(text), done = false](BodyBuffer buffer) mutable -> std::size_t {
        if (std::exchange(done, true)) {
            return 0;
        }
        std::memcpy(buffer.data(), text.data(), std::min(text.size(), buffer.size()));
        return text.size();
    };
}

}  // namespace

TEST_CASE("the bytes of a form with every kind of part") {
    const TempFile file("file\r\n--content");
    Multipart form;
    form.add("name", "value")
        .add("empty", "")
        .add("none", RequestBody())
        .add("utf-8 \xc3\xa4", std::string("\0\r\n", 3))
        .add("json", RequestBody::json("{}"))
        .add("typed", "<a/>", {.content_type = "text/xml"})
        .add("memory", "x", {.file_name = "x.bin"})
        .add("nameless", "x", {.file_name = ""})
        .add("plain", RequestBody::file(file.path()))
        .add_file("file", file.path())
        .add_file("both", file.path(), {.file_name = "a b.txt", .content_type = "text/plain"});
    CHECK(form.size() == 11);
    const std::string base = file.path().substr(file.path().rfind('/') + 1);
    const std::string binary = "\r\nContent-Type: application/octet-stream";
    const std::string content = "file\r\n--content";
    const std::string expected =
        part("name=\"name\"", "value") + part("name=\"empty\"", "") + part("name=\"none\"", "") +
        part("name=\"utf-8 \xc3\xa4\"", std::string("\0\r\n", 3)) +
        part("name=\"json\"\r\nContent-Type: application/json", "{}") +
        part("name=\"typed\"\r\nContent-Type: text/xml", "<a/>") +
        part("name=\"memory\"; filename=\"x.bin\"" + binary, "x") +
        part("name=\"nameless\"; filename=\"\"" + binary, "x") + part("name=\"plain\"", content) +
        part("name=\"file\"; filename=\"" + base + "\"" + binary, content) +
        part("name=\"both\"; filename=\"a b.txt\"\r\nContent-Type: text/plain", content) +
        "--B--\r\n";
    for (const std::size_t room : {1u, 2u, 13u, 100u, 65536u}) {
        CHECK(bytes_of(form, room) == expected);
    }
    const RequestBody body = form;
    CHECK(body.content().empty());
    CHECK_FALSE(body.empty());
    CHECK(body.replayable());
}

TEST_CASE("a form without parts is its last boundary") {
    CHECK(Multipart().empty());
    CHECK(bytes_of(Multipart()) == "--B--\r\n");
}

TEST_CASE("each byte in the names of a part", "[U05]") {
    for (int c = 0; c < 256; ++c) {
        CAPTURE(c);
        const std::string name = std::string("a") + static_cast<char>(c) + "b";
        const std::string escaped = c == '"'    ? "a%22b"
                                    : c == '\r' ? "a%0Db"
                                    : c == '\n' ? "a%0Ab"
                                                : name;
        CHECK(bytes_of(Multipart().add(name, "", {.file_name = name, .content_type = "t/t"})) ==
              part("name=\"" + escaped + "\"; filename=\"" + escaped + "\"\r\nContent-Type: t/t",
                   "") +
                  "--B--\r\n");
    }
}

TEST_CASE("each byte in the content type of a part", "[U05]") {
    for (int c = 0; c < 256; ++c) {
        CAPTURE(c);
        const std::string type = std::string("t/") + static_cast<char>(c) + "x";
        const SourceRead failure = failure_of(Multipart().add("n", "v", {.content_type = type}));
        const bool control = (c < ' ' && c != '\t') || c == 0x7f;
        CHECK(failure.ec ==
              (control ? make_error_code(error::invalid_request) : std::error_code()));
        CHECK(failure.fault.reason.empty() == !control);
    }
}

TEST_CASE("a boundary is new for each body, and no part of the form", "[U05]") {
    Multipart form;
    form.add("a", "b");
    std::set<std::string> boundaries;
    for (int i = 0; i < 100; ++i) {
        const std::string boundary = boundary_of(form);
        CHECK(boundary.size() == 39);
        CHECK(boundary.find_first_not_of("hawser-0123456789abcdef") == std::string::npos);
        boundaries.insert(boundary);
        form.add("seen", boundary);
    }
    CHECK(boundaries.size() == 100);
    const RequestBody body = form;
    CHECK(boundary_of(RequestBody(body)) == boundary_of(body));  // a copy sends the same bytes
}

TEST_CASE("the length is known, and the body replayable, if those of all parts are") {
    const auto with = [](RequestBody content) {
        return RequestBody(Multipart().add("a", "b").add("c", std::move(content)).add("d", "e"));
    };
    CHECK(with("text").length());
    CHECK(with("text").replayable());
    CHECK(with(RequestBody::stream(given("x"), 1)).length());
    CHECK_FALSE(with(RequestBody::stream(given("x"), 1)).replayable());
    CHECK_FALSE(with(RequestBody::stream(given("x"))).length());
    CHECK_FALSE(with(RequestBody::stream(given("x"))).replayable());
    CHECK(bytes_of(with(RequestBody::stream(given("x")))).ends_with("e\r\n--B--\r\n"));
    CHECK(with(RequestBody::stream(given("x"), 1, [] {})).replayable());
    CHECK_FALSE(with(RequestBody::file("/proc/self/status")).length());
    CHECK(with(RequestBody::file("/proc/self/status")).replayable());
}

TEST_CASE("a part that is not as long as announced fails the body", "[U07]") {
    const auto with = [](RequestBody content) {
        return failure_of(Multipart().add("a", std::move(content)).add("b", "c"));
    };
    CHECK_FALSE(with(RequestBody::stream(given("abc"), 3)).ec);
    CHECK(with(RequestBody::stream(given("abc"), 2)).ec == error::request_body_error);
    const SourceRead shorter = with(RequestBody::stream(given("abc"), 4));
    CHECK(shorter.ec == error::request_body_error);
    CHECK(shorter.fault.reason == "a part ended after 3 of 4 bytes");
    const auto boast = [](BodyBuffer buffer) { return buffer.size() + 1; };
    CHECK(with(RequestBody::stream(boast)).ec == error::request_body_error);
    const TempFile file("0123456789");
    const RequestBody body = Multipart().add_file("f", file.path());
    SourceRead failure;
    const auto reader = hawser::detail::Access::source(body)->open(failure);
    REQUIRE(::truncate(file.path().c_str(), 4) == 0);
    std::error_code ec;
    drain(*reader, ec, 1000);
    CHECK(ec == error::request_body_error);
}

TEST_CASE("a part that cannot be opened fails the body, and frees the others") {
    const char* const nothing = nullptr;
    const RequestBody stream = RequestBody::stream(given("x"), 1);
    const auto with = [&](RequestBody content) {
        return failure_of(Multipart().add("a", stream).add("b", std::move(content)));
    };
    CHECK(with(nothing).ec == error::invalid_request);
    CHECK(with(nothing).fault.reason == "the content of a part is null");
    CHECK(with(RequestBody::file("/nonexistent")).ec == error::request_body_error);
    CHECK(with(RequestBody::file("/nonexistent")).fault.cause ==
          std::errc::no_such_file_or_directory);
    CHECK(with(stream).ec == error::request_body_error);  // twice in one form
    CHECK_FALSE(with("x").ec);
}
