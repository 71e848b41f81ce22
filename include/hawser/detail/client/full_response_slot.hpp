// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// A FullResponse is large: it is made where the handler takes it.

#include <hawser/config.hpp>
#include <hawser/detail/intrusive_ptr.hpp>
#include <hawser/detail/rt/completion.hpp>
#include <hawser/detail/transport/response_slot.hpp>
#include <hawser/full_response.hpp>

#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

/// Holds a failed response, one whose body has arrived, or what it was made into; or nothing, if
/// the request failed without a response.
template <>
class ResultSlot<FullResponse> {
public:
    /// A response that has failed, or whose body has arrived.
    void hold(ResultSlot<Response>&& response) noexcept { response_ = std::move(response); }
    void point_to(FullResponse& made, IntrusivePtr<RefCounted> owner) noexcept {
        made_ = &made;
        owner_ = std::move(owner);
    }

    FullResponse take() { return made_ != nullptr ? std::move(*made_) : make(); }
    /// Empty if it holds nothing.
    Failure failure() noexcept {
        if (made_ != nullptr) {
            return made_->failure;
        }
        return response_.empty() ? Failure() : response_.failure();
    }

private:
    FullResponse make();

    ResultSlot<Response> response_;
    FullResponse* made_ = nullptr;
    IntrusivePtr<RefCounted> owner_;
};

}  // namespace hawser::inline HAWSER_ABI::detail
