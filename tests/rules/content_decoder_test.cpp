// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// Content codings: what fields request and announce, every fault of a coded body, and one result
// however it is segmented and however it is read.

#include "../support/segmentations.hpp"
#include <hawser/detail/message/content_decoder.hpp>

#include <catch2/catch.hpp>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using hawser::Headers;
using hawser::detail::CodingPlan;
using hawser::detail::ContentCoding;
using hawser::detail::ContentDecoder;
using hawser::detail::DecodeLimits;
using hawser::detail::plan_decoding;
using namespace hawser_test;

namespace {

/// "gzip deflate" in the order applied, "as it is", or the error.
std::string planned(Headers headers, int status = 200) {
    hawser::detail::ResponseHead head;
    head.status = status;
    head.headers = std::move(headers);
    CodingPlan plan;
    if (const std::error_code ec = plan_decoding(head, plan)) {
        CHECK(plan.count == 0);
        return ec == hawser::error::unsupported_coding ? "unsupported" : ec.message();
    }
    std::string text;
    for (unsigned i = 0; i < plan.count; ++i) {
        constexpr const char* names[] = {" gzip", " deflate", " br", " zstd"};
        text += names[static_cast<int>(plan.codings[i])];
    }
    return text.empty() ? "as it is" : text.substr(1);
}

std::string coded(std::string_view value) {
    return planned({{"Content-Encoding", value}});
}

}  // namespace

TEST_CASE("the meaning of Content-Encoding", "[B02][B12][T-I07]") {
    CHECK(planned({}) == "as it is");
    CHECK(planned({{"Content-Encodings", "gzip"}, {"Transfer-Encoding", "gzip"}}) == "as it is");
    for (const auto& value :
         {"gzip", "GZIP", "x-gzip", "X-GZip", " gzip ", ",gzip,,", "identity, gzip"}) {
        INFO(value);
        CHECK(coded(value) == "gzip");
    }
    CHECK(coded("deflate") == "deflate");
    CHECK(coded("deflate, x-gzip") == "deflate gzip");
    CHECK(planned({{"content-encoding", "gzip"}, {"A", "b"}, {"Content-Encoding", "gzip"}}) ==
          "gzip gzip");
    for (const auto& value : {"", ",", " , ,", "identity", "Identity, identity, identity"}) {
        INFO(value);
        CHECK(coded(value) == "as it is");
    }
#if defined(HAWSER_HAS_BROTLI)
    CHECK(coded("BR") == "br");
    CHECK(coded("br,gzip") == "br gzip");
#endif
#if defined(HAWSER_HAS_ZSTD)
    CHECK(coded("zstd") == "zstd");
#endif
    for (const auto& value : {"compress", "gzip, lz4", "lz4,gzip", "gzipx", "xgzip", "brotli"}) {
        INFO(value);
        CHECK(coded(value) == "as it is");
    }
    for (const auto& value :
         {"gzip;q=1", "\"gzip\"", "gz ip", "gzip deflate", "gzip, \xff", "=", "a, b, c, {"}) {
        INFO(value);
        CHECK(coded(value) == "as it is");
    }
    CHECK(coded("gzip,gzip,gzip") == "unsupported");
    CHECK(coded("gzip,br,gzip") == "unsupported");
    CHECK(coded("gzip,gzip,gzip,gzip,gzip,gzip,gzip,gzip,gzip,gzip") == "unsupported");
    Headers lines;
    for (int i = 0; i < 10; ++i) {
        CHECK(planned(lines) == (i == 0   ? "as it is"
                                 : i == 1 ? "gzip"
                                 : i == 2 ? "gzip gzip"
                                          : "unsupported"));
        lines.add("Content-Encoding", "gzip");
    }
}

