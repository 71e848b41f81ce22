// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// A binary heap whose nodes know their position, so that any of them can be removed. Inserting the
// greatest key costs O(1), everything else at most O(log n).

#include <hawser/config.hpp>

#include <cstddef>
#include <utility>
#include <vector>

namespace hawser::inline HAWSER_ABI::detail {

template <class Key>
class IndexedHeap {
public:
    /// Embedded in each queued object.
    struct Node {
        Key at{};
        std::size_t place = unset;

        bool in_heap() const noexcept { return place != unset; }
    };

    bool empty() const noexcept { return heap_.empty(); }

    /// The node with the least key; null when empty.
    Node* front() const noexcept { return heap_.empty() ? nullptr : heap_.front(); }

    /// From now on up to n nodes can be inserted without an allocation.
    void make_room(std::size_t n) {
        if (n > heap_.capacity()) {
            heap_.reserve(2 * n);
        }
    }

    /// Inserts a node, or changes its key. Changes nothing if an allocation fails.
    void push_or_move(Node& node, Key at) {
        if (node.in_heap()) {
            clear(node);
        }
        heap_.push_back(&node);
        node.at = at;
        node.place = heap_.size() - 1;
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

}  // namespace hawser::inline HAWSER_ABI::detail
