// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Deadlines in order of expiry: a binary heap whose nodes know their place, so that setting a later
// deadline and clearing any cost O(log n) at worst and O(1) in the usual case (the newest deadline
// is the latest). No clock: the owner says what time it is.

#include <hawser/detail/pool/conn_pool.hpp>

#include <chrono>
#include <cstddef>
#include <utility>
#include <vector>

namespace hawser::detail {

class DeadlineQueue {
public:
    /// A deadline: embedded in what it concerns.
    struct Node {
        TimePoint at{};
        std::size_t place = unset;

        bool set() const noexcept { return place != unset; }
    };

    /// The earliest deadline, TimePoint::max() when there is none.
    TimePoint next() const noexcept { return heap_.empty() ? TimePoint::max() : heap_.front()->at; }

    bool empty() const noexcept { return heap_.empty(); }

    void set(Node& node, TimePoint at) {
        if (node.set()) {
            clear(node);
        }
        node.at = at;
        node.place = heap_.size();
        heap_.push_back(&node);
        rise(node.place);
    }

    void clear(Node& node) noexcept {
        const std::size_t hole = std::exchange(node.place, unset);
        Node* last = heap_.back();
        heap_.pop_back();
        if (last == &node) {
            return;
        }
        place(hole, last);
        rise(hole);
        sink(last->place);
    }

    /// Takes out a deadline that is due; null when none is.
    Node* pop_due(TimePoint now) noexcept {
        if (heap_.empty() || heap_.front()->at > now) {
            return nullptr;
        }
        Node* node = heap_.front();
        clear(*node);
        return node;
    }

private:
    static constexpr std::size_t unset = static_cast<std::size_t>(-1);

    void place(std::size_t i, Node* node) noexcept {
        heap_[i] = node;
        node->place = i;
    }

    void rise(std::size_t i) noexcept {
        while (i > 0) {
            const std::size_t parent = (i - 1) / 2;
            if (heap_[parent]->at <= heap_[i]->at) {
                return;
            }
            exchange(i, parent);
            i = parent;
        }
    }

    void sink(std::size_t i) noexcept {
        for (;;) {
            std::size_t least = i;
            for (std::size_t child = 2 * i + 1; child < heap_.size() && child <= 2 * i + 2;
                 ++child) {
                if (heap_[child]->at < heap_[least]->at) {
                    least = child;
                }
            }
            if (least == i) {
                return;
            }
            exchange(i, least);
            i = least;
        }
    }

    void exchange(std::size_t a, std::size_t b) noexcept {
        Node* node = heap_[a];
        place(a, heap_[b]);
        place(b, node);
    }

    std::vector<Node*> heap_;
};

}  // namespace hawser::detail
