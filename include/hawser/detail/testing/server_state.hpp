// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// What a Server is told to do, and what happened to it.

#include <hawser/detail/testing/message_text.hpp>
#include <hawser/detail/testing/target_pattern.hpp>
#include <hawser/failure.hpp>
#include <hawser/testing/received_request.hpp>
#include <hawser/testing/reply.hpp>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hawser::inline HAWSER_ABI::testing::detail {

/// A kind of request, and its answer. `early`: known from the head.
struct Route {
    Route(std::string verb, std::string_view path, Handler answer, bool from_head)
        : method(std::move(verb)),
          target(path),
          handler(std::make_shared<const Handler>(std::move(answer))),
          early(from_head) {}

    bool same_as(const Route& other) const {
        return method == other.method && target.text() == other.target.text() &&
               early == other.early;
    }

    std::string method;
    TargetPattern target;
    std::shared_ptr<const Handler> handler;
    bool early;
};

/// May be used from every thread. Calls no handler under its lock.
class ServerState {
public:
    void add(Route route) {
        const std::lock_guard lock(mutex_);
        for (Route& known : routes_) {
            if (known.same_as(route)) {
                std::swap(known, route);  // the old handler is destroyed without the lock
                return;
            }
        }
        routes_.push_back(std::move(route));
    }
    void set_fallback(Handler handler) {
        auto shared = std::make_shared<const Handler>(std::move(handler));
        const std::lock_guard lock(mutex_);
        fallback_.swap(shared);
    }

    /// Null if there is no such route.
    std::shared_ptr<const Handler> find(const ReceivedRequest& request, bool early) const {
        const std::lock_guard lock(mutex_);
        for (const Route& route : routes_) {
            if (route.early == early && matches_method(route.method, request.method) &&
                route.target.matches_target(request.target)) {
                return route.handler;
            }
        }
        return early ? nullptr : fallback_;
    }

    /// Calls the handler; what it throws becomes a 500.
    Reply call(const Handler& handler, const ReceivedRequest& request) {
        std::string text = "the handler of " + name(request) + " threw";
        try {
            return handler(request);
        } catch (const std::exception& e) {
            text.append(": ").append(e.what());
        } catch (...) {  // the text says what is known
        }
        note(text);
        return reply(500, text + '\n').header("Content-Type", "text/plain");
    }
    Reply answer(const ReceivedRequest& request) {
        if (const auto handler = find(request, false)) {
            return call(*handler, request);
        }
        const std::string text = "no route for " + name(request);
        note(text);
        return reply(404, text + '\n').header("Content-Type", "text/plain");
    }

    void note(std::string error) {
        const std::lock_guard lock(mutex_);
        errors_.push_back(std::move(error));
    }
    void note(const ReceivedRequest& request) {
        {
            const std::lock_guard lock(mutex_);
            requests_.push_back(request);
        }
        arrived_.notify_all();
    }
    void opened() {
        const std::lock_guard lock(mutex_);
        ++connections_;
        ++open_;
    }
    void closed() {
        const std::lock_guard lock(mutex_);
        --open_;
    }

    std::vector<ReceivedRequest> requests() const {
        const std::lock_guard lock(mutex_);
        return requests_;
    }
    std::vector<std::string> errors() const {
        const std::lock_guard lock(mutex_);
        return errors_;
    }
    std::size_t connections() const {
        const std::lock_guard lock(mutex_);
        return connections_;
    }
    std::size_t open_connections() const {
        const std::lock_guard lock(mutex_);
        return open_;
    }
    bool wait_for_requests(std::size_t count, std::chrono::milliseconds patience) const {
        std::unique_lock lock(mutex_);
        return arrived_.wait_for(lock, patience, [&] { return requests_.size() >= count; });
    }

private:
    static std::string name(const ReceivedRequest& request) {
        return printable(request.method, 64).append(" ").append(printable(request.target));
    }

    mutable std::mutex mutex_;  // guards everything
    mutable std::condition_variable arrived_;
    std::vector<Route> routes_;
    std::shared_ptr<const Handler> fallback_;
    std::vector<ReceivedRequest> requests_;
    std::vector<std::string> errors_;
    std::size_t connections_ = 0;
    std::size_t open_ = 0;
};

}  // namespace hawser::inline HAWSER_ABI::testing::detail
