// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// The source of a body as user code: where and when it is called, what waits for it, and what
// happens to an upload whose response arrives early.

#include "../support/asio_tokens.hpp"
#include "../support/loops_tests.hpp"

#include <asio/awaitable.hpp>
#include <asio/steady_timer.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>

#include <optional>
#include <string>

using namespace hawser::test;

namespace {

const std::string half = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nok";
const std::string refusal = "HTTP/1.1 413 No\r\nContent-Length: 2\r\n\r\nno";

/// A source that delivers `text`, three bytes at a time. While it has none, it waits: until more()
/// or end(), or until it is canceled.
struct Slow {
    explicit Slow(ScriptTransport& t) : timer(*t.io) {}

    RequestBody body(bool rewindable = false) {
        const auto source = [this](asio::mutable_buffer buffer) -> asio::awaitable<std::size_t> {
            most = std::max(most, ++running);
            ++calls;
            if (deaf) {
                co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
            }
            while (text.empty() && !ended) {
                timer.expires_at(asio::steady_timer::time_point::max());
                const auto [ec] = co_await timer.async_wait(as_tuple(asio::use_awaitable));
                canceled = ec && !std::exchange(woken, false);
                if (canceled) {
                    --running;
                    throw std::system_error(ec);
                }
            }
            --running;
            const std::size_t n = std::min<std::size_t>(3, text.size());
            std::memcpy(buffer.data(), text.data(), n);
            text.erase(0, n);
            co_return n;
        };
        if (!rewindable) {
            return RequestBody::stream(source);
        }
        return RequestBody::stream(source, std::nullopt, [this] {
            rewound_while_running |= running != 0;
            ++rewinds;
        });
    }

    void wake() {
        woken = running != 0;
        timer.cancel();
    }
    void more(const std::string& bytes) {
        text += bytes;
        wake();
    }
    void end() {
        ended = true;
        wake();
    }

    asio::steady_timer timer;
    std::string text;
    bool ended = false;
    bool deaf = false;  // ignores cancellation
    bool woken = false;
    int running = 0;
    int most = 0;
    int calls = 0;
    int rewinds = 0;
    bool rewound_while_running = false;
    bool canceled = false;
};

/// Runs all steps, and checks at each that nothing completes while the source is running.
void run_watching(ScriptTransport& t, const Slow& slow, const CallPtr& call) {
    while (t.step()) {
        CHECK_FALSE((slow.running != 0 && call->completions != 0));
    }
}

}  // namespace

// ── Where and when it runs ───────────────────────────────────────────────────────────────────────

TEST_CASE("a source is called only in executor steps, once per step") {
    const auto length = GENERATE(std::optional<std::uint64_t>(), std::optional<std::uint64_t>(15));
    ScriptTransport t;
    t.net->scripts.push_back({{{"abcabcabcabcabc", ok}, {"0\r\n\r\n", ok}}});
    t.net->scripts[0].turns.resize(1);
    t.net->scripts[0].turns[0].until = length ? "abcabcabcabcabc" : "0\r\n\r\n";
    int calls = 0;
    bool stepping = false;
    const CallPtr call = t.post(RequestBody::stream(
        [&](asio::mutable_buffer buffer) -> std::size_t {
            CHECK(stepping);
            std::memcpy(buffer.data(), "abc", 3);
            return ++calls <= 5 ? 3 : 0;
        },
        length));
    for (bool went = true; went;) {
        const int before = calls;
        stepping = true;
        went = t.step();
        stepping = false;
        CHECK(calls <= before + 1);
    }
    CHECK(calls == 6);
    CHECK(call->body == "ok");
    CHECK(t.stats().idle == 1);
}

