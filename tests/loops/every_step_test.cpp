// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// Every scenario over and over: with an error at the k-th operation; and, after the k-th step of
// the executor, with a cancellation, with the transport or the io_context destroyed, with the
// responses dropped, or with all deadlines passed. This is done for every k. Each request completes
// exactly once, nothing is leaked, and the transport still works.

#include "../support/loops_tests.hpp"

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

/// The source of a request's content.
enum class Content { string, stream, coroutine, rewound, slow, slow_rewound };

/// A request that begins when the calls in `after` (by index) are complete, or those in
/// `after_head` have their response. Two methods are special: PRECONNECT makes two connections,
/// SHUTDOWN shuts the transport down.
struct Plan {
    std::string method = "GET";
    std::string content{};
    Content from = Content::string;
    Reading reading = Reading::all;
    std::vector<std::size_t> after{};
    std::vector<std::size_t> after_head{};
    bool trailers = false;
    bool refused = false;  // may fail as the transport shuts down
};

Plan get(std::vector<std::size_t> after = {}, Reading reading = Reading::all) {
    return {"GET", "", Content::string, reading, std::move(after)};
}

Plan refused(Plan plan) {
    plan.refused = true;
    return plan;
}

Plan after_head(std::size_t which, Plan plan) {
    plan.after_head = {which};
    return plan;
}

struct Scenario {
    std::string name;
    std::vector<WireScript> scripts;
    std::vector<Plan> plans;
    std::size_t max_conns = 0;
};

WireScript slow(WireScript script, std::size_t most = 16) {
    script.starved = true;
    script.max_read = script.max_write = most;
    return script;
}

WireScript full_after(std::size_t room, std::error_code then, WireScript script) {
    script.room = room;
    script.write_error = then;
    return script;
}