TEST_CASE("a response without a body, or with part of one, is not decoded", "[B11][B13]") {
    for (const auto& value : {"gzip", "gzip, gzip, gzip", "g z"}) {
        for (const int status : {204, 206, 304}) {
            CHECK(planned({{"Content-Encoding", value}}, status) == "as it is");
        }
    }
    for (const int status : {200, 201, 203, 301, 404, 500, 599}) {
        CHECK(planned({{"Content-Encoding", "gzip"}}, status) == "gzip");
    }
    hawser::detail::ResponseHead head;
    head.status = 200;
    head.headers = {{"Content-Encoding", "gzip"}};
    head.content_length = 0;
    CodingPlan plan;
    CHECK_FALSE(plan_decoding(head, plan));
    CHECK(plan.count == 0);
    head.content_length = 1;
    CHECK_FALSE(plan_decoding(head, plan));
    CHECK(plan.count == 1);
}

#if defined(HAWSER_HAS_ZLIB)

#include "../support/compress.hpp"

using namespace hawser::test;

namespace {

const CodingPlan as_gzip{{ContentCoding::gzip}, 1};
const CodingPlan as_deflate{{ContentCoding::deflate}, 1};
#if defined(HAWSER_HAS_BROTLI)
const CodingPlan as_br{{ContentCoding::br}, 1};
#endif
#if defined(HAWSER_HAS_ZSTD)
const CodingPlan as_zstd{{ContentCoding::zstd}, 1};
#endif

/// The decoded text in brackets, then "end", "cut short" or the error.
std::string run(ContentDecoder& decoder, const Pieces& pieces, std::size_t room) {
    std::string text;
    for (const std::string_view piece : pieces) {
        const std::unique_ptr<char[]> in(new char[piece.size()]);  // for AddressSanitizer
        piece.copy(in.get(), piece.size());
        std::string_view rest(in.get(), piece.size());
        for (;;) {
            const std::unique_ptr<char[]> out(new char[room]);
            const auto step = decoder.decode(rest, {out.get(), room});
            if (step.consumed > rest.size() || step.produced > room) {
                FAIL("more than there is");
            }
            text.append(out.get(), step.produced);
            rest.remove_prefix(step.consumed);
            if (step.produced < room) {
                break;
            }
        }
        if (decoder.error()) {
            break;
        }
        if (!rest.empty()) {
            FAIL("input left, and room");
        }
    }
    const bool failed = static_cast<bool>(decoder.error());
    CHECK_FALSE((failed && decoder.complete()));
    return "[" + text + "] " +
           (failed               ? decoder.error().message()
            : decoder.complete() ? "end"
                                 : "cut short");
}

std::string decode(std::string_view text, const CodingPlan& plan, std::size_t room = 4096) {
    ContentDecoder decoder(plan, {});
    return run(decoder, {text}, room);
}

const std::string corrupt = make_error_code(hawser::error::decode_error).message();
const std::string limited = make_error_code(hawser::error::decode_limit).message();

bool ends_with(const std::string& text, std::string_view end) {
    return std::string_view(text).ends_with(end);
}

std::string words(std::size_t size) {
    std::string text;
    FixedRandom random;
    while (text.size() < size) {
        text.append("word" + std::to_string(random.below(1000)) + ' ');
    }
    return text.substr(0, size);
}

}  // namespace

TEST_CASE("every format decodes to one text, however it is segmented and read", "[F35][B03]") {
    const std::string text = words(700);
    const CodingPlan twice{{ContentCoding::deflate, ContentCoding::gzip}, 2};
    const std::vector<std::pair<std::string, CodingPlan>> bodies = {
        {gzip(text), as_gzip},
        {gzip(text, 0), as_gzip},
        {gzip(text.substr(0, 99)) + gzip("") + gzip(text.substr(99)), as_gzip},
        {with_header(gzip(text), 0x1c, {"\x04\0abcdname\0comment\0", 19}), as_gzip},
        {zlib(text), as_deflate},
        {raw_deflate(text), as_deflate},
        {gzip(zlib(text)), twice},
        {gzip(raw_deflate(text)), twice},
        {gzip(zlib(text).substr(0, 5)) + gzip(zlib(text).substr(5)), twice},
    };
    for (const auto& [body, plan] : bodies) {
        for (const std::size_t room : {1u, 2u, 7u, 699u, 700u, 701u, 4096u}) {
            INFO(room);
            CHECK(same_for_every_segmentation(body, [&, p = plan](const Pieces& pieces) {
                      ContentDecoder decoder(p, {});
                      return run(decoder, pieces, room);
                  }) == "[" + text + "] end");
        }
    }
}

