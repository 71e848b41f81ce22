// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/config.hpp>
#include <hawser/detail/rt/caller_run_loop.hpp>
#include <hawser/detail/testing/mock_call.hpp>
#include <hawser/round_tripper.hpp>
#include <hawser/testing/expectation.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/execution_context.hpp>

#include <algorithm>
#include <concepts>
#include <exception>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hawser::inline HAWSER_ABI::testing {

namespace detail {

/// What all handles of a mock share. The last one ends the requests in progress.
class MockHub {
public:
    explicit MockHub(std::shared_ptr<BlockingLoop> loop,
                     std::shared_ptr<MockBook> book = std::make_shared<MockBook>())
        : book_(std::move(book)), loop_(std::move(loop)) {}
    MockHub(const MockHub&) = delete;
    MockHub& operator=(const MockHub&) = delete;
    ~MockHub() {
        for (const auto& pending : calls_) {
            if (const auto call = pending.lock()) {
                call->end(error::client_closed);
            }
        }
    }

    MockBook& book() const noexcept { return *book_; }
    const asio::any_io_executor& executor() const noexcept { return loop_->executor(); }

    void start(Request request, RoundTripHandler handler) {
        const auto call =
            std::make_shared<MockCall>(book_, loop_, std::move(request), std::move(handler));
        {
            const std::lock_guard lock(mutex_);
            std::erase_if(calls_, [](const auto& pending) { return pending.expired(); });
            calls_.push_back(call);
        }
        call->start();
    }

    /// A loop that blocking callers run, and a thread of its own between calls, as in a Client
    /// without an executor.
    static std::shared_ptr<MockHub> make() {
        auto book = std::make_shared<MockBook>();
        auto loop = CallerRunLoop::make(
            true, [book](const std::exception_ptr& exception) { book->note_stray(exception); });
        return std::make_shared<MockHub>(std::move(loop), std::move(book));
    }
    static std::shared_ptr<MockHub> make(const asio::any_io_executor& executor) {
        if (auto loop = CallerRunLoop::find(executor)) {
            return std::make_shared<MockHub>(std::move(loop));
        }
        return std::make_shared<MockHub>(std::make_shared<ExecutorLoop>(executor));
    }

private:
    const std::shared_ptr<MockBook> book_;
    const std::shared_ptr<BlockingLoop> loop_;
    std::mutex mutex_;  // guards calls_
    std::vector<std::weak_ptr<MockCall>> calls_;
};

}  // namespace detail

/// Answers requests without a network, as a test expects them. Go: a RoundTripper written for a
/// test.
///
///     hawser::testing::MockTransport mock;
///     mock.expect("GET", "https://api/x").respond(200, "{}");
///     mock.expect("POST", "/items").with_body("n=1").fail(hawser::error::connection_reset);
///
///     hawser::Client client{mock};
///     CHECK(client.get("https://api/x").body.read_all() == "{}");
///     mock.verify();                        // throws, because nothing was posted
///
/// A request takes the first expectation that matches and is not used up; in_order() makes the
/// order strict. A request that none matches fails with error::invalid_request, and the text of the
/// error names it and lists the expectations.
///
/// A request is checked, and its body is read to the end, as a Transport does it; so a request that
/// could not be sent fails here as well. Recorded requests have the fields that would have been
/// sent. RequestOptions::timeout, response_header_timeout, stop and on_progress work, as does
/// cancellation. The trace receives the events of the request and of the response, but none of a
/// connection. The other timeouts and gzip do nothing. Client::transport() is null.
///
/// It is a handle: copies share everything, and a Client holds one. So `Client{mock}` and
/// `std::make_shared<MockTransport>()` both work, and the mock may be destroyed before the client.
/// When the last handle is destroyed, requests in progress fail with error::client_closed.
///
/// @par Thread safety
/// Safe to use from every thread. Without an executor it completes requests as a Client without an
/// executor does: on the thread of a blocking call, or on one of its own. Functions of the test and
/// body sources run there, one at a time for each request.
class MockTransport final : public RoundTripper {
public:
    /// For blocking calls, futures and callbacks. For a coroutine, or a handler with an executor,
    /// give the mock that executor: an io_context must not be destroyed while another thread, as
    /// that of the mock, is about to post to it.
    MockTransport() : hub_(detail::MockHub::make()) {}
    /// On the test's own executor: `MockTransport mock{co_await asio::this_coro::executor};`.
    /// Blocking calls then wait for the threads that run it.
    explicit MockTransport(const asio::any_io_executor& executor)
        : hub_(detail::MockHub::make(executor)) {}
    /// On the executor of an io_context or a thread_pool.
    template <std::derived_from<asio::execution_context> Context>
    explicit MockTransport(Context& context)
        : MockTransport(asio::any_io_executor(context.get_executor())) {}

    /// What a Client takes. The result is a handle of its own.
    operator std::shared_ptr<RoundTripper>() const {  // NOLINT(google-explicit-constructor)
        return std::make_shared<MockTransport>(*this);
    }

    /// Adds an expectation, which lives as long as the mock.
    ///
    /// @param method "GET", or "*" for any
    /// @param target "https://api/x": this URL, with any query; "https://api/x?a=1": with this
    ///     query; "/x", "/x?a=1": the same at any origin; "/x*": all that begin with it; "*": all
    /// @throws std::system_error error::invalid_url
    Expectation& expect(std::string method, std::string_view target) {
        return hub_->book().expect(std::move(method), target);
    }
    /// Requests must come in the order of the expectations. Those that may serve any number, or
    /// have served enough, may be skipped.
    void in_order() { hub_->book().in_order(); }

    /// All requests that came, in order.
    std::vector<ReceivedRequest> requests() const { return hub_->book().requests(); }
    /// The requests that no expectation matched, each with what was expected then.
    std::vector<std::string> unexpected() const { return hub_->book().unexpected(); }
    /// The expectations whose requests have not all come.
    std::vector<std::string> unmet() const { return hub_->book().unmet(); }
    /// @throws std::runtime_error with a list in what(), if anything is unexpected() or unmet()
    void verify() const { hub_->book().verify(); }

    executor_type get_executor() const noexcept override { return hub_->executor(); }
    void start_round_trip(Request request, RoundTripHandler handler) override {
        hub_->start(std::move(request), std::move(handler));
    }

private:
    std::shared_ptr<detail::MockHub> hub_;
};

}  // namespace hawser::inline HAWSER_ABI::testing
