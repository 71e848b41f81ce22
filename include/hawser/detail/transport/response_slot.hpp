// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// A response is large: it stays in the round trip that made it until the handler takes it.

#include <hawser/detail/intrusive_ptr.hpp>
#include <hawser/detail/rt/completion.hpp>
#include <hawser/detail/transport/response_filter.hpp>
#include <hawser/response.hpp>

#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

template <>
class ResultSlot<Response> {
public:
    Response& get() noexcept { return *response_; }
    Response&& take() noexcept { return std::move(*response_); }
    Failure& failure() noexcept { return response_->failure; }
    bool empty() const noexcept { return response_ == nullptr; }
    void point_to(Response& response, IntrusivePtr<RefCounted> owner) noexcept {
        response_ = &response;
        owner_ = std::move(owner);
    }

    /// The client that sent the request. Kept here because the last reference to a client's options
    /// destroys objects of the user's: like the handler, it is released with no lock held.
    IntrusivePtr<ResponseFilter> filter;

private:
    Response* response_ = nullptr;
    IntrusivePtr<RefCounted> owner_;
};

/// A response without a round trip, such as that of middleware.
struct OwnedResponse final : RefCounted {
    explicit OwnedResponse(Response&& from) noexcept : response(std::move(from)) {}
    Response response;
};

}  // namespace hawser::inline HAWSER_ABI::detail
