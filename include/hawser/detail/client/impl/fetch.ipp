// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/client/fetch.hpp>

#include <string>

namespace hawser::inline HAWSER_ABI::detail {

HAWSER_DECL Fetch::Steps Fetch::run() {
    Outcome<Response> got = co_await step<Completion<Response>>(Send{*this});
    Outcome<std::string> body;
    if (!got.ec) {
        body = co_await read_all(got.result.body, max_);
    } else {
        body.failure = std::move(got.result.failure);
    }
    finish(got.ec ? got.ec : body.ec,
           full_response(std::move(got.result), std::move(body.result), Failure(body.failure)),
           Failure(body.failure));
}

HAWSER_DECL void StartableTrip::start(Completion<FullResponse>& completion,
                                      StartableTripPtr trip,
                                      std::size_t max_body) {
    const asio::any_io_executor executor = trip->get_executor();
    begin_operation<Fetch>(CompletionPtr<FullResponse>(&completion),
                           CalledFrom::user,
                           executor,
                           std::move(trip),
                           max_body);
}

HAWSER_DECL FullResponse full_response(Response&& response, std::string&& body, Failure&& why) {
    FullResponse full;
    full.status = response.status;
    full.reason = std::move(response.reason);
    full.version = response.version;
    full.headers = std::move(response.headers);
    full.method = Access::unread(response.body).origin().method_name();
    full.body = std::move(body);
    full.trailers = response.trailers();
    full.url = std::move(response.url);
    full.history = std::move(response.history);
    full.connection = std::move(response.connection);
    full.failure = std::move(why);
    return full;
}

}  // namespace hawser::inline HAWSER_ABI::detail
