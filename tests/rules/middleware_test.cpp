// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// What the middleware decides: pauses of a retry, turns of a rate limit, the line of a log, and the
// text of a HAR file.

#include <hawser/detail/bounded_options.hpp>
#include <hawser/detail/har/har.hpp>
#include <hawser/detail/har/har_tape.hpp>
#include <hawser/detail/har/json.hpp>
#include <hawser/detail/policy/log_line.hpp>
#include <hawser/detail/policy/rate_schedule.hpp>
#include <hawser/detail/policy/retry_schedule.hpp>
#include <hawser/error.hpp>

#include <catch2/catch.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

using namespace hawser::detail;
using namespace std::chrono_literals;
using hawser::error;
using hawser::Headers;
using hawser::RetryOptions;
using std::chrono::milliseconds;

// ── Retries ──────────────────────────────────────────────────────────────────────────────────────

namespace {

AttemptResult refused(int status, std::optional<milliseconds> retry_after = {}) {
    AttemptResult result;
    result.status = status;
    result.retry_after = retry_after;
    result.idempotent = true;
    result.replayable = true;
    return result;
}

/// The pauses between attempts that are all refused with 503.
std::vector<milliseconds> pauses(const RetryOptions& options, double random) {
    std::vector<milliseconds> all;
    AttemptResult result = refused(503);
    while (const auto pause = retry_pause(options, result, random)) {
        all.push_back(*pause);
        ++result.attempts;
    }
    return all;
}

}  // namespace

TEST_CASE("the bound of a retry's pause doubles up to the longest, and the pause is random below") {
    const RetryOptions options{.attempts = 6, .base_delay = 100ms, .max_delay = 500ms};
    CHECK(pauses(options, 0.0) == std::vector{0ms, 0ms, 0ms, 0ms, 0ms});
    CHECK(pauses(options, 0.5) == std::vector{50ms, 100ms, 200ms, 250ms, 250ms});
    CHECK(pauses(options, 0.999) == std::vector{99ms, 199ms, 399ms, 499ms, 499ms});
    CHECK(pauses({.attempts = 0}, 0.5).empty());
    CHECK(pauses({.attempts = 1}, 0.5).empty());
    const RetryOptions many{.attempts = 5000, .base_delay = 1h, .max_delay = milliseconds::max()};
    CHECK(pauses(many, 0.5).size() == 4999);
    CHECK(pauses(many, 0.5).back() == longest_limit);
}

TEST_CASE("statuses that are retried are those of curl") {
    for (int status = 100; status < 600; ++status) {
        const bool retried = status == 408 || status == 429 || status == 500 || status == 502 ||
                             status == 503 || status == 504;
        INFO(status);
        CHECK(retry_pause({}, refused(status), 0.5).has_value() == retried);
    }
    CHECK(retry_pause({.statuses = {418}}, refused(418), 0.5));
    CHECK_FALSE(retry_pause({.statuses = {418}}, refused(503), 0.5));
}

TEST_CASE("errors that may pass are retried, and no others") {
    int transient = 0;
    for (int value = 1; value <= static_cast<int>(hawser::detail::last_error); ++value) {
        AttemptResult result = refused(0);
        result.ec = static_cast<error>(value);
        transient += retry_pause({}, result, 0.5) ? 1 : 0;
    }
    CHECK(transient == 11);
    struct Row {
        error code;
        bool retried;
    };
    for (const Row& row : {Row{error::connect_failed, true},
                           Row{error::server_closed, true},
                           Row{error::connection_reset, true},
                           Row{error::header_timeout, true},
                           Row{error::resolve_failed, true},
                           Row{error::total_timeout, false},
                           Row{error::canceled, false},
                           Row{error::client_closed, false},
                           Row{error::cert_error, false},
                           Row{error::bad_response, false},
                           Row{error::invalid_request, false},
                           Row{error::too_many_waiters, false}}) {
        INFO(make_error_code(row.code).message());
        CHECK(is_transient(row.code) == row.retried);
    }
    const auto refused_by_system = std::make_error_code(std::errc::connection_refused);
    CHECK(is_transient(with_cause(error::connect_failed, refused_by_system)));
    CHECK_FALSE(is_transient(refused_by_system));
}

TEST_CASE("only what is idempotent and can be sent again is retried") {
    for (const bool idempotent : {false, true}) {
        for (const bool replayable : {false, true}) {
            AttemptResult result = refused(503);
            result.idempotent = idempotent;
            result.replayable = replayable;
            CHECK(retry_pause({}, result, 0.5).has_value() == (idempotent && replayable));
        }
    }
}

