// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// What a scripted server saw, written by its connections and read by the test: one lock, and waits
// that end as soon as the event has happened.

#include "server_tls.hpp"

namespace hawser::test {

class ServerLog {
public:
    /// Returns the number of the new connection, from 1.
    std::size_t accepted() {
        std::size_t number = 0;
        change([&] { number = ++accepted_; });
        return number;
    }
    void closed() {
        change([&] { ++closed_; });
    }
    void request(std::string head) {
        change([&] { heads_.push_back(std::move(head)); });
    }
    void hello(ClientHello hello) {
        change([&] { hellos_.push_back(std::move(hello)); });
    }
    void failure(std::string text) {
        change([&] { failures_.push_back(std::move(text)); });
    }

    std::size_t connections() const { return read(accepted_); }
    std::size_t requests() const {
        std::lock_guard lock{mutex_};
        return heads_.size();
    }
    std::size_t open_connections() const {
        std::lock_guard lock{mutex_};
        return accepted_ - closed_;
    }
    std::vector<std::string> heads() const { return read(heads_); }
    std::vector<ClientHello> hellos() const { return read(hellos_); }

    /// Removes and returns the reasons why this server's test must fail.
    std::vector<std::string> take_failures() {
        std::lock_guard lock{mutex_};
        return std::exchange(failures_, {});
    }

    /// Wait until at least `n` connections were accepted or requests read, or until exactly `n`
    /// connections are open; throw TimedOut. A client may be connected before we accept:
    /// wait_for_open(0) means little until all connections have been accepted.
    void wait_for_connections(std::size_t n) {
        wait("connections", n, [&] { return accepted_ >= n; });
    }
    void wait_for_requests(std::size_t n) {
        wait("requests", n, [&] { return heads_.size() >= n; });
    }
    void wait_for_open(std::size_t n) {
        wait("open connections", n, [&] { return accepted_ - closed_ == n; });
    }

private:
    template <class Change>
    void change(Change apply) {
        std::lock_guard lock{mutex_};
        apply();
        changed_.notify_all();
    }

    template <class T>
    T read(const T& member) const {
        std::lock_guard lock{mutex_};
        return member;
    }

    template <class Condition>
    void wait(const char* what, std::size_t n, Condition condition) {
        std::unique_lock lock{mutex_};
        if (!changed_.wait_for(lock, patience, condition)) {
            throw TimedOut{"still waiting for " + std::to_string(n) + ' ' + what + "; accepted " +
                           std::to_string(accepted_) + ", closed " + std::to_string(closed_) +
                           ", requests " + std::to_string(heads_.size())};
        }
    }

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::size_t accepted_ = 0;
    std::size_t closed_ = 0;
    std::vector<std::string> heads_;
    std::vector<ClientHello> hellos_;
    std::vector<std::string> failures_;
};

}  // namespace hawser::test
