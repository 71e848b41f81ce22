// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

#include <hawser/detail/message/content_range.hpp>
#include <hawser/detail/openssl_version.hpp>
#include <hawser/detail/policy/checkout.hpp>
#include <hawser/detail/policy/drain.hpp>
#include <hawser/detail/policy/early_answer.hpp>
#include <hawser/detail/policy/may_reuse.hpp>
#include <hawser/detail/policy/progress_due.hpp>
#include <hawser/detail/policy/reconnect.hpp>
#include <hawser/detail/policy/resume.hpp>
#include <hawser/detail/policy/retry.hpp>
#include <hawser/error.hpp>
#include <hawser/headers.hpp>

#include <catch2/catch.hpp>

#include <chrono>
#include <string_view>
#include <system_error>

using namespace hawser::detail;
using hawser::error;
using hawser::Retry;
using hawser::Reuse;
using std::chrono::microseconds;

namespace {

template <class F>
void for_every_exchange(F f) {
    for (const Reading reading :
         {Reading::head, Reading::body, Reading::complete, Reading::upgraded}) {
        for (const Writing writing : {Writing::busy, Writing::complete, Writing::failed}) {
            for (const Verdict verdict : {Verdict::eof, Verdict::early_close, Verdict::failed}) {
                for (int bits = 0; bits < 4; ++bits) {
                    f(reading, writing, (bits & 1) != 0, verdict, (bits & 2) != 0);
                }
            }
        }
    }
}

/// Bit i of `bits` is the i-th fact; the body's source was read.
Attempt attempt(unsigned bits) {
    Attempt a;
    a.reused = (bits & 1) != 0;
    a.written = bits & 2;
    a.received = bits & 4;
    a.idempotent = (bits & 8) != 0;
    a.replayable = (bits & 16) != 0;
    a.retried_before = (bits & 32) != 0;
    a.body_read = true;
    return a;
}
constexpr unsigned reused = 1, written = 2, idempotent = 8, replayable = 16;

}  // namespace

TEST_CASE("one of the 144 ways an exchange can end leaves a reusable connection",
          "[R03][R11][R12]") {
    int combinations = 0;
    int reusable = 0;
    for_every_exchange([&](Reading r, Writing w, bool keep_alive, Verdict v, bool leftover) {
        ++combinations;
        const bool clean = r == Reading::complete && w == Writing::complete && keep_alive &&
                           v == Verdict::eof && !leftover;
        const Reuse reuse = may_reuse(r, w, keep_alive, v, leftover);
        CHECK((reuse == Reuse::yes) == clean);
        reusable += reuse == Reuse::yes ? 1 : 0;
    });
    CHECK(combinations == 144);
    CHECK(reusable == 1);
}

TEST_CASE("the reason given is the first that applies, from the worst on") {
    for_every_exchange([&](Reading r, Writing w, bool keep_alive, Verdict v, bool leftover) {
        const Reuse reuse = may_reuse(r, w, keep_alive, v, leftover);
        CAPTURE(int(r), int(w), keep_alive, int(v), leftover, int(reuse));
        switch (reuse) {
            case Reuse::failed:
                CHECK(v == Verdict::failed);
                break;
            case Reuse::early_close:
                CHECK(v != Verdict::failed);
                CHECK((v == Verdict::early_close || r != Reading::complete));
                break;
            case Reuse::write_unfinished:
                CHECK((v == Verdict::eof && r == Reading::complete && w != Writing::complete));
                break;
            case Reuse::not_persistent:
                CHECK((v == Verdict::eof && r == Reading::complete && w == Writing::complete));
                CHECK_FALSE(keep_alive);
                break;
            case Reuse::leftover_bytes:
                CHECK((v == Verdict::eof && w == Writing::complete && keep_alive && leftover));
                break;
            case Reuse::yes:
                CHECK_FALSE(leftover);
                break;
            case Reuse::upgraded:
                CHECK(r == Reading::upgraded);
                break;
            case Reuse::no_room:
                CHECK(false);  // only the pool says this
                break;
        }
    });
}

TEST_CASE("an early response is named as such even if its connection would persist", "[R12]") {
    CHECK(may_reuse(Reading::complete, Writing::busy, true, Verdict::eof, false) ==
          Reuse::write_unfinished);
    CHECK(may_reuse(Reading::complete, Writing::failed, false, Verdict::eof, true) ==
          Reuse::write_unfinished);
}

