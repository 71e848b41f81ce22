// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// All deadlines of a transport, on one timer that is re-armed only for an earlier deadline: a
// request costs no timer system call. A set deadline keeps its owner alive.

#include <hawser/config.hpp>
#include <hawser/detail/rt/deadline_queue.hpp>
#include <hawser/detail/rt/monitor.hpp>
#include <hawser/detail/time_point.hpp>

#include <chrono>
#include <cstddef>
#include <memory>

namespace hawser::inline HAWSER_ABI::detail {

/// The clock and the one timer; tests supply a manual one.
class Alarm {
public:
    virtual ~Alarm() = default;
    virtual TimePoint now() const noexcept = 0;
    /// Calls Deadlines::ring() at or after `at`; replaces an earlier request. If it throws, no
    /// alarm is set.
    virtual void ring_at(TimePoint at) = 0;
    virtual void cancel() noexcept = 0;
    /// Whether the timer counts as work of the executor. It does initially.
    virtual void count_as_work(bool on) noexcept { (void)on; }
    /// The wait with this number, started by ring_at(), has ended.
    virtual void ended(unsigned wait) noexcept { (void)wait; }
    /// Releases the timer for good; the clock still works.
    virtual void stop() noexcept { cancel(); }
};

class Deadlines {
public:
    class Node : public DeadlineQueue::Node {
    public:
        Node() noexcept = default;
        /// A deadline that is not `work` does not keep the executor from running out of work.
        explicit Node(bool work) noexcept : is_work(work) {}
        const bool is_work = true;

        /// The deadline passed; no lock is held.
        virtual void expired(CalledFrom from) = 0;
        virtual void keep_alive(bool on) noexcept = 0;

    protected:
        ~Node() = default;
    };

    explicit Deadlines(bool thread_safe) noexcept : mutex_(thread_safe) {}

    /// Call before first use.
    void use(std::unique_ptr<Alarm> alarm) noexcept { alarm_ = std::move(alarm); }

    TimePoint now() const noexcept { return alarm_->now(); }

    /// Sets or moves a deadline. May throw for lack of memory, and then changes nothing.
    void set(Node& node, TimePoint at);
    /// Idempotent. A deadline that is expiring at this moment may still be reported.
    void clear(Node& node) noexcept;

    /// Reports the deadlines that have passed.
    void ring(CalledFrom from);
    /// Called by the alarm: a wait on its timer has ended, for whatever reason.
    void wait_ended(unsigned wait) noexcept;

    /// If no deadline is left, disarms the timer, so that the executor can run out of work.
    void disarm_if_quiet() noexcept;
    /// Ends all deadlines for good and releases the timer.
    void stop() noexcept;

private:
    void arm(TimePoint at);
    Node* take_due() noexcept;
    void count(const Node& node, int change) noexcept;

    OptionalMutex mutex_;
    DeadlineQueue queue_;
    std::size_t work_ = 0;  // nodes in the queue that are work
    std::unique_ptr<Alarm> alarm_;
    TimePoint rings_at_ = TimePoint::max();
    bool shut_down_ = false;
};

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/rt/impl/deadlines.ipp>
#endif
