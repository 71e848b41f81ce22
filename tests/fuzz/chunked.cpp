// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// The chunked coding with its trailers, compared with a second decoder, written in the slow and
// obvious way over the whole text, and with itself for other segmentations and buffers.
// Input: a line of parameters (sizes of pieces and buffers), the coded body.

#include "fuzz.hpp"
#include <hawser/detail/grammar.hpp>
#include <hawser/detail/message/chunk_decoder.hpp>
#include <hawser/detail/message/framing.hpp>

using namespace hawser::detail;
using hawser_fuzz::expect;

namespace {

enum class End { more, done, failed };

struct Decoded {
    End end = End::more;
    std::size_t consumed = 0;
    std::string data;
    std::string trailers;
    bool exact = true;
};

// ── The obvious decoder. It may return "more" for text that can no longer become valid. ──────────

bool valid_extension(std::string_view text) {
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (!is(value_char, text[i]) || (!quoted && static_cast<unsigned char>(text[i]) >= 0x80)) {
            return false;
        }
        if (text[i] == '"') {
            quoted = !quoted;
        } else if (quoted && text[i] == '\\' && ++i < text.size() && !is(value_char, text[i])) {
            return false;
        }
    }
    return !quoted;
}

/// Whether a size line is valid; it is without its CRLF.
bool read_size(std::string_view line, std::uint64_t& size, bool& exact) {
    const std::size_t end = std::min(line.find(';'), line.size());
    const std::string_view digits = exact ? line.substr(0, end) : trim_ows(line.substr(0, end));
    exact = digits.size() == end;
    size = 0;
    for (const char c : digits) {
        if (!is(hex_char, c) || size > (INT64_MAX >> 4)) {
            return false;
        }
        size = size * 16 + hex_value(c);
    }
    return !digits.empty() && valid_extension(line.substr(end));
}

class Obvious {
public:
    Obvious(std::string_view text, bool tolerant) : text_(text), tolerant_(tolerant) {}

    Decoded decode() {
        while (result_.end == End::more && chunk()) {
        }
        return result_;
    }

private:
    /// The next line without its CRLF; false if there is none, or if it ends differently.
    bool line(std::string_view& line) {
        const std::size_t lf = text_.find('\n', result_.consumed);
        if (lf == std::string_view::npos) {
            return false;
        }
        line = text_.substr(result_.consumed, lf - result_.consumed);
        if (!line.ends_with('\r')) {
            return fail();
        }
        line.remove_suffix(1);
        result_.consumed = lf + 1;
        return true;
    }

    bool fail() {
        result_.end = End::failed;
        return false;
    }

    bool chunk() {
        std::string_view size_line;
        std::uint64_t size = 0;
        if (!line(size_line)) {
            return false;
        }
        bool exact = !tolerant_;
        if (!read_size(size_line, size, exact)) {
            return fail();
        }
        result_.exact = result_.exact && exact;
        if (size == 0) {
            trailers();
            return false;
        }
        const std::string_view rest = text_.substr(result_.consumed);
        const auto there = static_cast<std::size_t>(std::min<std::uint64_t>(size, rest.size()));
        result_.data.append(rest.substr(0, there));
        result_.consumed += there;
        const std::string_view after = rest.substr(there, 2);
        if (after != std::string_view("\r\n").substr(0, after.size())) {
            return fail();
        }
        result_.consumed += after.size();
        return after.size() == 2;
    }

    void trailers() {
        std::string field;  // including its continuations
        std::string_view next;
        while (line(next)) {
            if (tolerant_ && !field.empty() && !next.empty() && is_ows(next.front())) {
                result_.exact = false;
                field.erase(field.find_last_not_of(" \t") + 1);
                field.append(" ").append(trim_ows(next));
                continue;
            }
            if (!field.empty() && !trailer(field)) {
                fail();
                return;
            }
            if (next.empty()) {
                result_.end = End::done;
                return;
            }
            field = next;
        }
    }

