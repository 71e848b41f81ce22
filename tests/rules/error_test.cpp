// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

#include <hawser/error.hpp>

#include <catch2/catch.hpp>

#include <cerrno>
#include <set>
#include <string>
#include <system_error>
#include <vector>

using hawser::condition;
using hawser::error;

namespace {

constexpr int first = static_cast<int>(error::invalid_url);
constexpr int last = static_cast<int>(error::proxy_error);

/// A category with the name of one of Asio's, which this floor must not include.
class Foreign : public std::error_category {
public:
    explicit Foreign(const char* name) : name_(name) {}
    const char* name() const noexcept override { return name_; }
    std::string message(int) const override { return "foreign"; }

private:
    const char* name_;
};

/// The numbers of all conditions that a code equals.
std::set<int> conditions_of(const std::error_code& code) {
    std::set<int> found;
    for (int c = 1; c <= static_cast<int>(condition::refused); ++c) {
        if (code == static_cast<condition>(c)) {
            found.insert(c);
        }
    }
    return found;
}

std::set<int> only(condition c) {
    return {static_cast<int>(c)};
}

}  // namespace

TEST_CASE("every error has its own message in lower case") {
    std::set<std::string> messages;
    for (int value = first; value <= last; ++value) {
        const std::string message = make_error_code(static_cast<error>(value)).message();
        CHECK(message != "unknown error");
        messages.insert(message);
    }
    CHECK(messages.size() == static_cast<std::size_t>(last - first + 1));
    CHECK(hawser::error_category().message(last + 1) == "unknown error");
    CHECK(hawser::error_category().message(0) == "unknown error");
    CHECK(std::string(hawser::error_category().name()) == "hawser");
}

TEST_CASE("every error has exactly one condition") {
    for (int value = first; value <= last; ++value) {
        INFO(value);
        CHECK(conditions_of(make_error_code(static_cast<error>(value))).size() == 1);
    }
}

TEST_CASE("errors have the condition given in the table") {
    const std::vector<std::pair<error, condition>> table = {
        {error::pool_wait_timeout, condition::timeout},
        {error::total_timeout, condition::timeout},
        {error::idle_timeout, condition::timeout},
        {error::canceled, condition::canceled},
        {error::client_closed, condition::canceled},
        {error::server_closed, condition::connection_lost},
        {error::incomplete_body, condition::connection_lost},
        {error::connection_reset, condition::connection_lost},
        {error::bad_response, condition::bad_response},
        {error::unsupported_coding, condition::bad_response},
        {error::headers_too_large, condition::bad_response},
        {error::decode_limit, condition::bad_response},
        {error::redirect_refused, condition::bad_response},
        {error::too_many_redirects, condition::bad_response},
        {error::bad_status, condition::bad_response},
        {error::bad_content_type, condition::bad_response},
        {error::invalid_url, condition::bad_request},
        {error::would_deadlock, condition::bad_request},
        {error::concurrent_write, condition::bad_request},
        {error::forked, condition::bad_request},
        {error::request_body_error, condition::bad_request},
        {error::connect_failed, condition::refused},
        {error::cert_error, condition::refused},
        {error::too_many_waiters, condition::refused},
        {error::resource_exhausted, condition::refused},
        {error::file_error, condition::refused},
        {error::proxy_error, condition::refused},
    };
    for (const auto& [value, expected] : table) {
        INFO(make_error_code(value).message());
        CHECK(conditions_of(value) == only(expected));
    }
}

TEST_CASE("system codes have a condition in both standard categories", "[N05]") {
    const std::vector<std::pair<int, condition>> table = {
        {ETIMEDOUT, condition::timeout},
        {ECANCELED, condition::canceled},
        {ECONNRESET, condition::connection_lost},
        {EPIPE, condition::connection_lost},
        {ECONNABORTED, condition::connection_lost},
        {ENOTCONN, condition::connection_lost},
        {ECONNREFUSED, condition::refused},
        {EHOSTUNREACH, condition::refused},
        {ENETUNREACH, condition::refused},
    };
    for (const auto& [value, expected] : table) {
        INFO(value);
        CHECK(conditions_of({value, std::system_category()}) == only(expected));
        CHECK(conditions_of({value, std::generic_category()}) == only(expected));
    }
    CHECK(conditions_of({EINVAL, std::system_category()}).empty());
}