std::vector<Scenario> scenarios() {
    const WireScript one{{{head_end, ok}}};
    const WireScript two{{{head_end, ok}, {head_end, chunked}}};
    const WireScript stale{{{head_end, ok}, {head_end, "", Ending::eof}}};
    const std::string refused = "HTTP/1.1 413 Large\r\nContent-Length: 2\r\n\r\nno";
    const std::string interim = "HTTP/1.1 100 C\r\n\r\nHTTP/1.1 103 H\r\nLink: x\r\n\r\n";
    const std::string big =
        "HTTP/1.1 200 OK\r\nContent-Length: 90000\r\n\r\n" + std::string(90'000, 'b');
    const std::string body(300, 'p');
    return {
        {"one request", {one}, {{}}},
        {"a slow one", {slow(one)}, {{}}},
        {"chunks, slowly", {slow({{{head_end, chunked}}})}, {{}}},
        {"interim responses, slowly", {slow({{{head_end, interim + ok}}})}, {{}}},
        {"until close", {slow({{{head_end, "HTTP/1.1 200 OK\r\n\r\nabc", Ending::eof}}})}, {{}}},
        {"a string body", {slow({{{body, ok}}}, 64)}, {{"POST", body}}},
        {"a streamed body", {slow({{{"0\r\n\r\n", ok}}}, 64)}, {{"POST", body, Content::stream}}},
        {"a big body", {{{{head_end, big}}}}, {{}}},
        {"a body dropped", {{{{head_end, big}}}}, {get({}, Reading::drop)}},
        {"one after another", {slow(two)}, {{}, get({0})}},
        {"a stale connection", {stale}, {{}, get({0})}},
        {"a stale connection, slowly",
         {slow(stale)},
         {{}, get({0}), {"POST", body, Content::string, Reading::all, {1}}}},
        {"early response, peer full",
         {full_after(150, {}, slow({{{head_end, refused}}}))},
         {{"POST", body}}},
        {"early response, write error",
         {full_after(150, asio::error::broken_pipe, {{{head_end, refused}}})},
         {{"POST", body, Content::stream}}},
        {"two at a time", {slow(one), slow({{{head_end, chunked}}})}, {{}, {}}},
        {"two, one connection", {slow(two)}, {{}, {}}, 1},
        {"four, two connections", {slow(two), two}, {{}, {}, {}, {}}, 2},
        {"a returned connection wins against the dial", {two}, {{}, get({0}), get({0})}},
        {"a retry that waits for its permit", {stale}, {{}, get({0}), get({0})}, 1},
    };
}

WireScript in_records(WireScript script) {
    script.records = true;
    return script;
}

/// Bodies in pieces, in both directions.
std::vector<Scenario> body_scenarios() {
    const WireScript one{{{head_end, ok}}};
    const WireScript stale{{{head_end, ok}, {head_end, "", Ending::eof}}};
    const std::string body(300, 'p');
    const WireScript takes_all{{{"0\r\n", ""}, {head_end, ok}}};
    const std::string reply =
        "HTTP/1.1 200 OK\r\nContent-Length: 60\r\n\r\n" + std::string(60, 'r');
    const std::string refusal =
        "HTTP/1.1 413 No\r\nContent-Length: 60\r\n\r\n" + std::string(60, 'r');
    const WireScript early{{{head_end, reply}, {"0\r\n\r\n", ""}}};
    const WireScript early_whole{{{head_end, ok}, {"0\r\n\r\n", ""}}};
    Plan trailers{"PUT", body};
    trailers.trailers = true;
    Plan streamed_trailers{"PUT", body, Content::coroutine};
    streamed_trailers.trailers = true;
    return {
        {"chunks, a few bytes at a time",
         {slow({{{head_end, chunked}}}, 60)},
         {get({}, Reading::some)}},
        {"a length, a few bytes at a time",
         {slow({{{head_end, reply}}}, 50)},
         {get({}, Reading::some)}},
        {"records that hold more than one read takes",
         {in_records(slow({{{head_end, reply}, {head_end, chunked}}}, 50))},
         {get({}, Reading::some), get({0})}},
        {"records with the next response",
         {in_records({{{head_end, reply + ok}}, false, 50})},
         {get({}, Reading::some), get({0})}},
        {"trailers of a string", {slow(takes_all, 100)}, {trailers}},
        {"a coroutine's body with trailers", {slow(takes_all, 100)}, {streamed_trailers}},
        {"a coroutine's body and an early response",
         {full_after(150, {}, {{{head_end, refusal}}})},
         {{"PUT", body, Content::coroutine}}},
        {"a slow source", {{{{"0\r\n\r\n", ok}}}}, {{"POST", body, Content::slow}}},
        {"a slow source and a refusal", {{{{head_end, refusal}}}}, {{"PUT", body, Content::slow}}},
        {"a slow source and an early 2xx", {early_whole}, {{"POST", body, Content::slow}}},
        {"a slow source, and an early 2xx that is read meanwhile",
         {slow(early, 20)},
         {{"POST", body, Content::slow, Reading::some}, get({0})}},
        {"a string and an early 2xx that is read meanwhile",
         {slow({{{head_end, reply}, {body, ""}}}, 20)},
         {{"POST", body}, get({0})}},
        {"a slow source sent again",
         {stale, {{{body, ok}}}},
         {{}, {"PUT", body, Content::slow_rewound, Reading::all, {0}}}},
        {"a body sent again",
         {stale, {{{body, ok}}}},
         {{}, {"PUT", body, Content::rewound, Reading::all, {0}}}},
        {"a body sent again, slowly",
         {slow(stale, 100), slow({{{body, ok}}}, 100)},
         {{}, {"PUT", body, Content::rewound, Reading::all, {0}}}},
    };
}

/// What a transport does besides serving requests.
std::vector<Scenario> transport_scenarios() {
    const WireScript one{{{head_end, ok}}};
    const std::string reply =
        "HTTP/1.1 200 OK\r\nContent-Length: 60\r\n\r\n" + std::string(60, 'r');
    const WireScript slowly = slow({{{head_end, reply}}});
    const Plan preconnect{"PRECONNECT"};
    const Plan shutdown{"SHUTDOWN"};
    const Plan at_once{"SHUTDOWN", "", Content::string, Reading::nothing, {}, {}, false, true};
    return {
        {"connections made ahead", {one, one}, {preconnect, get({0}), get({0})}},
        {"connections made ahead, requests meanwhile", {one, one}, {preconnect, {}, {}}},
        {"connections made ahead beyond a limit", {one}, {preconnect, {}, {}}, 1},
        {"shutdown while idle",
         {one},
         {{}, {"SHUTDOWN", "", Content::string, Reading::nothing, {0}}}},
        {"shutdown while a body is read", {slowly}, {{}, after_head(0, shutdown)}},
        {"shutdown while a body is read, and one waits",
         {slowly},
         {{}, after_head(0, shutdown), refused({}), refused(get({1}))},
         1},
        {"shutdown at once", {slowly}, {refused({}), shutdown}},
        {"shutdown twice, and what was made ahead",
         {one},
         {refused(preconnect), shutdown, at_once}},
    };
}

std::vector<Scenario> all_scenarios() {
    std::vector<Scenario> all = scenarios();
    for (auto part : {body_scenarios(), transport_scenarios()}) {
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

/// One run of a scenario, with one event at step or operation k.
class Run {
public:
    Run(const Scenario& scenario, Mode mode, std::size_t k, std::size_t which)
        : scenario_(scenario),
          mode_(mode),
          k_(k),
          which_(which),
          t_({.max_conns_per_host = scenario.max_conns}) {
        t_.net->scripts.assign(scenario.scripts.begin(), scenario.scripts.end());
        for (WireScript& script : t_.net->scripts) {
            script.repeat = true;  // a peer always answers
        }
        calls_.resize(scenario.plans.size());
        sources_running_.resize(scenario.plans.size());
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
            check(calls_[i], scenario_.plans[i]);
        }
        const bool more = mode_ == Mode::fault ? struck() : happened_;
        if (mode_ != Mode::destroy && mode_ != Mode::context) {
            still_works();
        }
        calls_.clear();
        return more;
    }

private:
    bool ready(const Plan& plan) const {
        return std::all_of(plan.after.begin(),
                           plan.after.end(),
                           [&](auto j) { return calls_[j] && calls_[j]->done(); }) &&
               std::all_of(plan.after_head.begin(), plan.after_head.end(), [&](auto j) {
                   return calls_[j] && calls_[j]->completions == 1;
               });
    }

    void begin_ready() {
        for (std::size_t i = 0; i < calls_.size() && t_.core; ++i) {
            const Plan& plan = scenario_.plans[i];
            if (!calls_[i] && ready(plan)) {
                calls_[i] = begin(plan);
            }
        }
    }

    CallPtr begin(const Plan& plan) {
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

    Request request(const Plan& plan) {
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
    template <class Source>
    auto slowly(Source source, const Plan& plan) {
        int& running = sources_running_[static_cast<std::size_t>(&plan - scenario_.plans.data())];
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

    RequestBody body(const Plan& plan) {
        const auto rest = std::make_shared<std::string>(plan.content);
        const auto source = [rest](asio::mutable_buffer buffer) {
            const std::size_t n = std::min<std::size_t>(100, rest->size());
            std::memcpy(buffer.data(), rest->data(), n);
            rest->erase(0, n);
            return n;
        };
        switch (plan.from) {
            case Content::string:
                return plan.content;
            case Content::stream:
                return RequestBody::stream(source);
            case Content::coroutine:
                return RequestBody::stream(
                    [source](asio::mutable_buffer buffer) -> asio::awaitable<std::size_t> {
                        co_await asio::post(co_await asio::this_coro::executor,
                                            asio::use_awaitable);
                        co_return source(buffer);
                    });
            case Content::rewound:
                return RequestBody::stream(
                    source, plan.content.size(), [rest, all = plan.content] { *rest = all; });
            case Content::slow:
                return RequestBody::stream(slowly(source, plan));
            case Content::slow_rewound:
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

    void check(const CallPtr& call, const Plan& plan) {
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
            CHECK((!call->ec || (plan.refused && call->ec == hawser::error::client_closed)));
            CHECK_FALSE(call->body_ec);
        }
        const bool first = call == calls_[0] && call->method != "" && !plan.refused &&
                           scenario_.scripts[0].starved;
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
        const std::size_t most = std::max<std::size_t>(1, scenario_.max_conns);
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
        const std::size_t calls = each ? scenario.plans.size() : 1;
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