    bool trailer(std::string_view field) {
        const std::size_t colon = std::min(field.find(':'), field.size());
        std::string_view name = field.substr(0, colon);
        if (tolerant_) {
            name = name.substr(0, name.find_last_not_of(" \t") + 1);
            result_.exact = result_.exact && name.size() == colon;
        }
        if (colon == field.size() || !is_token(name) || !is_field_value(field.substr(colon + 1)) ||
            ++fields_ > 100) {
            return false;
        }
        if (may_be_trailer(name)) {
            result_.trailers.append(name).append("=");
            result_.trailers.append(trim_ows(field.substr(colon + 1))).append("\n");
        }
        return true;
    }

    std::string_view text_;
    bool tolerant_;
    Decoded result_;
    int fields_ = 0;
};

// ── Ours ─────────────────────────────────────────────────────────────────────────────────────────

void finish(ChunkDecoder& decoder, Decoded& result) {
    result.end = decoder.error() ? End::failed : decoder.done() ? End::done : End::more;
    result.exact = decoder.exact();
    for (const auto& [name, value] : decoder.trailers()) {
        result.trailers.append(name).append("=").append(value).append("\n");
    }
}

Decoded decode(std::string_view text, hawser_fuzz::Parameters sizes, bool tolerant) {
    ChunkDecoder decoder({64 * 1024, 100}, tolerant);
    Decoded result;
    std::size_t there = 0;
    for (;;) {
        const std::size_t room = sizes.next() % 32 + 1;
        const hawser_fuzz::Exact in(text.substr(result.consumed, there - result.consumed));
        std::vector<char> out(room);
        const ChunkDecoder::Step step = decoder.decode(in.view(), out);
        expect(step.consumed <= in.view().size() && step.produced <= room, "no step too far");
        result.data.append(out.data(), step.produced);
        result.consumed += step.consumed;
        if (step.consumed != 0 && !decoder.error()) {
            continue;  // the buffer may have been full
        }
        if (there == text.size() || decoder.error()) {
            break;
        }
        there = std::min(text.size(), there + sizes.next() % 32 + 1);
    }
    finish(decoder, result);
    return result;
}

Decoded decode_in_place(std::string_view text, bool tolerant) {
    ChunkDecoder decoder({64 * 1024, 100}, tolerant);
    Decoded result;
    std::string memory(text);
    const ChunkDecoder::Step step = decoder.decode(memory, memory);
    result.consumed = step.consumed;
    result.data = memory.substr(0, step.produced);
    finish(decoder, result);
    return result;
}

void expect_equal(const Decoded& got, const Decoded& wanted, const char* what) {
    expect(got.end == wanted.end, what);
    hawser_fuzz::expect_same(got.data, wanted.data, what);
    hawser_fuzz::expect_same(got.trailers, wanted.trailers, what);
    expect(got.end == End::failed || got.consumed == wanted.consumed, what);
    expect(got.end == End::failed || got.exact == wanted.exact, what);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    hawser_fuzz::Input input(data, size);
    hawser_fuzz::Parameters sizes(input.until('\n'));
    const bool tolerant = (sizes.next() & 0x20) != 0;
    const std::string_view text = input.rest().substr(0, 4000);  // short enough to meet none of our
                                                                 // limits
    const Decoded whole = decode_in_place(text, tolerant);
    const Decoded obvious = Obvious(text, tolerant).decode();
    if (whole.end == End::done || obvious.end == End::done) {
        expect_equal(whole, obvious, "two decoders agree on the end");
    } else {
        expect(obvious.end != End::failed || whole.end == End::failed, "a fault is seen");
        expect(whole.data == obvious.data || whole.end == End::failed, "and no byte is lost");
    }
    expect_equal(decode(text, sizes, tolerant), whole, "pieces decode to the same");
    return 0;
}
