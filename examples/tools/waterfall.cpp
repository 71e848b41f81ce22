// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// waterfall: fetches URLs, and draws when each phase of each request began and ended. The picture
// is one HTML file that any browser shows; --har writes the same for other programs.
//
//     waterfall -o picture.html https://example.com/ https://example.com/style.css
#include "support/command_line.hpp"
#include "support/connection_options.hpp"
#include "support/exchange.hpp"
#include "support/har.hpp"
#include "support/text.hpp"
#include "waterfall/page.hpp"
#include <hawser/hawser.hpp>

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>
#include <asio/redirect_error.hpp>
#include <asio/use_awaitable.hpp>

#include <array>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

namespace {

struct Settings {
    std::string output = "waterfall.html";
    std::string har{};
    unsigned at_once = 6;
    unsigned repeat = 1;
    double timeout = 60;
    hawser::Headers headers{};
    hawser::TransportOptions transport{};
};

tools::CommandLine command_line(Settings& to) {
    tools::CommandLine line("waterfall", "[option...] URL...");
    line.value("-o", "--output", "FILE", "the page; default: waterfall.html", to.output);
    line.value("", "--har", "FILE", "also write a HAR file", to.har);
    line.number("-j", "--at-once", "N", "requests at once; default: 6", to.at_once, 1, 1000);
    line.number("-n", "--repeat", "N", "each URL so many times; default: 1", to.repeat, 1, 1000);
    line.number("-m", "--max-time", "SECONDS", "per request; default: 60", to.timeout, 0.001, 1e6);
    line.call("-H", "--header", "LINE", "a field: \"Name: value\"", [&to](const std::string& text) {
        tools::add_header(to.headers, text);
    });
    tools::add_connection_options(line, to.transport);
    return line;
}

/// Fetches the URLs one after the other, together with its likes. A failure is in its exchange.
asio::awaitable<void> fetch(hawser::Client& client, std::vector<std::string>& urls) {
    std::array<char, 64 * 1024> buffer{};
    while (!urls.empty()) {
        const std::string url = urls.back();
        urls.pop_back();
        try {
            hawser::Response response = co_await client.async_get(url, asio::use_awaitable);
            for (std::error_code ec; !ec;) {
                co_await response.body.async_read_some(
                    asio::buffer(buffer), asio::redirect_error(asio::use_awaitable, ec));
            }
        } catch (const std::system_error& e) {
            std::cerr << "waterfall: " << e.what() << '\n';
        }
    }
}

std::shared_ptr<tools::Exchanges> fetch_all(const Settings& settings,
                                            std::vector<std::string> urls) {
    const auto exchanges = std::make_shared<tools::Exchanges>();
    hawser::ClientOptions options;
    options.timeout = std::chrono::milliseconds(static_cast<long>(settings.timeout * 1000));
    options.headers = settings.headers;
    options.transport = settings.transport;
    options.transport.thread_safe = false;  // this program has one thread
    options.middleware = {tools::record_exchanges(exchanges)};
    asio::io_context io{1};
    hawser::Client client{io, options};
    for (unsigned i = 0; i < settings.at_once; ++i) {
        asio::co_spawn(io, fetch(client, urls), asio::detached);
    }
    io.run();
    return exchanges;
}

int draw(const Settings& settings, const std::vector<std::string>& arguments) {
    if (arguments.empty()) {
        throw tools::UsageError("no URL");
    }
    std::vector<std::string> urls;  // the last one is fetched first
    for (auto url = arguments.rbegin(); url != arguments.rend(); ++url) {
        urls.insert(urls.end(), settings.repeat, tools::with_scheme(*url));
    }
    const auto exchanges = fetch_all(settings, std::move(urls));
    if (exchanges->empty()) {
        throw std::runtime_error("there is nothing to draw");
    }
    tools::write_file(settings.output, page(*exchanges));
    if (!settings.har.empty()) {
        tools::write_file(settings.har, tools::har(*exchanges));
    }
    std::cout << summary(*exchanges) << ": " << settings.output
              << (settings.har.empty() ? "" : " and " + settings.har) << '\n';
    for (const auto& exchange : *exchanges) {
        if (exchange->status == 0) {
            return 1;
        }
    }
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    Settings settings;
    return tools::run_tool(command_line(settings), argc, argv, [&](const auto& arguments) {
        tools::finish_connection_options(settings.transport);
        return draw(settings, arguments);
    });
}
