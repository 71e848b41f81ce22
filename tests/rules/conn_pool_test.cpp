// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// One decision of the pool per test. conn_pool_model_test.cpp mixes them.

#include <hawser/detail/pool/conn_pool.hpp>

#include <catch2/catch.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

using namespace hawser::detail;
using std::chrono::seconds;
using Next = ConnPool::Next;
using Put = ConnPool::Put;

namespace {

struct Conn : PoolConn {
    int id = 0;
};
struct Want : PoolWant {
    Want() = default;
    explicit Want(bool fresh) { fresh_only = fresh; }
};

/// A pool, its clock, and the actions of a transport.
struct Bench {
    explicit Bench(const PoolLimits& limits = {}) : pool(limits) {}
    // Hooks must leave their lists before the lists are destroyed.
    ~Bench() {
        for (auto& conn : conns) {
            pool.closed(*conn);
        }
    }

    static ConnectKeyView key(std::string_view host) { return {false, host, 80, {}}; }

    ConnPool::Acquired acquire(Want& want, std::string_view host = "a") {
        const auto acquired = pool.acquire(want, key(host), now, victims);
        if (acquired.next == Next::dial) {
            dial(want);
        }
        return acquired;
    }
    PoolDial& dial(PoolWant& want) {
        dials.push_back(std::make_unique<PoolDial>());
        pool.dialing(*dials.back(), want);
        return *dials.back();
    }
    Conn& conn() {
        conns.push_back(std::make_unique<Conn>());
        conns.back()->id = static_cast<int>(conns.size());
        return *conns.back();
    }
    /// A connection in use.
    Conn& leased(std::string_view host = "a") {
        Want want;
        const auto acquired = acquire(want, host);
        REQUIRE(acquired.next == Next::dial);
        Conn& fresh = conn();
        REQUIRE(pool.dialed(*dials.back(), fresh, now) == &want);
        return fresh;
    }
    ConnPool::Returned put(Conn& conn, seconds idle_for = seconds{90}) {
        return pool.put(conn, now, now + idle_for, victims);
    }
    Conn* victim() { return static_cast<Conn*>(victims.pop_front()); }

    ConnPool pool;
    ConnPool::Victims victims;
    TimePoint now = TimePoint{} + std::chrono::hours{1};
    std::vector<std::unique_ptr<Conn>> conns;
    std::vector<std::unique_ptr<PoolDial>> dials;
};

PoolLimits max_open(std::size_t n) {
    PoolLimits limits;
    limits.max_open_per_host = n;
    return limits;
}

PoolLimits max_total(std::size_t n) {
    PoolLimits limits;
    limits.max_open = n;
    return limits;
}

}  // namespace

TEST_CASE("the first request of a host dials, later ones with its key take idle connections") {
    Bench b;
    Conn& conn = b.leased();
    CHECK_FALSE(conn.reused);
    CHECK(b.put(conn).put == Put::idle);
    CHECK(b.pool.idle_count() == 1);
    Want want;
    const auto acquired = b.acquire(want);
    CHECK(acquired.next == Next::lend);
    CHECK(acquired.conn == &conn);
    CHECK(conn.reused);
    CHECK_FALSE(want.waiting());
    CHECK(b.pool.idle_count() == 0);
}

TEST_CASE("a connection is lent only to its own key", "[R20][R22]") {
    Bench b;
    CHECK(b.put(b.leased("a")).put == Put::idle);
    const ConnectKeyView others[] = {{true, "a", 80, {}},
                                     {false, "a.", 80, {}},
                                     {false, "a", 81, {}},
                                     {false, "a", 80, "tag"},
                                     {false, "b", 80, {}}};
    for (const auto& key : others) {
        Want want;
        CHECK(b.pool.acquire(want, key, b.now, b.victims).next == Next::dial);
        PoolDial& dial = b.dial(want);
        CHECK(b.pool.dial_failed(dial) == &want);
    }
    Want want;
    CHECK(b.acquire(want).next == Next::lend);
}

TEST_CASE("of several idle connections the newest is lent") {
    Bench b;
    Conn& first = b.leased();
    Conn& second = b.leased();
    Conn& third = b.leased();
    b.put(second);
    b.put(third);
    b.put(first);
    Want w1;
    Want w2;
    Want w3;
    CHECK(b.acquire(w1).conn == &first);
    CHECK(b.acquire(w2).conn == &third);
    CHECK(b.acquire(w3).conn == &second);
}

