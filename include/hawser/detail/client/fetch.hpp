// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// A request and the whole body of its response as one operation: Client::fetch().

#include <hawser/config.hpp>
#include <hawser/detail/client/client_operation.hpp>
#include <hawser/detail/transport/startable_trip.hpp>
#include <hawser/full_response.hpp>

#include <cstddef>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

class Fetch final : public ClientOperation<FullResponse> {
public:
    /// Collects at most `max` bytes.
    Fetch(CompletionPtr<FullResponse> completion,
          asio::any_io_executor executor,
          StartableTripPtr trip,
          std::size_t max) noexcept
        : ClientOperation(std::move(executor), std::move(completion)),
          trip_(std::move(trip)),
          max_(max) {}

private:
    struct Send {
        void operator()(Completion<Response>& completion) const {
            fetch.trip_.release()->start(CompletionPtr<Response>(&completion));
        }
        Fetch& fetch;
    };

    HAWSER_DECL Steps run() override;

    StartableTripPtr trip_;
    const std::size_t max_;
};

/// The response with a body that was read from it; `why` if that failed.
FullResponse full_response(Response&& response, std::string&& body, Failure&& why);

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/client/impl/fetch.ipp>
#endif
