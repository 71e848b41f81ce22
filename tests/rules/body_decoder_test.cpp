// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// The bytes between a compressed body and its reader: when they are requested, how their end is
// judged, and that a decoder kept for reuse holds no memory.

#include "../support/segmentations.hpp"
#include <hawser/detail/held_bytes.hpp>
#include <hawser/detail/message/body_decoder.hpp>

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using hawser::detail::BodyDecoder;
using hawser::detail::HeldBytes;
using namespace hawser_test;

TEST_CASE("bytes that arrived with the head are read from the front, once") {
    HeldBytes held("abcdef");
    char some[4];
    CHECK(held.read({}) == 0);
    CHECK(held.read(some) == 4);
    CHECK(std::string(some, 4) == "abcd");
    CHECK(held.size() == 2);
    HeldBytes moved = std::move(held);
    CHECK(held.empty());  // NOLINT(bugprone-use-after-move)
    CHECK(held.read(some) == 0);
    CHECK(moved.take() == "ef");
    CHECK(moved.empty());
    moved.hold("g");
    CHECK(moved.size() == 1);
    CHECK(moved.take() == "g");
    CHECK(moved.take().empty());
}

#if defined(HAWSER_HAS_ZLIB)

#include "../support/compress.hpp"

using hawser::detail::CodingPlan;
using hawser::detail::ContentCoding;
using hawser::test::gzip;
using State = BodyDecoder::State;

namespace {

const CodingPlan as_gzip{{ContentCoding::gzip}, 1};

/// Feeds `pieces`, the first of which is held, then the end. Returns what was decoded, and how it
/// ended.
std::string decode(const Pieces& pieces, bool whole, std::size_t room) {
    BodyDecoder decoder(as_gzip, {}, std::string(pieces.empty() ? "" : pieces[0]));
    std::string text;
    std::string out(room, '\0');
    std::size_t next = 1;
    for (;;) {
        CHECK(decoder.space().empty() == (decoder.state() != State::needs_input));
        const std::size_t n = decoder.read(out);
        text.append(out, 0, n);
        if (n != 0) {
            continue;
        }
        if (decoder.state() != State::needs_input) {
            break;
        }
        if (next >= pieces.size()) {
            decoder.end_input(whole);
            continue;
        }
        pieces[next].copy(decoder.space().data(), pieces[next].size());
        decoder.received(pieces[next++].size());
    }
    CHECK(decoder.read(out) == 0);  // the end is reported again
    CHECK(decoder.space().empty());
    const bool failed = decoder.state() == State::failed;
    CHECK(failed == static_cast<bool>(decoder.error()));
    return '[' + text + (failed ? "] failed" : "] ended");
}

std::string decode(const std::string& body, bool whole) {
    return decode(Pieces{body}, whole, 4096);
}

}  // namespace

TEST_CASE("compressed bytes are requested when nothing is left to decode") {
    const std::string text = "the text is the same, however it arrives and however it is read";
    for (const std::size_t room : {1u, 7u, 4096u}) {
        INFO(room);
        CHECK(same_for_every_segmentation(gzip(text), [&](const Pieces& pieces) {
                  return decode(pieces, true, room);
              }) == "[" + text + "] ended");
    }
}

TEST_CASE("a body must end where its coding ends, unless its connection was lost") {
    const std::string body = gzip("text");
    const std::string half = body.substr(0, body.size() - 1);
    CHECK(decode(body, true) == "[text] ended");
    CHECK(decode(body, false) == "[text] ended");
    CHECK(decode("", true) == "[] ended");
    CHECK(decode(half, true) == "[text] failed");
    CHECK(decode(half, false) == "[text] ended");  // the connection knows why
    CHECK(decode("no gzip", true) == "[] failed");
    CHECK(decode("no gzip", false) == "[] failed");
}

TEST_CASE("a decoder explains its failure") {
    BodyDecoder decoder(as_gzip, {}, "no gzip");
    CHECK(decoder.fault().empty());
    char out[8];
    CHECK(decoder.read({}) == 0);  // no bytes were requested
    CHECK(decoder.state() == State::decoding);
    CHECK(decoder.read(out) == 0);
    CHECK(decoder.error() == hawser::error::decode_error);
    CHECK_FALSE(decoder.fault().reason.empty());
}

#endif
