// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// hammer: a load generator.
//
//     hammer -c 32 -t 10 http://localhost:8080/         closed loop: 32 users, each waits for its
//                                                       response before it asks again
//     hammer -r 2000 -t 10 http://localhost:8080/       open loop: 2000 requests a second, however
//                                                       long the responses take
//
// A closed loop asks a slow server less often, so that its latencies look better than those that
// users would see ("coordinated omission"). In an open loop each request has a time at which it is
// due, and its latency counts from there: what waits because of others counts as waiting.
#include "hammer/picture.hpp"
#include "hammer/report.hpp"
#include "support/command_line.hpp"
#include "support/connection_options.hpp"
#include "support/text.hpp"
#include <hawser/hawser.hpp>

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>
#include <asio/redirect_error.hpp>
#include <asio/signal_set.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>

#include <array>
#include <chrono>
#include <csignal>
#include <iostream>
#include <limits>
#include <string>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

struct Settings {
    unsigned connections = 10;
    double seconds = 10;
    std::uint64_t requests = 0;
    double rate = 0;
    unsigned in_flight = 10'000;
    double timeout = 30;
    std::string method = "GET";
    std::string data{};
    std::string svg{};
    hawser::Headers headers{};
    hawser::TransportOptions transport{};
};

tools::CommandLine command_line(Settings& to) {
    tools::CommandLine line("hammer", "[option...] URL");
    line.number(
        "-c", "--connections", "N", "most connections; default: 10", to.connections, 1, 100'000);
    line.number("-t", "--time", "SECONDS", "default: 10", to.seconds, 0.01, 1e6);
    line.number(
        "-n", "--requests", "N", "ends after N requests", to.requests, 1, std::uint64_t{1} << 50);
    line.number("-r", "--rate", "N", "open loop: N requests a second", to.rate, 0.01, 1e6);
    line.number("",
                "--in-flight",
                "N",
                "open loop: most at once; default: 10000",
                to.in_flight,
                1,
                1'000'000);
    line.number("-m", "--max-time", "SECONDS", "per request; default: 30", to.timeout, 0.001, 1e6);
    line.value("-X", "--request", "METHOD", "default: GET", to.method);
    line.value("-d", "--data", "TEXT", "the body", to.data);
    line.call("-H", "--header", "LINE", "a field: \"Name: value\"", [&to](const std::string& text) {
        tools::add_header(to.headers, text);
    });
    line.value("", "--svg", "FILE", "draw the latencies", to.svg);
    tools::add_connection_options(line, to.transport);
    return line;
}

class Hammer {
public:
    Hammer(const Settings& settings, hawser::Request request)
        : settings_(settings), request_(std::move(request)), client_(io_, options(settings)) {}

    Results run() {
        const auto start = Clock::now();
        signals_.async_wait([this](std::error_code ec, int) { stopped_ = stopped_ || !ec; });
        end_ = start + std::chrono::duration_cast<Clock::duration>(
                           std::chrono::duration<double>(settings_.seconds));
        if (settings_.rate > 0) {
            begin(arrivals(start));
        } else {
            for (unsigned i = 0; i < settings_.connections; ++i) {
                begin(user());
            }
        }
        io_.run();
        results_.passed = Clock::now() - start;
        return std::move(results_);
    }

private:
    static hawser::ClientOptions options(const Settings& settings) {
        hawser::ClientOptions options;
        options.timeout = std::chrono::milliseconds(static_cast<long>(settings.timeout * 1000));
        options.max_redirects = 0;
        options.transport = settings.transport;
        options.transport.max_conns_per_host = settings.connections;
        options.transport.max_idle_conns = settings.connections;
        options.transport.disable_compression = true;
        options.transport.thread_safe = false;  // this program has one thread
        return options;
    }

    void begin(asio::awaitable<void> work) {
        ++working_;
        asio::co_spawn(io_, std::move(work), [this](const std::exception_ptr&) {
            if (--working_ == 0) {
                signals_.cancel();
            }
            room_.cancel();
        });
    }

    bool wants_more() {
        const bool enough = settings_.requests != 0 && begun_ >= settings_.requests;
        return !stopped_ && !enough && Clock::now() < end_;
    }

    /// One user of a closed loop.
    asio::awaitable<void> user() {
        while (wants_more()) {
            ++begun_;
            co_await exchange(Clock::now());
        }
    }

    /// The requests of an open loop, each when it is due.
    asio::awaitable<void> arrivals(Clock::time_point start) {
        asio::steady_timer timer(io_);
        const std::chrono::duration<double> gap(1 / settings_.rate);
        while (wants_more()) {
            const auto due = start + std::chrono::duration_cast<Clock::duration>(
                                         gap * static_cast<double>(begun_));
            if (due >= end_) {
                break;
            }
            std::error_code ignored;
            if (due > Clock::now()) {
                timer.expires_at(due);
                co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
            }
            while (working_ > settings_.in_flight) {
                room_.expires_at(Clock::time_point::max());
                co_await room_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
            }
            ++begun_;
            begin(exchange(due));
        }
    }

    /// One request, whose latency counts from `due` to the end of the body.
    asio::awaitable<void> exchange(Clock::time_point due) {
        std::error_code ec;
        hawser::Response response =
            co_await client_.async_send(request_, asio::redirect_error(asio::use_awaitable, ec));
        while (!ec) {
            results_.received += co_await response.body.async_read_some(
                asio::buffer(buffer_), asio::redirect_error(asio::use_awaitable, ec));
        }
        if (ec == asio::error::eof) {
            ++results_.statuses[response.status];
            results_.latency.add(Clock::now() - due);
        } else {
            ++results_.failures[ec.message()];
        }
    }

    const Settings& settings_;
    const hawser::Request request_;
    asio::io_context io_{1};
    hawser::Client client_;
    asio::signal_set signals_{io_, SIGINT, SIGTERM};
    asio::steady_timer room_{io_};
    Clock::time_point end_{};
    Results results_{};
    std::array<char, 64 * 1024> buffer_{};
    std::uint64_t begun_ = 0;
    std::uint64_t working_ = 0;
    bool stopped_ = false;
};

int run(const Settings& settings, const std::vector<std::string>& arguments) {
    if (arguments.size() != 1) {
        throw tools::UsageError(arguments.empty() ? "no URL" : "more than one URL");
    }
    hawser::Request request{settings.method, hawser::Url(tools::with_scheme(arguments[0]))};
    request.headers = settings.headers;
    if (!settings.data.empty()) {
        request.body = settings.data;
    }
    const std::string loop = settings.rate > 0
                                 ? tools::format("open loop, %g per second", settings.rate)
                                 : tools::format("closed loop, %u users", settings.connections);
    const std::string title = loop + ": " + request.method + ' ' + request.url.to_string();
    Hammer hammer(settings, std::move(request));
    std::cout << title << std::endl;
    const Results results = hammer.run();
    std::cout << report(results);
    if (!settings.svg.empty()) {
        tools::write_file(settings.svg, picture::draw(results, title));
    }
    return results.failures.empty() && results.latency.count() > 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    Settings settings;
    return tools::run_tool(command_line(settings), argc, argv, [&](const auto& arguments) {
        tools::finish_connection_options(settings.transport);
        return run(settings, arguments);
    });
}