TEST_CASE("other work gets its turn between two pieces of a source that never waits") {
    ScriptTransport t;
    t.net->scripts.push_back({{{"0\r\n\r\n", ok}}});
    int calls = 0;
    const CallPtr call = t.post(RequestBody::stream([&](asio::mutable_buffer buffer) {
        static_cast<char*>(buffer.data())[0] = 'x';
        return ++calls <= 1000 ? std::size_t{1} : std::size_t{0};
    }));
    while (calls == 0) {
        REQUIRE(t.step());
    }
    int seen = -1;
    asio::post(*t.io, [&] { seen = calls; });
    t.run();
    CHECK(seen <= 3);
    CHECK(call->body == "ok");
}

TEST_CASE("a request that ends before its source was called never calls it") {
    ScriptTransport t;
    t.net->scripts.push_back({{{head_end, ok}}});
    int calls = 0;
    std::size_t steps = 0;
    for (bool reached = false; !reached; ++steps) {
        calls = 0;
        const CallPtr call = t.post(RequestBody::stream([&](asio::mutable_buffer) {
            ++calls;
            return std::size_t{0};
        }));
        for (std::size_t i = 0; i < steps; ++i) {
            t.step();
        }
        reached = calls != 0;
        const int before = calls;
        call->cancel();
        t.run();
        CHECK(calls == before);
        REQUIRE(call->completions == 1);
        t.close_idle();
    }
    CHECK(steps > 2);
}

// ── What waits for it ────────────────────────────────────────────────────────────────────────────

TEST_CASE("no request completes while a call of its source is in progress", "[X-01][F-X12]") {
    enum class End { deadline, cancellation, reset, closed, refusal, long_refusal, nonsense, gone };
    const auto end = GENERATE(End::deadline,
                              End::cancellation,
                              End::reset,
                              End::closed,
                              End::refusal,
                              End::long_refusal,
                              End::nonsense,
                              End::gone);
    const bool deaf = GENERATE(false, true);
    CAPTURE(static_cast<int>(end), deaf);
    ScriptTransport t;
    t.net->scripts.push_back({{{head_end, ""}}});
    Slow slow(t);
    slow.deaf = deaf;
    slow.text = "abc";
    Request request("POST", t.url(), slow.body());
    request.options.timeout = 10s;
    const CallPtr call = t.send(std::move(request));
    t.run();
    REQUIRE(slow.running == 1);
    CHECK(t.wire().written().ends_with("\r\n3\r\nabc\r\n"));
    switch (end) {
        case End::deadline:
            t.clock->now += 11s;
            t.ring_if_due();
            break;
        case End::cancellation:
            call->cancel();
            break;
        case End::reset:
            t.wire().say("", Ending::reset);
            break;
        case End::closed:
            t.wire().say("", Ending::eof);
            break;
        case End::refusal:
            t.wire().say(refusal);
            break;
        case End::long_refusal:
            t.wire().say("HTTP/1.1 413 No\r\nContent-Length: 4\r\n\r\nno");
            break;
        case End::nonsense:
            t.wire().say("nonsense\r\n\r\n");
            break;
        case End::gone:
            t.destroy();
            break;
    }
    run_watching(t, slow, call);
    if (deaf) {
        CHECK(slow.running == 1);
        CHECK(call->completions == 0);
        slow.more("d");
        run_watching(t, slow, call);
    }
    CHECK(slow.canceled == !deaf);
    CHECK(slow.calls == 2);
    REQUIRE(call->completions == 1);
    switch (end) {
        case End::deadline:
            CHECK(call->ec == error::total_timeout);
            break;
        case End::cancellation:
            CHECK(call->ec == asio::error::operation_aborted);
            break;
        case End::reset:
            CHECK(call->ec == error::connection_reset);
            break;
        case End::closed:
            CHECK(call->ec == error::server_closed);
            break;
        case End::refusal:
        case End::long_refusal:
            CHECK(call->status() == 413);
            CHECK_FALSE(call->response.request_sent());
            break;
        case End::nonsense:
            CHECK(call->ec == error::bad_response);
            break;
        case End::gone:
            CHECK(call->ec == error::client_closed);
            return;
    }
    call->drop();
    t.run();
    CHECK(t.stats().open == 0);
}