TEST_CASE("three of the 64 attempts are repeated after a stale connection",
          "[R07][R08][R09][R10]") {
    for (const error stale : {error::server_closed, error::connection_reset}) {
        int repeated = 0;
        for (unsigned bits = 0; bits < 64; ++bits) {
            Retry expected = Retry::no;
            if (bits == (reused | replayable) || bits == (reused | replayable | idempotent)) {
                expected = Retry::unwritten;
            } else if (bits == (reused | replayable | idempotent | written)) {
                expected = Retry::idempotent;
            }
            CAPTURE(bits);
            const Retry retry = should_retry(attempt(bits), stale);
            CHECK(retry == expected);
            repeated += retry != Retry::no ? 1 : 0;
        }
        CHECK(repeated == 3);
    }
}

TEST_CASE("no other failure is a reason to repeat an attempt", "[R07]") {
    for (const error other : {error::bad_response,
                              error::header_timeout,
                              error::total_timeout,
                              error::write_timeout,
                              error::canceled,
                              error::client_closed,
                              error::tls_error,
                              error::idle_timeout,
                              error::incomplete_body,
                              error::connect_failed,
                              error::headers_too_large,
                              error::request_body_error}) {
        for (unsigned bits = 0; bits < 64; ++bits) {
            CHECK(should_retry(attempt(bits), other) == Retry::no);
        }
    }
    CHECK(should_retry(attempt(reused | replayable), std::error_code()) == Retry::no);
    CHECK(should_retry(attempt(reused | replayable),
                       std::make_error_code(std::errc::operation_canceled)) == Retry::no);
}

TEST_CASE("a source that failed is not a stale connection, whatever its code", "[F-B09]") {
    for (unsigned bits = 0; bits < 64; ++bits) {
        Attempt failed = attempt(bits);
        failed.source_failed = true;
        CHECK(should_retry(failed, error::server_closed) == Retry::no);
    }
}

TEST_CASE("an upload continues only after a 2xx that does not say close", "[R12]") {
    using hawser::detail::after_early_answer;
    using hawser::detail::Upload;
    for (int status = 200; status < 1000; ++status) {
        CAPTURE(status);
        CHECK(after_early_answer(status, true) == Upload::stops);
        CHECK(after_early_answer(status, false) ==
              (status < 300 ? Upload::continues : Upload::stops));
    }
}

TEST_CASE("an untouched body need not be replayable", "[X-09][B-01]") {
    for (unsigned bits = 0; bits < 64; ++bits) {
        Attempt untouched = attempt(bits);
        untouched.body_read = false;
        CHECK(should_retry(untouched, error::server_closed) ==
              should_retry(attempt(bits | replayable), error::server_closed));
    }
}

TEST_CASE("417 is a reason to repeat a request once, on any connection", "[B-13]") {
    for (unsigned bits = 0; bits < 64; ++bits) {
        for (const bool body_read : {false, true}) {
            Attempt refused = attempt(bits);
            refused.body_read = body_read;
            refused.expectation_failed = true;
            const bool possible = !refused.retried_before && (!body_read || refused.replayable);
            CHECK(should_retry(refused, {}) == (possible ? Retry::without_expectation : Retry::no));
        }
    }
}

TEST_CASE("only a rest of known length within the limit is drained, for a reusable connection",
          "[R11][X-20]") {
    CHECK(worth_draining({100, true, true}, 100));
    CHECK(worth_draining({0, true, true}, 0));
    CHECK_FALSE(worth_draining({101, true, true}, 100));
    CHECK_FALSE(worth_draining({1, true, true}, 0));
    CHECK_FALSE(worth_draining({std::nullopt, true, true}, 1000));
    CHECK_FALSE(worth_draining({100, false, true}, 100));
    CHECK_FALSE(worth_draining({100, true, false}, 100));
}

TEST_CASE("versions of OpenSSL that break when two threads start at once are refused", "[T28]") {
    for (const unsigned long version : {0x30000000ul,
                                        0x300000f0ul,
                                        0x30500040ul,
                                        0x40000030ul,
                                        0x40000031ul,
                                        0x40100000ul,
                                        0x50000000ul}) {
        CAPTURE(version);
        CHECK(is_usable_openssl(version));
    }
    for (const unsigned long version :
         {0x40000000ul, 0x40000001ul, 0x40000010ul, 0x40000020ul, 0x4000002ful, 0x1010113ful}) {
        CAPTURE(version);
        CHECK_FALSE(is_usable_openssl(version));
    }
}

TEST_CASE("the six methods that are idempotent by definition, case-sensitive") {
    for (const std::string_view method : {"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"}) {
        CHECK(is_idempotent(method));
    }
    for (const std::string_view method :
         {"POST", "PATCH", "CONNECT", "get", "Get", "", "GETX", "GE", "LINK", "QUERY"}) {
        CAPTURE(method);
        CHECK_FALSE(is_idempotent(method));
    }
}

TEST_CASE("a request that could not be sent again always probes its connection first", "[R02]") {
    for (const auto idle :
         {microseconds{0}, microseconds{1}, microseconds{99}, microseconds{100}}) {
        CHECK(should_probe(idle, false));
    }
}

