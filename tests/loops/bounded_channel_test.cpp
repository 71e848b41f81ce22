// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

#include <hawser/detail/rt/bounded_channel.hpp>
#include <hawser/detail/rt/loop_coroutine.hpp>
#include <hawser/detail/rt/monitor.hpp>
#include <hawser/detail/rt/task.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

using hawser::detail::BoundedChannel;
using hawser::detail::CalledFrom;
using hawser::detail::Event;
using hawser::detail::LoopCoroutine;
using hawser::detail::Monitor;
using hawser::detail::Task;
using hawser::detail::TaskList;

namespace {

/// Logs what it receives, and "." at the end.
LoopCoroutine receiver(BoundedChannel<std::optional<int>>& channel, std::string& log) {
    for (;;) {
        const std::optional<int> value = co_await channel.receive();
        if (!value) {
            break;
        }
        log += std::to_string(*value);
    }
    log += '.';
}

struct Bench {
    Monitor monitor{true};
    BoundedChannel<std::optional<int>> channel{monitor};
    std::string log;

    template <class F>
    void turn(F f) {
        monitor.turn(CalledFrom::user, f);
    }
};

struct Note final : Task {
    Note(std::string& to, std::string what) : log(to), text(std::move(what)) {}
    void run(CalledFrom from) override {
        log += text + (from == CalledFrom::executor ? "i" : "c");
        if (throws) {
            throw std::runtime_error(text);
        }
    }
    std::string& log;
    std::string text;
    bool throws = false;
};

}  // namespace

TEST_CASE("a value sent is received within the same turn, not inside the send") {
    Bench b;
    b.turn([&] { receiver(b.channel, b.log); });
    b.turn([&] {
        CHECK(b.channel.try_send(1));
        CHECK(b.log == "");
    });
    CHECK(b.log == "1");
    b.turn([&] { CHECK(b.channel.try_send(2)); });
    CHECK(b.log == "12");
    b.turn([&] { b.channel.close(); });
    CHECK(b.log == "12.");
}

TEST_CASE("a channel holds one value and refuses a second one") {
    Bench b;
    b.turn([&] {
        CHECK(b.channel.try_send(1));
        CHECK_FALSE(b.channel.try_send(2));
    });
    b.turn([&] { receiver(b.channel, b.log); });
    CHECK(b.log == "1");
    b.turn([&] { CHECK(b.channel.try_send(3)); });
    CHECK(b.log == "13");
    b.turn([&] { b.channel.close(); });
}

TEST_CASE("a value sent before the close is still received, followed by the end") {
    Bench b;
    b.turn([&] {
        CHECK(b.channel.try_send(7));
        b.channel.close();
        CHECK_FALSE(b.channel.try_send(8));
    });
    b.turn([&] { receiver(b.channel, b.log); });
    CHECK(b.log == "7.");
}

TEST_CASE("a value and the close in one turn reach a waiting receiver in this order") {
    Bench b;
    b.turn([&] { receiver(b.channel, b.log); });
    b.turn([&] {
        CHECK(b.channel.try_send(7));
        b.channel.close();
    });
    CHECK(b.log == "7.");
}

TEST_CASE("a closed channel stays closed, and closing it twice does nothing") {
    Bench b;
    b.turn([&] {
        b.channel.close();
        b.channel.close();
    });
    b.turn([&] { receiver(b.channel, b.log); });
    CHECK(b.log == ".");
    b.turn([&] { CHECK_FALSE(b.channel.try_send(1)); });
    CHECK_FALSE(b.channel.try_receive());
}

TEST_CASE("try_receive takes a value once and never waits") {
    Bench b;
    b.turn([&] {
        CHECK_FALSE(b.channel.try_receive());
        CHECK(b.channel.try_send(5));
        CHECK(b.channel.try_receive() == std::optional<int>(5));
        CHECK_FALSE(b.channel.try_receive());
        CHECK(b.channel.try_send(6));
    });
    CHECK(b.channel.try_receive() == std::optional<int>(6));
}

TEST_CASE("values that cannot be copied pass through, and a refused one is destroyed") {
    Monitor monitor(false);
    BoundedChannel<std::shared_ptr<int>> channel(monitor);
    const auto value = std::make_shared<int>(1);
    CHECK(channel.try_send(value));
    CHECK_FALSE(channel.try_send(value));
    CHECK(value.use_count() == 2);
    CHECK(channel.try_receive() != nullptr);
    CHECK(value.use_count() == 1);
}

TEST_CASE("two coroutines that wait for each other take turns, neither inside the other") {
    Monitor monitor(true);
    BoundedChannel<std::optional<int>> ping(monitor);
    BoundedChannel<std::optional<int>> pong(monitor);
    int depth = 0;
    int deepest = 0;
    int rounds = 0;
    const auto player = [&](BoundedChannel<std::optional<int>>& in,
                            BoundedChannel<std::optional<int>>& out) -> LoopCoroutine {
        for (;;) {
            const std::optional<int> value = co_await in.receive();
            if (!value) {
                break;
            }
            deepest = std::max(deepest, ++depth);
            ++rounds;
            if (*value == 0) {
                in.close();
                out.close();
            } else {
                out.try_send(*value - 1);
            }
            --depth;
        }
    };
    monitor.turn(CalledFrom::user, [&] { player(ping, pong); });
    monitor.turn(CalledFrom::user, [&] { player(pong, ping); });
    monitor.turn(CalledFrom::user, [&] { ping.try_send(100'000); });
    CHECK(rounds == 100'001);
    CHECK(deepest == 1);
}

TEST_CASE("an event wakes the waiting coroutine, and is lost if none waits") {
    Monitor monitor(true);
    Event event(monitor);
    int woken = 0;
    const auto waiter = [&]() -> LoopCoroutine {
        co_await event.wait();
        ++woken;
    };
    monitor.turn(CalledFrom::user, [&] { event.notify(); });
    monitor.turn(CalledFrom::user, [&] { waiter(); });
    CHECK(woken == 0);
    monitor.turn(CalledFrom::user, [&] {
        event.notify();
        event.notify();
    });
    CHECK(woken == 1);
}

TEST_CASE("tasks left by a turn run after it, in order, with the lock released", "[L09]") {
    Monitor monitor(true);
    std::string log;
    Note one(log, "1");
    Note two(log, "2");
    struct Reentrant final : Task {
        explicit Reentrant(Monitor& m, std::string& l) : monitor(m), log(l) {}
        void run(CalledFrom) override {
            monitor.turn(CalledFrom::user, [&] { log += "r"; });
        }
        Monitor& monitor;
        std::string& log;
    } reentrant(monitor, log);
    monitor.turn(CalledFrom::executor, [&] {
        monitor.after(one);
        monitor.after(reentrant);
        monitor.after(two);
        log += "-";
    });
    CHECK(log == "-1ir2i");
}

TEST_CASE("a task that throws does not keep others from running", "[L05]") {
    std::string log;
    Note one(log, "1");
    Note two(log, "2");
    Note three(log, "3");
    one.throws = two.throws = true;
    TaskList list;
    list.push(one);
    list.push(two);
    list.push(three);
    CHECK_THROWS_WITH(list.run(CalledFrom::user), "1");
    CHECK(log == "1c2c3c");
}
