// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// A blocked caller that polls for the bytes of its own connection: when it does, what ends that,
// and when it leaves the waiting to the loop.

#include "../support/fd_guard.hpp"
#include <hawser/detail/rt/blocking_loop.hpp>
#include <hawser/error.hpp>

#include <asio/any_io_executor.hpp>
#include <catch2/catch.hpp>

#include <chrono>
#include <functional>
#include <stdexcept>
#include <sys/socket.h>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <vector>

using hawser::detail::Awaited;
using hawser::detail::BlockingLoop;
using hawser::detail::Parker;
using hawser::detail::PolledRead;
using hawser::detail::ReadSource;
using hawser::detail::TimePoint;

namespace {

/// A socket on which the test is the server.
class Pair {
public:
    Pair() { REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends_) == 0); }
    Pair(const Pair&) = delete;
    Pair& operator=(const Pair&) = delete;
    ~Pair() {
        ::close(ends_[0]);
        ::close(ends_[1]);
    }
    int handle() const { return ends_[0]; }
    void send() const { CHECK(::write(ends_[1], "x", 1) == 1); }
    void take() const {
        char byte = 0;
        CHECK(::read(ends_[0], &byte, 1) == 1);
    }

private:
    int ends_[2];
};

struct Connection final : ReadSource {
    void try_read() override {
        ++reads;
        on_read();
    }
    void keep_alive(bool on) noexcept override { kept += on ? 1 : -1; }

    std::function<void()> on_read;
    int reads = 0;
    int kept = 0;
};

/// A loop that ends the call of whoever leads it, and counts.
class CountingLoop final : public BlockingLoop {
public:
    const asio::any_io_executor& executor() const noexcept override { return none_; }
    bool would_deadlock() override { return false; }

    bool allowed = true;
    int led = 0;
    int strays = 0;

private:
    bool lead(Caller& caller, Lock&, ParkerPtr&) override {
        ++led;
        caller.become(Caller::State::done);
        return true;
    }
    bool may_poll() const noexcept override { return allowed; }
    void tell_stray() noexcept override { ++strays; }

    asio::any_io_executor none_;
};

struct Nothing final : Awaited {
    void give_up(std::error_code) override {}
};

/// A call that blocks for an exchange, whose connection makes an offer.
struct Call {
    explicit Call(BlockingLoop& on) : loop(on) { caller.polled.set_exchange(&exchange); }

    void offer(int handle, ReadSource& source) {
        const PolledRead::Here here(caller.polled);
        PolledRead::offer(&exchange, handle, source);
    }
    void wait() { loop.wait(caller, awaited); }
    /// Waits with the offer of a connection whose socket is `pair`.
    void block(const Pair& pair, ReadSource& source) {
        offer(pair.handle(), source);
        wait();
    }

    BlockingLoop& loop;
    int exchange = 0;  // its address
    Nothing awaited;
    BlockingLoop::Caller caller;
};

}  // namespace

TEST_CASE("a connection makes its offer only to the thread that blocks for its exchange", "[L10]") {
    Connection conn;
    Connection other;
    int exchange = 0;
    PolledRead polled;
    PolledRead::offer(&exchange, 3, conn);
    polled.set_exchange(&exchange);
    PolledRead::offer(&exchange, 3, conn);
    CHECK_FALSE(polled.offered());
    {
        const PolledRead::Here here(polled);
        PolledRead::offer(&conn, 3, conn);
        PolledRead::offer(nullptr, 3, conn);
        PolledRead::offer(&exchange, -1, conn);
        std::thread([&] { PolledRead::offer(&exchange, 3, conn); }).join();
        CHECK_FALSE(polled.offered());
        {
            PolledRead inner;
            const PolledRead::Here inside(inner);
            PolledRead::offer(&exchange, 3, conn);
            CHECK_FALSE(inner.offered());
            CHECK_FALSE(polled.offered());
        }
        CHECK(polled.is_here());
        PolledRead::offer(&exchange, 3, conn);
        PolledRead::offer(&exchange, 3, conn);
        CHECK(conn.kept == 1);
        PolledRead::offer(&exchange, 4, other);  // the exchange goes on with another connection
        CHECK(conn.kept == 0);
        CHECK(other.kept == 1);
        CHECK(polled.handle() == 4);
    }
    CHECK_FALSE(polled.is_here());
    polled.decline();
    CHECK(other.kept == 0);
}

TEST_CASE("a connection that closes withdraws its offer, and no other", "[L10]") {
    Connection conn;
    Connection other;
    int exchange = 0;
    PolledRead polled;
    polled.set_exchange(&exchange);
    const PolledRead::Here here(polled);
    PolledRead::offer(&exchange, 3, conn);
    PolledRead::withdraw(other);
    CHECK(polled.offered());
    PolledRead::withdraw(conn);
    CHECK_FALSE(polled.offered());
    CHECK(conn.kept == 0);
}

TEST_CASE("without exchange and call, nothing is offered", "[L10]") {
    Connection conn;
    PolledRead polled;
    const PolledRead::Here here(polled);
    PolledRead::offer(nullptr, 3, conn);
    CHECK_FALSE(polled.offered());
}

#if defined(__linux__)

