// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// The pool against a reference model: random sequences of everything a transport may do. Each
// result is compared with what plain vectors predict, and the invariants of the pool are checked
// after each step. HAWSER_RANDOM_SEQUENCES sets the number of sequences, HAWSER_RANDOM_SEED the
// first one.
//
// The invariants have the numbers of tests/HAZARDS.md, I1 to I15. Those of the books are checked
// here: I1 one request at a time, I3 equal keys only, I4 limits, I5 order and no idle permit, I6
// one outcome each, I9 retries get a new connection, I11 nothing is left of a closed connection,
// I12 nothing expired is lent, I15 counters add up. The others (I2, I7, I8, I10, I13, I14) concern
// whole transports: loops/pool_invariants_test.cpp.

#include "../support/fixed_random.hpp"
#include <hawser/detail/pool/conn_pool.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <iterator>
#include <string>
#include <vector>

using namespace hawser::detail;
using hawser_test::FixedRandom;
using hawser_test::from_environment;
using std::chrono::seconds;
using Next = ConnPool::Next;
using Put = ConnPool::Put;

namespace {

constexpr std::size_t keys = 3;

enum class State { unused, leased, idle, closing, closed };
struct Conn : PoolConn {
    int id = 0;  // the order of dialing; unique
    State state = State::unused;
    std::size_t key = 0;
    TimePoint until{};
};
struct Want : PoolWant {
    bool in_use = false;
    std::size_t key = 0;
    std::uint64_t order = 0;
    TimePoint since{};
};
struct Dial : PoolDial {
    bool in_use = false;
    std::size_t key = 0;
    TimePoint until{};
};

template <class T>
void remove(std::vector<T*>& from, T* item) {
    from.erase(std::find(from.begin(), from.end(), item));
}

/// Pool and model side by side. A disagreement is described as text; empty if there is none.
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
        constexpr const char* names[keys] = {"a.example", "b.example", "c.example"};
        return {false, names[key], 80, {}};
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
        switch (random_.below(20)) {
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
            case 15:
                return dial_ahead();
            case 16:
                return dial_again();
            case 17:
                return overdue();
            case 18:
                return lingered_out();
            default:
                return random_.below(6) == 0 ? close_idle() : lose_idle();
        }
    }

    // ── Actions of a transport, and the model's predictions ───────────────────────────────

    void acquire() {
        Want* want = pick(wants_, [](const Want& w) { return !w.in_use; });
        if (want == nullptr) {
            return;
        }
        if (free_dials() <= queued() + 1) {
            return;
        }
        want->in_use = true;
        want->key = random_.below(keys);
        want->fresh_only = random_.below(5) == 0;
        const std::size_t key = want->key;
        closing_ = false;
        Conn* lent = want->fresh_only ? nullptr : good_idle(key);
        Dial* adopted = lent != nullptr || abandoned_[key].empty() ? nullptr : abandoned_[key][0];
        const bool dials = adopted == nullptr && may_dial(key);
        const bool full = limits_.max_queued != 0 && queued() >= limits_.max_queued;
        ConnPool::Victims victims;
        const auto acquired = pool_.acquire(*want, view(key), now_, victims);
        if (lent != nullptr) {
            expect(acquired.next == Next::lend && acquired.conn == lent, "I3: lends another");
            lend(*lent);
            want->in_use = false;
        } else if (adopted == nullptr && !dials && full) {
            expect(acquired.next == Next::full, "lets too many queue");
            expect(!want->waiting(), "I6: refused, and waits");
            want->in_use = false;
        } else {
            want->order = ++last_order_;
            want->since = now_;
            wait_for(*want, adopted, dials, acquired.next);
        }
        take(victims);
    }

    void wait_for(Want& want, Dial* adopted, bool dials, Next next) {
        expect(next == (dials ? Next::dial : Next::wait), "I5: dials or waits wrongly");
        waiting_[want.key].push_back(&want);
        if (dials) {
            start_dial(want);
        } else if (adopted != nullptr) {
            expect(want.dial == adopted, "an abandoned dial is not adopted");
            leave_abandoned(*adopted);
        } else if (room(want.key)) {
            make_room();
        } else if (!idle_[want.key].empty()) {
            evicted(*idle_[want.key].front());  // only a retry gets here: it needs the permit
        }
    }

    void start_dial(Want& want) {
        Dial* dial = pick(dials_, [](const Dial& d) { return !d.in_use; });
        static_cast<PoolDial&>(*dial) = {};
        dial->in_use = true;
        dial->key = want.key;
        pool_.dialing(*dial, want);
    }

    void dial_ahead() {
        if (free_dials() <= queued() + 1 || random_.below(2) == 0) {
            return;
        }
        const std::size_t key = random_.below(keys);
        const bool may = may_dial(key);
        PoolHost* host = pool_.may_dial_ahead(view(key));
        expect((host != nullptr) == may, "I4: dials ahead wrongly");
        if (host != nullptr) {
            closing_ = false;
            Dial* dial = pick(dials_, [](const Dial& d) { return !d.in_use; });
            static_cast<PoolDial&>(*dial) = {};
            dial->in_use = true;
            dial->key = key;
            pool_.dialing_ahead(*dial, *host);
            abandoned_[key].push_back(dial);
        }
    }

    void dialed() {
        Dial* dial = pick_dial();
        Conn* conn = pick(State::unused);
        if (dial == nullptr || conn == nullptr) {
            return;
        }
        dial->in_use = false;
        leave_abandoned(*dial);
        conn->id = ++last_id_;
        conn->key = dial->key;
        conn->state = State::leased;
        auto& queue = waiting_[conn->key];
        auto* owner = static_cast<Want*>(dial->want);
        PoolDial* other = queue.empty() ? nullptr : queue.front()->dial;
        PoolWant* served = pool_.dialed(*dial, *conn, now_);
        expect(served == (queue.empty() ? nullptr : queue.front()),
               "I5: a dial serves not the oldest");
        if (served == nullptr) {
            return put(conn);
        }
        satisfied(static_cast<Want&>(*served));
        if (other != nullptr && other != dial) {
            owner != nullptr ? expect(owner->dial == other, "does not exchange the dials")
                             : abandon(static_cast<Dial&>(*other));
        }
    }

    void dial_failed() {
        if (Dial* dial = pick_dial()) {
            auto* want = static_cast<Want*>(dial->want);
            dial->in_use = false;
            leave_abandoned(*dial);
            expect(pool_.dial_failed(*dial) == want, "I6: a failed dial fails another");
            if (want != nullptr) {
                satisfied(*want);
            }
            use_permits();
        }
    }

    // Out of descriptors: an idle connection is closed, and the dial is made again.
    void dial_again() {
        Dial* dial = pick(dials_, [](const Dial& d) { return d.in_use && d.want != nullptr; });
        Dial* next = pick(dials_, [](const Dial& d) { return !d.in_use; });
        if (dial == nullptr || next == nullptr || lru_.empty()) {
            return;
        }
        evicted(*lru_.front());
        ConnPool::Victims victims;
        expect(pool_.evict_oldest(victims), "does not evict");
        take(victims);
        Want& want = static_cast<Want&>(*dial->want);
        static_cast<PoolDial&>(*next) = {};
        pool_.dial_again(*dial, *next);
        dial->in_use = false;
        next->in_use = true;
        next->key = want.key;
        expect(want.dial == next, "dials again for another");
    }

    void overdue() {
        Want* oldest = nullptr;
        for (Want* want : all_queued()) {
            oldest = oldest == nullptr || want->order < oldest->order ? want : oldest;
        }
        const bool due = limits_.max_wait.count() != 0 && oldest != nullptr &&
                         oldest->since + limits_.max_wait <= now_;
        expect(pool_.overdue(now_) == (due ? oldest : nullptr), "waits too long, or not enough");
        if (due) {
            satisfied(*oldest);
        }
    }

    // After that it fails, or connects anyway.
    void lingered_out() {
        const bool due = !lingering_.empty() && lingering_[0]->until <= now_;
        Dial* dial = due ? lingering_[0] : nullptr;
        expect(pool_.lingered_out(now_) == dial, "lingers too long, or not enough");
        if (due) {
            expect(dial->given_up, "is not given up");
            leave_abandoned(*dial);
        }
    }

    void put(Conn* conn) {
        if (conn == nullptr) {
            return;
        }
        auto& queue = waiting_[conn->key];
        auto taker =
            std::find_if(queue.begin(), queue.end(), [](const Want* w) { return !w->fresh_only; });
        const Want* older = starved();
        if (limits_.keep_alives && taker != queue.end() && older != nullptr &&
            older->order < (*taker)->order && ++overtakes_ > limits_.max_overtakes) {
            taker = queue.end();
        }
        const bool kept =
            !closing_ && queued(conn->key) == 0 && starved() == nullptr &&
            (limits_.max_idle_per_host == 0 || idle_[conn->key].size() < limits_.max_idle_per_host);
        auto* own = taker == queue.end() ? nullptr : static_cast<Dial*>((*taker)->dial);
        const TimePoint until = now_ + seconds(1 + random_.below(10));
        ConnPool::Victims victims;
        const auto returned = pool_.put(*conn, now_, until, victims);
        if (!limits_.keep_alives) {
            expect(returned.put == Put::refused, "keeps without keep-alive");
            conn->state = State::closing;
        } else if (taker != queue.end()) {
            expect(returned.put == Put::lent && returned.want == *taker, "I5: gives to another");
            auto* dial = static_cast<Dial*>((*taker)->dial);
            expect(dial == nullptr, "I6: still has a dial");
            satisfied(**taker);
            if (own != nullptr) {
                abandon(*own);
            }
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
            auto* dial = static_cast<Dial*>(want->dial);
            expect(pool_.cancel(*want, now_), "I6: does not cancel");
            satisfied(*want);
            if (dial != nullptr) {
                abandon(*dial);
            }
            expect(!pool_.cancel(*want, now_), "I6: cancels twice");
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
        for (Dial* dial : lingering_) {
            dial->until = {};
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
        for (;;) {
            Want* next = starved();
            const bool may = next != nullptr && total_room();
            if (next != nullptr && !may) {
                make_room();
            }
            ConnPool::Victims victims;
            PoolWant* want = pool_.permit(victims);
            expect(want == (may ? next : nullptr), "I5: permits another");
            take(victims);
            if (!may || want != next) {
                return;
            }
            overtakes_ = 0;
            start_dial(*next);
        }
    }

    // ── The model ──────────────────────────────────────────────────────────────────────────────

    // Evicts expired connections on the way (I12).
    Conn* good_idle(std::size_t key) {
        while (!idle_[key].empty()) {
            Conn* conn = limits_.oldest_idle_first ? idle_[key].front() : idle_[key].back();
            if (conn->until > now_) {
                return conn;
            }
            evicted(*conn);
        }
        return nullptr;
    }
    // A request needs a permit, and all are in use.
    void make_room() {
        if (!lru_.empty()) {
            evicted(*lru_.front());
        } else if (!lingering_.empty()) {
            lingering_[0]->until = {};
        }
    }
    void abandon(Dial& dial) {
        Want* next = nullptr;
        for (Want* want : waiting_[dial.key]) {
            next = next == nullptr && !had_dial(*want, dial) ? want : next;
        }
        if (next != nullptr) {
            expect(dial.want == next && next->dial == &dial, "I5: a dial is nobody's, and wanted");
            return;
        }
        expect(dial.want == nullptr, "a dial is somebody's, and not wanted");
        abandoned_[dial.key].push_back(&dial);
        if (!dial.ahead) {
            dial.until = now_ + limits_.linger;
            lingering_.push_back(&dial);
            if (starved() != nullptr) {
                lingering_[0]->until = {};
            }
        }
    }
    // Whether the request had a dial before `dial` became free: the pool may already have given it
    // one.
    static bool had_dial(const Want& want, const Dial& dial) {
        return want.dial != nullptr && want.dial != &dial;
    }
    void leave_abandoned(Dial& dial) {
        std::erase(abandoned_[dial.key], &dial);
        std::erase(lingering_, &dial);
    }
    void lend(Conn& conn) {
        expect(conn.state == State::idle, "I1: lent while in use");
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
            const auto found =
                std::find(expected_victims_.begin(), expected_victims_.end(), victim);
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
    std::vector<Want*> all_queued() const {
        std::vector<Want*> found;
        for (const auto& queue : waiting_) {
            std::copy_if(queue.begin(), queue.end(), std::back_inserter(found), [](const Want* w) {
                return w->dial == nullptr;
            });
        }
        return found;
    }
    std::size_t queued() const { return all_queued().size(); }
    std::size_t queued(std::size_t key) const {
        return static_cast<std::size_t>(
            std::count_if(waiting_[key].begin(), waiting_[key].end(), [](const Want* w) {
                return w->dial == nullptr;
            }));
    }
    // The oldest request that queues although its host has room.
    Want* starved() const {
        Want* oldest = nullptr;
        for (Want* want : all_queued()) {
            if (room(want->key) && (oldest == nullptr || want->order < oldest->order)) {
                oldest = want;
            }
        }
        return oldest;
    }
    std::size_t free_dials() const {
        return count(dials_, [](const Dial& d) { return !d.in_use; });
    }
    std::size_t open(std::size_t key) const {
        return count(conns_,
                     [=](const Conn& c) {
                         return c.key == key && c.state != State::unused &&
                                c.state != State::closed;
                     }) +
               count(dials_, [=](const Dial& d) { return d.in_use && d.key == key; });
    }
    bool room(std::size_t key) const {
        return limits_.max_open_per_host == 0 || open(key) < limits_.max_open_per_host;
    }
    bool total_room() const {
        std::size_t all = 0;
        for (std::size_t key = 0; key < keys; ++key) {
            all += open(key);
        }
        return limits_.max_open == 0 || all < limits_.max_open;
    }
    bool may_dial(std::size_t key) const {
        return room(key) && total_room() && starved() == nullptr;
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
        std::size_t all_open = 0;
        for (std::size_t key = 0; key < keys; ++key) {
            check_host(key);
            waiting += waiting_[key].size();
            all_open += open(key);
        }
        expect(limits_.max_open == 0 || all_open <= limits_.max_open, "I4: too many over all");
        expect(limits_.max_queued == 0 || queued() <= limits_.max_queued, "too many queue");
        expect(starved() == nullptr || lru_.empty() || pick(State::closing) != nullptr,
               "I5: waits while another host's is idle");
        expect(starved() == nullptr || !total_room(), "I5: waits while a permit is free");
        expect(limits_.max_idle == 0 || lru_.size() <= limits_.max_idle, "I4: too many idle");
        expect(pool_.idle_count() == lru_.size(), "I15: counts the idle wrongly");
        expect(pool_.waiting_count() == waiting, "I15: counts the waiting wrongly");
        expect(pool_.queued_count() == queued(), "I15: counts the queue wrongly");
        expect(pool_.dials().size() == count(dials_, [](const Dial& d) { return d.in_use; }),
               "I15: counts its dials wrongly");
        expect(pool_.lingered_out_at() ==
                   (lingering_.empty() ? TimePoint::max() : lingering_[0]->until),
               "a dial lingers to another time");
    }

    void check_host(std::size_t key) {
        const std::size_t in_use = open(key);
        expect(limits_.max_open_per_host == 0 || in_use <= limits_.max_open_per_host,
               "I4: more connections than permits");
        expect(queued(key) == 0 || abandoned_[key].empty(), "I5: waits while a dial is nobody's");
        for (const Want* want : waiting_[key]) {
            expect(want->waiting(), "I6: lost a request");
            expect(want->dial == nullptr || want->dial->want == want, "dial of another");
            expect(want->fresh_only || idle_[key].empty(), "I5: waits while one is idle");
            expect(want->dial != nullptr || limits_.max_open_per_host != 0 || limits_.max_open != 0,
                   "I5: waits for nothing");
        }
        PoolHost* host = in_use + waiting_[key].size() == 0 ? nullptr : &pool_.host(view(key));
        expect(host == nullptr || host->open == in_use, "I15: counts its permits wrongly");
    }

    // Ends everything: every request is served, fails or is canceled, and nothing is left.
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
        expect(pool_.waiting_count() == 0, "I6: a request is left waiting");
        expect(pool_.host_count() == 0 && pool_.open_conns().empty(), "I11: something is left");
    }

    const PoolLimits limits_;
    ConnPool pool_;
    FixedRandom random_;
    TimePoint now_ = TimePoint{} + std::chrono::hours{1};
    std::array<Conn, 10> conns_;
    std::array<Want, 7> wants_;
    std::array<Dial, 20> dials_;
    std::array<std::vector<Dial*>, keys> abandoned_;  // oldest first
    std::vector<Dial*> lingering_;                    // oldest first
    std::array<std::vector<Conn*>, keys> idle_;       // newest last
    std::array<std::vector<Want*>, keys> waiting_;    // oldest first
    std::vector<Conn*> lru_;
    std::vector<Conn*> expected_victims_;
    bool closing_ = false;
    std::size_t overtakes_ = 0;
    int last_id_ = 0;
    std::uint64_t last_order_ = 0;
    std::string wrong_;
};

}  // namespace

TEST_CASE("random sequences agree with a model of the pool, and nothing is lost",
          "[R27][R28][R29][B-07][B-09]") {
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
        limits.max_open = shape.below(2) == 0 ? 0 : 1 + shape.below(5);
        limits.max_queued = shape.below(4);
        limits.max_wait = seconds(shape.below(4));
        limits.linger = seconds(shape.below(3));
        limits.max_overtakes = shape.below(3);
        limits.oldest_idle_first = shape.below(2) == 0;
        const std::size_t steps = 5 + shape.below(28);
        const std::string wrong = Pair(limits, seed * 0xbf58476d1ce4e5b9u | 1u).run(steps);
        if (!wrong.empty()) {
            INFO("HAWSER_RANDOM_SEED="
                 << seed << " HAWSER_RANDOM_SEQUENCES=1, " << steps << " steps, open "
                 << limits.max_open << ", per host " << limits.max_open_per_host << ", idle "
                 << limits.max_idle << ", per host " << limits.max_idle_per_host << ", queue "
                 << limits.max_queued << ", linger " << limits.linger.count());
            REQUIRE(wrong == "");
        }
    }
    SUCCEED();
}