TEST_CASE("Asio's categories are known by their names") {
    const Foreign misc("asio.misc");
    const Foreign netdb("asio.netdb");
    const Foreign addrinfo("asio.addrinfo");
    const Foreign stream("asio.ssl.stream");
    const Foreign system("asio.system");
    const Foreign other("other");
    CHECK(conditions_of({2, misc}) == only(condition::connection_lost));
    CHECK(conditions_of({1, misc}).empty());
    CHECK(conditions_of({1, netdb}) == only(condition::refused));
    CHECK(conditions_of({8, addrinfo}) == only(condition::refused));
    CHECK(conditions_of({-2, Foreign("hawser.resolver")}) == only(condition::refused));
    CHECK(conditions_of({1, stream}) == only(condition::connection_lost));
    CHECK(conditions_of({ECANCELED, system}) == only(condition::canceled));
    CHECK(conditions_of({ECONNRESET, system}) == only(condition::connection_lost));
    CHECK(conditions_of({2, other}).empty());
}

TEST_CASE("a code that carries a system error equals both", "[N05]") {
    const std::error_code ec =
        hawser::detail::with_cause(error::connect_failed, {ECONNREFUSED, std::system_category()});
    CHECK(ec == error::connect_failed);
    CHECK(error::connect_failed == ec);
    CHECK(ec != error::resource_exhausted);
    CHECK(ec == std::errc::connection_refused);
    CHECK(ec != std::errc::host_unreachable);
    CHECK(ec == condition::refused);
    CHECK(conditions_of(ec) == only(condition::refused));
    CHECK(ec == make_error_code(error::connect_failed).default_error_condition());
    CHECK(hawser::error_of(ec) == error::connect_failed);
    CHECK(hawser::detail::cause_of(ec) == std::errc::connection_refused);
    CHECK(ec.category() == hawser::error_category());
    const std::string both = ec.message();
    CHECK(both.find("no connection to the host could be made: ") == 0);
    CHECK(both.find(std::error_code(ECONNREFUSED, std::system_category()).message()) !=
          std::string::npos);
}

TEST_CASE("every system error number is carried, and nothing else", "[N05]") {
    using hawser::detail::cause_of;
    using hawser::detail::with_cause;
    const Foreign asio_system("asio.system");
    for (int number = 1; number < 134; ++number) {
        for (const std::error_category* category :
             {&std::system_category(),
              &std::generic_category(),
              static_cast<const std::error_category*>(&asio_system)}) {
            const std::error_code ec = with_cause(error::resource_exhausted, {number, *category});
            CHECK(ec == error::resource_exhausted);
            CHECK(cause_of(ec) == std::error_code(number, std::system_category()));
        }
    }
    const Foreign netdb("asio.netdb");
    for (const std::error_code none : {std::error_code(),
                                       std::error_code(5, hawser::error_category()),
                                       std::error_code(5, netdb),
                                       std::error_code(-3, std::system_category()),
                                       std::error_code(1 << 15, std::system_category())}) {
        CHECK(with_cause(error::connect_failed, none) == make_error_code(error::connect_failed));
        CHECK_FALSE(cause_of(with_cause(error::connect_failed, none)));
    }
    CHECK_FALSE(cause_of({5 << 16, std::system_category()}));
}

TEST_CASE("errors equal std::errc values where those exist") {
    for (int value = first; value <= last; ++value) {
        const std::error_code ec = static_cast<error>(value);
        INFO(ec.message());
        CHECK((ec == std::errc::timed_out) == (ec == condition::timeout));
        CHECK((ec == std::errc::operation_canceled) == (ec == condition::canceled));
        CHECK((ec == std::errc::connection_reset) == (ec == error::connection_reset));
        CHECK((ec == std::errc::invalid_argument) ==
              (ec == error::invalid_url || ec == error::invalid_request));
        CHECK((ec == std::errc::resource_deadlock_would_occur) == (ec == error::would_deadlock));
        CHECK_FALSE(ec == std::errc::connection_refused);
        CHECK_FALSE(ec == std::error_condition());
    }
}

TEST_CASE("a code of another origin equals none of our errors") {
    CHECK(hawser::error_of({2, std::system_category()}) == error{});
    CHECK(hawser::error_of({}) == error{});
    CHECK_FALSE(std::error_code(2, std::system_category()) == error::invalid_request);
    CHECK_FALSE(std::error_code() == error{});
    CHECK(hawser::error_of(error::tls_error) == error::tls_error);
}

TEST_CASE("success has no condition") {
    CHECK(conditions_of(std::error_code()).empty());
    CHECK(conditions_of({0, hawser::error_category()}).empty());
    CHECK(make_error_condition(condition::timeout).message() == "timeout");
}