TEST_CASE("an expired idle connection is closed, not lent", "[R15]") {
    Bench b;
    Conn& conn = b.leased();
    b.put(conn, seconds{5});
    b.now += seconds{5};
    Want want;
    CHECK(b.acquire(want).next == Next::dial);
    CHECK(b.victim() == &conn);
    CHECK(b.victim() == nullptr);
    CHECK(b.pool.cancel(want, b.now));
    CHECK(b.pool.dial_failed(*b.dials.back()) == nullptr);
}

TEST_CASE("an expired newest connection does not hide an older one that has not expired") {
    Bench b;
    Conn& lasting = b.leased();
    Conn& brief = b.leased();
    b.put(lasting, seconds{90});
    b.put(brief, seconds{2});
    b.now += seconds{3};
    Want want;
    CHECK(b.acquire(want).conn == &lasting);
    CHECK(b.victim() == &brief);
}

TEST_CASE("expiry collects expired connections and reports when the next one expires") {
    Bench b;
    Conn& brief = b.leased();
    Conn& lasting = b.leased("b");
    b.put(lasting, seconds{50});
    b.put(brief, seconds{5});
    CHECK(b.pool.expire(b.now, b.victims) == b.now + seconds{5});
    CHECK(b.victims.empty());
    const TimePoint end = b.now + seconds{50};
    b.now += seconds{5};
    CHECK(b.pool.expire(b.now, b.victims) == end);
    CHECK(b.victim() == &brief);
    CHECK(b.pool.expire(end, b.victims) == TimePoint::max());
    CHECK(b.victim() == &lasting);
}

TEST_CASE("a returned connection goes to the oldest waiting request, whose dial continues") {
    Bench b;
    Conn& conn = b.leased();
    Want w1;
    Want w2;
    CHECK(b.acquire(w1).next == Next::dial);
    CHECK(b.acquire(w2).next == Next::dial);
    const auto returned = b.put(conn);
    CHECK(returned.put == Put::lent);
    CHECK(returned.want == &w1);
    CHECK_FALSE(w1.waiting());
    // w1's dial has no request: its connection goes to the next that waits.
    CHECK(b.dials[1]->want == nullptr);
    CHECK(b.pool.dialed(*b.dials[1], b.conn(), b.now) == &w2);
    Conn& last = b.conn();
    CHECK(b.pool.dialed(*b.dials[2], last, b.now) == nullptr);  // never lost
    CHECK(b.put(last).put == Put::idle);
}

TEST_CASE("an abandoned dial is adopted by the next request instead of another dial", "[R29]") {
    Bench b;
    Want w1;
    CHECK(b.acquire(w1).next == Next::dial);
    CHECK(b.pool.cancel(w1, b.now));
    CHECK_FALSE(b.pool.cancel(w1, b.now));
    Want w2;
    CHECK(b.acquire(w2).next == Next::wait);
    CHECK(w2.dial == b.dials[0].get());
    CHECK(b.pool.dialed(*b.dials[0], b.conn(), b.now) == &w2);
}

TEST_CASE("a failed dial fails the request it was for, an abandoned one fails none") {
    Bench b;
    Want w1;
    Want w2;
    b.acquire(w1);
    b.acquire(w2);
    CHECK(b.pool.dial_failed(*b.dials[1]) == &w2);
    CHECK(b.pool.waiting_count() == 1);
    CHECK(b.pool.cancel(w1, b.now));
    CHECK(b.pool.dial_failed(*b.dials[0]) == nullptr);
    CHECK(b.pool.host_count() == 0);
    CHECK(b.pool.permit(b.victims) == nullptr);
}

TEST_CASE("with all permits in use, a request waits and gets the permit of a closed connection",
          "[R28]") {
    Bench b(max_open(2));
    Conn& one = b.leased();
    Conn& two = b.leased();
    Want w1;
    Want w2;
    CHECK(b.acquire(w1).next == Next::wait);
    CHECK(b.acquire(w2).next == Next::wait);
    CHECK(b.pool.permit(b.victims) == nullptr);
    b.pool.closed(one);
    b.pool.closed(one);  // idempotent: frees one permit
    CHECK(b.pool.permit(b.victims) == &w1);
    CHECK(b.pool.permit(b.victims) == nullptr);
    b.dial(w1);
    CHECK(b.put(two).want == &w1);  // its dial continues for w2
    CHECK(b.pool.dialed(*b.dials.back(), b.conn(), b.now) == &w2);
}

