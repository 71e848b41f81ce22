// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Deadlines of everything a transport does, on one timer that is re-armed only when an earlier
// deadline comes up: a request costs no timer system call. A set deadline keeps its owner alive.

#include <hawser/config.hpp>
#include <hawser/detail/rt/deadline_queue.hpp>
#include <hawser/detail/rt/monitor.hpp>
#include <hawser/detail/time_point.hpp>

#include <chrono>
#include <cstddef>
#include <memory>

namespace hawser::detail {

/// The clock and the one timer; tests supply a manual one.
class Alarm {
public:
    virtual ~Alarm() = default;
    virtual TimePoint now() const noexcept = 0;
    /// Calls Deadlines::ring() at or after `at`, replacing an earlier request.
    /// When it throws, no alarm is set.
    virtual void ring_at(TimePoint at) = 0;
    virtual void cancel() noexcept = 0;
    /// Whether the timer is work for those who run the executor. It is from the start.
    virtual void count_as_work(bool on) noexcept { (void)on; }
    /// The wait of this number, which ring_at() began, is over.
    virtual void ended(unsigned wait) noexcept { (void)wait; }
    /// Lets go of the timer for good; the clock goes on.
    virtual void stop() noexcept { cancel(); }
};

class Deadlines {
public:
    class Node : public DeadlineQueue::Node {
    public:
        Node() noexcept = default;
        /// Of one that is not `work` nobody waits for: the executor may run out of work meanwhile.
        explicit Node(bool work) noexcept : is_work(work) {}
        const bool is_work = true;

        /// The deadline passed; no lock is held.
        virtual void expired(CalledFrom from) = 0;
        virtual void keep_alive(bool on) noexcept = 0;

    protected:
        ~Node() = default;
    };

    explicit Deadlines(bool thread_safe) noexcept : mutex_(thread_safe) {}

    /// Before first use.
    void use(std::unique_ptr<Alarm> alarm) noexcept { alarm_ = std::move(alarm); }

    TimePoint now() const noexcept { return alarm_->now(); }

    /// Sets or moves a deadline. Throws for want of memory; then it is as it was.
    void set(Node& node, TimePoint at);
    /// Idempotent. A deadline that is just passing may still report.
    void clear(Node& node) noexcept;

    /// Reports the deadlines that passed.
    void ring(CalledFrom from);
    /// For the alarm: a wait of its timer is over, whatever it ended with.
    void wait_ended(unsigned wait) noexcept;

    /// Nothing is waiting for time any more: lets the executor run out of work.
    void disarm_if_quiet() noexcept;
    /// No deadline will ever pass again, and the timer is gone.
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

}  // namespace hawser::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/rt/impl/deadlines.ipp>
#endif
