// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// An event stream, and the same bytes as lines, cut into pieces: the pieces make no difference, and
// nothing is longer than allowed. Input: the sizes of the pieces, a line feed, then the stream.

#include "fuzz.hpp"
#include <hawser/detail/message/event_parser.hpp>
#include <hawser/detail/message/line_splitter.hpp>

using hawser_fuzz::expect;

namespace {

constexpr std::size_t most = 200;

std::size_t size_of(const hawser::Event& event) {
    return event.data.size() + event.event.size();
}
std::size_t size_of(const std::string& line) {
    return line.size();
}

std::string shown(const hawser::Event& event) {
    return event.event + '|' + event.data + '|' + event.id + '\n';
}
std::string shown(const std::string& line) {
    return line + '\n';
}

/// Everything that the parser makes of the text, `next_size()` bytes at a time.
template <class Parser, class Size>
std::string parse(std::string_view text, Size next_size) {
    Parser parser(most);
    std::string all;
    const auto take = [&] {
        if (parser.ready()) {
            const auto item = parser.take();
            expect(size_of(item) <= most + 7, "not too long");
            all += shown(item);
        }
    };
    while (!text.empty() && !parser.failed()) {
        const hawser_fuzz::Exact piece(text.substr(0, next_size()));
        const std::size_t used = parser.feed(piece.view());
        expect(used <= piece.view().size(), "no more than there is");
        expect(used != 0 || parser.failed(), "progress");
        text.remove_prefix(used);
        take();
    }
    parser.end();
    take();
    return all + (parser.failed() ? "failed" : "");
}

template <class Parser>
void check(std::string_view text, hawser_fuzz::Parameters sizes) {
    const std::string whole = parse<Parser>(text, [&] { return text.size(); });
    const std::string pieces = parse<Parser>(text, [&] { return 1 + sizes.next() % 40; });
    const std::string bytes = parse<Parser>(text, [] { return 1; });
    hawser_fuzz::expect_same(pieces, whole, "the pieces make no difference");
    hawser_fuzz::expect_same(bytes, whole, "nor do single bytes");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    hawser_fuzz::Input input(data, size);
    const hawser_fuzz::Parameters sizes(input.until('\n'));
    const std::string_view text = input.rest();
    check<hawser::detail::EventParser>(text, sizes);
    check<hawser::detail::LineSplitter>(text, sizes);
    return 0;
}
