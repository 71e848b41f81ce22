// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// What a round tripper that answers without a connection (a mock, a recording) tells the trace and
// the on_progress of a request: the events of the request and of the response, and of one attempt,
// but none of a connection. Not thread-safe.

#include <hawser/client_trace.hpp>
#include <hawser/config.hpp>
#include <hawser/detail/access.hpp>
#include <hawser/detail/conn/body_origin.hpp>
#include <hawser/detail/conn/progress_meter.hpp>
#include <hawser/detail/exceptions.hpp>
#include <hawser/request_options.hpp>
#include <hawser/response.hpp>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

class StandIn {
public:
    explicit StandIn(const RequestOptions& options) : trace_(options.trace) {
        if (options.on_progress) {
            meter_ = new ProgressMeter(options.on_progress);
        }
    }

    /// The head of the request; `fields` of it.
    void wrote_head(const Headers& fields);
    /// The request has a body, of this length if it is known.
    void begin_body(std::optional<std::uint64_t> length) noexcept {
        if (meter_) {
            meter_->begin_sending(length);
        }
    }
    /// A piece of it; 0 is its end. Returns what on_progress threw, as an error.
    std::error_code wrote_body(std::size_t n, Fault& fault) {
        return meter_ ? meter_->sent(n, fault) : std::error_code();
    }
    void wrote_request() {
        tell([](ClientTrace& trace) { trace.wrote_request({}); });
    }
    /// The response is complete, except that its body has not been read.
    void answered(Response& response, BodyOrigin origin);
    /// The last call, unless wrote_head() was not called.
    void end(std::error_code ec, const Failure& failure);

    /// Whatever the trace threw first.
    std::exception_ptr take_thrown() noexcept { return thrown_.take(); }

private:
    template <class Event>
    void tell(Event event) {
        if (trace_) {
            thrown_.keep([&] { event(*trace_); });
        }
    }

    const std::shared_ptr<ClientTrace> trace_;
    IntrusivePtr<ProgressMeter> meter_;
    bool began_ = false;
    Thrown thrown_;
};

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/transport/impl/stand_in.ipp>
#endif
