// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// What a MockTransport expects, and what came.

#include <hawser/failure.hpp>
#include <hawser/testing/expectation.hpp>

#include <exception>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hawser::inline HAWSER_ABI::testing::detail {

/// May be used from every thread. Calls no function of the user under its lock.
class MockBook {
public:
    Expectation& expect(std::string method, std::string_view target) {
        auto made = std::make_shared<Expectation>(std::move(method), target);
        const std::lock_guard lock(mutex_);
        return *expectations_.emplace_back(std::move(made));
    }
    void in_order() {
        const std::lock_guard lock(mutex_);
        in_order_ = true;
    }

    /// The answer to a request, which is recorded; null if no expectation is left for it, and then
    /// `complaint` says so.
    std::shared_ptr<const MockOutcome> choose(const ReceivedRequest& request,
                                              std::string& complaint) {
        const auto [expectations, in_order] = note(request);
        for (const auto& expectation : expectations) {
            if (expectation->matches(request)) {
                if (auto outcome = expectation->take()) {
                    return outcome;
                }
            }
            if (in_order && !expectation->met()) {
                break;
            }
        }
        complaint = complain(request, expectations, in_order);
        const std::lock_guard lock(mutex_);
        unexpected_.push_back(complaint);
        return nullptr;
    }

    /// An exception that left a handler that ran on the mock's own thread.
    void note_stray(const std::exception_ptr& exception) {
        std::string text = "a handler threw";
        try {
            std::rethrow_exception(exception);
        } catch (const std::exception& e) {
            text.append(": ").append(e.what());
        } catch (...) {  // the text says what is known
        }
        const std::lock_guard lock(mutex_);
        unexpected_.push_back(std::move(text));
    }

    std::vector<ReceivedRequest> requests() const {
        const std::lock_guard lock(mutex_);
        return requests_;
    }
    std::vector<std::string> unexpected() const {
        const std::lock_guard lock(mutex_);
        return unexpected_;
    }
    std::vector<std::string> unmet() const {
        std::unique_lock lock(mutex_);
        const auto expectations = expectations_;
        lock.unlock();
        std::vector<std::string> texts;
        for (const auto& expectation : expectations) {
            if (!expectation->met()) {
                texts.push_back(expectation->describe());
            }
        }
        return texts;
    }
    void verify() const {
        std::string text;
        for (const std::string& what : unexpected()) {
            text.append("\n  ").append(what);
        }
        for (const std::string& what : unmet()) {
            text.append("\n  still expected: ").append(what);
        }
        if (!text.empty()) {
            throw std::runtime_error("hawser::testing::MockTransport:" + text);
        }
    }

private:
    using Expectations = std::vector<std::shared_ptr<Expectation>>;

    std::pair<Expectations, bool> note(const ReceivedRequest& request) {
        const std::lock_guard lock(mutex_);
        requests_.push_back(request);
        return {expectations_, in_order_};
    }

    static std::string complain(const ReceivedRequest& request,
                                const Expectations& expectations,
                                bool in_order) {
        std::string text = "unexpected request " + printable(request.method, 64);
        text.append(" ").append(printable(request.url.to_string()));
        text.append(expectations.empty() ? "; nothing was expected"
                    : in_order           ? "; expected in this order: "
                                         : "; expected: ");
        const char* comma = "";
        for (const auto& expectation : expectations) {
            text.append(std::exchange(comma, ", ")).append(expectation->describe());
        }
        return text;
    }

    mutable std::mutex mutex_;  // guards everything
    Expectations expectations_;
    bool in_order_ = false;
    std::vector<ReceivedRequest> requests_;
    std::vector<std::string> unexpected_;
};

}  // namespace hawser::inline HAWSER_ABI::testing::detail