TEST_CASE("Retry-After is the least pause, up to the longest that is waited for") {
    const RetryOptions options{.base_delay = 100ms, .max_retry_after = 5s};
    CHECK(retry_pause(options, refused(429, 2s), 0.5) == 2s);
    CHECK(retry_pause(options, refused(503, 0s), 0.5) == 50ms);
    CHECK(retry_pause(options, refused(503, 10ms), 0.5) == 50ms);
    CHECK(retry_pause(options, refused(503, 5s), 0.5) == 5s);
    CHECK_FALSE(retry_pause(options, refused(503, 5001ms), 0.5));
}

TEST_CASE("Retry-After is a number of seconds or a date in one of three formats") {
    constexpr auto now = std::chrono::sys_days(std::chrono::year{1994} / 11 / 6) + 8h + 49min;
    struct Row {
        std::string_view field;
        std::string_view date;
        std::optional<std::chrono::seconds> wait;
    };
    const Row rows[]{
        {"0", "", 0s},
        {"120", "", 120s},
        {"99999999999999999999999999", "", std::chrono::hours{24 * 365}},
        {"Sun, 06 Nov 1994 08:49:37 GMT", "", 37s},
        {"Sunday, 06-Nov-94 08:49:37 GMT", "", 37s},
        {"Sun Nov  6 08:49:37 1994", "", 37s},
        {"Sun, 06 Nov 1994 08:48:00 GMT", "", 0s},
        {"Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:30 GMT", 7s},
        {"Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 2094 08:49:30 GMT", 0s},
        {"Sun, 06 Nov 1994 08:49:37 GMT", "no date", 37s},
        {"Sun, 06 Nov 9994 08:49:37 GMT", "", std::chrono::hours{24 * 365}},
        {"", "", {}},
        {"-1", "", {}},
        {"1.5", "", {}},
        {"+1", "", {}},
        {"soon", "", {}},
        {"Sun, 31 Feb 1994 08:49:37 GMT", "", {}},
    };
    for (const Row& row : rows) {
        INFO(row.field);
        const auto wait = parse_retry_after(row.field, row.date, now);
        CHECK(wait.has_value() == row.wait.has_value());
        CHECK(wait.value_or(0ms) == row.wait.value_or(0s));
    }
}

TEST_CASE("no pause is begun that would outlast the deadline") {
    const TimePoint now{};
    CHECK(ends_before(now, 1h, TimePoint::max()));
    CHECK(ends_before(now, 999ms, now + 1s));
    CHECK_FALSE(ends_before(now, 1s, now + 1s));
    CHECK_FALSE(ends_before(now, 0ms, now));
}

TEST_CASE("a budget allows so many retries, and requests refill it slowly") {
    RetryBudget budget(2, 0.5);
    CHECK(budget.take());
    CHECK(budget.take());
    CHECK_FALSE(budget.take());
    budget.request();
    CHECK_FALSE(budget.take());
    budget.request();
    CHECK(budget.take());
    for (int i = 0; i < 100; ++i) {
        budget.request();
    }
    CHECK(budget.take());
    CHECK(budget.take());
    CHECK_FALSE(budget.take());
    RetryBudget unlimited(0, 0);
    for (int i = 0; i < 1000; ++i) {
        REQUIRE(unlimited.take());
    }
}

// ── Rate limits ──────────────────────────────────────────────────────────────────────────────────

TEST_CASE("requests of one origin get their turns in order, one interval after another") {
    const RateSchedule::Limit limit(hawser::RateLimitOptions{.per_second = 10});
    RateSchedule schedule;
    const TimePoint now{1h};
    CHECK(schedule.is_full(now));
    CHECK(schedule.reserve(now, limit).at == now);
    CHECK(schedule.reserve(now, limit).at == now + 100ms);
    CHECK(schedule.reserve(now + 50ms, limit).at == now + 200ms);
    CHECK_FALSE(schedule.is_full(now + 299ms));
    CHECK(schedule.is_full(now + 300ms));
    CHECK(schedule.reserve(now + 1s, limit).at == now + 1s);
}

TEST_CASE("a burst goes at once after a pause, and never more than its size") {
    const RateSchedule::Limit limit(hawser::RateLimitOptions{.per_second = 10, .burst = 3});
    RateSchedule schedule;
    const TimePoint now{1h};
    for (const auto wait : {0ms, 0ms, 0ms, 100ms, 200ms}) {
        CHECK(schedule.reserve(now, limit).at == now + wait);
    }
    CHECK(schedule.reserve(now + 450ms, limit).at == now + 450ms);
    CHECK(schedule.reserve(now + 450ms, limit).at == now + 450ms + 0ms);
    CHECK(schedule.reserve(now + 450ms, limit).at == now + 500ms);
}

