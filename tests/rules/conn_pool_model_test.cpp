// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// The pool against a reference model: random sequences of everything a transport may do, each
// answer compared with what plain vectors say, and the invariants of the pool after each step.
// HAWSER_RANDOM_SEQUENCES sets how many sequences, HAWSER_RANDOM_SEED the first one.

#include "../support/segmentations.hpp"
#include <hawser/detail/pool/conn_pool.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

using namespace hawser::detail;
using hawser_test::FixedRandom;
using std::chrono::seconds;
using Next = ConnPool::Next;
using Put = ConnPool::Put;

namespace {

constexpr std::size_t keys = 2;

enum class State { unused, leased, idle, closing, closed };
struct Conn : PoolConn {
    int id = 0;  // the order of dialing: no number comes twice
    State state = State::unused;
    std::size_t key = 0;
    TimePoint until{};
};
struct Want : PoolWant {
    bool in_use = false;
    std::size_t key = 0;
};
struct Dial : PoolDial {
    bool in_use = false;
    std::size_t key = 0;
};

template <class T>
void remove(std::vector<T*>& from, T* item) {
    from.erase(std::find(from.begin(), from.end(), item));
}

/// Pool and model side by side. A disagreement is a text, empty while there is none.
class Pair {
public:
    Pair(const PoolLimits& limits, std::uint64_t seed)
        : limits_(limits), pool_(limits), random_(seed) {}

    const std::string& run(std::size_t steps) {
        while (steps-- != 0 && wrong_.empty()) {
            step();
            check();
        }
        finish();
        return wrong_;
    }

private:
    static ConnectKeyView view(std::size_t key) {
        return {false, key == 0 ? "a.example" : "b.example", 80, {}};
    }

    void expect(bool right, const char* what) {
        if (!right && wrong_.empty()) {
            wrong_ = what;
        }
    }

    template <class T, std::size_t N, class P>
    T* pick(std::array<T, N>& from, P which) {
        const std::size_t start = random_.below(N);
        for (std::size_t i = 0; i < N; ++i) {
            T& item = from[(start + i) % N];
            if (which(item)) {
                return &item;
            }
        }
        return nullptr;
    }
    Conn* pick(State state) {
        return pick(conns_, [=](const Conn& c) { return c.state == state; });
    }
    Dial* pick_dial() {
        return pick(dials_, [](const Dial& d) { return d.in_use; });
    }

    void step() {
        switch (random_.below(16)) {
            case 0:
            case 1:
            case 2:
            case 3:
                return acquire();
            case 4:
            case 5:
            case 6:
                return dialed();
            case 7:
                return dial_failed();
            case 8:
            case 9:
            case 10:
                return put(pick(State::leased));
            case 11:
                return closed(pick(random_.below(2) == 0 ? State::leased : State::idle));
            case 12:
                return closed(pick(State::closing));
            case 13:
                return cancel();
            case 14:
                now_ += seconds(random_.below(6));
                return random_.below(2) == 0 ? expire() : void();
            default:
                return random_.below(6) == 0 ? close_idle() : lose_idle();
        }
    }

    // ── What a transport does, and what the model says to it ───────────────────────────────────

    void acquire() {
        Want* want = pick(wants_, [](const Want& w) { return !w.in_use; });
        if (want == nullptr) {
            return;
        }
        want->in_use = true;
        want->key = random_.below(keys);
        want->fresh_only = random_.below(5) == 0;
        closing_ = false;
        Conn* lent = want->fresh_only ? nullptr : newest_good(want->key);
        const bool adopts = abandoned(want->key) != 0;
        const bool dials = !adopts && unpermitted(want->key) == 0 && room(want->key);
        ConnPool::Victims victims;
        const auto acquired = pool_.acquire(*want, view(want->key), now_, victims);
        if (lent != nullptr) {
            expect(acquired.next == Next::lend && acquired.conn == lent, "lends another");
            lend(*lent);
            want->in_use = false;
        } else {
            expect(acquired.next == (dials ? Next::dial : Next::wait), "dials or waits wrongly");
            waiting_[want->key].push_back(want);
            if (acquired.next == Next::dial) {
                start_dial(*want);
            } else if (!adopts && !idle_[want->key].empty()) {
                evicted(*idle_[want->key].front());  // only a retry: it needs the permit
            }
            expect(!adopts || want->dial != nullptr, "an abandoned dial is not adopted");
        }
        take(victims);
    }

    void start_dial(Want& want) {
        Dial* dial = pick(dials_, [](const Dial& d) { return !d.in_use; });
        dial->in_use = true;
        dial->key = want.key;
        pool_.dialing(*dial, want);
    }

    void dialed() {
        Dial* dial = pick_dial();
        Conn* conn = pick(State::unused);
        if (dial == nullptr || conn == nullptr) {
            return;
        }
        dial->in_use = false;
        conn->id = ++last_id_;
        conn->key = dial->key;
        conn->state = State::leased;
        auto& queue = waiting_[conn->key];
        PoolWant* served = pool_.dialed(*dial, *conn);
        expect(served == (queue.empty() ? nullptr : queue.front()), "a dial serves not the oldest");
        if (served != nullptr) {
            satisfied(static_cast<Want&>(*served));
        } else {
            put(conn);
        }
    }