TEST_CASE("a second cause ends the wait for a source that a retry waits for", "[X-01]") {
    const bool by_time = GENERATE(false, true);
    ScriptTransport t;
    t.net->scripts.push_back({{{head_end, ok}}});
    t.get();
    t.run();
    Slow slow(t);
    Request request("PUT", t.url(), slow.body(true));
    request.options.timeout = 10s;
    const CallPtr call = t.send(std::move(request));
    t.run();
    t.wire().say("", Ending::reset);
    t.run();
    CHECK(slow.running == 1);  // a retry lets the running call finish
    CHECK_FALSE(slow.canceled);
    if (by_time) {
        t.clock->now += 11s;
        t.ring_if_due();
    } else {
        call->cancel();
    }
    run_watching(t, slow, call);
    CHECK(slow.canceled);
    CHECK(call->ec == (by_time ? make_error_code(error::total_timeout)
                               : std::error_code(asio::error::operation_aborted)));
    CHECK(slow.rewinds == 0);
    CHECK(t.net->dialed == 1);
}

TEST_CASE("a retry rewinds the source once the call in progress has returned", "[T-B12]") {
    ScriptTransport t;
    t.net->scripts.push_back({{{head_end, ok}}});
    t.net->scripts.push_back({{{"0\r\n\r\n", ok}}});
    t.get();
    t.run();
    Slow slow(t);
    const CallPtr call = t.send(Request("PUT", t.url(), slow.body(true)));
    t.run();
    REQUIRE(slow.running == 1);
    t.wire().say("", Ending::reset);
    t.run();
    CHECK(t.net->dialed == 1);
    CHECK(slow.rewinds == 0);
    slow.more("xyz");  // lost with the first attempt
    t.run();
    CHECK(slow.rewinds == 1);
    CHECK(t.net->dialed == 2);
    slow.more("abcdef");
    t.run();
    slow.end();
    t.run();
    REQUIRE(call->done());
    CHECK(call->body == "ok");
    CHECK(t.wire(1).written().ends_with("\r\n\r\n3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n"));
    CHECK(slow.most == 1);
    CHECK_FALSE(slow.rewound_while_running);
    CHECK(t.stats().retried == 1);
}

TEST_CASE("of two requests that use one source at once, the first gets it") {
    ScriptTransport t;
    t.net->scripts.push_back({{{"0\r\n\r\n", ok}}, true});
    Slow slow(t);
    slow.text = "abc";
    const RequestBody body = slow.body(true);
    const CallPtr first = t.post(body);
    const CallPtr second = t.post(body);
    t.run();
    REQUIRE(second->done());
    CHECK(second->ec == error::request_body_error);
    CHECK(slow.most == 1);
    slow.end();
    t.run();
    CHECK(first->body == "ok");
    slow.text = "def";
    const CallPtr third = t.post(body);  // the source is free again
    t.run();
    CHECK(third->body == "ok");
    CHECK(slow.rewinds == 1);
}

TEST_CASE("the handler of a request may send the same source again, however the request ended") {
    const bool fails = GENERATE(false, true);
    ScriptTransport t;
    t.net->scripts.push_back({{{"0\r\n\r\n", fails ? "nonsense\r\n\r\n" : ok}}});
    t.net->scripts.push_back({{{"0\r\n\r\n", ok}}});
    if (!fails) {
        t.net->scripts[0].repeat = true;
    }
    int calls = 0;
    const RequestBody body = RequestBody::stream(
        [&](asio::mutable_buffer buffer) -> std::size_t {
            std::memcpy(buffer.data(), "abc", 3);
            return calls++ == 0 ? 3 : 0;
        },
        std::nullopt,
        [&] { calls = 0; });
    const CallPtr call = t.post(body);
    CallPtr again;
    while (t.step()) {
        if (call->completions == 1 && !again) {
            again = t.post(body);
        }
    }
    CHECK(call->ec == (fails ? make_error_code(error::bad_response) : std::error_code()));
    REQUIRE(again);
    CHECK(again->body == "ok");
}

