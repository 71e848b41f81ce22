// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// A whole transport in random sequences: requests that start, are canceled or time out; dials that
// connect or fail; servers that respond, send more than they should, or close. The test plays all
// servers at once. HAWSER_RANDOM_SEQUENCES sets the number of sequences, HAWSER_RANDOM_SEED the
// first one.
//
// It checks the invariants of tests/HAZARDS.md by number: I1 one exchange at a time, I2 nothing is
// sent on a connection that sent too much or has ended, I3 one host per connection, I4 limits, I6
// one outcome each, I7 none within its own call (checked by Call::complete), I8 nothing of a
// request is sent after its cancellation, I9 at most two attempts, the second on a new connection,
// I10 a request that must not be repeated is sent once, I11 nothing is left (checked by
// ScriptTransport), I13 each response belongs to its own request, I14 no dial after the end, I15
// counters add up. rules/conn_pool_model_test.cpp checks I5 and I12.

#include "../support/fixed_random.hpp"
#include "../support/loops_tests.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

using namespace hawser::test;
using hawser_test::FixedRandom;
using hawser_test::from_environment;

namespace {

std::string name(std::size_t n) {
    return "/r" + std::to_string(n) + ".";
}

std::size_t count(const std::string& text, const std::string& what) {
    std::size_t n = 0;
    for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; ++at) {
        ++n;
    }
    return n;
}

TransportOptions random_options(FixedRandom& random) {
    TransportOptions options;
    options.max_idle_conns = random.below(4);
    options.max_idle_conns_per_host = random.below(3);
    options.max_conns_per_host = random.below(4);
    options.max_conns_total = random.below(2) == 0 ? 0 : 1 + random.below(4);
    options.max_waiters = random.below(5);
    options.pool_wait_timeout = milliseconds(random.below(3) * 1500);
    options.max_conn_age = milliseconds(random.below(3) * 5000);
    options.max_requests_per_conn = random.below(4);
    options.dial_linger = milliseconds(random.below(3) * 1000);
    options.idle_pick = random.below(2) == 0 ? IdlePick::newest_first : IdlePick::oldest_first;
    options.idle_conn_timeout = milliseconds(random.below(3) * 4000);
    return options;
}

class World {
public:
    World(TransportOptions options, std::uint64_t seed)
        : options_(std::move(options)),
          t_(std::make_unique<ScriptTransport>(options_)),
          random_(seed) {
        t_->net->otherwise = {};  // the test responds
        t_->net->hold = true;     // and connects
    }

    const std::string& run(std::size_t steps) {
        while (steps-- != 0 && wrong_.empty()) {
            step();
            check();
        }
        end();
        return wrong_;
    }

private:
    /// One request.
    struct Sent {
        CallPtr call;
        bool post = false;
        std::size_t host = 0;
        bool canceled = false;
        std::size_t written = 0;  // how often it had been written when it was canceled
    };
    /// What the servers know about a connection.
    struct Server {
        std::size_t answered = 0;
        std::size_t asked_at_end = 0;
        bool over = false;  // sent too much, or closed
    };

    void expect(bool right, const std::string& what) {
        if (!right && wrong_.empty()) {
            wrong_ = what;
        }
    }

    void step() {
        switch (random_.below(12)) {
            case 0:
            case 1:
            case 2:
                return send();
            case 3:
            case 4:
                return finish_dial();
            case 5:
            case 6:
            case 7:
                return answer();
            case 8:
                return cancel();
            case 9:
                return t_->advance(milliseconds(random_.below(2000)));
            case 10:
                return leave();
            default:
                return random_.below(4) == 0 ? t_->close_idle() : partly();
        }
    }

    void partly() {
        for (std::size_t n = random_.below(6); n != 0 && t_->step(); --n) {
        }
    }

