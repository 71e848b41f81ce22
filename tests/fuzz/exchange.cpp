// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// A connection's whole byte stream through the ResponseReader. The oracle: in whatever pieces the
// bytes arrive, and however the body is read, the outcome equals that for all bytes at once. For a
// body beyond its limit, only the error is compared: how much was read before it does depend on the
// pieces.
// Input: a line of parameters (method and way of reading, limits, sizes of pieces), the stream.

#include "../support/response_feeder.hpp"
#include "fuzz.hpp"
#include <hawser/error.hpp>

using hawser::detail::ResponseLimits;
using hawser::detail::ResponseReader;
using hawser_test::BodyReading;
using hawser_test::ResponseFeeder;

namespace {

struct Way {
    std::string_view method = "GET";
    bool closes = false;
    BodyReading reading{};
};

std::string read(ResponseReader& reader,
                 const Way& way,
                 std::string_view text,
                 hawser_fuzz::Parameters* sizes) {
    ResponseFeeder feeder(reader, way.method, way.reading);
    while (!text.empty() && !feeder.failed()) {
        std::size_t size = text.size();
        if (sizes != nullptr) {
            const unsigned given = sizes->next();
            size = std::min<std::size_t>(size, given < 0xe0 ? given % 32 + 1 : 1000);
        }
        feeder.feed(text.substr(0, size));
        text.remove_prefix(size);
    }
    if (way.closes) {
        feeder.end();
    }
    return reader.error() == hawser::error::body_too_large ? reader.error().message()
                                                           : feeder.everything();
}

ResponseLimits limits_of(unsigned choice) {
    ResponseLimits limits;
    if (choice % 4 == 1) {
        limits.head = {choice, 1000};
    } else if (choice % 4 == 2) {
        limits.max_body = choice / 4 + 1;
    } else if (choice % 4 == 3) {
        limits.head.max_fields = choice / 4 % 8;
    }
    limits.tolerant = choice / 32 % 2 == 1;
    return limits;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr std::string_view methods[] = {"GET", "HEAD", "CONNECT", "POST"};
    constexpr std::size_t rooms[] = {65536, 1, 7, 64};
    hawser_fuzz::Input input(data, size);
    hawser_fuzz::Parameters parameters(input.until('\n'));
    const std::string_view text = input.rest();

    const unsigned choice = parameters.next();
    Way way{methods[choice % 4], (choice & 4) != 0, {}};
    ResponseReader reader(limits_of(parameters.next()));
    const std::string whole = read(reader, way, text, nullptr);
    way.reading = {rooms[choice / 16 % 4], (choice & 8) != 0};
    // The same reader once more: it must start from nothing (row R30).
    hawser_fuzz::expect_same(
        read(reader, way, text, &parameters), whole, "the outcome does not depend on the pieces");
    return 0;
}