TEST_CASE("a source's error that looks like a lost connection is not retried", "[F-B09]") {
    for (const bool awaits : {false, true}) {
        ScriptTransport t;
        t.net->scripts.push_back({{{head_end, ok}}});
        t.get();
        t.run();
        const auto fail = []() -> std::size_t {
            throw std::system_error(make_error_code(error::server_closed));
        };
        const CallPtr call = t.send(Request(
            "PUT",
            t.url(),
            awaits ? RequestBody::stream([fail](asio::mutable_buffer)
                                             -> asio::awaitable<std::size_t> { co_return fail(); },
                                         std::nullopt,
                                         [] {})
                   : RequestBody::stream(
                         [fail](asio::mutable_buffer) { return fail(); }, std::nullopt, [] {})));
        t.run();
        CHECK(call->ec == error::server_closed);
        CHECK(t.net->dialed == 1);
        CHECK(t.stats().open == 0);
        CHECK(t.stats().retried == 0);
    }
}

TEST_CASE("a source that claims more bytes than the buffer holds fails its request", "[U07]") {
    ScriptTransport t;
    const CallPtr call =
        t.post(RequestBody::stream([](asio::mutable_buffer buffer) { return buffer.size() + 1; }));
    const CallPtr negative = t.post(RequestBody::stream([](asio::mutable_buffer) { return -1; }));
    t.run();
    CHECK(call->ec == error::request_body_error);
    CHECK(negative->ec == error::request_body_error);
    CHECK(t.stats().open == 0);
}

TEST_CASE("a null pointer as a body fails its request") {
    ScriptTransport t;
    const char* const nothing = nullptr;
    const CallPtr call = t.post(nothing);
    t.run();
    CHECK(call->ec == error::invalid_request);
    CHECK(t.net->dialed == 0);
}

// ── Early responses ──────────────────────────────────────────────────────────────────────────────

TEST_CASE("after a complete 2xx the upload continues to its end, then the response completes",
          "[R12]") {
    const bool stream = GENERATE(false, true);
    ScriptTransport t;
    const WireScript script = answers(head_end, ok).then("0\r\n\r\n", "");
    t.net->scripts.push_back(full_after(stream ? unlimited : 200, script));
    Slow slow(t);
    const CallPtr call = t.post(stream ? slow.body() : RequestBody(std::string(1000, 'x')));
    t.run();
    CHECK(call->completions == 0);
    if (stream) {
        slow.more("abcdef");
        t.run();
        CHECK(call->completions == 0);
        slow.end();
    } else {
        t.wire().take(500);
        t.run();
        CHECK(call->completions == 0);
        t.wire().take(unlimited / 2);
    }
    t.run();
    REQUIRE(call->done());
    CHECK(call->body == "ok");
    CHECK(call->response.request_sent());
    CHECK(t.wire().written().ends_with(stream ? "def\r\n0\r\n\r\n" : std::string(1000, 'x')));
    CHECK(t.stats().idle == 1);
    CHECK(t.stats().write_unfinished == 0);
}

TEST_CASE("a 2xx still being received is read during the upload, its end after the upload",
          "[R12]") {
    const auto reading = GENERATE(Reading::all, Reading::some);
    ScriptTransport t;
    t.net->scripts.push_back({{{head_end, half}}});
    Slow slow(t);
    const CallPtr call = t.send(Request("POST", t.url(), slow.body()), reading);
    t.run();
    REQUIRE(call->completions == 1);
    CHECK_FALSE(call->response.request_sent());
    CHECK(call->body == (reading == Reading::some ? "ok" : ""));
    t.wire().say("ay");
    t.run();
    CHECK_FALSE(call->done());
    CHECK(t.stats().active == 1);
    slow.more("abc");
    t.run();
    CHECK_FALSE(call->done());
    slow.end();
    t.run();
    REQUIRE(call->done());
    CHECK_FALSE(call->body_ec);
    CHECK(call->body == "okay");
    CHECK(call->response.request_sent());
    CHECK(t.wire().written().ends_with("3\r\nabc\r\n0\r\n\r\n"));
    CHECK(t.stats().idle == 1);
}

