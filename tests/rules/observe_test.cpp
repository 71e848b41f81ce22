// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// What a program sees of its requests: the times of phases, the trace context, the metrics.

#include <hawser/detail/policy/timing_clock.hpp>
#include <hawser/detail/policy/trace_context.hpp>
#include <hawser/error.hpp>
#include <hawser/prometheus.hpp>
#include <hawser/timings.hpp>

#include <catch2/catch.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

using namespace hawser::detail;
using namespace std::chrono_literals;
using hawser::Headers;
using hawser::Timings;
using hawser::TransportStats;
using Event = TimingEvent;

namespace {

TimePoint at(int ms) {
    return TimePoint() + std::chrono::milliseconds(ms);
}

Timings timings_of(const TimingClock& clock) {
    Timings timings;
    timings.method = "GET";
    timings.url = "http://h/";
    clock.write(timings);
    return timings;
}

std::string phases(const TimingClock& clock) {
    return to_string(timings_of(clock));
}

constexpr const char* trace = "0af7651916cd43dd8448eb211c80319c";
constexpr const char* span = "b7ad6b7169203331";
constexpr const char* new_trace = "11111111111111111111111111111111";
constexpr const char* new_span = "2222222222222222";

std::string parent(std::string_view flags = "01", std::string_view version = "00") {
    std::string text(version);
    return text.append("-").append(trace).append("-").append(span).append("-").append(flags);
}

/// The fields after begin_span(), one "name: value" a line.
std::string spanned(Headers fields, std::string_view current = {}, bool sampled = true) {
    begin_span(fields, current, new_trace, new_span, sampled);
    std::string text;
    for (const auto& [name, value] : fields) {
        text.append(name).append(": ").append(value).append("\n");
    }
    return text;
}

const std::string continued = std::string("traceparent: 00-") + trace + "-" + new_span + "-01\n";
const std::string begun = std::string("traceparent: 00-") + new_trace + "-" + new_span + "-03\n";

}  // namespace

// ── Timings ──────────────────────────────────────────────────────────────────────────────────────

TEST_CASE("each phase lasts from its event to the next one") {
    TimingClock clock;
    CHECK_FALSE(clock.running());
    clock.at(Event::attempt_begin, at(0));
    CHECK(clock.running());
    clock.at(Event::dns_start, at(10));
    clock.at(Event::dns_done, at(30));
    clock.at(Event::connect_start, at(31));
    clock.at(Event::connect_start, at(32));  // another address
    clock.at(Event::connect_done, at(40));
    clock.at(Event::connect_done, at(41));
    clock.at(Event::tls_start, at(42));
    clock.at(Event::tls_done, at(72));
    clock.got_conn(false, at(73));
    clock.at(Event::wrote_request, at(74));
    clock.at(Event::first_byte, at(174));
    clock.end(at(180));
    CHECK_FALSE(clock.running());
    const Timings timings = timings_of(clock);
    CHECK(timings.wait == 13ms);
    CHECK(timings.dns == 20ms);
    CHECK(timings.connect == 10ms);
    CHECK(timings.tls == 30ms);
    CHECK(timings.send == 1ms);
    CHECK(timings.first_byte == 100ms);
    CHECK(timings.body == 6ms);
    CHECK(timings.total == 180ms);
    CHECK_FALSE(timings.reused);
    CHECK(timings.attempts == 1);
    CHECK(*timings.wait + *timings.dns + *timings.connect + *timings.tls + *timings.send +
              *timings.first_byte + *timings.body ==
          timings.total);
}

TEST_CASE("a request on a connection that was there has no dial, even if one was begun for it") {
    TimingClock clock;
    clock.at(Event::attempt_begin, at(0));
    clock.at(Event::dns_start, at(1));
    clock.at(Event::dns_done, at(2));
    clock.at(Event::connect_start, at(3));
    clock.got_conn(true, at(10));
    clock.at(Event::connect_done, at(12));
    clock.at(Event::tls_start, at(12));
    clock.at(Event::tls_done, at(13));
    clock.at(Event::wrote_request, at(11));
    clock.at(Event::first_byte, at(14));
    clock.end(at(15));
    CHECK(phases(clock) ==
          "GET http://h/ in 15.0 ms (wait 10.0, send 1.0, first byte 3.0, body 1.0)");
    CHECK(timings_of(clock).reused);
}

TEST_CASE("what did not happen has no time, and no time is negative") {
    TimingClock clock;
    CHECK(phases(clock) == "GET http://h/ in 0.0 ms");
    clock.at(Event::attempt_begin, at(5));
    clock.at(Event::dns_start, at(5));
    clock.end(at(9));
    CHECK(phases(clock) == "GET http://h/ in 4.0 ms (wait 4.0)");
    TimingClock early;  // the response came before the request was written
    early.at(Event::attempt_begin, at(0));
    early.got_conn(false, at(1));
    early.at(Event::first_byte, at(2));
    early.at(Event::wrote_request, at(4));
    early.end(at(4));
    CHECK(phases(early) ==
          "GET http://h/ in 4.0 ms (wait 1.0, send 3.0, first byte 0.0, body 2.0)");
}

TEST_CASE("the phases are those of the last attempt, the total is that of all") {
    TimingClock clock;
    clock.at(Event::attempt_begin, at(0));
    clock.got_conn(true, at(1));
    clock.end(at(5));
    clock.at(Event::attempt_begin, at(6));
    CHECK(clock.running());
    clock.got_conn(false, at(8));
    clock.at(Event::wrote_request, at(9));
    clock.at(Event::first_byte, at(10));
    clock.end(at(12));
    CHECK(phases(clock) ==
          "GET http://h/ in 12.0 ms (wait 2.0, send 1.0, first byte 1.0, body 2.0), 2 attempts");
}

