// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// One request and the read of its whole body, in each style in which a program can be written, and
// what the program learns when that fails.

#include "io_thread.hpp"
#include <hawser/hawser.hpp>

#include <asio/bind_executor.hpp>
#include <asio/co_spawn.hpp>
#include <asio/use_future.hpp>

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace hawser::test {

/// How a request failed.
struct Outcome {
    std::error_code ec;
    Failure failure;
    std::string what;  // the exception's what(), else failure.message()
};

struct ClientSetup {
    ClientOptions options{};
    std::size_t max = ResponseBody::unlimited;  // limit for the body
};

/// The contents of an exception; null: the request succeeded.
inline Outcome outcome_of(const std::exception_ptr& exception) {
    if (!exception) {
        return {};
    }
    try {
        std::rethrow_exception(exception);
    } catch (const RequestError& e) {
        return {e.code(), e.failure(), e.what()};
    } catch (const std::system_error& e) {
        return {e.code(), {}, e.what()};
    }
}

inline Outcome outcome_of(std::error_code ec, Failure failure) {
    return {ec, failure, failure.message()};
}

namespace styles {

inline Outcome blocking_throw(const Request& request, const ClientSetup& setup) {
    Client client(setup.options);
    try {
        Response response = client.send(request);
        response.body.read_all(setup.max);
    } catch (...) {
        return outcome_of(std::current_exception());
    }
    return {};
}

inline Outcome blocking_ec(const Request& request, const ClientSetup& setup) {
    Client client(setup.options);
    std::error_code ec;
    Response response = client.send(request, ec);
    if (ec) {
        return outcome_of(ec, response.failure);
    }
    response.body.read_all(setup.max, ec);
    return outcome_of(ec, response.body.failure());
}

inline Outcome callback(const Request& request, const ClientSetup& setup) {
    IoThread io;
    Client client(io.executor(), setup.options);
    Gate done;
    Outcome outcome;
    Response body;
    client.async_send(request, [&](std::error_code ec, Response response) {
        if (ec) {
            outcome = outcome_of(ec, response.failure);
            return done.open();
        }
        body = std::move(response);
        body.body.async_read_all(setup.max, [&](std::error_code e, const std::string&) {
            outcome = outcome_of(e, body.body.failure());
            done.open();
        });
    });
    done.wait();
    body = {};
    return outcome;
}

inline asio::awaitable<Outcome> await_all(Client& client, Request request, std::size_t max) {
    std::exception_ptr exception;
    try {
        Response response = co_await client.async_send(std::move(request));
        co_await response.body.async_read_all(max);
    } catch (...) {
        exception = std::current_exception();
    }
    co_return outcome_of(exception);
}

inline Outcome coroutine(const Request& request, const ClientSetup& setup) {
    IoThread io;
    Client client(io.executor(), setup.options);
    return asio::co_spawn(io.executor(), await_all(client, request, setup.max), asio::use_future)
        .get();
}

inline Outcome future(const Request& request, const ClientSetup& setup) {
    IoThread io;
    Client client(io.executor(), setup.options);
    const auto token = [&] { return asio::bind_executor(io.executor(), asio::use_future); };
    try {
        Response response = client.async_send(request, token()).get();
        response.body.async_read_all(setup.max, token()).get();
    } catch (...) {
        return outcome_of(std::current_exception());
    }
    return {};
}

}  // namespace styles

struct Style {
    const char* name;
    Outcome (*run)(const Request&, const ClientSetup&);
};

inline const std::vector<Style>& all_styles() {
    static const std::vector<Style> all{{"blocking, throws", styles::blocking_throw},
                                        {"blocking, std::error_code", styles::blocking_ec},
                                        {"callback", styles::callback},
                                        {"coroutine", styles::coroutine},
                                        {"future", styles::future}};
    return all;
}

}  // namespace hawser::test