TEST_CASE("the upload may end before the 2xx does", "[R12]") {
    ScriptTransport t;
    t.net->scripts.push_back({{{head_end, half}}});
    Slow slow(t);
    const CallPtr call = t.post(slow.body());
    t.run();
    slow.end();
    t.run();
    CHECK(call->response.request_sent());
    CHECK_FALSE(call->done());
    t.wire().say("ay");
    t.run();
    CHECK(call->body == "okay");
    CHECK(t.stats().idle == 1);
}

TEST_CASE("after any other response the upload stops and the connection closes", "[R12]") {
    const auto answer =
        GENERATE(as<std::string>{},
                 refusal,
                 "HTTP/1.1 302 F\r\nContent-Length: 0\r\n\r\n",
                 "HTTP/1.1 401 No\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nno\r\n0\r\n\r\n",
                 "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok");
    const bool stream = GENERATE(false, true);
    CAPTURE(answer, stream);
    ScriptTransport t;
    t.net->scripts.push_back(full_after(stream ? unlimited : 200, answers(head_end, answer)));
    Slow slow(t);
    const CallPtr call = t.post(stream ? slow.body() : RequestBody(std::string(1000, 'x')));
    t.run();
    REQUIRE(call->done());
    CHECK_FALSE(call->ec);
    CHECK_FALSE(call->body_ec);
    CHECK_FALSE(call->response.request_sent());
    CHECK(slow.running == 0);
    CHECK(t.stats().open == 0);
    CHECK(t.stats().write_unfinished == 1);
}

TEST_CASE("nothing more is written while the rest of a refusal is being read", "[R12]") {
    ScriptTransport t;
    const std::string answer = "HTTP/1.1 413 No\r\nContent-Length: 4\r\n\r\nno";
    t.net->scripts.push_back(full_after(200, answers(head_end, answer)));
    const CallPtr call = t.post(std::string(1000, 'x'));
    t.run();
    const std::size_t written = t.wire().written().size();
    t.wire().take(unlimited / 2);
    t.run();
    CHECK(t.wire().written().size() == written);
    CHECK_FALSE(call->done());
    t.wire().say("pe");
    t.run();
    CHECK(call->body == "nope");
    CHECK(t.stats().write_unfinished == 1);
}

TEST_CASE("a source that fails after an early 2xx fails whatever is not finished", "[F-B09]") {
    const bool whole = GENERATE(false, true);
    ScriptTransport t;
    t.net->scripts.push_back({{{head_end, whole ? ok : half}}});
    const auto timer = std::make_shared<asio::steady_timer>(*t.io);
    timer->expires_at(asio::steady_timer::time_point::max());
    const CallPtr call =
        t.post(RequestBody::stream([timer](asio::mutable_buffer) -> asio::awaitable<std::size_t> {
            try {
                co_await timer->async_wait(asio::use_awaitable);
            } catch (const std::system_error&) {
            }
            throw std::runtime_error("broken");
        }));
    t.run();
    t.wire().say(whole ? "" : "ay");
    t.run();
    CHECK_FALSE(call->done());
    timer->cancel();
    t.run();
    REQUIRE(call->done());
    CHECK((whole ? call->ec : call->body_ec) == error::request_body_error);
    CHECK(t.stats().open == 0);
    if (!whole) {
        char more[1];
        std::error_code ec;
        call->response.body.read_some(asio::buffer(more), ec);
        CHECK(ec == error::request_body_error);  // the error is repeated
    }
}

