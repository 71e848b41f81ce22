// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// How the time for connecting is divided among the addresses of a host, as a table, and what a dial
// reports if none of them can be connected to.

#include <hawser/detail/policy/address_order.hpp>
#include <hawser/detail/policy/connect_attempts.hpp>

#include <catch2/catch.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using hawser::detail::alternate_families;
using hawser::detail::connect_until;
using hawser::detail::ConnectAttempts;
using std::chrono::milliseconds;
using TimePoint = std::chrono::steady_clock::time_point;

TEST_CASE("each address gets its share of the time for all, within its own limit", "[B-10]") {
    struct Row {
        const char* what;
        milliseconds for_each;
        milliseconds left_for_all;
        std::size_t addresses;
        milliseconds gets;
    };
    constexpr milliseconds unlimited{-1};
    const Row rows[] = {
        {"no limit", 0ms, unlimited, 3, unlimited},
        {"a limit for each", 5s, unlimited, 3, 5s},
        {"a limit for all, one address", 0ms, 30s, 1, 30s},
        {"a limit for all, three addresses", 0ms, 30s, 3, 10s},
        {"both, the share is less", 30s, 30s, 2, 15s},
        {"both, the share is more", 5s, 30s, 2, 5s},
        {"not less than two seconds", 30s, 8s, 16, 2s},
        {"unless there is less", 30s, 1s, 16, 1s},
        {"the last gets all the rest", 30s, 500ms, 1, 500ms},
        {"its own limit may be less than two seconds", 50ms, 8s, 16, 50ms},
        {"nothing is left", 30s, 0s, 2, 0ms},
    };
    const TimePoint now = TimePoint{} + 1h;
    for (const Row& row : rows) {
        INFO(row.what);
        const auto end = [&](milliseconds in) {
            return in == unlimited ? TimePoint::max() : now + in;
        };
        CHECK(connect_until(now, row.for_each, end(row.left_for_all), row.addresses) ==
              end(row.gets));
    }
}

TEST_CASE("the attempts of one dial share the time, each with those not tried yet", "[B-10]") {
    TimePoint now = TimePoint{} + 1h;
    const TimePoint all_until = now + 30s;
    ConnectAttempts attempts;
    attempts.start(1);
    CHECK(attempts.next(now) == TimePoint::max());  // no limit
    attempts.limit(12s, all_until, 0ms);
    attempts.start(3);
    CHECK(attempts.next(now) == now + 10s);
    now += 1s;
    CHECK(attempts.next(now) == now + 12s);
    now += 28s;
    CHECK(attempts.next(now) == all_until);
    attempts.start(2);  // other addresses, within the same limits
    CHECK(attempts.next(now) == all_until);
}

TEST_CASE("an attempt begins a while after the one before it, or when one has failed",
          "[B-25][N09]") {
    const TimePoint begin = TimePoint{} + 1h;
    for (const auto& [delay, waits] : {std::pair{250ms, 250ms}, std::pair{1ms, 10ms}}) {
        CAPTURE(delay.count());
        ConnectAttempts attempts;
        attempts.limit(30s, begin + 30s, delay);
        CHECK_FALSE(attempts.due(begin));
        attempts.start(3);
        CHECK(attempts.due(begin));
        attempts.next(begin);
        CHECK_FALSE(attempts.due(begin));
        CHECK(attempts.begins_at() == begin + waits);
        CHECK(attempts.due(begin + waits));
        attempts.next(begin + waits);
        CHECK_FALSE(attempts.due(begin + waits));
        attempts.failed("a:1", hawser::error::connect_failed);  // the first
        CHECK(attempts.due(begin + waits));
        CHECK_FALSE(attempts.due(begin + 30s));  // the time for all is over
        attempts.next(begin + waits);
        CHECK(attempts.begins_at() == TimePoint::max());  // no address is left
        attempts.failed("b:1", hawser::error::connect_failed);
        CHECK_FALSE(attempts.due(begin + waits));
    }
    ConnectAttempts in_turn;
    in_turn.limit(30s, begin + 30s, 0ms);
    in_turn.start(2);
    in_turn.next(begin);
    CHECK_FALSE(in_turn.due(begin + 29s));
    in_turn.failed("a:1", hawser::error::connect_timeout);
    CHECK(in_turn.due(begin + 29s));
}

TEST_CASE("the families of the addresses take turns, beginning with the first", "[F-N03][B-25]") {
    for (const auto& [found, tried] : {std::pair{"", ""},
                                       std::pair{"6a", "6a"},
                                       std::pair{"4a4b", "4a4b"},
                                       std::pair{"6a6b4a4b", "6a4a6b4b"},
                                       std::pair{"4a4b6a6b6c", "4a6a4b6b6c"},
                                       std::pair{"6a6b6c4a", "6a4a6b6c"},
                                       std::pair{"6a4a4b4c", "6a4a4b4c"},
                                       std::pair{"4a6a4b6b", "4a6a4b6b"}}) {
        INFO(found);
        std::vector<std::string> addresses;
        for (std::string_view rest = found; !rest.empty(); rest.remove_prefix(2)) {
            addresses.emplace_back(rest.substr(0, 2));
        }
        alternate_families(addresses, [](const std::string& one) { return one[0] == '6'; });
        std::string order;
        for (const std::string& address : addresses) {
            order += address;
        }
        CHECK(order == tried);
    }
}

TEST_CASE("a failure that an option explains says which, even if it is the only one") {
    ConnectAttempts attempts;
    attempts.start(1);
    attempts.failed("a:1", hawser::error::connect_failed, "option local_interface");
    CHECK(attempts.fault().reason.starts_with("a:1: option local_interface: "));
}

TEST_CASE("a dial reports its most telling failure, and lists all if there are several") {
    using Failed = std::vector<std::pair<std::string, std::error_code>>;
    const auto because = [](std::errc cause) {
        return hawser::detail::with_cause(hawser::error::connect_failed, make_error_code(cause));
    };
    const std::error_code refused = because(std::errc::connection_refused);
    const std::error_code no_route = because(std::errc::network_unreachable);
    const std::error_code timeout = hawser::error::connect_timeout;
    const auto words = [](std::errc cause) { return make_error_code(cause).message(); };
    struct Row {
        Failed failed;
        std::error_code error;
        std::string address;
        std::string reason;
    };
    const Row rows[] = {
        {{}, timeout, "", ""},
        {{{"a:1", refused}}, refused, "a:1", ""},
        {{{"a:1", timeout}}, timeout, "a:1", ""},
        {{{"a:1", refused}, {"b:1", no_route}},
         refused,
         "a:1",
         "a:1: " + words(std::errc::connection_refused) +
             "; b:1: " + words(std::errc::network_unreachable)},
        {{{"a:1", no_route}, {"b:1", timeout}},
         timeout,
         "b:1",
         "a:1: " + words(std::errc::network_unreachable) + "; b:1: " + timeout.message()},
    };
    ConnectAttempts attempts;
    for (const Row& row : rows) {
        attempts.start(row.failed.size());  // forgets the failures of the row before
        for (const auto& [address, ec] : row.failed) {
            attempts.failed(address, ec);
        }
        INFO(row.reason);
        CHECK(attempts.error() == row.error);
        const hawser::detail::Fault fault = attempts.fault();
        CHECK(fault.cause == hawser::detail::cause_of(row.error));
        CHECK(fault.address == row.address);
        CHECK(fault.reason == row.reason);
    }
}
