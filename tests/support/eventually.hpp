// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Waits for what another thread does without a notification.

#include "gate.hpp"

#include <chrono>
#include <thread>

namespace hawser::test {

/// Yields until `condition` holds; false when patience runs out.
template <class Condition>
bool eventually(Condition condition) {
    const auto give_up = std::chrono::steady_clock::now() + patience;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > give_up) {
            return false;
        }
        std::this_thread::yield();
    }
    return true;
}

}  // namespace hawser::test