TEST_CASE("a connection that breaks during an upload leaves its 2xx readable", "[N02]") {
    const bool whole = GENERATE(false, true);
    ScriptTransport t;
    t.net->scripts.push_back(
        full_after(300, answers(head_end, whole ? ok : half), asio::error::broken_pipe));
    const CallPtr call = t.post(std::string(1000, 'x'));
    t.run();
    if (!whole) {
        t.wire().say("ay");
        t.run();
    }
    REQUIRE(call->done());
    CHECK_FALSE(call->ec);
    CHECK(call->body == (whole ? "ok" : "okay"));
    CHECK_FALSE(call->response.request_sent());
    CHECK(t.stats().open == 0);
    CHECK(t.stats().write_unfinished == 1);
}

TEST_CASE("the deadlines of a request cover an upload that continues during its response",
          "[L02]") {
    enum class Limit { total, write };
    const auto limit = GENERATE(Limit::total, Limit::write);
    const bool whole = GENERATE(false, true);
    TransportOptions options;
    if (limit == Limit::write) {
        options.write_timeout = 3s;
    }
    ScriptTransport t(options);
    t.net->scripts.push_back(full_after(300, answers(head_end, whole ? ok : half)));
    Request request("POST", t.url(), std::string(1000, 'x'));
    if (limit == Limit::total) {
        request.options.timeout = 5s;
    }
    const CallPtr call = t.send(std::move(request));
    t.run();
    t.wire().say(whole ? "" : "ay");
    t.run();
    CHECK_FALSE(call->done());
    t.advance(10s);
    t.advance(10s);
    REQUIRE(call->done());
    CHECK((whole ? call->ec : call->body_ec) ==
          (limit == Limit::total ? error::total_timeout : error::write_timeout));
    CHECK(t.stats().open == 0);
}

TEST_CASE("closing a response stops its ongoing upload", "[R11]") {
    enum class When { open, ended };
    const auto when = GENERATE(When::open, When::ended);
    ScriptTransport t;
    t.net->scripts.push_back({{{head_end, half}}});
    Slow slow(t);
    const CallPtr call = t.send(Request("POST", t.url(), slow.body()), Reading::some);
    t.run();
    if (when == When::ended) {
        t.wire().say("ay");
        t.run();
        CHECK(call->body == "okay");
    }
    CHECK_FALSE(call->done());
    call->drop();
    t.run();
    CHECK(call->done());
    CHECK(slow.canceled);
    CHECK(slow.running == 0);
    CHECK(slow.calls == 1);
    CHECK(t.stats().open == 0);
}

TEST_CASE("a string is sent to its end even if the response was read and dropped", "[R11]") {
    ScriptTransport t;
    t.net->scripts.push_back(full_after(300, answers(head_end, half)));
    const CallPtr call = t.send(Request("POST", t.url(), std::string(1000, 'x')), Reading::nothing);
    t.run();
    t.wire().say("ay");
    char okay[4];
    std::error_code ec;
    CHECK(call->response.body.read_some(asio::buffer(okay), ec) == 2);
    CHECK(call->response.body.read_some(asio::buffer(okay), ec) == 2);
    call->drop();
    t.run();
    CHECK(t.stats().active == 1);
    t.wire().take(unlimited / 2);
    t.run();
    CHECK(t.wire().written().ends_with(std::string(1000, 'x')));
    CHECK(t.stats().idle == 1);
}

TEST_CASE("a source is released before anyone can know that its request has ended") {
    const auto answer = GENERATE(as<std::string>{}, ok, refusal, "nonsense\r\n\r\n");
    ScriptTransport t;
    t.net->scripts.push_back({{{answer == ok ? "0\r\n\r\n" : head_end, answer}}});
    auto alive = std::make_shared<int>();
    const std::weak_ptr<int> watch = alive;
    const CallPtr call =
        t.post(RequestBody::stream([alive = std::move(alive)](asio::mutable_buffer buffer) {
            std::memcpy(buffer.data(), "abc", 3);
            return (*alive)++ == 0 ? std::size_t{3} : std::size_t{0};
        }));
    while (t.step()) {
        CHECK((call->completions == 0 || watch.expired()));
    }
    CHECK(call->completions == 1);
}
