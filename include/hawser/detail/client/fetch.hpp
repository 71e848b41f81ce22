// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// A request and the whole body of its response as one operation: Client::async_fetch().

#include <hawser/config.hpp>
#include <hawser/detail/client/full_response_slot.hpp>
#include <hawser/detail/rt/completion.hpp>
#include <hawser/detail/transport/startable_trip.hpp>

#include <asio/any_io_executor.hpp>

#include <cstddef>

namespace hawser::inline HAWSER_ABI::detail {

/// Most bodies have arrived with the head: then there is nothing to read, and the response
/// completes it. Otherwise a FetchOperation reads the body.
class Fetch : public Completion<FullResponse> {
public:
    Fetch() noexcept : head_(*this) {}

    /// Sends the request, and collects at most `max` bytes.
    void send(StartableTripPtr trip, std::size_t max);

private:
    class Head final : public Completion<Response> {
    public:
        explicit Head(Fetch& fetch) noexcept : fetch_(fetch) {}
        HAWSER_DECL void run(CalledFrom from) override;
        void discard() noexcept override { fetch_.discard(); }
        /// None: then a FetchOperation is the operation from the start.
        asio::cancellation_slot cancellation_slot() const noexcept override { return {}; }

    private:
        Fetch& fetch_;
    };

    void read_body(Response& head, CalledFrom from);
    /// With the head, which has failed or is followed by nothing that has to be read.
    void complete(CalledFrom from);

    Head head_;
    std::size_t max_ = 0;
    asio::any_io_executor executor_;
};

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/client/impl/fetch.ipp>
#endif