TEST_CASE("a place that is given back is free again unless another request is behind it") {
    const RateSchedule::Limit limit(hawser::RateLimitOptions{.per_second = 1});
    RateSchedule schedule;
    const TimePoint now{1h};
    (void)schedule.reserve(now, limit);
    const auto second = schedule.reserve(now, limit);
    const auto third = schedule.reserve(now, limit);
    schedule.give_back(third, limit);
    CHECK(schedule.reserve(now, limit).at == now + 2s);
    schedule.give_back(second, limit);
    CHECK(schedule.reserve(now, limit).at == now + 3s);
    const RateSchedule::Limit slow(
        hawser::RateLimitOptions{.per_second = 1e-6, .burst = 4'000'000});
    CHECK(schedule.reserve(now, slow).at == now);
    const RateSchedule::Limit slowest(hawser::RateLimitOptions{.per_second = 1e-300});
    for (int i = 0; i < 1000; ++i) {
        REQUIRE(schedule.reserve(now, slowest).at > now);
    }
}

// ── Log lines ────────────────────────────────────────────────────────────────────────────────────

TEST_CASE("a log line shows a request, what became of it, and no secret", "[X17]") {
    const auto line = [](std::string_view method, std::string_view url, auto change) {
        std::error_code ec;
        LoggedRequest request{.method = method, .url = hawser::Url::parse(url, ec)};
        request.duration = 12ms;
        request.status = 200;
        change(request);
        return log_line(request);
    };
    const auto as_is = [](LoggedRequest&) {};
    CHECK(line("GET", "http://example.com/a/b", as_is) ==
          "GET http://example.com/a/b 200 in 12 ms");
    CHECK(line("GET", "https://user:secret@example.com:8443/?token=secret#secret", as_is) ==
          "GET https://example.com:8443/?*** 200 in 12 ms");
    CHECK(line("GET", "http://example.com/?", as_is) == "GET http://example.com/?*** 200 in 12 ms");
    CHECK(line("PUT", "http://example.com/", [](auto& r) { r.length = 345; }) ==
          "PUT http://example.com/ 200 in 12 ms, 345 bytes");
    const std::string failed =
        line("GET", "http://example.com/", [](auto& r) { r.ec = error::header_timeout; });
    CHECK(failed.starts_with("GET http://example.com/ failed after 12 ms: "));
    CHECK(failed.ends_with(make_error_code(error::header_timeout).message()));
    CHECK(line("GET", "no url: secret", as_is) == "GET (invalid URL) 200 in 12 ms");
    CHECK(line("G\r\nET", "http://h/", as_is) == "G\\r\\nET http://h/ 200 in 12 ms");
    const std::string far = "http://h/" + std::string(5000, 'x');
    CHECK(line("GET", far, as_is).size() < 600);
}

// ── JSON ─────────────────────────────────────────────────────────────────────────────────────────

namespace {

std::string problem_of(std::string_view text) {
    std::string problem;
    (void)Json::parse(text, problem);
    return problem;
}

Json parsed(std::string_view text) {
    std::string problem;
    Json json = Json::parse(text, problem);
    INFO(text << ": " << problem);
    REQUIRE(problem.empty());
    return json;
}

}  // namespace

TEST_CASE("JSON is read, every value and every escape") {
    const Json json = parsed(R"( {"a": [1, -2.5e2, 0, true, false, null, "x"], "b": {}, "a2": [] ,
        "a": [7]} )");
    CHECK(json["a"].array().size() == 1);  // the last one counts
    CHECK(json["a"].array()[0].number() == 7);
    CHECK(json["b"].object().empty());
    CHECK(json["none"]["of"]["this"].is_null());
    CHECK(parsed("-2.5e2").number() == -250);
    CHECK(parsed("true").is_true());
    CHECK_FALSE(parsed("false").is_true());
    CHECK(parsed(R"("\"\\\/\b\f\n\r\t\u0041\u00e9\u20ac\ud83d\ude00")").text() ==
          "\"\\/\b\f\n\r\tA\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
    CHECK(parsed("\"\xf0\x9f\x98\x80\"").text() == "\xf0\x9f\x98\x80");
    CHECK(parsed(std::string(60, '[') + std::string(60, ']')).array().size() == 1);
}