TEST_CASE("an empty body decodes to an empty text, and so does a coded empty text", "[B13]") {
    for (const auto& plan : {as_gzip, as_deflate}) {
        CHECK(decode("", plan) == "[] end");
    }
    CHECK(decode("", {{ContentCoding::gzip, ContentCoding::deflate}, 2}) == "[] end");
    CHECK(decode(gzip(""), as_gzip) == "[] end");
    CHECK(decode(zlib(""), as_deflate) == "[] end");
    CHECK(decode(raw_deflate(""), as_deflate) == "[] end");
    CHECK(decode(gzip(""), {{ContentCoding::gzip, ContentCoding::gzip}, 2}) == "[] end");
}

TEST_CASE("a body truncated at every byte", "[B06][T-I04]") {
    const std::string text = words(300);
    const std::vector<std::pair<std::string, CodingPlan>> bodies = {
        {gzip(text), as_gzip},
        {with_header(gzip(text), 0x08, {"name\0", 5}), as_gzip},
        {zlib(text), as_deflate},
        {raw_deflate(text), as_deflate},
        {gzip(zlib(text)), {{ContentCoding::deflate, ContentCoding::gzip}, 2}},
    };
    for (const auto& [body, plan] : bodies) {
        for (std::size_t size = 1; size < body.size(); ++size) {
            INFO(size);
            const std::string got = decode(body.substr(0, size), plan);
            CHECK(ends_with(got, "] cut short"));
            CHECK(("[" + text).starts_with(got.substr(0, got.size() - 11)));
        }
    }
    const std::string two = gzip(text) + gzip(text);  // it may end between the two
    for (std::size_t size = 1; size < two.size(); ++size) {
        CHECK(ends_with(decode(two.substr(0, size), as_gzip), "end") == (size == two.size() / 2));
    }
}

TEST_CASE("a body with each bit of the header and the trailer flipped", "[B07]") {
    const std::string text = words(300);
    const std::string good = gzip(text);
    for (std::size_t at = 0; at < good.size(); ++at) {
        for (int bit = 0; bit < 8; ++bit) {
            INFO(at << " bit " << bit);
            std::string body = good;
            body[at] = static_cast<char>(body[at] ^ 1 << bit);
            const std::string got = decode(body, as_gzip);
            const bool unused =
                (at >= 4 && at < 10) || (at == 3 && bit == 0);  // time, system, text
            if (unused) {
                CHECK(got == "[" + text + "] end");
            } else if (at < 3 || (at == 3 && bit > 4) || at >= good.size() - 8) {
                CHECK(ends_with(got, corrupt));
            } else {
                CHECK((got == "[" + text + "] end" || !ends_with(got, "] end")));
            }
        }
    }
    for (std::size_t at = zlib(text).size() - 4; at < zlib(text).size(); ++at) {
        std::string body = zlib(text);
        body[at] = static_cast<char>(body[at] ^ 1);
        CHECK(decode(body, as_deflate) == "[" + text + "] " + corrupt);
    }
}

TEST_CASE("bytes after the end", "[B05]") {
    const std::string text = words(50);
    for (const std::size_t size : {1u, 2u, 17u, 65536u}) {
        for (const char c : {'\0', 'x', '\x1f', '\x78'}) {
            const std::string more(size, c);
            for (const auto& [body, plan] : {std::pair{gzip(text), as_gzip},
                                             std::pair{zlib(text), as_deflate},
                                             std::pair{raw_deflate(text), as_deflate}}) {
                const std::string got = decode(body + more, plan);
                const bool begun = plan.codings[0] == ContentCoding::gzip && size == 1;
                CHECK(got == "[" + text + "] " + (begun ? "cut short" : corrupt));
            }
        }
    }
    CHECK(decode(zlib(text) + zlib(text), as_deflate) == "[" + text + "] " + corrupt);
    CHECK(decode(gzip(text) + zlib(text), as_gzip) == "[" + text + "] " + corrupt);
    std::string empty;  // any number of members without content
    for (int i = 0; i < 10'000; ++i) {
        empty += gzip("");
    }
    CHECK(decode(empty + gzip(text), as_gzip, 1) == "[" + text + "] end");
}

