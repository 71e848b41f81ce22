// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// A chain of redirects. Wherever the fields of Location lead, the next request can be written, and
// credentials never leave their origin, nor come back to it.
// Input: parameters, a line feed, the URL, a line feed, then a Location per line.

#include "fuzz.hpp"
#include <hawser/detail/grammar.hpp>
#include <hawser/detail/message/request_writer.hpp>
#include <hawser/detail/policy/redirect.hpp>

using namespace hawser::detail;
using hawser::Headers;
using hawser::Request;
using hawser::Url;
using hawser_fuzz::expect;

namespace {

Request first_request(unsigned kind, const Url& url) {
    static constexpr const char* methods[] = {"GET", "HEAD", "POST", "QUERY", "X"};
    Request request{methods[kind % 5], url};
    if (kind & 8) {
        request.body = "body";
    }
    if (kind & 16) {
        request.host = "name.example";
    }
    request.bearer("secret").header("Cookie", "secret").header("X-Key", "secret");
    return request.header("Accept", "*/*").header("Content-Type", "text/plain");
}

bool has_secret(const Request& request) {
    return request.host || !request.url.userinfo().empty() ||
           std::any_of(request.headers.begin(), request.headers.end(), [](const auto& field) {
               return field.value == "secret";
           });
}

void check_failure(const RedirectDecision& decision) {
    expect(decision.error == hawser::condition::bad_response, "one of our errors");
    expect(!decision.reason.empty() && count_controls(decision.reason) == 0, "with a reason");
}

void check_writable(const Request& request) {
    HeadBuffer head;
    RequestTraits traits;
    expect(!write_request_head(request, plan_request_body(request), {}, head, traits),
           "the next request can be written");
    const auto referer = request.headers.get("Referer");
    expect(!referer || referer->find('#') == std::string_view::npos, "a Referer with no fragment");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    hawser_fuzz::Input input(data, size);
    hawser_fuzz::Parameters parameters(input.until('\n'));
    const RedirectRules rules{4, (parameters.next() & 1) != 0, (parameters.next() & 1) != 0};
    std::error_code ec;
    Request request = first_request(parameters.next(), Url::parse(input.until('\n'), ec));
    RedirectChain chain;
    bool left = false;
    while (!ec && !input.empty()) {
        static constexpr int statuses[] = {301, 302, 303, 307, 308, 200};
        const hawser_fuzz::Exact location(input.until('\n'));
        const RedirectDecision decision = decide_redirect(statuses[parameters.next() % 6],
                                                          {{"Location", location.view()}},
                                                          request,
                                                          chain,
                                                          rules);
        if (decision.answer != RedirectAnswer::follow) {
            decision.answer == RedirectAnswer::fail ? check_failure(decision) : void();
            continue;
        }
        const Url from = request.url;
        const bool had_body = !request.body.empty();
        left |= !same_origin(from, decision.target);
        redirect_request(request, decision, chain);
        expect(chain.followed <= rules.max, "not too often");
        expect(!request.url.empty() &&
                   (request.url.is_https() || !from.is_https() || rules.allow_downgrade),
               "not from https to http");
        expect(request.body.empty() ||
                   (had_body && (rules.allow_cross_origin_body || same_origin(from, request.url))),
               "no body elsewhere");
        expect(!left || !has_secret(request), "nothing private elsewhere");
        check_writable(request);
    }
    return 0;
}
