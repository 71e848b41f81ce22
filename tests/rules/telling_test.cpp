// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// Which failure is reported when several addresses failed, as a table.

#include <hawser/detail/policy/telling.hpp>
#include <hawser/error.hpp>

#include <catch2/catch.hpp>

#include <cerrno>
#include <vector>

using hawser::error;
using hawser::detail::how_telling;
using hawser::detail::with_cause;

namespace {

std::error_code connect_failed(int number) {
    return with_cause(error::connect_failed, {number, std::system_category()});
}

std::error_code exhausted(int number) {
    return with_cause(error::resource_exhausted, {number, std::system_category()});
}

}  // namespace

TEST_CASE("a host's answer is reported before an obstacle to asking it") {
    const std::vector<std::vector<std::error_code>> from_least_to_most = {
        {exhausted(EADDRNOTAVAIL), connect_failed(EAFNOSUPPORT), connect_failed(EINVAL)},
        {connect_failed(ENETUNREACH)},
        {connect_failed(EHOSTUNREACH)},
        {error::connect_timeout},
        {connect_failed(ECONNREFUSED),
         connect_failed(ECONNRESET),
         connect_failed(EACCES),
         connect_failed(EPERM),
         error::connect_failed},
        {exhausted(EMFILE),
         exhausted(ENFILE),
         exhausted(ENOMEM),
         exhausted(ENOBUFS),
         exhausted(ENOSPC),
         exhausted(EAGAIN)},
    };
    int rank = -1;
    for (const auto& equal : from_least_to_most) {
        const int next = how_telling(equal.front());
        CHECK(next > rank);
        rank = next;
        for (const std::error_code& ec : equal) {
            INFO(ec.message());
            CHECK(how_telling(ec) == rank);
        }
    }
}
