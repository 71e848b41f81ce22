// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// A blocking read or write of a body, as its caller waits for it.

#include <hawser/detail/conn/body_stream.hpp>
#include <hawser/detail/conn/exchange.hpp>
#include <hawser/detail/rt/blocking_loop.hpp>
#include <hawser/detail/time_point.hpp>

#include <system_error>

namespace hawser::inline HAWSER_ABI::detail {

template <class Stream, class Operation>
class AwaitedOn final : public Awaited {
public:
    AwaitedOn(Stream& stream, Operation& operation) noexcept
        : stream_(stream), operation_(operation) {}

    TimePoint ends_by() const noexcept override { return stream_.exchange()->ends_by(); }
    void give_up(std::error_code cause) override { stream_.cancel(operation_, cause); }

private:
    Stream& stream_;
    Operation& operation_;
};

/// Where the caller calls the body source, should the request still be on its way; otherwise null.
inline BlockingLoop::Mailbox* mailbox_of(const BodyStream& stream) noexcept {
    BodyPump* const pump = stream.exchange()->request.pump.get();
    return pump != nullptr && pump->mailbox.loop != nullptr ? &pump->mailbox : nullptr;
}

}  // namespace hawser::inline HAWSER_ABI::detail