TEST_CASE("only a connection read empty a moment ago is lent without a probe", "[R02]") {
    CHECK_FALSE(should_probe(microseconds{0}, true));
    CHECK_FALSE(should_probe(microseconds{499}, true));
    CHECK(should_probe(microseconds{500}, true));
    CHECK(should_probe(std::chrono::hours{1}, true));
}

// ── Continuing a download ────────────────────────────────────────────────────────────────────────

TEST_CASE("Content-Range is read strictly", "[B18]") {
    CHECK(parse_content_range("bytes 0-499/1234") == ContentRange{0, 499, 1234});
    CHECK(parse_content_range("Bytes  5-5/6") == ContentRange{5, 5, 6});
    CHECK(parse_content_range("bytes 7-9/*") == ContentRange{7, 9, {}});
    CHECK(parse_content_range("bytes 0-18446744073709551614/18446744073709551615"));
    for (const std::string_view wrong : {"",
                                         "bytes",
                                         "bytes ",
                                         "bytes0-4/5",
                                         "items 0-4/5",
                                         "bytes 0-5/5",
                                         "bytes 4-3/5",
                                         "bytes 0-4",
                                         "bytes 0-4/",
                                         "bytes -4/5",
                                         "bytes 0-/5",
                                         "bytes +0-4/5",
                                         "bytes 0 -4/5",
                                         "bytes 0-4/5 ",
                                         "bytes 0-4/5,6-7/8",
                                         "bytes */5",
                                         "bytes=0-4/5",
                                         "bytes 0-4/18446744073709551616"}) {
        CAPTURE(wrong);
        CHECK_FALSE(parse_content_range(wrong));
    }
    CHECK(parse_unsatisfied_range("bytes */5") == 5u);
    for (const std::string_view wrong : {"", "bytes *", "bytes */", "bytes */*", "bytes 0-4/5"}) {
        CHECK_FALSE(parse_unsatisfied_range(wrong));
    }
}

TEST_CASE("only a strong ETag or an old enough date identifies a version", "[B18]") {
    const std::string_view date = "Sun, 29 Nov 2026 01:00:00 GMT";
    const std::string_view later = "Sun, 29 Nov 2026 01:00:01 GMT";
    using hawser::Headers;
    const auto validator = [](const Headers& headers) { return strong_validator(headers); };
    CHECK(validator({}) == "");
    CHECK(validator({{"ETag", "\"a\""}, {"Last-Modified", date}}) == "\"a\"");
    CHECK(validator({{"ETag", "\"\""}}) == "\"\"");
    for (const std::string_view weak : {"W/\"a\"", "a", "\"", "\"a\"b\"", ""}) {
        CAPTURE(weak);
        CHECK(validator({{"ETag", weak}}) == "");
        CHECK(validator({{"ETag", weak}, {"Last-Modified", date}}) == date);
    }
    CHECK(validator({{"Last-Modified", date}, {"Date", later}}) == date);
    CHECK(validator({{"Last-Modified", date}, {"Date", date}}) == "");
    CHECK(validator({{"Last-Modified", "yesterday"}}) == "");
}

TEST_CASE("what the answer to a request for the rest of a file means", "[B18]") {
    const auto judge = [](int status, const hawser::Headers& headers) {
        return judge_file_answer(5, "\"a\"", status, headers);
    };
    const auto range = [](std::string_view text) {
        return hawser::Headers{{"Content-Range", text}};
    };
    CHECK(judge(206, range("bytes 5-9/10")) == FileAnswer::rest);
    CHECK(judge(206, range("bytes 5-9/*")) == FileAnswer::rest);
    for (const std::string_view wrong :
         {"bytes 4-9/10", "bytes 6-9/10", "bytes 5-8/10", "bytes 0-4/10", "bytes */10", ""}) {
        CAPTURE(wrong);
        CHECK(judge(206, range(wrong)) == FileAnswer::wrong_range);
    }
    CHECK(judge(206, {}) == FileAnswer::wrong_range);
    CHECK(judge(206, {{"Content-Range", "bytes 5-9/10"}, {"ETag", "\"a\""}}) == FileAnswer::rest);
    CHECK(judge(206, {{"Content-Range", "bytes 5-9/10"}, {"ETag", "\"b\""}}) ==
          FileAnswer::changed);
    CHECK(judge(416, range("bytes */5")) == FileAnswer::complete);
    CHECK(judge(416, range("bytes */4")) == FileAnswer::changed);
    CHECK(judge(416, {}) == FileAnswer::changed);
    CHECK(judge(416, {{"Content-Range", "bytes */5"}, {"ETag", "\"b\""}}) == FileAnswer::changed);
    for (const int status : {200, 203, 204}) {
        CHECK(judge(status, {}) == FileAnswer::whole);
    }
    for (const int status : {101, 300, 304, 404, 412, 500}) {
        CHECK(judge(status, {}) == FileAnswer::bad_status);
    }
    // If all of it was asked for:
    CHECK(judge_file_answer(0, "", 200, {}) == FileAnswer::whole);
    CHECK(judge_file_answer(0, "", 206, range("bytes 0-9/10")) == FileAnswer::wrong_range);
    CHECK(judge_file_answer(0, "", 416, range("bytes */0")) == FileAnswer::bad_status);
}