    void dial_failed() {
        if (Dial* dial = pick_dial()) {
            auto* want = static_cast<Want*>(dial->want);
            dial->in_use = false;
            expect(pool_.dial_failed(*dial) == want, "a failed dial fails another");
            if (want != nullptr) {
                satisfied(*want);
            }
            use_permits();
        }
    }

    void put(Conn* conn) {
        if (conn == nullptr) {
            return;
        }
        auto& queue = waiting_[conn->key];
        const auto taker = std::find_if(
            queue.begin(), queue.end(), [](const Want* w) { return !w->fresh_only; });
        const bool kept = !closing_ && unpermitted(conn->key) == 0 &&
                          (limits_.max_idle_per_host == 0 ||
                           idle_[conn->key].size() < limits_.max_idle_per_host);
        const TimePoint until = now_ + seconds(1 + random_.below(10));
        ConnPool::Victims victims;
        const auto returned = pool_.put(*conn, now_, until, victims);
        if (!limits_.keep_alives) {
            expect(returned.put == Put::refused, "keeps without keep-alive");
            conn->state = State::closing;
        } else if (taker != queue.end()) {
            expect(returned.put == Put::lent && returned.want == *taker, "gives to another");
            satisfied(**taker);
        } else if (kept) {
            expect(returned.put == Put::idle, "does not keep");
            conn->state = State::idle;
            conn->until = until;
            idle_[conn->key].push_back(conn);
            lru_.push_back(conn);
            if (limits_.max_idle != 0 && lru_.size() > limits_.max_idle) {
                evicted(*lru_.front());
            }
        } else {
            expect(returned.put == Put::refused, "keeps what it should not");
            conn->state = State::closing;
        }
        take(victims);
    }

    void closed(Conn* conn) {
        if (conn == nullptr) {
            return;
        }
        if (conn->state == State::idle) {
            leave_idle(*conn);
        }
        conn->state = State::closed;
        pool_.closed(*conn);
        pool_.closed(*conn);
        use_permits();
    }

    void cancel() {
        if (Want* want = pick(wants_, [](const Want& w) { return w.in_use; })) {
            expect(pool_.cancel(*want), "does not cancel");
            satisfied(*want);
            expect(!pool_.cancel(*want), "cancels twice");
        }
    }

    void expire() {
        TimePoint next = TimePoint::max();
        for (Conn* conn : std::vector<Conn*>(lru_)) {
            if (conn->until <= now_) {
                evicted(*conn);
            } else {
                next = std::min(next, conn->until);
            }
        }
        ConnPool::Victims victims;
        expect(pool_.expire(now_, victims) == next, "expires next at another time");
        take(victims);
    }

    void close_idle() {
        closing_ = true;
        while (!lru_.empty()) {
            evicted(*lru_.front());
        }
        ConnPool::Victims victims;
        pool_.close_idle(victims);
        take(victims);
    }

    void lose_idle() {
        if (Conn* conn = pick(State::idle)) {
            leave_idle(*conn);
            conn->state = State::closing;
            closed(conn);
        }
    }

    void use_permits() {
        while (PoolWant* want = pool_.permit()) {
            auto& host = static_cast<Want&>(*want);
            expect(host.in_use && host.dial == nullptr, "permits a dial nobody needs");
            start_dial(host);
        }
    }

    // ── The model ──────────────────────────────────────────────────────────────────────────────

    // LIFO; newer ones that are over go on the way (invariant 12).
    Conn* newest_good(std::size_t key) {
        while (!idle_[key].empty()) {
            Conn* conn = idle_[key].back();
            if (conn->until > now_) {
                return conn;
            }
            evicted(*conn);
        }
        return nullptr;
    }
    void lend(Conn& conn) {
        expect(conn.state == State::idle, "lent while in use");  // invariant 1
        leave_idle(conn);
        conn.state = State::leased;
    }
    void leave_idle(Conn& conn) {
        remove(idle_[conn.key], &conn);
        remove(lru_, &conn);
    }
    void evicted(Conn& conn) {
        leave_idle(conn);
        conn.state = State::closing;
        expected_victims_.push_back(&conn);
    }
    void take(ConnPool::Victims& victims) {
        while (PoolConn* victim = victims.pop_front()) {
            const auto found = std::find(expected_victims_.begin(), expected_victims_.end(), victim);
            if (found == expected_victims_.end()) {
                expect(false, "an unexpected victim");
                continue;
            }
            expected_victims_.erase(found);
        }
        expect(expected_victims_.empty(), "a victim is missing");
        expected_victims_.clear();
    }
    void satisfied(Want& want) {
        want.in_use = false;
        remove(waiting_[want.key], &want);
        expect(!want.waiting(), "still waits");
    }
    std::size_t abandoned(std::size_t key) const {
        return count(dials_, [=](const Dial& d) {
            return d.in_use && d.key == key && d.want == nullptr;
        });
    }
    std::size_t unpermitted(std::size_t key) const {
        return static_cast<std::size_t>(
            std::count_if(waiting_[key].begin(), waiting_[key].end(), [](const Want* w) {
                return w->dial == nullptr;
            }));
    }
    std::size_t open(std::size_t key) const {
        return count(conns_,
                     [=](const Conn& c) {
                         return c.key == key && c.state != State::unused && c.state != State::closed;
                     }) +
               count(dials_, [=](const Dial& d) { return d.in_use && d.key == key; });
    }
    bool room(std::size_t key) const {
        return limits_.max_open_per_host == 0 || open(key) < limits_.max_open_per_host;
    }
    template <class C, class P>
    static std::size_t count(const C& items, P which) {
        std::size_t n = 0;
        for (const auto& item : items) {
            n += which(item) ? 1 : 0;
        }
        return n;
    }

