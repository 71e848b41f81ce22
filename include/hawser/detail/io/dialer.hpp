// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// From a connect key to a Stream that is ready for HTTP. A Dial is one attempt, which may outlive
// the request it was started for; a Dialer makes them: NetDialer for real, the tests from scripts.

#include <hawser/detail/intrusive_ptr.hpp>
#include <hawser/detail/io/stream.hpp>
#include <hawser/detail/pool/conn_pool.hpp>
#include <hawser/detail/rt/task.hpp>
#include <hawser/detail/rt/trace_queue.hpp>
#include <hawser/detail/rt/wait_group.hpp>
#include <hawser/failure.hpp>

#include <atomic>
#include <memory>
#include <system_error>

namespace hawser::detail {

/// One attempt to connect. As a task, it starts.
class Dial : public RefCounted, public PoolDial, public Task {
public:
    /// Told of its end, too; kept by the owner.
    IntrusivePtr<WaitGroup> watcher;
    /// Of the request it is made for, if that has one.
    IntrusivePtr<TraceQueue> trace;
    /// It takes the place of one that failed.
    bool second_try = false;
    /// What it is doing, or was when it failed.
    std::atomic<Failure::Phase> phase{Failure::Phase::resolve};
    /// What it knows of its failure; to be read once it has failed.
    Fault fault;

    /// Gives up; the owner is told with `cause`.
    virtual void cancel(std::error_code cause, CalledFrom from) = 0;
};

/// Told once how a dial ended, with no lock held.
class DialOwner {
public:
    virtual void dialed(Dial& dial, std::unique_ptr<Stream> stream, CalledFrom from) = 0;
    virtual void dial_failed(Dial& dial, std::error_code ec, CalledFrom from) = 0;

protected:
    ~DialOwner() = default;
};

class Dialer {
public:
    virtual ~Dialer() = default;
    /// A dial that has not started; `owner` outlives it.
    virtual IntrusivePtr<Dial> make(const ConnectKey& key, DialOwner& owner) = 0;
};

}  // namespace hawser::detail