TEST_CASE("the line of a request says how it ended, and is printable") {
    Timings timings;
    timings.method = "GET\n";
    timings.url = "http://h/?***";
    timings.status = 200;
    timings.total = 12'345us;
    timings.received = 345;
    timings.connection_id = 7;
    CHECK(to_string(timings) == "GET\\n http://h/?*** 200 in 12.3 ms, 345 bytes, new connection 7");
    timings.reused = true;
    timings.total = 1'999'960us;
    timings.ec = hawser::error::incomplete_body;
    CHECK(to_string(timings) ==
          "GET\\n http://h/?*** 200 failed after 2000.0 ms, 345 bytes, connection 7: " +
              timings.ec.message());
}

// ── traceparent ──────────────────────────────────────────────────────────────────────────────────

TEST_CASE("a traceparent is valid or it is none") {
    const std::string text = parent("ab");
    const auto read = parse_traceparent(text);
    REQUIRE(read);
    CHECK(read->trace_id == trace);
    CHECK(read->parent_id == span);
    CHECK(read->flags == 0xab);
    CHECK(parse_traceparent(parent("00")));
    CHECK(parse_traceparent(parent("01", "01")));
    CHECK(parse_traceparent(parent("01", "fe")));
    CHECK(parse_traceparent(parent("01", "cc") + "-what the future brings"));
    const std::string zeros(32, '0');
    const std::string ids = std::string(trace) + "-" + span;
    const std::vector<std::string> bad = {
        "",
        "00",
        parent("01").substr(0, 54),
        parent("01") + "-",
        parent("01") + "x",
        parent("01", "cc") + "x",
        parent("01", "ff"),
        parent("01", "0x"),
        parent("01", "CC"),
        parent("0A"),
        parent("0 "),
        "00-" + zeros + "-" + span + "-01",
        "00-" + std::string(trace) + "-0000000000000000-01",
        "00-0AF7651916cd43dd8448eb211c80319c-" + ids.substr(33) + "-01",
        "00-0gf7651916cd43dd8448eb211c80319c-" + ids.substr(33) + "-01",
        "00_" + ids + "-01",
        "00-" + ids + "_01"};
    for (const std::string& wrong : bad) {
        INFO(wrong);
        CHECK_FALSE(parse_traceparent(wrong));
    }
}

TEST_CASE("a trace is continued with the same id and flags, and a new span") {
    CHECK(spanned({{"TraceParent", parent()}}) == continued);
    CHECK(spanned({{"traceparent", parent()}, {"tracestate", "a=1,b=2"}, {"tracestate", "c=3"}}) ==
          continued + "tracestate: a=1,b=2\ntracestate: c=3\n");
    CHECK(spanned({}, parent()) == continued);
    CHECK(spanned({{"traceparent", parent()}}, parent("00")) == continued);
    CHECK(spanned({{"traceparent", parent("00")}}).ends_with("-00\n"));
    CHECK(spanned({{"traceparent", parent("ff")}}).ends_with("-03\n"));  // of what we know
    CHECK(spanned({{"traceparent", parent("01", "cc") + "-new"}}) == continued);
}

TEST_CASE("a new trace begins where there is none that is valid, and drops the state of the old") {
    CHECK(spanned({}) == begun);
    CHECK(spanned({}, "", false).ends_with("-02\n"));
    CHECK(spanned({}, "nonsense") == begun);
    CHECK(spanned({{"traceparent", "nonsense"}, {"tracestate", "a=1"}}) == begun);
    CHECK(spanned({{"traceparent", "nonsense"}}, parent()) == begun);
    CHECK(spanned({{"traceparent", parent()}, {"traceparent", parent()}}) == begun);
    CHECK(spanned({{"tracestate", "a=1"}, {"Accept", "x"}}) == "Accept: x\n" + begun);
    CHECK(parse_traceparent(begun.substr(13, 55)));
}

// ── Metrics ──────────────────────────────────────────────────────────────────────────────────────

TEST_CASE("metrics have a help line, a type, and their value") {
    TransportStats stats;
    stats.active = 3;
    stats.idle = 18446744073709551615u;
    stats.dial_failures = 4;
    stats.closed_idle = 5;
    const std::string text = hawser::prometheus_text(stats);
    CHECK_THAT(text,
               Catch::StartsWith("# HELP hawser_connections Connections by what they do.\n"
                                 "# TYPE hawser_connections gauge\n"
                                 "hawser_connections{state=\"active\"} 3\n"
                                 "hawser_connections{state=\"idle\"} 18446744073709551615\n"
                                 "hawser_connections{state=\"dialing\"} 0\n"
                                 "# HELP hawser_waiting_requests "));
    CHECK_THAT(text, Catch::Contains("\nhawser_waiting_requests 0\n"));
    CHECK_THAT(text, Catch::Contains("\nhawser_dials_total{result=\"failed\"} 4\n"));
    CHECK_THAT(text, Catch::EndsWith("\nhawser_closed_total{reason=\"idle\"} 5\n"));
}

TEST_CASE("labels are attached to each sample, escaped, and only if their name is valid") {
    const std::string text = hawser::prometheus_text({},
                                                     {{"client", "a\"b\\c\nd"},
                                                      {"_x1", "é"},
                                                      {"1x", "no"},
                                                      {"", "no"},
                                                      {"a-b", "no"},
                                                      {"state", "no"}});
    const std::string labels = "client=\"a\\\"b\\\\c\\nd\",_x1=\"é\"";
    CHECK_THAT(text, Catch::Contains("hawser_connections{" + labels + ",state=\"idle\"} 0\n"));
    CHECK_THAT(text, Catch::Contains("hawser_reused_total{" + labels + "} 0\n"));
    CHECK(text.find("no\"") == std::string::npos);
}