TEST_CASE("a request canceled in the queue leaves the permit to the next", "[L13]") {
    Bench b(max_open(1));
    Conn& conn = b.leased();
    Want w1;
    Want w2;
    b.acquire(w1);
    b.acquire(w2);
    CHECK(b.pool.cancel(w1, b.now));
    b.pool.closed(conn);
    CHECK(b.pool.permit(b.victims) == &w2);
    CHECK(b.pool.dial_failed(b.dial(w2)) == &w2);
}

TEST_CASE("each host has its own permits") {
    Bench b(max_open(1));
    b.leased("a");
    b.leased("b");
    Want want;
    CHECK(b.acquire(want, "a").next == Next::wait);
    CHECK(b.pool.cancel(want, b.now));
}

TEST_CASE("a retry takes no idle connection, nor a returned one", "[R09]") {
    Bench b;
    Conn& idle = b.leased();
    Conn& busy = b.leased();
    b.put(idle);
    Want retry(true);
    CHECK(b.acquire(retry).next == Next::dial);
    CHECK(b.put(busy).put == Put::idle);
    CHECK(retry.waiting());
    CHECK(b.pool.dialed(*b.dials.back(), b.conn(), b.now) == &retry);
}

TEST_CASE("a retry without a permit takes that of the oldest idle connection") {
    Bench b(max_open(2));
    Conn& one = b.leased();
    Conn& two = b.leased();
    b.put(one);
    b.put(two);
    Want retry(true);
    CHECK(b.acquire(retry).next == Next::wait);
    CHECK(b.victim() == &one);
    CHECK(b.victims.empty());
    b.pool.closed(one);
    CHECK(b.pool.permit(b.victims) == &retry);
    CHECK(b.pool.dial_failed(b.dial(retry)) == &retry);
}

TEST_CASE("a connection returned while a retry waits for its permit is refused") {
    Bench b(max_open(1));
    Conn& conn = b.leased();
    Want retry(true);
    CHECK(b.acquire(retry).next == Next::wait);
    CHECK(b.put(conn).put == Put::refused);
    b.pool.closed(conn);
    CHECK(b.pool.permit(b.victims) == &retry);
    CHECK(b.pool.dial_failed(b.dial(retry)) == &retry);
}

TEST_CASE("a younger request that can take a used connection overtakes a retry that cannot") {
    Bench b(max_open(1));
    Conn& conn = b.leased();
    Want retry(true);
    Want want;
    b.acquire(retry);
    b.acquire(want);
    CHECK(b.put(conn).want == &want);
    CHECK(b.put(conn).put == Put::refused);
    b.pool.closed(conn);
    CHECK(b.pool.permit(b.victims) == &retry);
    CHECK(b.pool.dialed(b.dial(retry), b.conn(), b.now) == &retry);
}

TEST_CASE("beyond the idle limit of all hosts, the least recently used connection is closed") {
    PoolLimits limits;
    limits.max_idle = 2;
    Bench b(limits);
    Conn& one = b.leased("a");
    Conn& two = b.leased("b");
    Conn& three = b.leased("c");
    b.put(two);
    b.put(one);
    CHECK(b.put(three).put == Put::idle);
    CHECK(b.victim() == &two);
    CHECK(b.pool.idle_count() == 2);
}

TEST_CASE("beyond the idle limit of a host, the returned connection is closed") {
    PoolLimits limits;
    limits.max_idle_per_host = 1;
    Bench b(limits);
    Conn& one = b.leased();
    Conn& two = b.leased();
    CHECK(b.put(one).put == Put::idle);
    CHECK(b.put(two).put == Put::refused);
    CHECK(b.victims.empty());
}

TEST_CASE("without keep-alive nothing is kept, not even for a waiting request") {
    PoolLimits limits;
    limits.keep_alives = false;
    Bench b(limits);
    Conn& conn = b.leased();
    Want want;
    b.acquire(want);
    CHECK(b.put(conn).put == Put::refused);
    CHECK(b.pool.dialed(*b.dials.back(), b.conn(), b.now) == &want);
}