    void send() {
        Sent sent;
        sent.post = random_.below(3) == 0;
        sent.host = random_.below(3);
        const std::string url =
            "http://host" + std::to_string(sent.host) + ".example" + name(sent_.size());
        sent.call =
            t_->send(sent.post ? Request("POST", url, RequestBody("body")) : Request("GET", url));
        sent_.push_back(std::move(sent));
        partly();
    }

    void finish_dial() {
        auto& held = t_->net->held;
        if (held.empty()) {
            return;
        }
        const std::size_t i = random_.below(held.size());
        const auto dial = held[i];
        held.erase(held.begin() + static_cast<std::ptrdiff_t>(i));
        const error failures[] = {error::connect_failed, error::resource_exhausted};
        dial->end_later(random_.below(4) == 0 ? make_error_code(failures[random_.below(2)])
                                              : std::error_code{});
        partly();
    }

    std::size_t wires() const { return t_->net->wires.size(); }
    std::size_t asked(std::size_t wire) const {
        const std::string& text = t_->wire(wire).written();
        return count(text, "GET /r") + count(text, "POST /r");
    }
    /// The path of the n-th request on a connection.
    std::string path(std::size_t wire, std::size_t n) const {
        const std::string& text = t_->wire(wire).written();
        std::size_t at = 0;
        for (std::size_t i = 0; i <= n; ++i) {
            at = text.find("T /r", at) + 2;
        }
        return text.substr(at, text.find(' ', at) - at);
    }

    void answer() {
        servers_.resize(wires());
        const std::size_t i = wires() == 0 ? 0 : random_.below(wires());
        if (wires() == 0 || servers_[i].over || asked(i) == servers_[i].answered) {
            return;
        }
        const std::string body = path(i, servers_[i].answered);
        const std::string head =
            "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
        Wire& wire = t_->wire(i);
        switch (random_.below(8)) {
            case 0:
                wire.say(head + "Connection: close\r\n\r\n" + body);
                return over(i);
            case 1:
                wire.say(head + "\r\n" + body + "more");
                return over(i);
            case 2:
                wire.say(head + "\r\n" + body.substr(1), Ending::eof);
                return over(i);
            case 3:
                wire.say(head + "Keep-Alive: timeout=3, max=" + std::to_string(random_.below(4)) +
                         "\r\n\r\n");
                partly();
                wire.say(body);
                break;
            default:
                wire.say(head + "\r\n" + body);
        }
        ++servers_[i].answered;
        partly();
    }

    // A server closes a connection, in use or not, or sends something unasked.
    void leave() {
        servers_.resize(wires());
        const std::size_t i = wires() == 0 ? 0 : random_.below(wires());
        if (wires() == 0 || servers_[i].over) {
            return;
        }
        const bool idle = asked(i) == servers_[i].answered;
        switch (random_.below(idle ? 3 : 2)) {
            case 0:
                t_->wire(i).say("", Ending::eof);
                break;
            case 1:
                t_->wire(i).say("", Ending::reset);
                break;
            default:
                t_->wire(i).say("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nstray");
        }
        over(i);
    }

    // Once the transport could have noticed, nothing more is sent there.
    void over(std::size_t i) {
        servers_[i].over = true;
        t_->run();
        servers_[i].asked_at_end = asked(i);
    }

    void cancel() {
        for (Sent& sent : sent_) {
            if (!sent.canceled && !sent.call->done() && random_.below(3) == 0) {
                sent.canceled = true;
                sent.written = written(sent);
                return sent.call->cancel();
            }
        }
    }

    std::size_t written(const Sent& sent) const {
        const std::string path = name(static_cast<std::size_t>(&sent - sent_.data())) + ' ';
        std::size_t n = 0;
        for (const auto& wire : t_->net->wires) {
            n += count(wire->written(), path);
        }
        return n;
    }

