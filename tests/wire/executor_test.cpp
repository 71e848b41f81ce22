// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// A client on executors of every kind: Asio's own with their properties, strands of them and of
// type-erased ones, a user's own over an io_context, and one whose context does not belong to Asio.
// From outside, a blocking call gets its response; on a thread that would have to do the work, it
// fails.

#include "../support/echo.hpp"
#include "../support/wire_tests.hpp"

#include <asio/strand.hpp>
#include <asio/system_executor.hpp>
#include <asio/thread_pool.hpp>

#include <condition_variable>
#include <deque>
#include <functional>
#include <thread>

using namespace hawser::test;

namespace {

void answer(Peer& peer) {
    while (auto request = peer.read_request()) {
        peer.send(echo(*request));
    }
}

/// A user's executor: it only ever queues, and compares by what it owns.
struct QueueingExecutor {
    asio::io_context::executor_type inner;
    std::shared_ptr<int> mine = std::make_shared<int>(1);

    asio::execution_context& query(asio::execution::context_t) const noexcept {
        return asio::query(inner, asio::execution::context);
    }
    static constexpr asio::execution::blocking_t query(asio::execution::blocking_t) noexcept {
        return asio::execution::blocking.never;
    }
    QueueingExecutor require(asio::execution::blocking_t::never_t) const noexcept { return *this; }
    template <class Function>
    void execute(Function function) const {
        asio::post(inner, std::move(function));
    }
    friend bool operator==(const QueueingExecutor& a, const QueueingExecutor& b) noexcept {
        return a.mine == b.mine;
    }
    [[maybe_unused]] friend bool operator!=(const QueueingExecutor& a,
                                            const QueueingExecutor& b) noexcept {
        return !(a == b);
    }
};

/// An execution context with its own event loop, like a GUI's, run by one thread.
class OwnLoop : public asio::execution_context {
public:
    class Executor {
    public:
        explicit Executor(OwnLoop& loop, bool at_once = true) : loop_(&loop), at_once_(at_once) {}
        asio::execution_context& query(asio::execution::context_t) const noexcept { return *loop_; }
        Executor require(asio::execution::blocking_t::never_t) const noexcept {
            return Executor(*loop_, false);
        }
        Executor require(asio::execution::blocking_t::possibly_t) const noexcept {
            return Executor(*loop_, true);
        }
        template <class Function>
        void execute(Function function) const {
            if (at_once_ && std::this_thread::get_id() == loop_->thread_.get_id()) {
                function();
                return;
            }
            auto shared = std::make_shared<Function>(std::move(function));
            loop_->push([shared] { std::move (*shared)(); });
        }
        friend bool operator==(const Executor& a, const Executor& b) noexcept {
            return a.loop_ == b.loop_ && a.at_once_ == b.at_once_;
        }
        [[maybe_unused]] friend bool operator!=(const Executor& a, const Executor& b) noexcept {
            return !(a == b);
        }

    private:
        OwnLoop* loop_;
        bool at_once_;
    };

    OwnLoop() : thread_([this] { run(); }) {}
    ~OwnLoop() {
        push(nullptr);
        thread_.join();
        queue_.clear();  // what came after the end needs the services of its context
        shutdown();
        destroy();
    }
    Executor executor() { return Executor(*this); }

private:
    void push(std::function<void()> function) {
        std::lock_guard lock(mutex_);
        queue_.push_back(std::move(function));
        woken_.notify_one();
    }
    void run() {
        for (;;) {
            std::unique_lock lock(mutex_);
            woken_.wait(lock, [this] { return !queue_.empty(); });
            const std::function<void()> function = std::move(queue_.front());
            queue_.pop_front();
            lock.unlock();
            if (!function) {
                return;
            }
            function();
        }
    }

    std::mutex mutex_;
    std::condition_variable woken_;
    std::deque<std::function<void()>> queue_;
    std::thread thread_;
};

/// An execution context whose run() returns once nothing is queued and nobody counts work, like
/// io_context's. It knows of work only what its executors tell it.
class CountingLoop : public asio::execution_context {
public:
    class Executor {
    public:
        explicit Executor(CountingLoop& loop, bool tracked = false)
            : loop_(&loop), tracked_(tracked) {
            loop_->count(tracked_ ? 1 : 0);
        }
        Executor(const Executor& other) noexcept : Executor(*other.loop_, other.tracked_) {}
        ~Executor() { loop_->count(tracked_ ? -1 : 0); }
        Executor& operator=(const Executor&) = delete;

        asio::execution_context& query(asio::execution::context_t) const noexcept { return *loop_; }
        static constexpr asio::execution::blocking_t query(asio::execution::blocking_t) noexcept {
            return asio::execution::blocking.never;
        }
        Executor require(asio::execution::blocking_t::never_t) const { return *this; }
        Executor require(asio::execution::outstanding_work_t::tracked_t) const {
            return Executor(*loop_, true);
        }
        Executor require(asio::execution::outstanding_work_t::untracked_t) const {
            return Executor(*loop_, false);
        }
        template <class Function>
        void execute(Function function) const {
            auto shared = std::make_shared<Function>(std::move(function));
            loop_->push([shared] { std::move (*shared)(); });
        }
        friend bool operator==(const Executor& a, const Executor& b) noexcept {
            return a.loop_ == b.loop_ && a.tracked_ == b.tracked_;
        }
        [[maybe_unused]] friend bool operator!=(const Executor& a, const Executor& b) noexcept {
            return !(a == b);
        }

