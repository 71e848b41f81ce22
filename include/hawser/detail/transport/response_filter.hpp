// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// How a client sees the responses of a transport before its callers do. Most responses do not
// concern it, and cost it one comparison.

#include <hawser/detail/intrusive_ptr.hpp>
#include <hawser/detail/rt/blocking_loop.hpp>
#include <hawser/detail/rt/completion.hpp>
#include <hawser/detail/rt/operation_core.hpp>
#include <hawser/request.hpp>

namespace hawser::inline HAWSER_ABI {
struct Response;
}

namespace hawser::inline HAWSER_ABI::detail {

class ResponseFilter : public RefCounted {
public:
    /// Whether it wants a response with this status, a redirect.
    static bool concerns(int status) noexcept {
        return static_cast<unsigned>(status - 301) <= 308 - 301;
    }

    /// Takes the response in place of the caller, whose completion it replaces. Canceling the
    /// returned operation then cancels the call. `sent` is the request that was answered.
    virtual IntrusivePtr<OperationCore> take_over(Request&& sent,
                                                  TimePoint ends_by,
                                                  CompletionPtr<Response>& completion) = 0;
    /// Finishes a blocking call, of which `got` is the first response.
    virtual Outcome<Response> finish(Request&& sent,
                                     TimePoint ends_by,
                                     Outcome<Response> got,
                                     BlockingLoop& loop) = 0;
};

}  // namespace hawser::inline HAWSER_ABI::detail
