// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// What all requests of a client have in common: its options, its cookies, and the round tripper
// that it does not own, so that a request in progress never keeps a transport alive.

#include <hawser/client_options.hpp>
#include <hawser/config.hpp>
#include <hawser/detail/client/client_auth.hpp>
#include <hawser/detail/policy/redirect.hpp>
#include <hawser/detail/transport/response_filter.hpp>
#include <hawser/round_tripper.hpp>
#include <hawser/url.hpp>

#include <asio/any_io_executor.hpp>

#include <chrono>
#include <functional>
#include <memory>

namespace hawser::inline HAWSER_ABI::detail {

class ClientCore final : public ResponseFilter {
public:
    /// @throws std::system_error error::invalid_url: the base URL, or an origin, is invalid; see
    /// also OriginCredentials
    explicit ClientCore(ClientOptions&& options);
    HAWSER_DECL ~ClientCore() override;
    /// Sends through `next`. `direct`: it is a Transport, and can pass its responses to
    /// take_over().
    void send_through(const std::shared_ptr<RoundTripper>& next, bool direct);

    /// Adds what the client's options say about every request. A URL that the caller gave as text
    /// is resolved against the base URL.
    void complete(Request& request) const {
        if (!request.options.timeout) {
            request.options.timeout = timeout_;
        }
        if (trace_ && !request.options.trace) {
            request.options.trace = trace_;
        }
        if (has_defaults_) {
            add_defaults(request);
        }
    }
    /// Completes a request that is about to start. If it must be a ClientCall from the start, makes
    /// it one. Otherwise a round trip suffices, which passes a redirect to take_over().
    void prepare(StartableTripPtr& trip);
    HAWSER_DECL IntrusivePtr<OperationCore> take_over(Request&& sent,
                                                      TimePoint ends_by,
                                                      CompletionPtr<Response>& completion) override;
    HAWSER_DECL Outcome<Response> finish(Request&& sent,
                                         TimePoint ends_by,
                                         Outcome<Response> got,
                                         BlockingLoop& loop) override;

    RedirectRules redirects(const RequestOptions& options) const noexcept {
        return {options.max_redirects.value_or(max_redirects_),
                allow_https_to_http_,
                allow_cross_origin_body_};
    }
    const std::function<RedirectAction(const Redirect&)>& on_redirect() const noexcept {
        return on_redirect_;
    }
    /// Whether there is a jar, and it has to do with this request. CONNECT goes to a proxy, which
    /// is not the host whose cookies matter.
    bool uses_jar(const Request& request) const noexcept;
    /// Adds the cookies for the request's URL to those that it has.
    void add_cookies(Request& request) const;
    void store_cookies(const Request& sent, const Headers& response) const;
    ClientAuth& auth() noexcept { return auth_; }
    std::size_t max_fetch_bytes() const noexcept { return max_fetch_bytes_; }

    /// Null if it is gone.
    std::shared_ptr<RoundTripper> next() const noexcept { return next_.lock(); }
    const asio::any_io_executor& executor() const noexcept { return executor_; }

private:
    void add_defaults(Request& request) const;

    const std::chrono::milliseconds timeout_;
    const std::shared_ptr<ClientTrace> trace_;
    const std::size_t max_redirects_;
    const std::function<RedirectAction(const Redirect&)> on_redirect_;
    const bool allow_https_to_http_;
    const bool allow_cross_origin_body_;
    const std::shared_ptr<CookieJar> cookies_;
    ClientAuth auth_;
    const Headers headers_;
    const Url base_url_;
    const std::size_t max_fetch_bytes_;
    const bool has_defaults_;
    bool always_calls_ = false;
    std::weak_ptr<RoundTripper> next_;
    asio::any_io_executor executor_;
};

}  // namespace hawser::inline HAWSER_ABI::detail

// The function bodies need ClientCall: client_call.hpp includes them.
