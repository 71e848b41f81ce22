// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// Content codings. Arbitrary bytes decode to the same, or fail alike, in any segmentation and with
// any buffers, within their limits and in a bounded number of steps. Compressed data decodes to the
// original.
// Input: a line of parameters (codings, limits, sizes of pieces and buffers), the bytes.

#include "../support/compress.hpp"
#include "fuzz.hpp"
#include <hawser/detail/message/content_decoder.hpp>

#include <iterator>

using namespace hawser::detail;
using hawser_fuzz::expect;
using hawser_fuzz::Parameters;

namespace {

struct Decoded {
    std::string data;
    std::size_t consumed = 0;
    bool complete = false;
    std::error_code error;
};

CodingPlan plan_of(unsigned choice) {
    const auto coding = [](unsigned bits) {
        static constexpr ContentCoding all[] = {
            ContentCoding::gzip,
            ContentCoding::deflate,
#if defined(HAWSER_HAS_BROTLI)
            ContentCoding::br,
#endif
#if defined(HAWSER_HAS_ZSTD)
            ContentCoding::zstd,
#endif
        };
        return all[bits % std::size(all)];
    };
    return {{coding(choice), coding(choice / 4)}, 1 + choice / 16 % 2};
}

DecodeLimits limits_of(unsigned choice) {
    return {choice % 2 == 0 ? 1024u * 1024 : choice, choice / 2 % 2 == 0 ? 1000u : 2u};
}

/// Without `sizes`: all input at once, and large buffers.
Decoded decode(const CodingPlan& plan,
               const DecodeLimits& limits,
               std::string_view text,
               Parameters* sizes) {
    ContentDecoder decoder(plan, limits);
    Decoded result;
    std::size_t there = 0;
    for (;;) {
        const std::size_t given = sizes != nullptr ? sizes->next() % 32 + 1 : text.size();
        there = std::min(text.size(), std::max(there, result.consumed + given));
        const hawser_fuzz::Exact in(text.substr(result.consumed, there - result.consumed));
        std::vector<char> out(sizes != nullptr ? sizes->next() * 4 + 1 : 65536);
        const ContentDecoder::Step step = decoder.decode(in.view(), out);
        expect(step.consumed <= in.view().size() && step.produced <= out.size(), "no step too far");
        result.data.append(out.data(), step.produced);
        result.consumed += step.consumed;
        expect(result.data.size() <= limits.max_bytes, "never more than the limit");
        const bool stuck = step.consumed == 0 && step.produced == 0;
        if (decoder.error() || (stuck && there == text.size())) {
            break;
        }
        expect(!stuck || in.view().empty() || sizes != nullptr, "a step does something");
        there += stuck ? 1 : 0;
    }
    result.complete = decoder.complete();
    result.error = decoder.error();
    expect(!result.complete || !result.error, "it does not both end and fail");
    expect(result.error || result.consumed == text.size(), "all was taken, or it failed");
    return result;
}

std::string compressed(const CodingPlan& plan, std::string text, unsigned bare) {
    for (unsigned i = 0; i < plan.count; ++i) {
        switch (plan.codings[i]) {
            case ContentCoding::gzip:
                text = hawser::test::gzip(text);
                break;
            case ContentCoding::deflate:
                text = hawser::test::compress(text, bare % 2 == 0 ? 15 : -15);
                break;
#if defined(HAWSER_HAS_BROTLI)
            case ContentCoding::br:
                text = hawser::test::brotli(text);
                break;
#endif
#if defined(HAWSER_HAS_ZSTD)
            case ContentCoding::zstd:
                text = hawser::test::zstd(text);
                break;
#endif
            default:
                break;
        }
    }
    return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    hawser_fuzz::Input input(data, size);
    Parameters parameters(input.until('\n'));
    const std::string_view text = input.rest();
    const CodingPlan plan = plan_of(parameters.next());
    const unsigned choice = parameters.next();
    const DecodeLimits limits = limits_of(choice);
    const Decoded whole = decode(plan, limits, text, nullptr);
    const Decoded pieces = decode(plan, limits, text, &parameters);
    // libzstd ignores a frame's window if it receives the whole frame at once.
    const bool window = pieces.error == hawser::error::decode_limit && !whole.error;
    expect(pieces.error == whole.error || window, "pieces fail alike");
    expect(pieces.complete == whole.complete || window, "pieces end alike");
    if (!whole.error && !window) {
        hawser_fuzz::expect_same(pieces.data, whole.data, "pieces decode to the same");
    }

    const std::string coded = compressed(plan, std::string(text), choice / 4);
    const Decoded back = decode(plan, {size + 1, 0}, coded, &parameters);
    expect(back.complete, "what was compressed decodes");
    hawser_fuzz::expect_same(back.data, text, "and comes back");
    return 0;
}
