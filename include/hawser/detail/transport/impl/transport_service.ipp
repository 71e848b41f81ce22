// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/transport/transport_core.hpp>
#include <hawser/detail/transport/transport_service.hpp>

#include <algorithm>

namespace hawser::inline HAWSER_ABI::detail {

HAWSER_COLD_DECL bool TransportService::add(TransportCore& core) {
    std::lock_guard lock(mutex_);
    if (!shut_down_) {
        cores_.push_back(&core);
    }
    return !shut_down_;
}

HAWSER_COLD_DECL void TransportService::remove(TransportCore& core) noexcept {
    std::lock_guard lock(mutex_);
    std::erase(cores_, &core);
}

// One after another, because the end of one may destroy another.
HAWSER_COLD_DECL void TransportService::shutdown() noexcept {
    while (const IntrusivePtr<TransportCore> core = take()) {
        core->detach_from_context();
    }
}

HAWSER_COLD_DECL IntrusivePtr<TransportCore> TransportService::take() noexcept {
    std::lock_guard lock(mutex_);
    shut_down_ = true;
    if (cores_.empty()) {
        return nullptr;
    }
    IntrusivePtr<TransportCore> core(cores_.back());
    cores_.pop_back();
    return core;
}

}  // namespace hawser::inline HAWSER_ABI::detail
