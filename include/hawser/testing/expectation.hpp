// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/config.hpp>
#include <hawser/detail/testing/mock_matcher.hpp>
#include <hawser/testing/received_request.hpp>
#include <hawser/testing/reply.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <functional>
#include <limits>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace hawser::inline HAWSER_ABI::testing {

namespace detail {
class MockBook;
}  // namespace detail

/// A kind of request that a MockTransport expects, and its answers; made by
/// MockTransport::expect().
///
///     mock.expect("POST", "https://api/items")
///         .with_header("Authorization", "Bearer t")
///         .with_body("n=1")
///         .respond(503)                                   // the first time
///         .respond(reply(201).header("Location", "/items/1"));   // the second time
///
/// It serves as many requests as it has answers, or as times() says; then it is used up, and
/// another expectation may match. Without an answer it answers 200. If times() allows more requests
/// than there are answers, the last one repeats.
///
/// @par Thread safety
/// All functions may be called from every thread. Functions given to it are called on the executor
/// of the MockTransport, without a lock.
class Expectation {
public:
    /// Use MockTransport::expect().
    Expectation(std::string method, std::string_view target)
        : matcher_{std::move(method), detail::TargetPattern(target)} {}
    Expectation(const Expectation&) = delete;
    Expectation& operator=(const Expectation&) = delete;

    // ── Which requests ──────────────────────────────────────────────────────────────────────────

    /// One of the request's fields with this name has this value.
    Expectation& with_header(std::string name, std::string value) {
        return change([&] { matcher_.headers.emplace_back(std::move(name), std::move(value)); });
    }
    /// The query has this parameter, decoded.
    Expectation& with_query(std::string name, std::string value) {
        return change([&] { matcher_.queries.emplace_back(std::move(name), std::move(value)); });
    }
    /// The whole body is this text, also if it was a file, a form or a stream.
    Expectation& with_body(std::string text) {
        return change([&] { matcher_.body = std::move(text); });
    }
    /// Anything else. An exception from the function is the error of the request.
    Expectation& where(std::function<bool(const ReceivedRequest&)> predicate) {
        using Predicate = detail::MockMatcher::Predicate;
        auto shared = std::make_shared<const Predicate>(std::move(predicate));
        return change([&] { matcher_.predicates.push_back(std::move(shared)); });
    }

    // ── Answers ─────────────────────────────────────────────────────────────────────────────────

    /// Answers the next request with a response.
    Expectation& respond(int status, std::string body = {}) {
        return respond(Reply(status, std::move(body)));
    }
    /// @throws std::invalid_argument for a reply that needs a wire; see Reply
    Expectation& respond(Reply reply) {
        detail::check_reply(reply);
        return add({std::move(reply)});
    }
    /// The function makes the reply when the request has come. An exception from it is the error of
    /// the request.
    Expectation& respond(Handler make) { return add({Reply(), std::move(make)}); }
    /// The next request fails with this error, `after` a while. `hawser::error` and
    /// `asio::error` values convert to it.
    Expectation& fail(std::error_code ec, std::chrono::milliseconds after = {}) {
        return add({Reply().delay(after), {}, ec, false});
    }
    /// The next request gets this response, but behind the text of its body comes the error.
    Expectation& fail(std::error_code ec, Reply partial) {
        detail::check_reply(partial);
        return add({std::move(partial), {}, ec});
    }

    // ── How often ───────────────────────────────────────────────────────────────────────────────

    /// Exactly so many requests.
    Expectation& times(std::size_t count) {
        return change([&] {
            least_ = count;
            most_ = count;
        });
    }
    /// Any number, also none.
    Expectation& any_times() {
        return change([&] {
            least_ = 0;
            most_ = std::numeric_limits<std::size_t>::max();
        });
    }

    // ── What happened ───────────────────────────────────────────────────────────────────────────

    /// How many requests it has served.
    std::size_t calls() const {
        const std::lock_guard lock(mutex_);
        return calls_;
    }
    /// Whether as many requests have come as it wants.
    bool met() const {
        const std::lock_guard lock(mutex_);
        return calls_ >= least_.value_or(usual());
    }
    /// "GET https://api/x (1 of 2 requests)".
    std::string describe() const;

private:
    friend class detail::MockBook;

    /// Whether a request matches. Calls the functions given to where().
    bool matches(const ReceivedRequest& request) const {
        std::unique_lock lock(mutex_);
        const detail::MockMatcher copy = matcher_;
        lock.unlock();
        return copy.matches(request);
    }
    /// The next answer; null if it is used up.
    std::shared_ptr<const detail::MockOutcome> take();

    template <class Change>
    Expectation& change(Change change) {
        const std::lock_guard lock(mutex_);
        change();
        return *this;
    }
    Expectation& add(detail::MockOutcome outcome) {
        auto shared = std::make_shared<const detail::MockOutcome>(std::move(outcome));
        return change([&] { outcomes_.push_back(std::move(shared)); });
    }
    std::size_t usual() const noexcept { return std::max<std::size_t>(outcomes_.size(), 1); }

    mutable std::mutex mutex_;  // guards everything
    detail::MockMatcher matcher_;
    std::vector<std::shared_ptr<const detail::MockOutcome>> outcomes_;
    std::optional<std::size_t> least_;
    std::optional<std::size_t> most_;
    std::size_t calls_ = 0;
};

inline std::string Expectation::describe() const {
    const std::lock_guard lock(mutex_);
    std::string text = matcher_.describe();
    const std::size_t wanted = least_.value_or(usual());
    text.append(" (").append(std::to_string(calls_));
    if (most_.value_or(wanted) == wanted) {
        text.append(" of ").append(std::to_string(wanted));
    }
    return text.append(wanted == 1 ? " request)" : " requests)");
}

inline std::shared_ptr<const detail::MockOutcome> Expectation::take() {
    static const auto plain = std::make_shared<const detail::MockOutcome>();
    const std::lock_guard lock(mutex_);
    if (calls_ >= most_.value_or(usual())) {
        return nullptr;
    }
    const std::size_t at = calls_++;
    return outcomes_.empty() ? plain : outcomes_[std::min(at, outcomes_.size() - 1)];
}

}  // namespace hawser::inline HAWSER_ABI::testing