TEST_CASE("closing idle connections also refuses returned ones, until the next request") {
    Bench b;
    Conn& one = b.leased();
    Conn& two = b.leased();
    Conn& three = b.leased();
    b.put(one);
    b.pool.close_idle(b.victims);
    CHECK(b.victim() == &one);
    CHECK(b.put(two).put == Put::refused);
    Want want;
    CHECK(b.acquire(want, "b").next == Next::dial);
    CHECK(b.put(three).put == Put::idle);
    CHECK(b.pool.dial_failed(*b.dials.back()) == &want);
}

TEST_CASE("an idle connection that closes is not lent", "[R06]") {
    Bench b;
    Conn& conn = b.leased();
    b.put(conn);
    b.pool.closed(conn);
    b.pool.closed(conn);
    CHECK(b.pool.idle_count() == 0);
    Want want;
    CHECK(b.acquire(want).next == Next::dial);
    CHECK(b.pool.dial_failed(*b.dials.back()) == &want);
}

TEST_CASE("of several idle connections the oldest is lent if so configured", "[B-18]") {
    PoolLimits limits;
    limits.oldest_idle_first = true;
    Bench b(limits);
    Conn& first = b.leased();
    Conn& second = b.leased();
    Conn& third = b.leased();
    b.put(second);
    b.put(third, seconds{1});
    b.put(first);
    b.now += seconds{1};
    Want w1;
    Want w2;
    CHECK(b.acquire(w1).conn == &second);
    CHECK(b.acquire(w2).conn == &first);
    CHECK(b.victim() == &third);
}

TEST_CASE("at the limit over all hosts, an idle connection of another host makes room",
          "[B-21][X10]") {
    Bench b(max_total(2));
    Conn& one = b.leased("a");
    Conn& two = b.leased("b");
    b.put(two);
    b.put(one);
    Want want;
    CHECK(b.acquire(want, "c").next == Next::wait);
    CHECK(b.victim() == &two);  // the least recently used
    CHECK(b.victim() == nullptr);
    CHECK(b.pool.permit(b.victims) == nullptr);  // not before that is closed
    CHECK(b.victim() == &one);                   // called again, since closing may take too long
    b.pool.closed(two);
    CHECK(b.pool.permit(b.victims) == &want);
    CHECK(b.pool.dial_failed(b.dial(want)) == &want);
}

TEST_CASE("a permit goes to the host whose request has waited longest", "[B-21]") {
    Bench b(max_total(2));
    Conn& one = b.leased("a");
    Conn& two = b.leased("a");
    Want w1;
    Want w2;
    Want w3;
    CHECK(b.acquire(w1, "c").next == Next::wait);
    CHECK(b.acquire(w2, "b").next == Next::wait);
    CHECK(b.acquire(w3, "c").next == Next::wait);
    CHECK(b.put(one).put == Put::refused);  // others need its permit more
    b.pool.closed(one);
    CHECK(b.pool.permit(b.victims) == &w1);
    CHECK(b.pool.permit(b.victims) == nullptr);
    b.pool.closed(two);
    CHECK(b.pool.permit(b.victims) == &w2);
    b.dial(w1);
    CHECK(b.pool.dial_failed(*b.dials.back()) == &w1);
    CHECK(b.pool.permit(b.victims) == &w3);
    CHECK(b.pool.dial_failed(b.dial(w2)) == &w2);
    CHECK(b.pool.dial_failed(b.dial(w3)) == &w3);
}

TEST_CASE("a busy host eventually gives up its connection for a host that waits for a permit",
          "[B-21]") {
    PoolLimits limits = max_total(1);
    limits.max_overtakes = 2;
    Bench b(limits);
    Conn& conn = b.leased("a");
    Want other;
    Want own[4];
    CHECK(b.acquire(own[0], "a").next == Next::wait);
    CHECK(b.acquire(other, "b").next == Next::wait);
    for (int i = 1; i < 4; ++i) {
        CHECK(b.acquire(own[i], "a").next == Next::wait);
    }
    CHECK(b.put(conn).want == &own[0]);  // it was first
    CHECK(b.put(conn).want == &own[1]);
    CHECK(b.put(conn).want == &own[2]);
    CHECK(b.put(conn).put == Put::refused);
    b.pool.closed(conn);
    CHECK(b.pool.permit(b.victims) == &other);
    CHECK(b.pool.permit(b.victims) == nullptr);
    CHECK(b.pool.dial_failed(b.dial(other)) == &other);
    CHECK(b.pool.permit(b.victims) == &own[3]);
    CHECK(b.pool.dial_failed(b.dial(own[3])) == &own[3]);
}

