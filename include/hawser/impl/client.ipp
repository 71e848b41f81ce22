// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/client.hpp>
#include <hawser/detail/client/client_call.hpp>
#include <hawser/detail/client/fetch.hpp>
#include <hawser/detail/rt/blocking_loop.hpp>
#include <hawser/detail/rt/caller_run_loop.hpp>
#include <hawser/failure.hpp>

#include <string>
#include <utility>
#include <vector>

namespace hawser::inline HAWSER_ABI {

namespace detail {

/// How a blocking call waits for work on `executor`.
inline std::shared_ptr<BlockingLoop> loop_of(const asio::any_io_executor& executor) {
    if (auto loop = CallerRunLoop::find(executor)) {
        return loop;
    }
    return std::make_shared<ExecutorLoop>(executor);
}

/// The round tripper of a client: `last`, wrapped in its middleware.
inline std::shared_ptr<RoundTripper> wrap(std::shared_ptr<RoundTripper> last,
                                          const std::vector<Middleware>& middleware) {
    for (auto wrapper = middleware.rbegin(); wrapper != middleware.rend(); ++wrapper) {
        last = last && *wrapper ? (*wrapper)(std::move(last)) : nullptr;
    }
    if (!last) {
        throw std::system_error(std::make_error_code(std::errc::invalid_argument),
                                "hawser::Client: no round tripper");
    }
    return last;
}

}  // namespace detail

HAWSER_COLD_DECL Client::Client(std::shared_ptr<detail::BlockingLoop> loop, ClientOptions&& options)
    : core_(new detail::ClientCore(std::move(options))),
      loop_(std::move(loop)),
      transport_(detail::Access::make_shared<Transport>(loop_, std::move(options.transport))),
      round_tripper_(detail::wrap(transport_, options.middleware)) {
    core_->send_through(round_tripper_, round_tripper_ == transport_);
}

HAWSER_COLD_DECL Client::Client(ClientOptions options)
    : Client(detail::CallerRunLoop::make(options.transport.thread_safe,
                                         std::move(options.on_handler_exception)),
             std::move(options)) {}

HAWSER_COLD_DECL Client::Client(asio::any_io_executor executor, ClientOptions options)
    : Client(std::make_shared<detail::ExecutorLoop>(std::move(executor)), std::move(options)) {}

HAWSER_COLD_DECL Client::Client(std::shared_ptr<RoundTripper> round_tripper, ClientOptions options)
    : core_(new detail::ClientCore(std::move(options))),
      transport_(std::dynamic_pointer_cast<Transport>(round_tripper)),
      round_tripper_(detail::wrap(std::move(round_tripper), options.middleware)) {
    loop_ = transport_ ? detail::Access::loop(*transport_)
                       : detail::loop_of(round_tripper_->get_executor());
    core_->send_through(round_tripper_, round_tripper_ == transport_);
}

HAWSER_COLD_DECL void Client::throw_forked() {
    throw std::system_error(error::forked);
}

HAWSER_DECL Response Client::send(Request request, std::error_code& ec) {
    return send_and_wait(request, ec);
}

HAWSER_DECL Response Client::send_and_wait(Request& request, std::error_code& ec) {
    ec = loop_->refusal();
    if (ec) {
        return failed_response(request, ec);
    }
    return wait(new_trip(std::move(request)), ec);
}

HAWSER_DECL Response Client::get_and_wait(UrlArg& url, std::error_code& ec) {
    ec = loop_->refusal();
    if (ec) {
        return failed_response(Request("GET", std::move(url)), ec);
    }
    return wait(new_trip(std::move(url)), ec);
}

HAWSER_DECL Response Client::wait(detail::StartableTripPtr trip, std::error_code& ec) const {
    core_->prepare(trip);
    const auto loop = loop_;  // a handler may destroy this client meanwhile
    return trip.release()->wait(*loop, ec);
}

// The response for a request that was never sent.
HAWSER_COLD_DECL Response Client::failed_response(const Request& request, std::error_code ec) {
    detail::FailureData data;
    data.code = ec;
    data.method = detail::printable(request.method, 64);
    data.url = detail::failing_url(request.url);
    Response response;
    response.failure = detail::FailureData::try_make(std::move(data));
    return response;
}

HAWSER_DECL Response Client::send(Request request) {
    std::error_code ec;
    Response response = send_and_wait(request, ec);
    if (ec) {
        detail::throw_error(ec, response.failure);
    }
    return response;
}

HAWSER_DECL FullResponse Client::collect(Response response, std::error_code& ec) const {
    std::string body;
    const std::size_t max = core_->max_fetch_bytes();
    if (auto& unread = detail::Access::unread(response.body); !ec && unread.holds_all(max)) {
        body = unread.take_held();
    } else if (!ec) {
        body = response.body.read_all(max, ec);
        response.failure = ec ? response.body.failure() : Failure();
    }
    return detail::Access::make<FullResponse>(std::move(response), std::move(body));
}

HAWSER_DECL FullResponse Client::fetch(Request request, std::error_code& ec) {
    return collect(send_and_wait(request, ec), ec);
}

HAWSER_DECL FullResponse Client::fetch(UrlArg url, std::error_code& ec) {
    return collect(get_and_wait(url, ec), ec);
}

HAWSER_DECL FullResponse Client::fetch(Request request) {
    std::error_code ec;
    FullResponse response = fetch(std::move(request), ec);
    if (ec) {
        detail::throw_error(ec, response.failure);
    }
    return response;
}

HAWSER_DECL FullResponse Client::fetch(UrlArg url) {
    std::error_code ec;
    FullResponse response = fetch(std::move(url), ec);
    if (ec) {
        detail::throw_error(ec, response.failure);
    }
    return response;
}

HAWSER_DECL Response Client::get(UrlArg url, std::error_code& ec) {
    return get_and_wait(url, ec);
}

HAWSER_DECL Response Client::get(UrlArg url) {
    std::error_code ec;
    Response response = get_and_wait(url, ec);
    if (ec) {
        detail::throw_error(ec, response.failure);
    }
    return response;
}

}  // namespace hawser::inline HAWSER_ABI
