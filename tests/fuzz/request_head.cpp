// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// A request made from arbitrary parts. If the writer accepts it, the result is exactly one head:
// its lines are the requested ones, there is no bare CR or LF, and it ends once. If the writer
// refuses it, it leaves no byte.
// Input: flags|method|url|host|user agent|field: value|field: value|^trailer: value ...

#include "fuzz.hpp"
#include <hawser/detail/grammar.hpp>
#include <hawser/detail/message/request_writer.hpp>

using namespace hawser::detail;
using hawser::Headers;
using hawser::Request;
using hawser::RequestBody;
using hawser_fuzz::expect;

namespace {

/// A source of unknown length, which nobody reads here.
std::size_t no_source(BodyBuffer) {
    return 0;
}

RequestBody body_of(unsigned choice) {
    switch (choice % 4) {
        case 0:
            return {};
        case 1:
            return RequestBody("");
        case 2:
            return RequestBody("body");
        default:
            return RequestBody::stream(&no_source);
    }
}

void add_fields(hawser_fuzz::Input& input, Request& request) {
    while (!input.empty()) {
        std::string_view field = input.until('|');
        const bool trailer = field.starts_with('^');
        field.remove_prefix(trailer ? 1 : 0);
        const std::size_t colon = std::min(field.find(':'), field.size());
        Headers& fields = trailer ? request.trailers : request.headers;
        fields.add(field.substr(0, colon), field.substr(std::min(colon + 1, field.size())));
    }
}

std::size_t lines_named(std::string_view head, std::string_view name) {
    std::size_t found = 0;
    for (std::size_t at = head.find('\n'); at != std::string_view::npos;
         at = head.find('\n', at + 1)) {
        const std::string_view line = head.substr(at + 1);
        found += iequals(line.substr(0, std::min(line.find(':'), line.size())), name) ? 1 : 0;
    }
    return found;
}

/// Checks that every line ends in CRLF, and that `text` has no other CR, LF or control.
std::size_t count_lines(std::string_view text) {
    std::size_t lines = 0;
    while (!text.empty()) {
        const std::size_t end = text.find("\r\n");
        expect(end != std::string_view::npos, "a line ends in CRLF");
        expect(is_field_value(text.substr(0, end)), "no control in a line");
        text.remove_prefix(end + 2);
        ++lines;
        expect((end == 0) == text.empty(), "the empty line is the last one");
    }
    return lines;
}

/// What stands for the resource on the request line, in its four forms (RFC 9112 section 3.2).
std::string wanted_target(const Request& request, std::string_view host, bool to_proxy) {
    const std::string absolute = to_proxy ? "http://" + std::string(host) : std::string();
    if (request.method == "CONNECT") {
        return std::string(host);
    }
    if (request.options.asterisk_form) {
        return to_proxy ? absolute : "*";
    }
    return absolute + std::string(request.url.target());
}

void check_first_lines(std::string_view head, const Request& request, bool to_proxy) {
    const std::string_view host = request.host ? *request.host : request.url.host_header();
    const std::string first = request.method + ' ' + wanted_target(request, host, to_proxy) +
                              " HTTP/1.1\r\nHost: " + std::string(host) + "\r\n";
    hawser_fuzz::expect_same(head.substr(0, first.size()), first, "request line and Host");
    const std::string_view line = head.substr(0, head.find('\r'));
    expect(std::count(line.begin(), line.end(), ' ') == 2, "three words");
    expect(host.find_first_of(" \t/@") == std::string_view::npos, "a host is one word");
}

void check_framing(std::string_view head, const Request& request, const OutgoingPlan& plan) {
    const bool chunked = plan.framing == OutgoingFraming::chunked;
    expect(lines_named(head, "host") == 1, "one Host");
    expect(lines_named(head, "transfer-encoding") == (chunked ? 1 : 0), "one coding or none");
    expect(lines_named(head, "content-length") == (plan.framing == OutgoingFraming::length ? 1 : 0),
           "one length or none");
    expect(lines_named(head, "trailer") == (request.trailers.empty() ? 0 : 1),
           "trailers are announced");
}

void check_fields(std::string_view head, const Request& request, bool to_proxy) {
    const bool for_proxy = to_proxy || request.method == "CONNECT";
    for (const auto& [name, raw] : request.headers) {
        if (iequals(name, "proxy-authorization") && !for_proxy) {
            expect(lines_named(head, name) == 0, "the proxy's credentials stay away from the origin");
            continue;
        }
        const std::string_view value = trim_ows(raw);
        const bool may_hide =
            iequals(name, "connection") || (iequals(name, "user-agent") && value.empty());
        const std::string line = "\r\n" + std::string(name) + ": " + std::string(value) + "\r\n";
        expect(may_hide || head.find(line) != std::string_view::npos, "a field goes out as it is");
    }
}

void check_trailers(const Request& request, std::string_view before) {
    std::string out(before);
    expect(!write_trailers(request.trailers, out), "trailers that passed with the head");
    const std::string_view written = std::string_view(out).substr(before.size());
    expect(out.starts_with(before) && written.starts_with("0\r\n"), "the last chunk");
    expect(count_lines(written) >= 2, "its size and an empty line at least");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    hawser_fuzz::Input input(data, size);
    hawser_fuzz::Parameters flags(input.until('|'));
    Request request;
    request.method = input.until('|');
    std::error_code ec;
    request.url = hawser::Url::parse(input.until('|'), ec);
    const std::string_view host = input.until('|');
    if (!host.empty()) {
        request.host = std::string(host);
    }
    HeadExtras extras;
    extras.user_agent = input.until('|');
    add_fields(input, request);
    request.body = body_of(flags.next());
    const unsigned choice = flags.next();
    request.close = (choice & 1) != 0;
    extras.close = (choice & 2) != 0;
    extras.ask_for_codings = (choice & 4) != 0;
    request.options.asterisk_form = (choice & 8) != 0;
    // A CONNECT is sent to the proxy itself; it never has the absolute form.
    extras.to_proxy = (choice & 16) != 0 && request.method != "CONNECT";

    const OutgoingPlan plan = plan_request_body(request);
    HeadBuffer out;
    RequestTraits traits;
    if (write_request_head(request, plan, extras, out, traits)) {
        expect(out.size() == 0, "nothing of a request that is refused");
        return 0;
    }
    const std::string_view head = out;
    // Request line, Host, User-Agent, Connection, framing, Trailer, Accept-Encoding, empty line.
    const std::size_t lines = count_lines(head);
    expect(lines >= 3 && lines <= request.headers.size() + 8, "as many lines as were asked for");
    check_first_lines(head, request, extras.to_proxy);
    check_framing(head, request, plan);
    check_fields(head, request, extras.to_proxy);
    check_trailers(request, "before");
    return 0;
}