TEST_CASE("a host at its own limit does not keep others from the shared permits", "[B-09]") {
    PoolLimits limits = max_total(3);
    limits.max_open_per_host = 1;
    Bench b(limits);
    Conn& one = b.leased("a");
    b.leased("b");
    b.leased("c");
    Want same;
    Want other;
    CHECK(b.acquire(same, "b").next == Next::wait);
    CHECK(b.acquire(other, "d").next == Next::wait);
    b.pool.closed(one);
    CHECK(b.pool.permit(b.victims) == &other);
    CHECK(b.pool.permit(b.victims) == nullptr);
    CHECK(b.pool.dial_failed(b.dial(other)) == &other);
    CHECK(b.pool.permit(b.victims) == nullptr);
    CHECK(b.pool.cancel(same, b.now));
}

TEST_CASE("beyond the queue's limit a request is refused at once, those that dial do not count",
          "[B-21]") {
    PoolLimits limits = max_total(2);
    limits.max_queued = 1;
    Bench b(limits);
    Want dialing;
    CHECK(b.acquire(dialing).next == Next::dial);
    Conn& conn = b.leased("b");
    Want queued;
    Want refused;
    CHECK(b.acquire(queued).next == Next::wait);
    CHECK(b.acquire(refused, "new").next == Next::full);
    CHECK_FALSE(refused.waiting());
    CHECK(b.pool.host_count() == 2);  // it left nothing behind
    CHECK(b.pool.waiting_count() == 2);
    CHECK(b.pool.queued_count() == 1);
    b.pool.closed(conn);
    CHECK(b.pool.permit(b.victims) == &queued);
    b.dial(queued);
    Want next;
    CHECK(b.acquire(next).next == Next::wait);
    for (Want* want : {&dialing, &queued, &next}) {
        CHECK(b.pool.cancel(*want, b.now));
    }
    for (auto& dial : b.dials) {
        if (dial->ListHook<AllDials>::linked()) {
            b.pool.dial_failed(*dial);
        }
    }
}

TEST_CASE("a request queues only for so long, a dial made for it stops the clock", "[B-21]") {
    PoolLimits limits = max_open(1);
    limits.max_wait = std::chrono::milliseconds{100};
    Bench b(limits);
    Conn& conn = b.leased();
    CHECK(b.pool.overdue_at() == TimePoint::max());
    Want w1;
    Want w2;
    b.acquire(w1);
    const TimePoint at = b.now + limits.max_wait;
    b.now += std::chrono::milliseconds{50};
    b.acquire(w2);
    CHECK(b.pool.overdue_at() == at);
    CHECK(b.pool.overdue(b.now) == nullptr);
    b.now = at;
    CHECK(b.pool.overdue(b.now) == &w1);
    CHECK_FALSE(w1.waiting());
    CHECK(b.pool.overdue(b.now) == nullptr);
    b.pool.closed(conn);
    CHECK(b.pool.permit(b.victims) == &w2);
    CHECK(b.pool.overdue_at() == TimePoint::max());
    CHECK(b.pool.dial_failed(b.dial(w2)) == &w2);
}

TEST_CASE("an abandoned dial lingers, then it is given up", "[B-07][X-18]") {
    PoolLimits limits;
    limits.linger = seconds{1};
    Bench b(limits);
    Want w1;
    Want w2;
    b.acquire(w1);
    CHECK(b.pool.lingered_out_at() == TimePoint::max());
    b.pool.cancel(w1, b.now);
    CHECK(b.pool.lingered_out_at() == b.now + seconds{1});
    CHECK(b.pool.lingered_out(b.now) == nullptr);
    CHECK(b.acquire(w2).next == Next::wait);  // adopts it
    CHECK(b.pool.lingered_out_at() == TimePoint::max());
    b.pool.cancel(w2, b.now);
    b.now += seconds{1};
    CHECK(b.pool.lingered_out(b.now) == b.dials[0].get());
    CHECK(b.pool.lingered_out(b.now) == nullptr);
    CHECK(b.acquire(w1).next == Next::dial);  // a dial being aborted is not adopted
    CHECK(b.pool.dial_failed(*b.dials[0]) == nullptr);
    CHECK(b.pool.dial_failed(*b.dials[1]) == &w1);
}

