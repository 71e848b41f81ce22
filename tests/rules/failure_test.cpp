// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#include <hawser/error.hpp>
#include <hawser/failure.hpp>

#include <catch2/catch.hpp>

#include <sstream>

using hawser::Failure;
using hawser::detail::FailureData;
using hawser::detail::printable;

TEST_CASE("a failure says in one line what was being done, where, and what went wrong") {
    FailureData data;
    data.code = hawser::error::cert_error;
    data.phase = Failure::Phase::tls;
    data.fault = {{}, "certificate has expired", "127.0.0.1:443"};
    data.method = "GET";
    data.url = "https://localhost/";
    data.attempt = 2;
    const Failure failure = FailureData::make(data);
    CHECK(failure);
    CHECK(failure.code() == hawser::error::cert_error);
    CHECK(failure.phase() == Failure::Phase::tls);
    CHECK(failure.message() ==
          "GET https://localhost/: the peer's certificate was not accepted: certificate has "
          "expired (in the TLS handshake, 127.0.0.1:443, attempt 2)");
}

TEST_CASE("a failure names the code of the system behind it") {
    FailureData data;
    data.code = hawser::error::connect_failed;
    data.phase = Failure::Phase::connect;
    data.fault.cause = make_error_code(std::errc::connection_refused);
    const Failure failure = FailureData::make(data);
    CHECK(failure.cause() == std::errc::connection_refused);
    CHECK(failure.message() ==
          "no connection to the host could be made: Connection refused (connecting)");
}

TEST_CASE("without a failure there is no message") {
    const Failure none;
    CHECK_FALSE(none);
    CHECK_FALSE(none.code());
    CHECK(none.reason().empty());
    CHECK(none.message().empty());
    std::ostringstream text;
    text << none;
    text << ", " << Failure::Phase::connect;
    CHECK(text.str() == "no failure, connecting");
}

TEST_CASE("text from a peer is escaped and truncated before it is shown") {
    CHECK(printable("a\r\n\t\x01\xff z") == "a\\r\\n\\t\\x01\\xff z");
    CHECK(printable(std::string(300, 'x'), 10) == "xxxxxxxxxx...");
}

TEST_CASE("a request error is a std::system_error with its failure's whole message") {
    FailureData data;
    data.code = hawser::error::server_closed;
    data.phase = Failure::Phase::head;
    data.method = "GET";
    data.url = "http://a/";
    const hawser::RequestError error(FailureData::make(data));
    const std::system_error& base = error;
    CHECK(base.code() == hawser::error::server_closed);
    CHECK(base.what() == error.failure().message());
    try {
        hawser::detail::throw_error(data.code, error.failure());
    } catch (const hawser::RequestError& thrown) {
        CHECK(thrown.what() == error.failure().message());
    }
    CHECK_THROWS_AS(hawser::detail::throw_error(data.code, {}), std::system_error);
}

TEST_CASE("very long parts are truncated only in the message") {
    FailureData data;
    data.method = "GET";
    data.url = "http://a/" + std::string(60'000, 'x');
    const Failure failure = FailureData::make(data);
    CHECK(failure.url().size() == data.url.size());
    CHECK(failure.message().size() < 300);
}
