// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// A request's body, sent in writes of any size, is read by our own decoder: content and trailers
// are the same, and nothing follows.
// Input: a line of parameters (framing, sizes of writes), then pieces of the content, one per line.

#include "fuzz.hpp"
#include <hawser/detail/message/chunk_decoder.hpp>
#include <hawser/detail/message/outgoing_request.hpp>

using namespace hawser::detail;
using hawser::Headers;
using hawser_fuzz::expect;
using hawser_fuzz::Parameters;

namespace {

/// Sends everything that is pending, a few bytes at a time.
void send(OutgoingRequest& request, Parameters& sizes, std::string& wire) {
    while (!request.pending().empty()) {
        std::size_t room = sizes.next() % 16 + 1;
        std::size_t taken = 0;
        for (const std::string_view piece : request.pending()) {
            expect(!piece.empty(), "nothing empty is pending");
            const std::string_view part = piece.substr(0, room);
            wire.append(part);
            taken += part.size();
            room -= part.size();
        }
        request.wrote(taken);
    }
}

std::string content_of(const std::vector<std::string_view>& pieces) {
    std::string content;
    for (const std::string_view piece : pieces) {
        content.append(piece);
    }
    return content;
}

void stream(OutgoingRequest& request,
            const std::vector<std::string_view>& pieces,
            Parameters& sizes,
            std::string& wire) {
    for (const std::string_view piece : pieces) {
        expect(!request.piece(piece), "a piece within the length");
        send(request, sizes, wire);
    }
    expect(!request.piece({}), "all of the length");
    send(request, sizes, wire);
}

void check_chunks(std::string_view wire, std::string_view content, const Headers& trailers) {
    ChunkDecoder decoder;
    std::string out(wire.size(), '\0');
    const ChunkDecoder::Step step = decoder.decode(wire, out);
    expect(decoder.done() && step.consumed == wire.size(), "a body that ends once, at its end");
    hawser_fuzz::expect_same(std::string_view(out).substr(0, step.produced), content, "content");
    expect(decoder.trailers() == trailers, "trailers");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    hawser_fuzz::Input input(data, size);
    Parameters parameters(input.until('\n'));
    std::vector<std::string_view> pieces;
    while (!input.empty()) {
        if (const std::string_view piece = input.until('\n'); !piece.empty()) {
            pieces.push_back(piece);
        }
    }
    const unsigned choice = parameters.next();
    const bool chunked = (choice & 1) != 0;
    const bool streamed = (choice & 2) != 0;
    Headers trailers;
    for (unsigned n = choice / 4 % 4; chunked && n > 0; --n) {
        trailers.add("X-" + std::to_string(n), std::to_string(size));
    }

    const std::string head = "HEAD";
    const std::string content = content_of(pieces);
    const OutgoingPlan plan = chunked ? OutgoingPlan{OutgoingFraming::chunked, 0}
                                      : OutgoingPlan{OutgoingFraming::length, content.size()};
    const std::string_view at_once = streamed ? std::string_view() : content;
    const RequestParts parts{head, at_once, plan, &trailers, streamed};
    OutgoingRequest request;
    std::string wire;
    request.begin(parts, false);
    send(request, parameters, wire);
    if (streamed) {
        stream(request, pieces, parameters, wire);
        expect(chunked || request.piece("x"), "not a byte beyond the length");
    }
    expect(wire.starts_with(head), "the head goes first");
    const std::string_view body = std::string_view(wire).substr(head.size());
    if (chunked) {
        check_chunks(body, content, trailers);
    } else {
        hawser_fuzz::expect_same(body, content, "content");
    }
    return 0;
}