TEST_CASE("a thousand requests canceled one after another leave one dial", "[B-07]") {
    PoolLimits limits;
    limits.linger = seconds{1};
    Bench b(limits);
    for (int i = 0; i < 1000; ++i) {
        Want want;
        b.acquire(want);
        b.pool.cancel(want, b.now);
    }
    CHECK(b.pool.dials().size() == 1);
    CHECK(b.pool.dial_failed(*b.dials[0]) == nullptr);
}

TEST_CASE("a dial whose request was served continues for a queued request", "[B-07]") {
    Bench b(max_open(2));
    Conn& conn = b.leased();
    Want w1;
    Want w2;
    CHECK(b.acquire(w1).next == Next::dial);
    CHECK(b.acquire(w2).next == Next::wait);
    CHECK(b.pool.queued_count() == 1);
    CHECK(b.put(conn).want == &w1);
    CHECK(w2.dial == b.dials[1].get());
    CHECK(b.pool.queued_count() == 0);
    CHECK(b.pool.dial_failed(*b.dials[1]) == &w2);
}

TEST_CASE("a dial made ahead of requests does not linger, it continues", "[B-07][B-23]") {
    Bench b;
    PoolHost* host = b.pool.may_dial_ahead(Bench::key("a"));
    REQUIRE(host != nullptr);
    PoolDial dial;
    b.pool.dialing_ahead(dial, *host);
    CHECK(b.pool.lingered_out_at() == TimePoint::max());
    Want want;
    CHECK(b.acquire(want).next == Next::wait);
    b.pool.cancel(want, b.now);
    CHECK(b.pool.lingered_out_at() == TimePoint::max());
    CHECK(b.pool.dial_failed(dial) == nullptr);
}

TEST_CASE("at the limit of all hosts an abandoned dial makes room at once", "[B-07]") {
    PoolLimits limits = max_total(1);
    limits.linger = seconds{1};
    Bench b(limits);
    Want w1;
    Want w2;
    b.acquire(w1, "a");
    const bool before = GENERATE(false, true);
    if (before) {
        b.pool.cancel(w1, b.now);
    }
    CHECK(b.acquire(w2, "b").next == Next::wait);
    if (!before) {
        b.pool.cancel(w1, b.now);
    }
    CHECK(b.pool.lingered_out(b.now) == b.dials[0].get());
    CHECK(b.pool.dial_failed(*b.dials[0]) == nullptr);
    CHECK(b.pool.permit(b.victims) == &w2);
    CHECK(b.pool.dial_failed(b.dial(w2)) == &w2);
}

TEST_CASE("closing idle connections ends the lingering of abandoned dials", "[F-X11]") {
    PoolLimits limits;
    limits.linger = seconds{1};
    Bench b(limits);
    Want want;
    b.acquire(want);
    b.pool.cancel(want, b.now);
    b.pool.close_idle(b.victims);
    CHECK(b.pool.lingered_out(b.now) == b.dials[0].get());
    CHECK(b.pool.dial_failed(*b.dials[0]) == nullptr);
}

TEST_CASE("a dial made again keeps the request and the permit of the one that failed", "[N06]") {
    Bench b(max_open(1));
    Want want;
    b.acquire(want);
    PoolDial next;
    b.pool.dial_again(*b.dials[0], next);
    CHECK(want.dial == &next);
    CHECK(b.pool.dials().size() == 1);
    CHECK(b.pool.dialed(next, b.conn(), b.now) == &want);
}

TEST_CASE("a host is erased with its last connection and request") {
    Bench b;
    Conn& conn = b.leased();
    CHECK(b.pool.host_count() == 1);
    b.put(conn);
    b.pool.closed(conn);
    CHECK(b.pool.host_count() == 0);
    CHECK(b.pool.open_conns().size() == 0);
    CHECK(b.pool.any_want() == nullptr);
}
