// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// A response head. The result is the same for every segmentation. An accepted head has no bare CR
// or LF, no control, and only tokens as names; written again from its parts, it has the same
// meaning.
// Input: a line of parameters (limits, then sizes of pieces), the head.

#include "fuzz.hpp"
#include <hawser/detail/grammar.hpp>
#include <hawser/detail/message/head_parser.hpp>

using namespace hawser::detail;
using hawser_fuzz::expect;
using Outcome = HeadParser::Outcome;

namespace {

std::string describe(HeadParser& parser, Outcome outcome) {
    if (outcome != Outcome::complete) {
        return outcome == Outcome::more ? "more" : parser.error().message();
    }
    ResponseHead& head = parser.head();
    std::string text = std::to_string(head.status) + ' ' + head.reason + '\n';
    for (const auto& [name, value] : head.headers) {
        text.append(name).append("=").append(value).append("\n");
    }
    text += head.content_length ? std::to_string(*head.content_length) : "";
    text += head.chunked ? " chunked" : "";
    text += head.keep_alive ? " keep-alive" : "";
    text += head.upgrade ? " upgrade" : "";
    text += head.keep_alive_timeout ? std::to_string(head.keep_alive_timeout->count()) : "";
    return text + (head.keep_alive_max ? '/' + std::to_string(*head.keep_alive_max) : "");
}

/// If a strict parser accepts a head, a tolerant one returns the same; any other head deviates.
void check_tolerant(HeadParser& tolerant,
                    const std::string& said,
                    HeadLimits limits,
                    std::string_view text) {
    HeadParser strict(limits);
    const hawser_fuzz::Exact exact(text);
    const Outcome outcome = strict.feed(exact.view());
    if (outcome == Outcome::complete) {
        hawser_fuzz::expect_same(said, describe(strict, outcome), "strict and tolerant agree");
    }
    expect(tolerant.size() == 0 || tolerant.head().exact == (outcome == Outcome::complete),
           "what only the tolerant parser accepts deviates");
}

std::string parse(HeadParser& parser, std::string_view text) {
    parser.reset();
    const hawser_fuzz::Exact exact(text);
    return describe(parser, parser.feed(exact.view()));
}

std::string parse_in_pieces(HeadParser& parser,
                            std::string_view text,
                            hawser_fuzz::Parameters sizes) {
    parser.reset();
    Outcome outcome = parser.feed({});
    std::size_t size = 0;
    while (outcome == Outcome::more && size < text.size()) {
        size = std::min(text.size(), size + sizes.next() % 16 + 1);
        const hawser_fuzz::Exact moved(text.substr(0, size));
        outcome = parser.feed(moved.view());
    }
    return describe(parser, outcome);
}

void check_head(const ResponseHead& head, std::string_view text) {
    expect(head.status >= 100 && head.status <= 999, "a status of three digits");
    expect(is_field_value(head.reason), "no control in the reason");
    std::size_t fields = 0;
    for (const auto& [name, value] : head.headers) {
        ++fields;
        expect(is_token(name), "a name is a token");
        expect(is_field_value(value), "no control in a value");
        expect(trim_ows(value) == value, "no blank around a value");
    }
    if (!head.exact) {
        return;
    }
    const auto count = [&](char c) {
        return static_cast<std::size_t>(std::count(text.begin(), text.end(), c));
    };
    expect(text.ends_with("\r\n\r\n"), "a head ends in an empty line");
    expect(text.find("\r\n\r\n") == text.size() - 4, "and has but one");
    expect(count('\r') == fields + 2 && count('\n') == fields + 2, "a line for each field");
}

std::string written_again(const ResponseHead& head) {
    std::string text = head.version == hawser::Version::http_1_1 ? "HTTP/1.1 " : "HTTP/1.0 ";
    text += std::to_string(head.status) + ' ' + head.reason + "\r\n";
    for (const auto& [name, value] : head.headers) {
        text.append(name).append(": ").append(value).append("\r\n");
    }
    return text + "\r\n";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    hawser_fuzz::Input input(data, size);
    hawser_fuzz::Parameters parameters(input.until('\n'));
    const std::string_view text = input.rest();
    HeadLimits limits;
    const unsigned tight = parameters.next();
    if (tight % 2 == 1) {
        limits = {tight * 2, parameters.next() % 8};
    }
    const bool tolerant = (tight & 0x20) != 0;
    HeadParser parser(limits, tolerant);
    const std::string whole = parse(parser, text);
    if (parser.size() != 0) {
        check_head(parser.head(), text.substr(0, parser.size()));
        HeadParser second({}, tolerant);
        hawser_fuzz::expect_same(parse(second, written_again(parser.head())),
                                 whole,
                                 "a head written again says the same");
    }
    if (tolerant) {
        check_tolerant(parser, whole, limits, text);
    } else if (whole == make_error_code(hawser::error::bad_response).message()) {
        expect(!parser.fault(text, 0).empty(), "what is wrong is known");
    }
    hawser_fuzz::expect_same(
        parse_in_pieces(parser, text, parameters), whole, "a head in pieces is the same head");
    return 0;
}