    void check() {
        const auto stats = t_->stats();
        const std::uint64_t all = stats.open + stats.dialing;
        expect(options_.max_conns_total == 0 || all <= options_.max_conns_total, "I4: over all");
        expect(options_.max_waiters == 0 || stats.queued <= options_.max_waiters, "the queue");
        expect(options_.max_idle_conns == 0 || stats.idle <= options_.max_idle_conns, "I4: idle");
        expect(stats.dialed == stats.open + stats.torn_down, "I15: dialed");
        expect(stats.open == stats.idle + stats.active, "I15: open");
        servers_.resize(wires());
        for (std::size_t i = 0; i < wires(); ++i) {
            check_wire(i);
        }
        for (const Sent& sent : sent_) {
            check_call(sent);
        }
    }

    void check_wire(std::size_t i) {
        const Server& server = servers_[i];
        expect(asked(i) <= server.answered + 1, "I1: a request before the last response");
        expect(!server.over || asked(i) <= server.asked_at_end, "I2: a request on what is over");
        const std::string& text = t_->wire(i).written();
        std::size_t hosts = 0;
        for (const char* host : {"Host: host0", "Host: host1", "Host: host2"}) {
            hosts += count(text, host) != 0 ? 1 : 0;
        }
        expect(hosts <= 1, "I3: two hosts on one connection");
    }

    void check_call(const Sent& sent) {
        const Call& call = *sent.call;
        const std::size_t n = written(sent);
        expect(call.completions <= 1, "I6: completed twice");
        expect(n <= (sent.post ? 1 : 2), sent.post ? "I10: sent twice" : "I9: sent thrice");
        expect(!sent.canceled || n <= sent.written, "I8: sent after its cancellation");
        if (call.done() && !call.ec && !call.body_ec) {
            expect(call.body == name(static_cast<std::size_t>(&sent - sent_.data())),
                   "I13: the response to another request");
        }
        for (std::size_t i = 0, seen = 0; n == 2 && i < wires(); ++i) {
            const std::string& text = t_->wire(i).written();
            const auto at = text.find(name(static_cast<std::size_t>(&sent - sent_.data())) + ' ');
            seen += at == std::string::npos ? 0 : 1;
            expect(at == std::string::npos || seen != 2 || at < 6, "I9: retried on a used one");
        }
    }

    // The transport ends at some moment: every call has an outcome, and there is no further dial.
    void end() {
        t_->destroy();
        const int dialed = t_->net->dialed;
        t_->run();
        for (std::size_t i = 0; i < wires(); ++i) {
            t_->wire(i).say("", Ending::eof);  // for bodies that are still being read
        }
        t_->run();
        expect(t_->net->dialed == dialed, "I14: dialed after the end");
        for (const Sent& sent : sent_) {
            expect(sent.call->completions == 1, "I6: no outcome");
            check_call(sent);
        }
        t_->net->held.clear();
        t_.reset();
    }

    const TransportOptions options_;
    std::unique_ptr<ScriptTransport> t_;
    FixedRandom random_;
    std::vector<Sent> sent_;
    std::vector<Server> servers_;
    std::string wrong_;
};

}  // namespace

TEST_CASE("the invariants of the pool hold in random lives of a transport",
          "[R27][R28][L01][L13]") {
    const std::uint64_t first = from_environment("HAWSER_RANDOM_SEED", 1);
    const std::uint64_t sequences = from_environment("HAWSER_RANDOM_SEQUENCES", 1000);
    for (std::uint64_t seed = first; seed < first + sequences; ++seed) {
        FixedRandom shape(seed * 0x9e3779b97f4a7c15u | 1u);
        shape.below(2);
        const std::size_t steps = 10 + shape.below(60);
        const std::string wrong =
            World(random_options(shape), seed * 0xbf58476d1ce4e5b9u | 1u).run(steps);
        if (!wrong.empty()) {
            INFO("HAWSER_RANDOM_SEED=" << seed << " HAWSER_RANDOM_SEQUENCES=1, " << steps
                                       << " steps");
            REQUIRE(wrong == "");
        }
    }
}
