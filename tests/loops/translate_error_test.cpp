// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// How system errors are translated, depending on where they occur.

#include <hawser/detail/io/translate_error.hpp>
#include <hawser/error.hpp>

#include <catch2/catch.hpp>

#include <cerrno>
#include <system_error>
#include <utility>

using hawser::condition;
using hawser::error;
using namespace hawser::detail;

namespace {

std::error_code system_error(int value) {
    return {value, asio::error::get_system_category()};
}

}  // namespace

TEST_CASE("a failed connect is a refusal, a timeout, or a lack of local resources", "[N05][N07]") {
    const std::pair<int, error> table[] = {{ECONNREFUSED, error::connect_failed},
                                           {ENETUNREACH, error::connect_failed},
                                           {EHOSTUNREACH, error::connect_failed},
                                           {ECONNRESET, error::connect_failed},
                                           {ECONNABORTED, error::connect_failed},
                                           {EACCES, error::connect_failed},
                                           {EPERM, error::connect_failed},
                                           {EAFNOSUPPORT, error::connect_failed},
                                           {ETIMEDOUT, error::connect_timeout},
                                           {EADDRNOTAVAIL, error::resource_exhausted},
                                           {EMFILE, error::resource_exhausted},
                                           {ENFILE, error::resource_exhausted},
                                           {ENOBUFS, error::resource_exhausted},
                                           {ENOSPC, error::resource_exhausted},
                                           {EAGAIN, error::resource_exhausted},
                                           {ENOMEM, error::resource_exhausted}};
    for (const auto& [value, expected] : table) {
        INFO(system_error(value).message());
        const std::error_code ec = lost_in_connect(system_error(value));
        CHECK(ec == expected);
        CHECK(ec == (value == ETIMEDOUT ? condition::timeout : condition::refused));
        CHECK(ec == std::error_code(value, std::generic_category()).default_error_condition());
    }
}

TEST_CASE("a failed lookup is an unknown name, or a lack of local resources", "[N08]") {
    const auto of_resolver = lost_in_resolve(asio::error::host_not_found);
    CHECK(of_resolver == error::resolve_failed);
    CHECK_FALSE(cause_of(of_resolver));
    CHECK(lost_in_resolve(system_error(EIO)) == error::resolve_failed);
    CHECK(lost_in_resolve(system_error(EIO)) == std::errc::io_error);
    CHECK(lost_in_resolve(system_error(EMFILE)) == error::resource_exhausted);
    CHECK(lost_in_resolve(system_error(EMFILE)) == std::errc::too_many_files_open);
}

TEST_CASE("a lost connection has one error before the head and another one after it", "[N05]") {
    for (const int value : {EPIPE, ECONNRESET, ECONNABORTED, ENOTCONN}) {
        INFO(system_error(value).message());
        CHECK(lost_in_head(system_error(value), false) == error::connection_reset);
        CHECK(lost_in_head(system_error(value), true) == error::connection_reset);
        CHECK(lost_in_body(system_error(value)) == error::incomplete_body);
    }
    for (const std::error_code end :
         {std::error_code(asio::error::eof), std::error_code(asio::error::shut_down)}) {
        CHECK(lost_in_head(end, false) == error::server_closed);
        CHECK(lost_in_head(end, true) == error::bad_response);
        CHECK(lost_in_body(end) == error::incomplete_body);
    }
    for (const int value : {ETIMEDOUT, EHOSTUNREACH, EIO}) {  // passed through unchanged
        CHECK(lost_in_head(system_error(value), false) == system_error(value));
        CHECK(lost_in_body(system_error(value)) == system_error(value));
    }
}
