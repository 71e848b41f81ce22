// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// Every scenario again and again: with an error at the k-th operation, with a cancellation after
// the k-th step of the executor, with the transport and with the io_context destroyed after the
// k-th step, for every k there is. Each request completes exactly once, nothing is left, and the
// transport still works.

#include "../support/script_transport.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

using namespace hawser::test;
using hawser::Request;
using hawser::RequestBody;
using hawser::TransportOptions;

namespace {

const std::string head_end = "\r\n\r\n";
const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const std::string chunked =
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\nX: y\r\n\r\n";

/// A request that begins when the calls in `after` (by index) are done.
struct Plan {
    std::string method = "GET";
    std::string content{};
    bool streamed = false;
    Reading reading = Reading::all;
    std::vector<std::size_t> after{};
};

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
        {"a streamed body", {slow({{{"0\r\n\r\n", ok}}}, 64)}, {{"POST", body, true}}},
        {"a big body", {{{{head_end, big}}}}, {{}}},
        {"a body dropped", {{{{head_end, big}}}}, {{"GET", "", false, Reading::drop}}},
        {"one after another", {slow(two)}, {{}, {"GET", "", false, Reading::all, {0}}}},
        {"a stale connection", {stale}, {{}, {"GET", "", false, Reading::all, {0}}}},
        {"a stale connection, slowly",
         {slow(stale)},
         {{}, {"GET", "", false, Reading::all, {0}}, {"POST", body, false, Reading::all, {1}}}},
        {"early response, peer full",
         {full_after(150, {}, slow({{{head_end, refused}}}))},
         {{"POST", body}}},
        {"early response, write error",
         {full_after(150, asio::error::broken_pipe, {{{head_end, refused}}})},
         {{"POST", body, true}}},
        {"two at a time", {slow(one), slow({{{head_end, chunked}}})}, {{}, {}}},
        {"two, one connection", {slow(two)}, {{}, {}}, 1},
        {"four, two connections", {slow(two), two}, {{}, {}, {}, {}}, 2},
        {"a returned connection wins against the dial",
         {two},
         {{}, {"GET", "", false, Reading::all, {0}}, {"GET", "", false, Reading::all, {0}}}},
        {"a retry that waits for its permit",
         {stale},
         {{}, {"GET", "", false, Reading::all, {0}}, {"GET", "", false, Reading::all, {0}}},
         1},
    };
}

enum class Mode { nothing, fault, cancel, destroy, context };
const char* name(Mode mode) {
    constexpr const char* names[] = {"nothing", "fault", "cancel", "destroy", "context destroyed"};
    return names[static_cast<int>(mode)];
}

/// One run of a scenario with one thing happening at step or operation k.
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
        if (mode == Mode::fault) {
            t_.net->fault->at = k;
        }
    }

    /// False once k is beyond the end.
    bool go() {
        INFO(scenario_.name << ", " << name(mode_) << " at " << k_ << ", call " << which_);
        std::size_t steps = 0;
        begin_ready();
        happen(steps);
        while (t_.io && t_.step()) {
            REQUIRE(++steps < 10'000);
            begin_ready();
            happen(steps);
        }
        for (const CallPtr& call : calls_) {
            check(call);
        }
        const bool more = mode_ == Mode::fault ? struck() : happened_;
        if (mode_ == Mode::fault || mode_ == Mode::cancel || mode_ == Mode::nothing) {
            still_works();
        }
        calls_.clear();
        return more;
    }

private:
    void begin_ready() {
        for (std::size_t i = 0; i < calls_.size() && t_.core; ++i) {
            const Plan& plan = scenario_.plans[i];
            const bool ready = std::all_of(plan.after.begin(), plan.after.end(), [&](auto j) {
                return calls_[j] && calls_[j]->done();
            });
            if (!calls_[i] && ready) {
                calls_[i] = t_.send(request(plan), plan.reading);
            }
        }
    }

    static Request request(const Plan& plan) {
        if (plan.content.empty()) {
            return Request(plan.method, ScriptTransport::url());
        }
        if (!plan.streamed) {
            return Request(plan.method, ScriptTransport::url(), RequestBody{plan.content});
        }
        auto source = [rest = plan.content](asio::mutable_buffer buffer) mutable {
            const std::size_t n = std::min<std::size_t>(100, rest.size());
            std::memcpy(buffer.data(), rest.data(), n);
            rest.erase(0, n);
            return n;
        };
        return Request(plan.method, ScriptTransport::url(), RequestBody::stream(source));
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
        } else {
            t_.io.reset();
        }
    }

    void check(const CallPtr& call) {
        if (!call) {
            CHECK((mode_ == Mode::destroy || mode_ == Mode::context));
            return;
        }
        if (mode_ == Mode::context) {
            CHECK(call->completions <= 1);  // or destroyed with its context
            CHECK(call->body_completions <= call->body_reads);
            return;
        }
        CHECK(call->completions == 1);
        CHECK(call->body_completions == call->body_reads);
        if (mode_ == Mode::nothing) {
            CHECK_FALSE(call->ec);
            CHECK_FALSE(call->body_ec);
        }
        if (!call->ec && !call->body_ec && call->reading == Reading::all) {
            const auto length = call->response.content_length;
            CHECK((!length || *length == call->body.size()));  // never cut short unnoticed
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
        const CallPtr call = t_.get();
        t_.run();
        CHECK(call->done());
        CHECK_FALSE(call->ec);
        CHECK(call->body == "ok");
    }

    const Scenario& scenario_;
    const Mode mode_;
    const std::size_t k_;
    const std::size_t which_;
    ScriptTransport t_;
    std::vector<CallPtr> calls_;
    bool happened_ = false;
};

/// Every k, for as long as there is a k-th step or operation.
void every_k(Mode mode) {
    for (const Scenario& scenario : scenarios()) {
        const std::size_t calls = mode == Mode::cancel ? scenario.plans.size() : 1;
        for (std::size_t which = 0; which < calls; ++which) {
            std::size_t k = 0;
            while (Run(scenario, mode, k, which).go()) {
                REQUIRE(++k < 2'000);
            }
            CHECK(k >= 2);
        }
    }
}

}  // namespace

TEST_CASE("every scenario succeeds when nothing happens to it") {
    for (const Scenario& scenario : scenarios()) {
        Run(scenario, Mode::nothing, 0, 0).go();
    }
}

TEST_CASE("[N01][N04][R28] an error at every operation of every scenario") {
    every_k(Mode::fault);
}

TEST_CASE("[L01] a cancellation after every step of every scenario") {
    every_k(Mode::cancel);
}

TEST_CASE("[L03] the transport destroyed after every step of every scenario") {
    every_k(Mode::destroy);
}

TEST_CASE("[L04] the io_context destroyed after every step of every scenario") {
    every_k(Mode::context);
}