TEST_CASE("what is not JSON is refused, with the place") {
    const std::string deep(100'000, '[');
    for (const std::string_view text : {std::string_view(""),
                                        std::string_view("{"),
                                        std::string_view("["),
                                        std::string_view("[1,]"),
                                        std::string_view("[1 2]"),
                                        std::string_view("{\"a\"}"),
                                        std::string_view("{\"a\":1,}"),
                                        std::string_view("{a:1}"),
                                        std::string_view("1 2"),
                                        std::string_view("01"),
                                        std::string_view("-"),
                                        std::string_view("1."),
                                        std::string_view("1e"),
                                        std::string_view("+1"),
                                        std::string_view("nul"),
                                        std::string_view("'a'"),
                                        std::string_view("\"a"),
                                        std::string_view("\"\\x\""),
                                        std::string_view("\"\\u12g4\""),
                                        std::string_view("\"\\ud800\""),
                                        std::string_view("\"\\ud800\\u0041\""),
                                        std::string_view("\"\\udc00\""),
                                        std::string_view("\"\n\""),
                                        std::string_view("\"\xff\""),
                                        std::string_view("\"\xed\xa0\x80\""),
                                        std::string_view("\"\xc0\x80\""),
                                        std::string_view("\0", 1),
                                        std::string_view(deep)}) {
        INFO(text.substr(0, 20));
        CHECK(problem_of(text).starts_with("byte "));
    }
}

TEST_CASE("each byte in a JSON string is read as it was written") {
    for (int byte = 0; byte < 128; ++byte) {
        const std::string text{'<', static_cast<char>(byte), '>'};
        std::string json;
        append_json_string(json, text);
        CHECK(parsed(json).text() == text);
    }
    std::string json;
    append_json_string(json, "\xe9\xc3\xa9");  // ISO-8859-1, then UTF-8
    CHECK(parsed(json).text() == "\xc3\xa9\xc3\xa9");
    CHECK(is_utf8("a\xc3\xa9\xe2\x82\xac"));
    CHECK_FALSE(is_utf8("a\xe9"));
}

// ── HAR ──────────────────────────────────────────────────────────────────────────────────────────

namespace {

HarEntry sample() {
    HarEntry entry;
    entry.started = std::chrono::sys_days(std::chrono::year{2026} / 11 / 29) + 1h + 2min + 3s + 4ms;
    entry.until_head = 12ms;
    entry.reading = 30ms;
    entry.method = "POST";
    entry.url = "http://example.com/a?b=c%20d&e=";
    entry.request_headers.add("Accept", "*/*").add("X", "\"quoted\"");
    entry.request_body = HarBody{"text/plain", "a\nb", 3};
    entry.status = 201;
    entry.reason = "Created";
    entry.response_headers.add("Location", "/new").add("A", "1").add("A", "2");
    entry.response_body = HarBody{"application/octet-stream", std::string("\0\xff", 2), 2};
    return entry;
}

std::string file_of(const std::vector<HarEntry>& entries) {
    std::string text(har_begin);
    for (const HarEntry& entry : entries) {
        text.append(&entry == &entries.front() ? "" : har_separator).append(write_har_entry(entry));
    }
    return text.append(har_end);
}

void check_same(const HarEntry& a, const HarEntry& b) {
    CHECK(a.method == b.method);
    CHECK(a.url == b.url);
    CHECK(a.request_headers == b.request_headers);
    CHECK(a.request_body.has_value() == b.request_body.has_value());
    CHECK(a.body_unknown == b.body_unknown);
    CHECK(a.status == b.status);
    CHECK(a.reason == b.reason);
    CHECK(a.version == b.version);
    CHECK(a.response_headers == b.response_headers);
    CHECK(a.response_body.text == b.response_body.text);
    CHECK(a.response_body.size == b.response_body.size);
    CHECK(a.error == b.error);
    CHECK(a.error_code == b.error_code);
}

}  // namespace

TEST_CASE("an exchange has everything that HAR 1.2 requires") {
    const Json file = parsed(file_of({sample()}));
    const Json& log = file["log"];
    CHECK(log["version"].text() == "1.2");
    CHECK(log["creator"]["name"].text() == "hawser");
    CHECK_FALSE(log["creator"]["version"].text().empty());
    const Json& entry = log["entries"].array().at(0);
    CHECK(entry["startedDateTime"].text() == "2026-11-29T01:02:03.004Z");
    CHECK(entry["time"].number() == 42);
    CHECK(entry["timings"]["send"].number() == 0);
    CHECK(entry["timings"]["wait"].number() == 12);
    CHECK(entry["timings"]["receive"].number() == 30);
    for (const char* name : {"method",
                             "url",
                             "httpVersion",
                             "cookies",
                             "headers",
                             "queryString",
                             "headersSize",
                             "bodySize",
                             "postData"}) {
        INFO(name);
        CHECK_FALSE(entry["request"][name].is_null());
    }
    for (const char* name : {"status",
                             "statusText",
                             "httpVersion",
                             "cookies",
                             "headers",
                             "content",
                             "redirectURL",
                             "headersSize",
                             "bodySize"}) {
        INFO(name);
        CHECK_FALSE(entry["response"][name].is_null());
    }
    CHECK_FALSE(entry["cache"].is_null());
    CHECK(entry["request"]["queryString"].array().size() == 2);
    CHECK(entry["request"]["queryString"].array()[0]["value"].text() == "c d");
    CHECK(entry["request"]["postData"]["text"].text() == "a\nb");
    CHECK(entry["response"]["content"]["encoding"].text() == "base64");
    CHECK(entry["response"]["content"]["text"].text() == "AP8=");
    CHECK(entry["response"]["redirectURL"].text() == "/new");
}

TEST_CASE("a HAR file is read as it was written") {
    std::vector<HarEntry> written{sample(), sample(), sample(), sample()};
    written[1].request_body.reset();
    written[1].response_body = {"text/plain", "half of", 14};  // not complete
    written[2].request_body.reset();
    written[2].body_unknown = true;
    written[2].status = 0;
    written[2].response_headers = {};
    written[2].error = "no \"luck\"";
    written[2].error_code = 0x12345604;  // with a cause
    written[3].request_body = HarBody{"", std::string(100, '\xfe'), 200};
    std::vector<HarEntry> read;
    CHECK(read_har(file_of(written), read).empty());
    REQUIRE(read.size() == 4);
    for (std::size_t i = 0; i < 4; ++i) {
        INFO(i);
        check_same(written[i], read[i]);
    }
    CHECK(read[3].request_body->text == written[3].request_body->text);
    CHECK_FALSE(read[3].request_body->complete());
    read.clear();
    CHECK(read_har(file_of({}), read).empty());
    CHECK(read.empty());
    CHECK(read_har("{}", read) == "not a HAR file: it has no \"log\"");
    CHECK(read_har("{", read).starts_with("not JSON: byte 1"));
}

TEST_CASE("of a HAR file of another program, fields that no server sends are left out") {
    std::vector<HarEntry> read;
    CHECK(read_har(R"({"log":{"entries":[{"request":{"method":"GET",
        "url":"https://u:p@Example.com/#f","headers":[]},"response":{"status":200,"headers":[
        {"name":":status","value":"200"},{"name":"A","value":"1\r\nB: 2"},{"name":"C","value":"3"}],
        "content":{"mimeType":"text/plain"}}}, 7]}})",
                   read)
              .empty());
    REQUIRE(read.size() == 2);
    CHECK(read[0].url == "https://example.com/");
    CHECK(read[0].response_headers == Headers{{"C", "3"}});
    CHECK(read[0].response_body.text.empty());
    CHECK(read[1].status == 0);
}

