// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Turns a connect key into a Stream that is ready for HTTP. A Dial is one attempt; it may outlive
// the request that it was started for. A Dialer makes dials: NetDialer real ones, the tests
// scripted ones.

#include <hawser/detail/intrusive_ptr.hpp>
#include <hawser/detail/io/stream.hpp>
#include <hawser/detail/pool/conn_pool.hpp>
#include <hawser/detail/rt/task.hpp>
#include <hawser/detail/rt/trace_queue.hpp>
#include <hawser/detail/rt/wait_group.hpp>
#include <hawser/failure.hpp>

#include <atomic>
#include <memory>
#include <string>
#include <system_error>

namespace hawser::inline HAWSER_ABI::detail {

/// One attempt to connect. Running it as a task starts it.
class Dial : public RefCounted, public PoolDial, public Task {
public:
    /// Notified when this ends. Set by the owner, under its lock.
    IntrusivePtr<WaitGroup> watcher;
    /// The trace of the request that it dials for, if that has one.
    IntrusivePtr<TraceQueue> trace;
    /// It replaces one that failed.
    bool second_try = false;
    /// What it is doing, or was doing when it failed.
    std::atomic<Failure::Phase> phase{Failure::Phase::resolve};
    /// Details of its failure; read it only once the dial has failed.
    Fault fault;

    /// The address and port that it is connecting to, or connected to; empty as long as it has
    /// none. Safe from every thread.
    virtual std::string address() const { return {}; }

    /// Gives up and reports `cause` to the owner.
    virtual void cancel(std::error_code cause, CalledFrom from) = 0;
};

/// Notified once of how a dial ended, with no lock held.
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
    /// A dial that has not been started; `owner` outlives it.
    virtual IntrusivePtr<Dial> make(const ConnectKey& key, DialOwner& owner) = 0;
};

}  // namespace hawser::inline HAWSER_ABI::detail
