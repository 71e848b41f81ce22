// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// poolview: asks URLs again and again, and shows on the terminal what the client's connections do:
// which are dialed, lent, returned, idle and closed. Ctrl-C ends it.
//
//     poolview -c 20 --max-conns-per-host 4 https://example.com/ https://example.org/
#include "poolview/pool_model.hpp"
#include "poolview/screen.hpp"
#include "support/command_line.hpp"
#include "support/connection_options.hpp"
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
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace {

struct Settings {
    unsigned users = 8;
    double think = 1;
    double every = 0.2;
    double seconds = 1e9;
    double idle_timeout = 90;
    hawser::TransportOptions transport{};
    std::vector<hawser::Url> urls{};
};

tools::CommandLine command_line(Settings& to) {
    hawser::TransportOptions& pool = to.transport;
    tools::CommandLine line("poolview", "[option...] URL...");
    line.number("-c", "--users", "N", "ask at the same time; default: 8", to.users, 1, 10'000);
    line.number("",
                "--think",
                "SECONDS",
                "most between two requests of a user; default: 1",
                to.think,
                0,
                1e6);
    line.number("", "--every", "SECONDS", "a new view; default: 0.2", to.every, 0.01, 1e6);
    line.number("-t", "--time", "SECONDS", "default: until Ctrl-C", to.seconds, 0.01, 1e9);
    line.number(
        "", "--max-conns-per-host", "N", "more requests wait", pool.max_conns_per_host, 1, 100'000);
    line.number(
        "", "--max-idle", "N", "idle connections; default: 100", pool.max_idle_conns, 1, 100'000);
    line.number("", "--idle-timeout", "SECONDS", "default: 90", to.idle_timeout, 0.01, 1e6);
    tools::add_connection_options(line, pool);
    return line;
}

class Program {
public:
    explicit Program(const Settings& settings)
        : settings_(settings), client_(io_, options(settings)) {}

    void run() {
        signals_.async_wait([this](std::error_code, int) { io_.stop(); });
        for (unsigned i = 0; i < settings_.users; ++i) {
            asio::co_spawn(io_, user(i), asio::detached);
        }
        asio::co_spawn(io_, watch(), asio::detached);
        io_.run();
    }

private:
    static hawser::ClientOptions options(const Settings& settings) {
        hawser::ClientOptions options;
        options.timeout = std::chrono::minutes{1};
        options.transport = settings.transport;
        options.transport.thread_safe = false;  // this program has one thread
        options.transport.idle_conn_timeout =
            std::chrono::milliseconds(static_cast<long>(settings.idle_timeout * 1000));
        return options;
    }

    /// Asks for one URL after the other, forever.
    asio::awaitable<void> user(std::size_t number) {
        asio::steady_timer timer(io_);
        std::array<char, 64 * 1024> buffer{};
        std::uniform_real_distribution<double> think(0, settings_.think);
        for (;; ++number) {
            hawser::Request request{"GET", settings_.urls[number % settings_.urls.size()]};
            request.options.trace = std::make_shared<PoolTrace>(
                model_, request.method + ' ' + std::string(request.url.target()));
            std::error_code ec;
            hawser::Response response = co_await client_.async_send(
                std::move(request), asio::redirect_error(asio::use_awaitable, ec));
            while (!ec) {
                co_await response.body.async_read_some(
                    asio::buffer(buffer), asio::redirect_error(asio::use_awaitable, ec));
            }
            const std::chrono::duration<double> pause(think(random_));
            timer.expires_after(std::chrono::duration_cast<std::chrono::milliseconds>(pause) +
                                std::chrono::milliseconds{1});
            co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ec));
        }
    }

    /// Shows the pool until the time is over.
    asio::awaitable<void> watch() {
        const auto start = std::chrono::steady_clock::now();
        const auto seconds = [](double value) {
            return std::chrono::duration_cast<std::chrono::nanoseconds>(
                std::chrono::duration<double>(value));
        };
        asio::steady_timer timer(io_);
        std::error_code ec;
        for (auto passed = seconds(0); passed < seconds(settings_.seconds);
             passed = std::chrono::steady_clock::now() - start) {
            timer.expires_after(seconds(settings_.every));
            co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ec));
            const hawser::TransportStats stats = client_.stats();
            model_->match(stats);
            screen_.show(view(*model_, stats, std::chrono::steady_clock::now() - start));
        }
        io_.stop();
    }

    const Settings& settings_;
    asio::io_context io_{1};
    hawser::Client client_;
    std::shared_ptr<PoolModel> model_ = std::make_shared<PoolModel>();
    asio::signal_set signals_{io_, SIGINT, SIGTERM};
    std::mt19937 random_{std::random_device{}()};
    Screen screen_;
};

}  // namespace

int main(int argc, char** argv) {
    Settings settings;
    return tools::run_tool(command_line(settings), argc, argv, [&](const auto& arguments) {
        if (arguments.empty()) {
            throw tools::UsageError("no URL");
        }
        for (const std::string& url : arguments) {
            settings.urls.emplace_back(tools::with_scheme(url));
        }
        tools::finish_connection_options(settings.transport);
        Program(settings).run();
        return 0;
    });
}
