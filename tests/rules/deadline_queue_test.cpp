// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

#include "../support/fixed_random.hpp"
#include <hawser/detail/rt/deadline_queue.hpp>

#include <catch2/catch.hpp>

#include <array>
#include <chrono>
#include <map>

using hawser::detail::DeadlineQueue;
using hawser::detail::TimePoint;
using hawser_test::FixedRandom;
using std::chrono::seconds;

namespace {

TimePoint at(std::size_t s) {
    return TimePoint{} + seconds(s);
}

}  // namespace

TEST_CASE("an empty queue has no next deadline and nothing due") {
    DeadlineQueue queue;
    CHECK(queue.empty());
    CHECK(queue.next() == TimePoint::max());
    CHECK(queue.pop_due(TimePoint::max()) == nullptr);
}

TEST_CASE("a deadline is due at its moment, not before, and is then removed") {
    DeadlineQueue queue;
    DeadlineQueue::Node node;
    CHECK_FALSE(node.in_heap());
    queue.push_or_move(node, at(5));
    CHECK(node.in_heap());
    CHECK(queue.next() == at(5));
    CHECK(queue.pop_due(at(5) - std::chrono::nanoseconds{1}) == nullptr);
    CHECK(queue.pop_due(at(5)) == &node);
    CHECK_FALSE(node.in_heap());
    CHECK(queue.empty());
}

TEST_CASE("setting a deadline again moves it, forward and backward") {
    DeadlineQueue queue;
    DeadlineQueue::Node a;
    DeadlineQueue::Node b;
    queue.push_or_move(a, at(5));
    queue.push_or_move(b, at(6));
    queue.push_or_move(a, at(7));
    CHECK(queue.next() == at(6));
    queue.push_or_move(a, at(1));
    CHECK(queue.next() == at(1));
    CHECK(queue.pop_due(at(9)) == &a);
    CHECK(queue.pop_due(at(9)) == &b);
    CHECK(queue.pop_due(at(9)) == nullptr);
}

TEST_CASE("deadlines of the same moment all become due, each once") {
    DeadlineQueue queue;
    std::array<DeadlineQueue::Node, 9> nodes;
    for (auto& node : nodes) {
        queue.push_or_move(node, at(3));
    }
    queue.clear(nodes[4]);
    int due = 0;
    while (DeadlineQueue::Node* node = queue.pop_due(at(3))) {
        CHECK(node != &nodes[4]);
        ++due;
    }
    CHECK(due == 8);
}

TEST_CASE("random sets, clears and moves of time agree with std::multimap") {
    FixedRandom random;
    for (int round = 0; round < 300; ++round) {
        DeadlineQueue queue;
        std::array<DeadlineQueue::Node, 40> nodes;
        std::multimap<TimePoint, DeadlineQueue::Node*> model;
        const auto forget = [&](DeadlineQueue::Node& node) {
            for (auto it = model.begin(); it != model.end(); ++it) {
                if (it->second == &node) {
                    model.erase(it);
                    return;
                }
            }
        };
        bool same = true;
        std::size_t now = 0;
        for (int step = 0; step < 200 && same; ++step) {
            DeadlineQueue::Node& node = nodes[random.below(nodes.size())];
            switch (random.below(4)) {
                case 0:
                case 1: {
                    const TimePoint when = at(now + random.below(30));
                    forget(node);
                    queue.push_or_move(node, when);
                    model.emplace(when, &node);
                    break;
                }
                case 2:
                    if (node.in_heap()) {
                        queue.clear(node);
                        forget(node);
                    }
                    break;
                default: {
                    now += random.below(4);
                    TimePoint last{};
                    while (DeadlineQueue::Node* due = queue.pop_due(at(now))) {
                        same = same && due->at == model.begin()->first && due->at <= at(now) &&
                               due->at >= last && !due->in_heap();
                        last = due->at;
                        forget(*due);
                    }
                    same = same && (model.empty() || model.begin()->first > at(now));
                }
            }
            same = same && queue.empty() == model.empty() &&
                   queue.next() == (model.empty() ? TimePoint::max() : model.begin()->first);
            std::size_t set = 0;
            for (const auto& each : nodes) {
                set += each.in_heap() ? 1 : 0;
            }
            same = same && set == model.size();
        }
        REQUIRE(same);
    }
}
