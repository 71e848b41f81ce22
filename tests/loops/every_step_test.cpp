// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// Every scenario over and over: with an error at the k-th operation; and, after the k-th step of
// the executor, with a cancellation, with the transport or the io_context destroyed, with the
// responses dropped, or with all deadlines passed. This is done for every k. Each request completes
// exactly once, nothing is leaked, and the transport still works.

#include "../support/loops_tests.hpp"
#include "../support/scenario.hpp"
#include "../support/script_client.hpp"

#include <asio/use_awaitable.hpp>

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

using namespace hawser::test;

namespace {

const std::string chunked =
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\nX: y\r\n\r\n";

std::vector<Scenario> scenarios() {
    const WireScript one = answers(head_end, ok);
    const WireScript two = answers(head_end, ok).then(head_end, chunked);
    const WireScript stale = answers(head_end, ok).then(head_end, "", Ending::eof);
    const WireScript refuses =
        answers(head_end, "HTTP/1.1 413 Large\r\nContent-Length: 2\r\n\r\nno");
    const std::string interim = "HTTP/1.1 100 C\r\n\r\nHTTP/1.1 103 H\r\nLink: x\r\n\r\n";
    const std::string until_close = "HTTP/1.1 200 OK\r\n\r\nabc";
    const std::string big = respond(std::string(90'000, 'b'));
    const std::string body(300, 'p');
    const auto broken = asio::error::broken_pipe;
    return {
        scenario("one request").peer(one).call(get()),
        scenario("a slow one").peer(slow(one)).call(get()),
        scenario("chunks, slowly").peer(slow(answers(head_end, chunked))).call(get()),
        scenario("interim responses, slowly")
            .peer(slow(answers(head_end, interim + ok)))
            .call(get()),
        scenario("until close").peer(slow(answers(head_end, until_close, Ending::eof))).call(get()),
        scenario("a string body").peer(slow(answers(body, ok), 64)).call(post(body)),
        scenario("a streamed body")
            .peer(slow(answers("0\r\n\r\n", ok), 64))
            .call(post(body).from(Source::stream)),
        scenario("a big body").peer(answers(head_end, big)).call(get()),
        scenario("a body dropped").peer(answers(head_end, big)).call(get().reads(Reading::drop)),
        scenario("one after another").peer(slow(two)).call(get()).call(get().after(0)),
        scenario("a stale connection").peer(stale).call(get()).call(get().after(0)),
        scenario("a stale connection, slowly")
            .peer(slow(stale))
            .call(get())
            .call(get().after(0))
            .call(post(body).after(1)),
        scenario("early response, peer full").peer(full_after(150, slow(refuses))).call(post(body)),
        scenario("early response, write error")
            .peer(full_after(150, refuses, broken))
            .call(post(body).from(Source::stream)),
        scenario("two at a time")
            .peer(slow(one))
            .peer(slow(answers(head_end, chunked)))
            .call(get())
            .call(get()),
        scenario("two, one connection").max_conns(1).peer(slow(two)).call(get()).call(get()),
        scenario("four, two connections")
            .max_conns(2)
            .peer(slow(two))
            .peer(two)
            .call(get())
            .call(get())
            .call(get())
            .call(get()),
        scenario("a returned connection wins against the dial")
            .peer(two)
            .call(get())
            .call(get().after(0))
            .call(get().after(0)),
        scenario("a retry that waits for its permit")
            .max_conns(1)
            .peer(stale)
            .call(get())
            .call(get().after(0))
            .call(get().after(0)),
    };
}

WireScript read_by(std::size_t most, WireScript script) {
    script.max_read = most;
    return script;
}

/// Bodies in pieces, in both directions.
std::vector<Scenario> body_scenarios() {
    const WireScript stale = answers(head_end, ok).then(head_end, "", Ending::eof);
    const std::string body(300, 'p');
    const WireScript takes_all = answers("0\r\n", "").then(head_end, ok);
    const std::string reply = respond(std::string(60, 'r'));
    const std::string refusal =
        "HTTP/1.1 413 No\r\nContent-Length: 60\r\n\r\n" + std::string(60, 'r');
    const WireScript early = answers(head_end, reply).then("0\r\n\r\n", "");
    const WireScript early_whole = answers(head_end, ok).then("0\r\n\r\n", "");
    return {
        scenario("chunks, a few bytes at a time")
            .peer(slow(answers(head_end, chunked), 60))
            .call(get().reads(Reading::some)),
        scenario("a length, a few bytes at a time")
            .peer(slow(answers(head_end, reply), 50))
            .call(get().reads(Reading::some)),
        scenario("records that hold more than one read takes")
            .peer(in_records(slow(answers(head_end, reply).then(head_end, chunked), 50)))
            .call(get().reads(Reading::some))
            .call(get().after(0)),
        scenario("records with the next response")
            .peer(in_records(read_by(50, answers(head_end, reply + ok))))
            .call(get().reads(Reading::some))
            .call(get().after(0)),
        scenario("trailers of a string").peer(slow(takes_all, 100)).call(put(body).with_trailers()),
        scenario("a coroutine's body with trailers")
            .peer(slow(takes_all, 100))
            .call(put(body).from(Source::coroutine).with_trailers()),
        scenario("a coroutine's body and an early response")
            .peer(full_after(150, answers(head_end, refusal)))
            .call(put(body).from(Source::coroutine)),
        scenario("a slow source")
            .peer(answers("0\r\n\r\n", ok))
            .call(post(body).from(Source::slow)),
        scenario("a slow source and a refusal")
            .peer(answers(head_end, refusal))
            .call(put(body).from(Source::slow)),
        scenario("a slow source and an early 2xx")
            .peer(early_whole)
            .call(post(body).from(Source::slow)),
        scenario("a slow source, and an early 2xx that is read meanwhile")
            .peer(slow(early, 20))
            .call(post(body).from(Source::slow).reads(Reading::some))
            .call(get().after(0)),
        scenario("a string and an early 2xx that is read meanwhile")
            .peer(slow(answers(head_end, reply).then(body, ""), 20))
            .call(post(body))
            .call(get().after(0)),
        scenario("a slow source sent again")
            .peer(stale)
            .peer(answers(body, ok))
            .call(get())
            .call(put(body).from(Source::slow_rewound).after(0)),
        scenario("a body sent again")
            .peer(stale)
            .peer(answers(body, ok))
            .call(get())
            .call(put(body).from(Source::rewound).after(0)),
        scenario("a body sent again, slowly")
            .peer(slow(stale, 100))
            .peer(slow(answers(body, ok), 100))
            .call(get())
            .call(put(body).from(Source::rewound).after(0)),
    };
}

/// Calls of more than one request.
std::vector<Scenario> redirect_scenarios() {
    const auto moved = [](const std::string& status, const std::string& extra = "") {
        return "HTTP/1.1 " + status + " M\r\nLocation: /x\r\n" + extra +
               "Content-Length: 4\r\n\r\ngone";
    };
    const std::string body(300, 'p');
    const WireScript once = answers(head_end, moved("302")).then(head_end, ok);
    const WireScript early = answers(head_end, moved("307", "Connection: close\r\n"));
    return {
        scenario("a redirect").following_redirects().peer(once).call(get()),
        scenario("a redirect, slowly").following_redirects().peer(slow(once, 30)).call(get()),
        scenario("redirects and others on one connection")
            .following_redirects()
            .max_conns(1)
            .peer(slow(once.then(head_end, ok), 30))
            .call(get())
            .call(get()),
        scenario("a redirect to a new connection")
            .following_redirects()
            .peer(slow(answers(head_end, moved("302", "Connection: close\r\n")), 30))
            .peer(answers(head_end, ok))
            .call(get()),
        scenario("a string that goes twice")
            .following_redirects()
            .peer(slow(answers(body, moved("307")).then(body, ok), 60))
            .call(post(body)),
        scenario("a slow source that is read twice")
            .following_redirects()
            .peer(slow(answers(body, moved("308")).then(body, ok), 60))
            .call(post(body).from(Source::slow_rewound)),
        scenario("a redirect during the upload")
            .following_redirects()
            .peer(full_after(150, early))
            .peer(answers(body, ok))
            .call(post(body).from(Source::slow_rewound)),
    };
}

/// Proxies that ask for Digest.
std::vector<Scenario> proxy_scenarios() {
    const std::string asks =
        "HTTP/1.1 407 A\r\nProxy-Authenticate: Digest realm=r, nonce=n\r\n"
        "Content-Length: 4\r\n\r\nnope";
    const std::string body(300, 'p');
    const WireScript one = answers(head_end, ok).then(head_end, ok);
    return {
        scenario("a proxy that asks for Digest")
            .through("http://u:p@proxy")
            .peer(slow(answers(head_end, asks)))
            .peer(one)
            .call(get())
            .call(get().after(0)),
        scenario("a proxy that asks for Digest after a body")
            .through("http://u:p@proxy")
            .max_conns(1)
            .peer(slow(answers(body, asks), 60))
            .peer(answers(body, ok))
            .call(post(body).from(Source::slow_rewound)),
        scenario("a proxy that asks for Digest during the upload")
            .through("http://u:p@proxy")
            .peer(full_after(250, answers(head_end, asks)))
            .peer(answers(body, ok))
            .call(post(body).from(Source::slow_rewound)),
    };
}

/// What a transport does besides serving requests.
std::vector<Scenario> transport_scenarios() {
    const WireScript one = answers(head_end, ok);
    const WireScript slowly = slow(answers(head_end, respond(std::string(60, 'r'))));
    return {
        scenario("connections made ahead")
            .peer(one)
            .peer(one)
            .call(preconnect())
            .call(get().after(0))
            .call(get().after(0)),
        scenario("connections made ahead, requests meanwhile")
            .peer(one)
            .peer(one)
            .call(preconnect())
            .call(get())
            .call(get()),
        scenario("connections made ahead beyond a limit")
            .max_conns(1)
            .peer(one)
            .call(preconnect())
            .call(get())
            .call(get()),
        scenario("shutdown while idle").peer(one).call(get()).call(shutdown().after(0)),
        scenario("shutdown while a body is read")
            .peer(slowly)
            .call(get())
            .call(shutdown().after_head(0)),
        scenario("shutdown while a body is read, and one waits")
            .max_conns(1)
            .peer(slowly)
            .call(get())
            .call(shutdown().after_head(0))
            .call(get().may_be_refused())
            .call(get().after(1).may_be_refused()),
        scenario("shutdown at once").peer(slowly).call(get().may_be_refused()).call(shutdown()),
        scenario("shutdown twice, and what was made ahead")
            .peer(one)
            .call(preconnect().may_be_refused())
            .call(shutdown())
            .call(shutdown().may_be_refused()),
    };
}

std::vector<Scenario> all_scenarios() {
    std::vector<Scenario> all = scenarios();
    for (auto part :
         {body_scenarios(), redirect_scenarios(), proxy_scenarios(), transport_scenarios()}) {
        all.insert(all.end(), part.begin(), part.end());
    }
    return all;
}

enum class Mode { nothing, fault, cancel, destroy, context, drop, deadline };
const char* name(Mode mode) {
    constexpr const char* names[] = {
        "nothing", "fault", "cancel", "destroy", "context destroyed", "dropped", "deadline"};
    return names[static_cast<int>(mode)];
}

TransportOptions options_of(const Scenario& scenario) {
    TransportOptions options;
    options.max_conns_per_host = scenario.most_conns;
    options.proxy = hawser::ProxyRules{scenario.proxy};
    return options;
}

/// One run of a scenario, with one event at step or operation k.
class Run {
public:
    Run(const Scenario& scenario, Mode mode, std::size_t k, std::size_t which)
        : scenario_(scenario), mode_(mode), k_(k), which_(which), t_(options_of(scenario)) {
        t_.net->scripts.assign(scenario.peers.begin(), scenario.peers.end());
        for (WireScript& script : t_.net->scripts) {
            script.repeat = true;  // a peer always answers
        }
        calls_.resize(scenario.calls.size());
        sources_running_.resize(scenario.calls.size());
        if (scenario.follows) {
            follow_redirects(t_);
        }
        if (mode == Mode::fault) {
            t_.net->fault->at = k;
        }
    }

    /// False once the scenario ends before k.
    bool go() {
        INFO(scenario_.name << ", " << name(mode_) << " at " << k_ << ", call " << which_);
        std::size_t steps = 0;
        begin_ready();
        happen(steps);
        while (t_.io && (t_.ring_if_due() || t_.step())) {
            REQUIRE(++steps < 10'000);
            begin_ready();
            guests_are_out();
            happen(steps);
        }
        for (std::size_t i = 0; i < calls_.size(); ++i) {
            check(calls_[i], scenario_.calls[i]);
        }
        const bool more = mode_ == Mode::fault ? struck() : happened_;
        if (mode_ != Mode::destroy && mode_ != Mode::context) {
            still_works();
        }
        calls_.clear();
        return more;
    }

private:
    bool ready(const PlannedCall& plan) const {
        return std::all_of(plan.after_ends.begin(),
                           plan.after_ends.end(),
                           [&](auto j) { return calls_[j] && calls_[j]->done(); }) &&
               std::all_of(plan.after_heads.begin(), plan.after_heads.end(), [&](auto j) {
                   return calls_[j] && calls_[j]->completions == 1;
               });
    }

    void begin_ready() {
        for (std::size_t i = 0; i < calls_.size() && t_.core; ++i) {
            const PlannedCall& plan = scenario_.calls[i];
            if (!calls_[i] && ready(plan)) {
                calls_[i] = begin(plan);
            }
        }
    }

    CallPtr begin(const PlannedCall& plan) {
        if (plan.method == "PRECONNECT") {
            return t_.preconnect(2);
        }
        if (plan.method == "SHUTDOWN") {
            shut_down_ = true;
            return t_.shutdown(std::chrono::hours{1});
        }
        return t_.send(request(plan), plan.reading);
    }

    /// A request that has ended runs no source any longer, unless it was dropped, since a drop
    /// cannot wait.
    void guests_are_out() const {
        for (std::size_t i = 0; i < calls_.size() && mode_ != Mode::context; ++i) {
            if (calls_[i] && calls_[i]->done() && !calls_[i]->dropped) {
                CHECK(sources_running_[i] == 0);
            }
        }
    }

    Request request(const PlannedCall& plan) {
        Request request(plan.method, ScriptTransport::url());
        if (!plan.content.empty()) {
            request.body = body(plan);
        }
        if (plan.trailers) {
            request.trailers.add("X-Sum", "1");
        }
        if (mode_ == Mode::deadline) {
            request.options.timeout = std::chrono::seconds{10};
        }
        return request;
    }

    /// Takes several steps for each piece.
    template <class Function>
    auto slowly(Function source, const PlannedCall& plan) {
        int& running = sources_running_[static_cast<std::size_t>(&plan - scenario_.calls.data())];
        return [source, &running](asio::mutable_buffer buffer) -> asio::awaitable<std::size_t> {
            struct Guest {
                explicit Guest(int& count) : running(count) { CHECK(++running == 1); }
                ~Guest() { --running; }
                int& running;
            };
            const Guest guest(running);
            for (int i = 0; i < 4; ++i) {
                co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
            }
            co_return source(buffer);
        };
    }

    RequestBody body(const PlannedCall& plan) {
        const auto rest = std::make_shared<std::string>(plan.content);
        const auto source = [rest](asio::mutable_buffer buffer) {
            const std::size_t n = std::min<std::size_t>(100, rest->size());
            std::memcpy(buffer.data(), rest->data(), n);
            rest->erase(0, n);
            return n;
        };
        switch (plan.source) {
            case Source::string:
                return plan.content;
            case Source::stream:
                return RequestBody::stream(source);
            case Source::coroutine:
                return RequestBody::stream(
                    [source](asio::mutable_buffer buffer) -> asio::awaitable<std::size_t> {
                        co_await asio::post(co_await asio::this_coro::executor,
                                            asio::use_awaitable);
                        co_return source(buffer);
                    });
            case Source::rewound:
                return RequestBody::stream(
                    source, plan.content.size(), [rest, all = plan.content] { *rest = all; });
            case Source::slow:
                return RequestBody::stream(slowly(source, plan));
            case Source::slow_rewound:
                return RequestBody::stream(slowly(source, plan),
                                           plan.content.size(),
                                           [rest, all = plan.content] { *rest = all; });
        }
        return {};
    }

    void happen(std::size_t steps) {
        if (steps != k_ || happened_ || mode_ == Mode::nothing || mode_ == Mode::fault) {
            return;
        }
        happened_ = true;
        if (mode_ == Mode::cancel) {
            if (calls_[which_]) {
                calls_[which_]->cancel();
            }
        } else if (mode_ == Mode::destroy) {
            t_.destroy();
        } else if (mode_ == Mode::drop) {
            if (calls_[which_] && calls_[which_]->completions == 1) {
                calls_[which_]->drop();
            }
        } else if (mode_ == Mode::deadline) {
            t_.clock->now += std::chrono::hours{2};
        } else {
            t_.io.reset();
        }
    }

    void check(const CallPtr& call, const PlannedCall& plan) {
        if (!call) {
            CHECK((mode_ == Mode::destroy || mode_ == Mode::context));
            return;
        }
        if (mode_ == Mode::context) {
            CHECK(call->completions <= 1);  // or it was destroyed with its context
            CHECK(call->body_completions <= call->body_reads);
            return;
        }
        CHECK(call->completions == 1);
        CHECK(call->body_completions == call->body_reads);
        if (mode_ == Mode::nothing) {
            CHECK((!call->ec || (plan.refusable && call->ec == hawser::error::client_closed)));
            CHECK_FALSE(call->body_ec);
            CHECK((call != calls_[0] || call->response.history.empty() != scenario_.follows));
        }
        const bool first = call == calls_[0] && call->method != "" && !plan.refusable &&
                           scenario_.peers[0].starved;
        if (mode_ == Mode::deadline && k_ == 0 && first) {
            CHECK(call->ec == hawser::error::total_timeout);  // time passed before anything else
                                                              // happened
        }
        const bool read = call->reading == Reading::all || call->reading == Reading::some;
        if (!call->ec && !call->body_ec && read) {
            const auto length = call->response.content_length;
            CHECK((!length || *length == call->body.size()));  // not cut short unnoticed
        }
    }

    bool struck() const { return t_.net->fault->operations > k_; }

    void still_works() {
        t_.net->fault->at = unlimited;
        t_.net->scripts.clear();
        calls_.clear();
        t_.forget_calls();
        t_.run();
        t_.close_idle();
        CHECK(t_.leftovers() == "");
        if (shut_down_) {
            const CallPtr call = t_.get();
            t_.run();
            CHECK(call->ec == hawser::error::client_closed);
            return;
        }
        // Makes as many connections at a time as are allowed: no permit is lost.
        const std::size_t most = std::max<std::size_t>(1, scenario_.most_conns);
        t_.net->hold = true;
        std::vector<CallPtr> calls;
        for (std::size_t i = 0; i < most; ++i) {
            calls.push_back(t_.get());
        }
        t_.run();
        CHECK(t_.stats().dialing == most);
        t_.net->hold = false;
        for (const auto& dial : std::exchange(t_.net->held, {})) {
            dial->end_later();
        }
        t_.run();
        for (const CallPtr& call : calls) {
            CHECK(call->done());
            CHECK_FALSE(call->ec);
            CHECK(call->body == "ok");
        }
    }

    const Scenario& scenario_;
    const Mode mode_;
    const std::size_t k_;
    const std::size_t which_;
    std::vector<int> sources_running_;  // by plan
    ScriptTransport t_;
    std::vector<CallPtr> calls_;
    bool happened_ = false;
    bool shut_down_ = false;
};

/// Every k up to the last step or operation.
void every_k(Mode mode) {
    for (const Scenario& scenario : all_scenarios()) {
        const bool each = mode == Mode::cancel || mode == Mode::drop;
        const std::size_t calls = each ? scenario.calls.size() : 1;
        for (std::size_t which = 0; which < calls; ++which) {
            std::size_t k = 0;
            while (Run(scenario, mode, k, which).go()) {
                REQUIRE(++k < 2'000);
            }
            CHECK(k >= 1);
        }
    }
}

}  // namespace

TEST_CASE("every scenario succeeds when nothing happens to it") {
    for (const Scenario& scenario : all_scenarios()) {
        Run(scenario, Mode::nothing, 0, 0).go();
    }
}

TEST_CASE("an error at every operation of every scenario", "[N01][N04][R28]") {
    every_k(Mode::fault);
}

TEST_CASE("a cancellation after every step of every scenario", "[L01]") {
    every_k(Mode::cancel);
}

TEST_CASE("the transport destroyed after every step of every scenario", "[L03]") {
    every_k(Mode::destroy);
}

TEST_CASE("the io_context destroyed after every step of every scenario", "[L04]") {
    every_k(Mode::context);
}

TEST_CASE("a response dropped after every step of every scenario, with its body being read or not",
          "[R11]") {
    every_k(Mode::drop);
}

TEST_CASE("all deadlines passing after every step of every scenario", "[L02]") {
    every_k(Mode::deadline);
}