TEST_CASE("a caller reads what arrives for it, on its own thread and without the loop", "[L10]") {
    const Pair pair;
    CountingLoop loop;
    Connection conn;
    Call call(loop);
    const auto thread = std::this_thread::get_id();
    conn.on_read = [&] {
        CHECK(std::this_thread::get_id() == thread);
        CHECK(call.caller.polled.is_here());
        pair.take();
        loop.finish(call.caller);
    };
    pair.send();
    call.block(pair, conn);
    CHECK(conn.reads == 1);
    CHECK(conn.kept == 0);
    CHECK(loop.led == 0);
}

TEST_CASE("a call that another thread finishes need not wait for bytes", "[L10]") {
    const Pair pair;
    CountingLoop loop;
    Connection conn;
    for (int i = 0; i < 200; ++i) {
        {
            Call call(loop);
            call.offer(pair.handle(), conn);
            std::thread other([&] { loop.finish(call.caller); });  // before or while it polls
            call.wait();
            other.join();
        }
        CHECK(conn.kept == 0);
    }
    CHECK(conn.reads == 0);
}

TEST_CASE("where no bytes come soon, this wait and some more are left to the loop", "[L10]") {
    const Pair pair;
    CountingLoop loop;
    Connection conn;
    const auto wait = [&] {
        Call call(loop);
        conn.on_read = [&] { loop.finish(call.caller); };
        call.block(pair, conn);
        CHECK(conn.kept == 0);
    };
    wait();
    CHECK(loop.led == 1);
    pair.send();
    for (int i = 0; i < 64; ++i) {
        wait();
    }
    CHECK(loop.led == 65);
    CHECK(conn.reads == 0);
    wait();
    CHECK(loop.led == 65);
    CHECK(conn.reads == 1);
}

TEST_CASE("a caller polls neither where it must not, nor while its source may be called", "[L10]") {
    const Pair pair;
    pair.send();
    CountingLoop loop;
    Connection conn;
    {
        Call call(loop);
        loop.allowed = false;
        call.block(pair, conn);
        loop.allowed = true;
    }
    {
        Call call(loop);
        BlockingLoop::Mailbox mailbox;
        loop.attach(mailbox, call.caller);
        call.block(pair, conn);
    }
    CHECK(loop.led == 2);
    CHECK(conn.reads == 0);
    CHECK(conn.kept == 0);
}

TEST_CASE("bytes that keep coming do not keep a caller from the loop", "[L10]") {
    const Pair pair;
    pair.send();
    CountingLoop loop;
    Connection conn;
    Call call(loop);
    conn.on_read = [&] {
        std::this_thread::yield();
        PolledRead::offer(&call.exchange, pair.handle(), conn);
    };
    call.block(pair, conn);  // they stay in the socket
    CHECK(loop.led == 1);
    CHECK(conn.reads > 0);
    CHECK(conn.kept == 0);
}

TEST_CASE("user code that runs while a caller reads must not block on the same loop", "[L10]") {
    const Pair pair;
    pair.send();
    CountingLoop loop;
    CountingLoop other;
    Connection conn;
    Call call(loop);
    conn.on_read = [&] {
        CHECK(loop.refusal() == hawser::error::would_deadlock);
        CHECK_FALSE(other.refusal());
        Connection inner;
        Call nested(other);
        inner.on_read = [&] {
            CHECK(loop.refusal() == hawser::error::would_deadlock);
            CHECK(other.refusal() == hawser::error::would_deadlock);
            other.finish(nested.caller);
        };
        nested.block(pair, inner);
        CHECK_FALSE(other.refusal());
        loop.finish(call.caller);
    };
    call.block(pair, conn);
    CHECK_FALSE(loop.refusal());
    CHECK(loop.led + other.led == 0);
}

TEST_CASE("many callers at once leave few descriptors behind", "[L10]") {
    const hawser::test::FdGuard fds;
    const Pair pair;
    CountingLoop loop;
    std::vector<std::thread> threads;
    for (int t = 0; t < 100; ++t) {
        threads.emplace_back([&] {
            Connection conn;
            Call call(loop);
            call.block(pair, conn);
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    CHECK(fds.opened().size() <= 2 + 16);
}

TEST_CASE("what user code throws while a caller reads is no result of its call", "[L05]") {
    const Pair pair;
    pair.send();
    CountingLoop loop;
    Connection conn;
    Call call(loop);
    conn.on_read = [] { throw std::runtime_error("of a trace"); };
    call.block(pair, conn);
    CHECK(conn.kept == 0);
    CHECK(loop.strays == 1);
    CHECK(loop.led == 1);  // the call still waits
}

TEST_CASE("a sleeper ends by bytes, by a call or by its limit, and a call is never lost", "[L10]") {
    using Polled = Parker::Polled;
    const Pair pair;
    const hawser::detail::IntrusivePtr<Parker> parker(new Parker);
    const auto now = [] { return std::chrono::steady_clock::now(); };
    REQUIRE(parker->can_poll());
    CHECK(parker->poll(pair.handle(), now()) == Polled::late);
    CHECK(parker->poll(pair.handle(), now() + std::chrono::milliseconds{1}) == Polled::late);
    parker->wake();
    CHECK(parker->poll(pair.handle(), TimePoint::max()) == Polled::woken);
    for (int i = 0; i < 200; ++i) {
        std::thread other([&] { parker->wake(); });
        CHECK(parker->poll(pair.handle(), TimePoint::max()) == Polled::woken);
        other.join();
    }
    while (parker->poll(pair.handle(), now()) == Polled::woken) {  // it may also end for no reason
    }
    pair.send();
    CHECK(parker->poll(pair.handle(), TimePoint::max()) == Polled::readable);
}

#endif