TEST_CASE("deflate with and without its zlib header, and data that is neither", "[B08]") {
    const std::string text = words(300);
    for (int level = 0; level < 10; ++level) {
        CHECK(decode(compress(text, 15, level), as_deflate) == "[" + text + "] end");
        CHECK(decode(compress(text, -15, level), as_deflate) == "[" + text + "] end");
    }
    CHECK(decode(gzip(text), as_deflate).find(corrupt) != std::string::npos);
    CHECK(decode("\x78\x9d", as_deflate).find("] end") == std::string::npos);
    CHECK(ends_with(decode({"\x78\x20\0\0\0\1", 6}, as_deflate), corrupt));  // a preset dictionary
    for (const auto& body : {zlib(text), raw_deflate(text), text, std::string("\x1f\x8b\x07\1")}) {
        CHECK(decode(body, as_gzip) == "[] " + corrupt);
    }
}

TEST_CASE("the fields of a gzip header are limited to 64 KiB", "[B09]") {
    const std::string text = words(50);
    const std::string body = gzip(text);
    const auto extra = [&](std::size_t size) {
        std::string fields{static_cast<char>(size & 255), static_cast<char>(size >> 8)};
        return with_header(body, 0x04, fields.append(size, 'x'));
    };
    const auto name = [&](std::size_t size) {
        return with_header(body, 0x08, std::string(size, 'n') + '\0');
    };
    CHECK(decode(extra(65'536 - 12), as_gzip) == "[" + text + "] end");
    CHECK(decode(extra(65'535), as_gzip) == "[] " + limited);
    CHECK(decode(name(65'536 - 11), as_gzip) == "[" + text + "] end");
    CHECK(decode(name(65'536 - 10), as_gzip) == "[] " + limited);
    CHECK(decode(name(10'000'000), as_gzip) == "[] " + limited);
    CHECK(decode(name(60'000) + name(60'000), as_gzip) == "[" + text + text + "] end");
    ContentDecoder decoder(as_gzip, {});
    const std::string drops = name(70'000);
    Pieces pieces;
    for (std::size_t at = 0; at < drops.size(); at += 3) {
        pieces.push_back(std::string_view(drops).substr(at, 3));
    }
    CHECK(run(decoder, pieces, 10) == "[] " + limited);
}

TEST_CASE("the limit on bytes counts the whole body", "[B01][B14]") {
    const std::string text = words(500);
    const std::string body = gzip(text.substr(0, 100)) + gzip(text.substr(100));
    for (const std::size_t room : {1u, 99u, 499u, 500u, 70'000u}) {
        for (const std::size_t max : {1u, 100u, 101u, 499u, 500u, 501u}) {
            CHECK(same_for_every_segmentation(body, [&](const Pieces& in) {
                      ContentDecoder decoder(as_gzip, {max, 0});
                      return run(decoder, in, room);
                  }) == "[" + text.substr(0, max) + "] " + (max < 500 ? limited : "end"));
        }
    }
}

TEST_CASE("a bomb is detected after a mebibyte, however it is read", "[B01]") {
    const std::string zeros(20'000'000, '\0');
    const std::string bomb = gzip(zeros, 9);
    const std::string small = gzip(zeros.substr(0, 1024 * 1024), 9);
    const auto size_of =
        [](const std::string& body, const CodingPlan& plan, DecodeLimits limits, std::size_t room) {
            ContentDecoder decoder(plan, limits);
            Pieces drops;
            for (std::size_t at = 0; at < body.size(); at += 100) {
                drops.push_back(std::string_view(body).substr(at, 100));
            }
            const std::string got = run(decoder, drops, room);
            return std::pair{
                got.size() - got.rfind("] ") > limited.size() && ends_with(got, limited),
                got.rfind("] ") - 1};
        };
    for (const std::size_t room : {1000u, 65'536u}) {
        const auto [stopped, size] = size_of(bomb, as_gzip, {}, room);
        CHECK(stopped);
        CHECK(size >= 1024 * 1024);
        CHECK(size < 1200 * 1024);
        CHECK(size_of(bomb, as_gzip, {0, 0}, room) == std::pair{false, zeros.size()});
        CHECK(size_of(bomb, as_gzip, {0, 1100}, room) == std::pair{false, zeros.size()});
        CHECK(size_of(small, as_gzip, {}, room) == std::pair{false, std::size_t{1024 * 1024}});
        CHECK(size_of(small, as_gzip, {0, 1}, room).second == 1024 * 1024);
    }
    // Its second coding produces nothing from the output of the first.
    std::string nothing;
    while (nothing.size() < 20'000'000) {
        nothing.append("\0\0\0\xff\xff", 5);  // an empty stored block
    }
    const CodingPlan twice{{ContentCoding::deflate, ContentCoding::gzip}, 2};
    CHECK(size_of(gzip(nothing), twice, {0, 100}, 10) == std::pair{true, std::size_t{0}});
    const auto [stopped, size] =
        size_of(gzip(bomb, 9), {{ContentCoding::gzip, ContentCoding::gzip}, 2}, {}, 4096);
    CHECK(stopped);
    CHECK(size < 1200 * 1024);
}

TEST_CASE("nothing is inflated beyond the available room", "[B03]") {
    const std::string body = gzip(std::string(10'000'000, 'x'));
    ContentDecoder decoder(as_gzip, {0, 0});
    std::string_view rest = body;
    std::size_t total = 0;
    char out[16];
    for (int i = 0; i < 1000; ++i) {
        const auto step = decoder.decode(rest, out);
        REQUIRE(step.produced == sizeof(out));
        total += step.produced;
        rest.remove_prefix(step.consumed);
    }
    CHECK(total == 16'000);
    CHECK(body.size() - rest.size() < 200);
}

TEST_CASE("random damage always leads to a definite end", "[B05][B07]") {
    FixedRandom random;
    const std::string text = words(2000);
    const CodingPlan plans[] = {
        as_gzip, as_deflate, {{ContentCoding::gzip, ContentCoding::gzip}, 2}};
    const std::string bodies[] = {gzip(text), raw_deflate(text), gzip(gzip(text))};
    for (int round = 0; round < 1500; ++round) {
        const std::size_t which = random.below(3);
        std::string body = bodies[which];
        for (std::size_t n = 1 + random.below(4); n > 0; --n) {
            body[random.below(body.size())] = static_cast<char>(random.below(256));
        }
        ContentDecoder whole(plans[which], {});
        const std::string once = run(whole, {body}, 100'000);
        ContentDecoder parts(plans[which], {});
        const std::size_t at = random.below(body.size());
        CHECK(run(parts, cut(body, {at}), 1 + random.below(50)) == once);
    }
}

// ── br and zstd ──────────────────────────────────────────────────────────────────────────────────

namespace {

struct NewFormat {
    std::string name;
    CodingPlan plan;
    std::function<std::string(std::string_view)> compress;
};

const std::vector<NewFormat>& new_formats() {
    static const std::vector<NewFormat> all = {
#if defined(HAWSER_HAS_BROTLI)
        {"br", as_br, [](std::string_view text) { return brotli(text); }},
        {"br, large window", as_br, [](std::string_view text) { return brotli(text, 24); }},
        {"gzip in br",
         {{ContentCoding::gzip, ContentCoding::br}, 2},
         [](std::string_view text) { return brotli(gzip(text)); }},
#endif
#if defined(HAWSER_HAS_ZSTD)
        {"zstd", as_zstd, [](std::string_view text) { return zstd(text); }},
        {"zstd, largest window", as_zstd, [](std::string_view text) { return zstd(text, 23); }},
        {"zstd in gzip",
         {{ContentCoding::zstd, ContentCoding::gzip}, 2},
         [](std::string_view text) { return gzip(zstd(text)); }},
#endif
    };
    return all;
}

}  // namespace

TEST_CASE("br and zstd decode to one text, however they are segmented and read", "[B03]") {
    for (const NewFormat& format : new_formats()) {
        for (const std::string& text : {words(700), std::string(), std::string(9000, 'r')}) {
            const std::string body = format.compress(text);
            for (const std::size_t room : {1u, 7u, 700u, 65'536u}) {
                INFO(format.name << ' ' << room);
                CHECK(same_for_every_segmentation(body, [&](const Pieces& pieces) {
                          ContentDecoder decoder(format.plan, {});
                          return run(decoder, pieces, room);
                      }) == "[" + text + "] end");
            }
        }
        CHECK(decode("", format.plan) == "[] end");
    }
}

TEST_CASE("br and zstd truncated at every byte, damaged, and with bytes behind",
          "[B05][B06][B07]") {
    const std::string text = words(900);
    for (const NewFormat& format : new_formats()) {
        INFO(format.name);
        const std::string body = format.compress(text);
        for (std::size_t size = 1; size < body.size(); ++size) {
            const std::string got = decode(body.substr(0, size), format.plan);
            CHECK(ends_with(got, "] cut short"));
            CHECK(("[" + text).starts_with(got.substr(0, got.size() - 11)));
        }
        CHECK(decode(body + std::string(100, 'x'), format.plan) == "[" + text + "] " + corrupt);
        FixedRandom random;
        for (int round = 0; round < 500; ++round) {
            std::string damaged = body;
            damaged[random.below(body.size())] ^= static_cast<char>(1 + random.below(255));
            ContentDecoder whole(format.plan, {});
            run(whole, {damaged}, 100'000);
            ContentDecoder parts(format.plan, {});
            run(parts, cut(damaged, {random.below(body.size())}), 1 + random.below(50));
            CHECK(whole.complete() == parts.complete());
        }
        CHECK(ends_with(decode("this is no such format", format.plan), corrupt));
    }
}

TEST_CASE("bombs of br and zstd are detected after a mebibyte", "[B01]") {
    for (const NewFormat& format : new_formats()) {
        INFO(format.name);
        const std::string got = decode(format.compress(std::string(50'000'000, '\0')), format.plan);
        CHECK(ends_with(got, limited));
        CHECK(got.size() < 1'300'000);
        ContentDecoder exact(format.plan, {1000, 0});
        CHECK(run(exact, {format.compress(words(1001))}, 64) == "[" + words(1000) + "] " + limited);
    }
}

#if defined(HAWSER_HAS_ZSTD)
TEST_CASE("zstd: several frames, one that is skipped, and too large a window", "[B05][B09]") {
    const std::string text = words(300);
    const std::string skipped("\x50\x2a\x4d\x18\x03\0\0\0abc", 11);
    CHECK(decode(zstd(text) + skipped + zstd(text), as_zstd) == "[" + text + text + "] end");
    CHECK(decode(zstd(text) + gzip(text), as_zstd) == "[" + text + "] " + corrupt);
    const std::string header("\x28\xb5\x2f\xfd\0", 5);
    const std::string no_content("\x01\0\0", 3);
    CHECK(decode(header + '\x68' + no_content, as_zstd) == "[] end");  // 8 MiB
    CHECK(decode(header + '\x69' + no_content, as_zstd) == "[] " + limited);
    CHECK(ends_with(decode({"\x28\xb5\x2f\xfd\x01\x50\x07\0\0\0\0", 11}, as_zstd), corrupt));
}
#endif

TEST_CASE("what a server has flushed is decoded at once", "[B04]") {
#if defined(HAWSER_HAS_ZSTD)
    ZSTD_CCtx* const context = ::ZSTD_createCCtx();
    ContentDecoder decoder(as_zstd, {});
    for (const std::string_view piece : {"one", "two", "three"}) {
        char coded_piece[1000];
        ZSTD_inBuffer in{piece.data(), piece.size(), 0};
        ZSTD_outBuffer out{coded_piece, sizeof coded_piece, 0};
        ::ZSTD_compressStream2(context, &out, &in, ZSTD_e_flush);
        char text[100];
        const auto step = decoder.decode({coded_piece, out.pos}, text);
        CHECK(std::string_view(text, step.produced) == piece);
        CHECK(step.consumed == out.pos);
    }
    ::ZSTD_freeCCtx(context);
#endif
#if defined(HAWSER_HAS_BROTLI)
    BrotliEncoderState* const state = ::BrotliEncoderCreateInstance(nullptr, nullptr, nullptr);
    ContentDecoder br(as_br, {});
    for (const std::string_view piece : {"one", "two", "three"}) {
        std::uint8_t coded_piece[1000];
        std::size_t left = piece.size();
        auto next_in = reinterpret_cast<const std::uint8_t*>(piece.data());
        std::size_t room = sizeof coded_piece;
        std::uint8_t* next_out = coded_piece;
        ::BrotliEncoderCompressStream(
            state, BROTLI_OPERATION_FLUSH, &left, &next_in, &room, &next_out, nullptr);
        char text[100];
        const std::size_t size = sizeof coded_piece - room;
        const auto step = br.decode({reinterpret_cast<char*>(coded_piece), size}, text);
        CHECK(std::string_view(text, step.produced) == piece);
        CHECK(step.consumed == size);
    }
    ::BrotliEncoderDestroyInstance(state);
#endif
}

#endif

TEST_CASE("a decoding failure names the coding and its library's reason", "[B06][B07]") {
    const auto fault = [](std::string_view body, const CodingPlan& plan, DecodeLimits limits = {}) {
        ContentDecoder decoder(plan, limits);
        std::string out(100'000, '\0');
        decoder.decode(body, out);
        return decoder.fault().reason;
    };
    const std::string text = words(5000);
    std::string damaged = gzip(text);
    damaged[damaged.size() - 5] = static_cast<char>(damaged[damaged.size() - 5] ^ 1);
    CHECK(fault(gzip(text), as_gzip).empty());
    CHECK(fault("", as_gzip).empty());
    CHECK(fault("plain", as_gzip) == "gzip: incorrect header check");
    CHECK(fault(damaged, as_gzip) == "gzip: incorrect data check");
    CHECK(fault(gzip(text).substr(0, 100), as_gzip) == "gzip: the data ends too early");
    CHECK(fault(zlib(text) + "x", as_deflate) == "deflate: bytes behind its end");
    CHECK(fault(zlib(text).substr(0, 100), as_deflate) == "deflate: the data ends too early");
    CHECK(fault(gzip(text), as_gzip, {10, 0}) == "more than the 10 bytes allowed");
    const CodingPlan both{{ContentCoding::deflate, ContentCoding::gzip}, 2};
    CHECK(fault(gzip(zlib(text)), both).empty());
    CHECK(fault(gzip("not deflate"), both).starts_with("deflate: "));
    CHECK(fault(zlib(text), both) == "gzip: incorrect header check");
#if defined(HAWSER_HAS_BROTLI)
    CHECK(fault(brotli(text) + "x", as_br) == "br: bytes behind its end");
    CHECK(fault(brotli(text).substr(0, 100), as_br) == "br: the data ends too early");
    CHECK(fault("\xff\xff\xff", as_br).starts_with("br: "));
#endif
#if defined(HAWSER_HAS_ZSTD)
    std::string wrong_sum = zstd(text);
    wrong_sum.back() ^= 1;
    CHECK(fault(wrong_sum, as_zstd) == "zstd: Restored data doesn't match checksum");
    CHECK(fault("plain text", as_zstd) == "zstd: Unknown frame descriptor");
    CHECK(fault(zstd(text).substr(0, 100), as_zstd) == "zstd: the data ends too early");
    CHECK(fault({"\x28\xb5\x2f\xfd\0\x70\x01\0\0", 9}, as_zstd) ==
          "zstd: a window of more than 8 MiB");
#endif
    hawser::detail::ResponseHead head;
    head.headers = {{"Content-Encoding", "gzip, gzip"}, {"content-encoding", "x-gzip"}};
    CHECK(hawser::detail::decoding_fault(head).reason ==
          "more than two content codings: \"gzip, gzip, x-gzip\"");
}
