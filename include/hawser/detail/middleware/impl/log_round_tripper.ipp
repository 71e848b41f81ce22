// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/middleware/log_round_tripper.hpp>
#include <hawser/detail/middleware/middleware_operation.hpp>
#include <hawser/detail/policy/log_line.hpp>
#include <hawser/detail/rt/throw_on.hpp>

#include <exception>

namespace hawser::inline HAWSER_ABI::detail {

class LogRoundTripper::Operation final : public MiddlewareOperation {
public:
    Operation(CompletionPtr<Response> completion,
              const WrappingRoundTripper& by,
              std::shared_ptr<const Sink> sink,
              Request&& sent)
        : MiddlewareOperation(std::move(completion), by, std::move(sent)), sink_(std::move(sink)) {}

private:
    HAWSER_DECL void prepare() override;
    HAWSER_DECL bool answered(Outcome<Response>& got) override;
    void write(const LoggedRequest& logged) const;

    const std::shared_ptr<const Sink> sink_;
    TimePoint began_;
    std::string method_;
    Url url_;
};

HAWSER_DECL void LogRoundTripper::Operation::prepare() {
    began_ = std::chrono::steady_clock::now();
    method_ = request().method;
    url_ = request().url;
}

HAWSER_DECL bool LogRoundTripper::Operation::answered(Outcome<Response>& got) {
    LoggedRequest logged;
    logged.method = method_;
    logged.url = url_;
    logged.ec = got.ec;
    logged.status = got.result.status;
    logged.length = got.result.content_length;
    logged.duration =
        std::chrono::floor<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began_);
    write(logged);
    return true;
}

// An exception of the sink is none of the request's: it reaches whoever runs the executor.
HAWSER_DECL void LogRoundTripper::Operation::write(const LoggedRequest& logged) const {
    Thrown thrown;
    thrown.keep([&] { (*sink_)(log_line(logged)); });
    if (thrown) {
        throw_on(executor(), thrown.take());
    }
}

HAWSER_DECL void LogRoundTripper::start_round_trip(Request request, RoundTripHandler handler) {
    begin_middleware<Operation>(handler, *this, sink_, std::move(request));
}

}  // namespace hawser::inline HAWSER_ABI::detail
