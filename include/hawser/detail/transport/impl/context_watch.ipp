// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/transport/context_watch.hpp>
#include <hawser/detail/transport/transport_core.hpp>

#include <algorithm>

namespace hawser::detail {

HAWSER_DECL void ContextWatch::add(TransportCore& core) {
    std::lock_guard lock(mutex_);
    cores_.push_back(&core);
}

HAWSER_DECL void ContextWatch::remove(TransportCore& core) noexcept {
    std::lock_guard lock(mutex_);
    std::erase(cores_, &core);
}

HAWSER_DECL void ContextWatch::shutdown() noexcept {
    std::vector<IntrusivePtr<TransportCore>> cores;
    {
        std::lock_guard lock(mutex_);
        cores.assign(cores_.begin(), cores_.end());
    }
    for (const auto& core : cores) {
        core->abandon();
    }
}

}  // namespace hawser::detail