    private:
        CountingLoop* loop_;
        bool tracked_;
    };

    ~CountingLoop() {
        queue_.clear();
        shutdown();
        destroy();
    }
    Executor executor() { return Executor(*this); }

    void run() {
        for (;;) {
            std::unique_lock lock(mutex_);
            changed_.wait(lock, [this] { return !queue_.empty() || work_ == 0; });
            if (queue_.empty()) {
                return;
            }
            const std::function<void()> function = std::move(queue_.front());
            queue_.pop_front();
            lock.unlock();
            function();
        }
    }

private:
    void count(int change) {
        std::lock_guard lock(mutex_);
        work_ += change;
        changed_.notify_one();
    }
    void push(std::function<void()> function) {
        std::lock_guard lock(mutex_);
        queue_.push_back(std::move(function));
        changed_.notify_one();
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::function<void()>> queue_;
    int work_ = 0;
};

/// Blocking and asynchronous calls, from outside and on the executor's own thread.
void check(const char* kind, const asio::any_io_executor& executor) {
    INFO(kind);
    ScriptServer server(answer);
    Client client(executor);
    CHECK(client.get(server.url("/outside")).body.read_all() == "GET /outside - ");

    std::error_code posted;
    Gate done;
    asio::post(executor, [&] {
        client.get(server.url("/inside"), posted);
        done.open();
    });
    done.wait();
    CHECK(posted == hawser::error::would_deadlock);

    std::error_code read;
    std::error_code handled;
    Response response;
    Gate handler;
    client.async_get(server.url("/handler"), [&](std::error_code ec, Response r) {
        read = ec;
        response = std::move(r);
        client.get(server.url("/inside"), handled);
        handler.open();
    });
    handler.wait();
    CHECK_FALSE(read);
    CHECK(response.status == 200);
    CHECK(handled == hawser::error::would_deadlock);
    CHECK(response.body.read_all() == "GET /handler - ");
    client.close_idle_connections();
}

}  // namespace

TEST_CASE("blocking calls know their own threads: executors of an io_context") {
    FdGuard fds;
    IoThread io;
    const auto executor = io.context().get_executor();
    const asio::any_io_executor any = executor;
    const auto tracked = asio::require(executor, asio::execution::outstanding_work.tracked);
    check("io_context", any);
    check("tracked", asio::any_io_executor(tracked));
    check("continuation", asio::require(executor, asio::execution::relationship.continuation));
    check("strand", asio::make_strand(executor));
    check("strand of tracked", asio::make_strand(tracked));
    check("strand of any", asio::make_strand(any));
    check("strand of strand of any",
          asio::make_strand(asio::any_io_executor(asio::make_strand(any))));
    check("a user's own", QueueingExecutor{executor});
    check("strand of a user's own", asio::make_strand(QueueingExecutor{executor}));
}

TEST_CASE("blocking calls know their own threads: executors of pools") {
    FdGuard fds;
    asio::thread_pool pool(1);
    check("thread_pool", pool.get_executor());
    check("strand of thread_pool", asio::make_strand(pool.get_executor()));
    check("strand of any", asio::make_strand(asio::any_io_executor(pool.get_executor())));
    pool.join();
}

TEST_CASE("blocking calls know their own threads: the executor of the system") {
    // This context, with its reactor's descriptors, lives until the program ends.
    check("system_executor", asio::any_io_executor(asio::system_executor()));
    check("strand of system_executor", asio::make_strand(asio::system_executor()));
}

TEST_CASE("blocking calls know their own threads: a context that Asio does not run") {
    FdGuard fds;
    OwnLoop loop;
    check("own loop", loop.executor());
    check("own loop, once Asio's sockets have been in it", loop.executor());
    check("strand of own loop", asio::make_strand(loop.executor()));
}

TEST_CASE("a context that counts its work by its executors runs until a request has completed") {
    FdGuard fds;
    ScriptServer server(answer);
    CountingLoop loop;
    const bool strand = GENERATE(false, true);
    Client client(strand ? asio::any_io_executor(asio::make_strand(loop.executor()))
                         : asio::any_io_executor(loop.executor()));
    std::string text;
    client.async_get(server.url("/"), [&](std::error_code, Response response) {
        auto body = std::make_shared<Response>(std::move(response));
        body->body.async_read_all([&text, body](std::error_code, std::string all) { text = all; });
    });
    loop.run();
    CHECK(text == "GET / - ");
    client.close_idle_connections();
}

TEST_CASE("a thread of another context may wait") {
    FdGuard fds;
    ScriptServer server(answer);
    IoThread home;
    IoThread io;
    Client client(io.executor());
    std::error_code ec;
    int status = 0;
    Gate done;
    asio::post(home.context(), [&] {
        status = client.get(server.url("/"), ec).status;
        done.open();
    });
    done.wait();
    CHECK_FALSE(ec);
    CHECK(status == 200);
    client.close_idle_connections();
}

TEST_CASE("a client that outlives its context fails its calls, and touches nothing of it") {
    FdGuard fds;
    auto io = std::make_unique<asio::io_context>();
    Client on_context(io->get_executor());
    io.reset();
    std::error_code ec;
    on_context.get("http://127.0.0.1:1/", ec);
    CHECK(ec == hawser::error::client_closed);
}
