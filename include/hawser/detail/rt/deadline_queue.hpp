// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Deadlines in order of expiry. Setting one costs O(1) in the usual case (the newest deadline is
// the latest). It has no clock: the owner passes the time.

#include <hawser/detail/indexed_heap.hpp>
#include <hawser/detail/time_point.hpp>

namespace hawser::inline HAWSER_ABI::detail {

class DeadlineQueue : public IndexedHeap<TimePoint> {
public:
    /// The earliest deadline; TimePoint::max() if there is none.
    TimePoint next() const noexcept { return empty() ? TimePoint::max() : front()->at; }

    /// Removes and returns a deadline that is due; null if none is.
    Node* pop_due(TimePoint now) noexcept {
        Node* node = front();
        if (node == nullptr || node->at > now) {
            return nullptr;
        }
        clear(*node);
        return node;
    }
};

}  // namespace hawser::inline HAWSER_ABI::detail
