// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/cookies/cookie_file.hpp>
#include <hawser/detail/grammar.hpp>
#include <hawser/detail/middleware/middleware_operation.hpp>
#include <hawser/detail/middleware/replay_round_tripper.hpp>
#include <hawser/detail/rt/throw_on.hpp>
#include <hawser/detail/transport/stand_in.hpp>

#include <cstdint>
#include <exception>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

namespace hawser::inline HAWSER_ABI::detail {

HAWSER_DECL ReplayRoundTripper::Source::Source(const std::string& from) : path(from) {
    std::string text;
    if (const std::error_code ec = read_whole_file(path, text)) {
        throw std::system_error(ec, "hawser::replay: \"" + path + '"');
    }
    std::vector<HarEntry> entries;
    if (const std::string problem = read_har(text, entries); !problem.empty()) {
        throw std::system_error(std::make_error_code(std::errc::invalid_argument),
                                "hawser::replay: \"" + path + "\": " + problem);
    }
    tape = HarTape(std::move(entries));
}

/// The response of an entry, with a body that reads on `executor`.
HAWSER_DECL Response har_response(HarEntry&& entry,
                                  const Request& request,
                                  const asio::any_io_executor& executor) {
    Response response;
    response.status = entry.status;
    response.reason = std::move(entry.reason);
    response.version = entry.version == "HTTP/1.0" ? Version::http_1_0 : Version::http_1_1;
    response.headers = std::move(entry.response_headers);
    response.url = request.url;
    if (entry.response_body.complete() || request.method == "HEAD") {
        const auto length = response.headers.get("Content-Length");
        if (length && !length->empty() && length->size() < 19 && all_of(digit_char, *length)) {
            response.content_length = std::stoull(std::string(*length));
        }
    }
    response.body = ResponseBody(executor, std::move(entry.response_body.text));
    return response;
}

/// The error of an entry without a response.
HAWSER_DECL std::error_code recorded_error(const HarEntry& entry) noexcept {
    const std::error_code recorded(entry.error_code, error_category());
    const error kind = error_of(recorded);
    return kind > error{} && kind <= last_error ? recorded : make_error_code(error::server_closed);
}

HAWSER_DECL std::error_code ReplayRoundTripper::answer(const Request& request,
                                                       Response& response) const {
    const std::string url = har_url(request.url);
    const bool known = Access::source(request.body) == nullptr;
    std::optional<HarEntry> entry;
    {
        const std::lock_guard lock(source_->mutex);
        entry = source_->tape.take(
            request.method, url, known ? std::optional(request.body.content()) : std::nullopt);
    }
    std::error_code ec;
    std::string reason;
    if (!entry) {
        ec = error::invalid_request;
        reason = "no response left for it in \"" + printable(source_->path) + '"';
    } else if (entry->status == 0) {
        ec = recorded_error(*entry);
        reason = "recorded: " + printable(entry->error);
    } else {
        response = har_response(std::move(*entry), request, get_executor());
        return {};
    }
    response.failure = middleware_failure(
        ec, Failure::Phase::request, std::move(reason), request.method, request.url);
    return ec;
}

HAWSER_DECL void ReplayRoundTripper::start_round_trip(Request request, RoundTripHandler handler) {
    Response response;
    StandIn listener(request.options);
    std::error_code ec = error::canceled;
    if (!request.options.stop.stop_requested()) {
        listener.wrote_head(request.headers);
        listener.wrote_request();
        ec = answer(request, response);
    }
    if (!ec) {
        listener.answered(response, {request.url, known_method(request.method)});
    }
    listener.end(ec, response.failure);
    if (auto exception = listener.take_thrown()) {
        throw_on(get_executor(), std::move(exception));
    }
    std::move(handler)(ec, std::move(response));
}

}  // namespace hawser::inline HAWSER_ABI::detail