TEST_CASE("fields with credentials are known in any case of their letters") {
    const Headers headers{{"AUTHORIZATION", "x"},
                          {"Cookie", "x"},
                          {"set-cookie", "x"},
                          {"Proxy-Authorization", "x"},
                          {"X-Api-Key", "x"},
                          {"WWW-Authenticate", "Basic"},
                          {"Accept", "y"}};
    CHECK(without_credentials(headers) == Headers{{"WWW-Authenticate", "Basic"}, {"Accept", "y"}});
    std::error_code ec;
    CHECK(har_url(hawser::Url::parse("http://u:p@h:81/a?b#c", ec)) == "http://h:81/a?b");
}

TEST_CASE("a request is answered by the first exchange left with its method, URL and body") {
    std::vector<HarEntry> entries{sample(), sample(), sample()};
    entries[1].status = 202;
    entries[2].status = 203;
    entries[2].request_body->text = "abc";
    HarTape tape(entries);
    const auto status = [&](std::string_view method, std::string_view body) {
        const auto entry = tape.take(method, entries[0].url, body);
        return entry ? entry->status : 0;
    };
    CHECK(status("GET", "a\nb") == 0);
    CHECK(status("POST", "") == 0);
    CHECK(status("POST", "abc") == 203);
    CHECK(status("POST", "a\nb") == 201);
    CHECK(tape.take("POST", entries[0].url, std::nullopt)->status == 202);
    CHECK_FALSE(tape.take("POST", entries[0].url, std::nullopt));
}