    void check() {
        std::size_t waiting = 0;
        for (std::size_t key = 0; key < keys; ++key) {
            const std::size_t in_use = open(key);
            expect(limits_.max_open_per_host == 0 || in_use <= limits_.max_open_per_host,
                   "more connections than permits");                                  // invariant 4
            expect(unpermitted(key) == 0 || !room(key), "waits while a permit is free");  // 5
            for (const Want* want : waiting_[key]) {
                expect(want->waiting(), "lost a request");
                expect(want->dial == nullptr || want->dial->want == want, "dial of another");
                expect(want->fresh_only || idle_[key].empty(), "waits while one is idle");  // 5
                expect(want->dial != nullptr || limits_.max_open_per_host != 0, "waits for nothing");
            }
            waiting += waiting_[key].size();
            PoolHost* host = in_use + waiting_[key].size() == 0 ? nullptr : &pool_.host(view(key));
            expect(host == nullptr || host->open == in_use, "counts its permits wrongly");  // 15
        }
        expect(pool_.permit() == nullptr, "a permit nobody was told of");
        expect(limits_.max_idle == 0 || lru_.size() <= limits_.max_idle, "too many idle");
        expect(pool_.idle_count() == lru_.size(), "counts the idle wrongly");
        expect(pool_.waiting_count() == waiting, "counts the waiting wrongly");
        expect(pool_.dials().size() == count(dials_, [](const Dial& d) { return d.in_use; }),
               "counts its dials wrongly");
    }

    // Everything ends: every request is served, fails or is cancelled, and nothing is left.
    void finish() {
        for (Dial* dial; wrong_.empty() && (dial = pick_dial()) != nullptr;) {
            random_.below(2) == 0 || pick(State::unused) == nullptr ? dial_failed() : dialed();
            while (Conn* conn = pick(State::leased)) {
                closed(conn);
            }
            check();
        }
        for (const State state : {State::leased, State::idle, State::closing}) {
            for (Conn* conn; wrong_.empty() && (conn = pick(state)) != nullptr;) {
                closed(conn);
            }
        }
        while (wrong_.empty() && pick_dial() != nullptr) {
            dial_failed();
        }
        expect(pool_.waiting_count() == 0, "a request is left waiting");  // invariants 5 and 6
        expect(pool_.host_count() == 0 && pool_.open_conns().empty(), "something is left");
    }

    const PoolLimits limits_;
    ConnPool pool_;
    FixedRandom random_;
    TimePoint now_ = TimePoint{} + std::chrono::hours{1};
    std::array<Conn, 10> conns_;
    std::array<Want, 6> wants_;
    std::array<Dial, 16> dials_;
    std::array<std::vector<Conn*>, keys> idle_;     // newest last
    std::array<std::vector<Want*>, keys> waiting_;  // oldest first
    std::vector<Conn*> lru_;
    std::vector<Conn*> expected_victims_;
    bool closing_ = false;
    int last_id_ = 0;
    std::string wrong_;
};

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
    const char* text = std::getenv(name);
    return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

}  // namespace

TEST_CASE("[R27][R28][R29] random sequences agree with a model of the pool, nothing is lost") {
    const std::uint64_t first = from_environment("HAWSER_RANDOM_SEED", 1);
    const std::uint64_t sequences = from_environment("HAWSER_RANDOM_SEQUENCES", 100'000);
    for (std::uint64_t seed = first; seed < first + sequences; ++seed) {
        FixedRandom shape(seed * 0x9e3779b97f4a7c15u | 1u);
        shape.below(2);
        PoolLimits limits;
        limits.max_open_per_host = shape.below(4);
        limits.max_idle = shape.below(4);
        limits.max_idle_per_host = shape.below(3);
        limits.keep_alives = shape.below(16) != 0;
        const std::size_t steps = 5 + shape.below(28);
        const std::string wrong = Pair(limits, seed * 0xbf58476d1ce4e5b9u | 1u).run(steps);
        if (!wrong.empty()) {
            INFO("HAWSER_RANDOM_SEED=" << seed << " HAWSER_RANDOM_SEQUENCES=1, " << steps
                                       << " steps, open " << limits.max_open_per_host << ", idle "
                                       << limits.max_idle << ", idle per host "
                                       << limits.max_idle_per_host);
            REQUIRE(wrong == "");
        }
    }
    SUCCEED();
}
