// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/cookie_jar.hpp>
#include <hawser/detail/client/client_call.hpp>
#include <hawser/detail/client/client_core.hpp>
#include <hawser/detail/cookies/cookie_field.hpp>
#include <hawser/detail/literal.hpp>

#include <string>
#include <system_error>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

/// Empty if there is none.
HAWSER_COLD_DECL Url base_url_of(const ClientOptions& options) {
    if (!options.base_url || options.base_url->empty()) {
        return {};
    }
    std::error_code ec;
    Url url = Url::parse(*options.base_url, ec);
    if (ec) {
        throw std::system_error(ec, std::string("hawser: option base_url: ").append(url.refusal()));
    }
    return url;
}

HAWSER_DECL ClientCore::ClientCore(ClientOptions&& options)
    : timeout_(options.timeout),
      trace_(std::move(options.trace)),
      max_redirects_(options.max_redirects),
      on_redirect_(std::move(options.on_redirect)),
      allow_https_to_http_(options.allow_https_to_http),
      allow_cross_origin_body_(options.allow_cross_origin_body),
      cookies_(std::move(options.cookies)),
      auth_(options.credentials),
      headers_(std::move(options.headers)),
      base_url_(base_url_of(options)),
      max_fetch_bytes_(options.max_fetch_bytes != 0 ? options.max_fetch_bytes
                                                    : ResponseBody::unlimited),
      has_defaults_(!headers_.empty() || !base_url_.empty()) {}

HAWSER_DECL ClientCore::~ClientCore() = default;

HAWSER_DECL void ClientCore::send_through(const std::shared_ptr<RoundTripper>& next, bool direct) {
    next_ = next;
    executor_ = next->get_executor();
    always_calls_ = !direct || cookies_;
}

HAWSER_DECL void ClientCore::prepare(StartableTripPtr& trip) {
    complete(trip->to_send);
    if ((always_calls_ && (cookies_ || redirects(trip->to_send.options).max != 0)) ||
        auth_.concerns(trip->to_send)) {
        trip.reset(new CallTrip(this, std::move(trip->to_send)));
    } else {
        trip->filter = this;
    }
}

HAWSER_DECL void ClientCore::add_defaults(Request& request) const {
    if (request.url.empty() && !base_url_.empty()) {
        std::error_code reported_later;
        request.url = Access::resolve_refused(base_url_, request.url, reported_later);
    }
    const Headers own = request.headers;
    for (const auto& [name, value] : headers_) {
        if (!own.contains(name)) {
            request.headers.add(name, value);
        }
    }
}

HAWSER_DECL bool ClientCore::uses_jar(const Request& request) const noexcept {
    return cookies_ && !request.url.empty() && !is_exactly(request.method, "CONNECT");
}

HAWSER_DECL void ClientCore::add_cookies(Request& request) const {
    if (!uses_jar(request)) {
        return;
    }
    const std::string from_jar = cookies_->header(request.url);
    if (!from_jar.empty()) {
        add_jar_cookies(request.headers, from_jar);
    }
}

HAWSER_DECL void ClientCore::store_cookies(const Request& sent, const Headers& response) const {
    if (uses_jar(sent)) {
        cookies_->set_all(sent.url, response);
    }
}

HAWSER_DECL IntrusivePtr<OperationCore> ClientCore::take_over(Request&& sent,
                                                              TimePoint ends_by,
                                                              CompletionPtr<Response>& completion) {
    const IntrusivePtr<ClientCall> call(
        new ClientCall(nullptr, RequestChain(this, std::move(sent), ends_by)));
    call->complete_through(std::move(completion));
    completion = call->continue_trip();
    return call;
}

HAWSER_DECL Outcome<Response> ClientCore::finish(Request&& sent,
                                                 TimePoint ends_by,
                                                 Outcome<Response> got,
                                                 BlockingLoop& loop) {
    RequestChain chain(this, std::move(sent), ends_by);
    return finish_call(chain, std::move(got), loop);
}

}  // namespace hawser::inline HAWSER_ABI::detail