TEST_CASE("the note about a partial file is read as it was written, or not at all") {
    const PartialFile file{"http://x/y?z", "\"a b\""};
    const std::string text = write_partial_file(file);
    CHECK(read_partial_file(text) == file);
    for (std::size_t size = 0; size < text.size(); ++size) {
        CHECK_FALSE(read_partial_file(std::string_view(text).substr(0, size)));
    }
    CHECK_FALSE(read_partial_file(text + "x"));
    CHECK_FALSE(read_partial_file(write_partial_file({"http://x/", ""})));
}

// ── Opening an event stream again ────────────────────────────────────────────────────────────────

TEST_CASE("only a 200 of the right type is an event stream, and a 204 ends it") {
    for (const std::string_view type : {"text/event-stream",
                                        "text/event-stream;",
                                        "Text/Event-Stream; charset=windows-1252",
                                        "text/event-stream ;x bogus"}) {
        CAPTURE(type);
        CHECK(judge_event_stream(200, type) == StreamAnswer::events);
        CHECK(judge_event_stream(204, type) == StreamAnswer::stop);
        for (const int status : {201, 205, 206, 301, 404, 500, 503}) {
            CHECK(judge_event_stream(status, type) == StreamAnswer::bad_status);
        }
    }
    for (const std::string_view type :
         {"", "text/html", "x bogus", "text/event-stream bogus", "text/event-strea", ";"}) {
        CAPTURE(type);
        CHECK(judge_event_stream(200, type) == StreamAnswer::bad_content_type);
    }
}

TEST_CASE("what is lost with the network may be opened again, after longer and longer pauses") {
    for (const error ec : {error::server_closed,
                           error::incomplete_body,
                           error::connect_failed,
                           error::resolve_failed,
                           error::idle_timeout,
                           error::bad_response}) {
        CHECK(may_reconnect(make_error_code(ec)));
    }
    for (const error ec : {error::cert_error,
                           error::canceled,
                           error::client_closed,
                           error::invalid_request,
                           error::would_deadlock,
                           error::body_too_large}) {
        CHECK_FALSE(may_reconnect(make_error_code(ec)));
    }
    using std::chrono::milliseconds;
    const auto pause = [](int retry, unsigned failures) {
        return reconnect_pause(milliseconds(retry), failures, milliseconds(1000)).count();
    };
    CHECK(pause(60, 0) == 60);
    CHECK(pause(60, 1) == 60);
    CHECK(pause(60, 2) == 120);
    CHECK(pause(60, 4) == 480);
    CHECK(pause(60, 6) == 1000);
    CHECK(pause(60, 4'000'000'000u) == 1000);
    CHECK(pause(2000, 3) == 2000);
    // A server that wants no pause, or a very short one, is left alone once it has failed twice.
    CHECK(pause(0, 0) == 0);
    CHECK(pause(0, 1) == 0);
    CHECK(pause(0, 2) == 100);
    CHECK(pause(1, 3) == 200);
    CHECK(pause(0, 4'000'000'000u) == 1000);
}

TEST_CASE("a stream that was open for a while is no failure, even if nothing happened") {
    using namespace std::chrono_literals;
    CHECK(was_stream(true, 0s));
    CHECK(was_stream(false, 1s));
    CHECK(was_stream(false, 24h));
    CHECK_FALSE(was_stream(false, 999ms));
    CHECK_FALSE(was_stream(false, 0s));
}

TEST_CASE("progress is told of the first piece and of the last one, and every 50 ms in between") {
    Transferred known{.total = 10};
    CHECK(known.add(4, false));
    CHECK_FALSE(known.add(4, false));
    CHECK(known.add(2, false));
    CHECK_FALSE(known.add(0, true));  // told already
    Transferred unknown;
    CHECK(unknown.add(4, false));
    CHECK_FALSE(unknown.add(4, false));
    CHECK(unknown.add(0, true));
    CHECK(unknown.bytes == 8);
    Transferred empty{.total = 0};
    CHECK(empty.add(0, true));
    CHECK_FALSE(empty.add(0, true));
    const TimePoint told = TimePoint() + std::chrono::hours(1);
    CHECK_FALSE(progress_due(told, told + std::chrono::milliseconds(49)));
    CHECK(progress_due(told, told + std::chrono::milliseconds(50)));
}
