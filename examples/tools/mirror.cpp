// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// mirror: a polite crawler. Fetches a page and everything below its folder that it leads to, into
// files. It obeys robots.txt, asks slowly, knows limits, and continues where an earlier run ended.
//
//     mirror -o copy --depth 3 https://example.com/docs/
#include "mirror/archive.hpp"
#include "mirror/links.hpp"
#include "mirror/robots.hpp"
#include "support/command_line.hpp"
#include "support/connection_options.hpp"
#include "support/text.hpp"
#include <hawser/hawser.hpp>

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>
#include <asio/redirect_error.hpp>
#include <asio/use_awaitable.hpp>

#include <algorithm>
#include <iostream>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace {

constexpr std::string_view crawler = "hawser-mirror";

struct Settings {
    std::string folder = ".";
    unsigned depth = 5;
    unsigned most_files = 1000;
    std::uint64_t most_bytes = 100'000'000;
    unsigned at_once = 2;
    double delay = 0.5;
    hawser::TransportOptions transport{};
    hawser::Url start{};
};

tools::CommandLine command_line(Settings& to) {
    tools::CommandLine line("mirror", "[option...] URL");
    line.value("-o", "--output", "FOLDER", "where the files go; default: here", to.folder);
    line.number("-d", "--depth", "N", "links from the start; default: 5", to.depth, 0, 1000);
    line.number(
        "-n", "--files", "N", "most files in a run; default: 1000", to.most_files, 1, 10'000'000);
    line.number("",
                "--max-bytes",
                "N",
                "of one file; default: 100000000",
                to.most_bytes,
                1,
                std::uint64_t{1} << 50);
    line.number("-j", "--at-once", "N", "requests at once; default: 2", to.at_once, 1, 16);
    line.number("", "--delay", "SECONDS", "between two requests; default: 0.5", to.delay, 0, 3600);
    tools::add_connection_options(line, to.transport);
    return line;
}

hawser::ClientOptions client_options(const Settings& settings, double delay) {
    hawser::ClientOptions options;
    options.timeout = std::chrono::minutes{10};
    options.headers.set("User-Agent", std::string(crawler) + "/" HAWSER_VERSION_TEXT);
    options.max_redirects = 0;  // where one leads is a link like any other
    options.middleware = {hawser::retry()};
    if (delay > 0) {
        options.middleware.push_back(hawser::rate_limit({.per_second = 1 / delay}));
    }
    options.transport = settings.transport;
    options.transport.max_conns_per_host = settings.at_once;
    options.transport.max_response_body_bytes = settings.most_bytes;
    return options;
}

/// RFC 9309: no file allows everything, a server that fails forbids everything.
Robots read_robots(const Settings& settings) {
    hawser::ClientOptions options = client_options(settings, 0);
    options.max_redirects = 5;
    options.transport.max_response_body_bytes = 500 * 1024;  // as RFC 9309 suggests
    hawser::Client client{options};
    const hawser::FullResponse response =
        client.fetch(hawser::Request::get(settings.start.resolve("/robots.txt")));
    if (response.ok()) {
        return {response.body, crawler};
    }
    return response.status >= 500 ? Robots::forbid_all() : Robots();
}

class Mirror {
public:
    explicit Mirror(const Settings& settings)
        : settings_(settings),
          robots_(read_robots(settings)),
          archive_(settings.folder),
          client_(io_, client_options(settings, std::max(settings.delay, robots_.delay()))) {}

    /// Level by level: the pages of one level are complete before those that they lead to begin.
    void run() {
        const std::string_view path = settings_.start.path();
        below_ = path.substr(0, path.rfind('/') + 1);
        add_link(settings_.start);
        for (unsigned depth = 0; depth <= settings_.depth && !next_level_.empty(); ++depth) {
            level_ = std::exchange(next_level_, {});
            std::reverse(level_.begin(), level_.end());
            for (unsigned i = 0; i < settings_.at_once; ++i) {
                asio::co_spawn(io_, work(), asio::detached);
            }
            io_.restart();
            io_.run();
        }
        std::cout << fetched_ << " files fetched, " << tools::human_bytes(bytes_) << "; " << here_
                  << " were here, " << forbidden_ << " are forbidden, " << failed_ << " failed\n";
    }
    bool complete() const { return failed_ == 0; }

private:
    asio::awaitable<void> work() {
        while (!level_.empty()) {
            const hawser::Url url = level_.back();
            level_.pop_back();
            if (const Archive::File* file = archive_.find(url)) {
                ++here_;
                follow(url, *file);
            } else if (begun_ < settings_.most_files) {
                ++begun_;
                co_await fetch(url);
            }
        }
    }

    asio::awaitable<void> fetch(hawser::Url url) {
        Archive::File file{archive_.new_path(url)};
        hawser::DownloadOptions options;
        options.resume = true;
        std::error_code ec;
        const hawser::DownloadResult result =
            co_await client_.async_download(hawser::Request::get(url),
                                            archive_.full_path(file.path),
                                            options,
                                            asio::redirect_error(asio::use_awaitable, ec));
        const hawser::Response& response = result.response;
        if (const auto to = response.headers.get("Location"); to && response.status / 100 == 3) {
            std::cout << response.status << ' ' << url.to_string() << " -> " << *to << '\n';
            add_link(url, *to);
        } else if (ec) {
            ++failed_;
            std::cout << "failed " << response.failure.message() << '\n';
        } else {
            ++fetched_;
            bytes_ += static_cast<double>(result.received);
            std::cout << response.status << ' ' << url.to_string() << ' '
                      << tools::human_bytes(static_cast<double>(result.size)) << '\n';
            file.html = response.headers.get("Content-Type").value_or("").starts_with("text/html");
            archive_.add(url, file);
            follow(url, file);
        }
    }

    void follow(const hawser::Url& url, const Archive::File& file) {
        if (!file.html) {
            return;
        }
        const std::string html = archive_.read(file);
        for (const std::string& link : LinkFinder(html).links()) {
            add_link(url, link);
        }
    }

    void add_link(const hawser::Url& from, std::string_view link) {
        std::error_code ec;
        const hawser::Url url = from.resolve(link, ec);
        if (!ec) {
            add_link(url);
        }
    }

    /// Each URL once, if it is below the start.
    void add_link(const hawser::Url& url) {
        if (url.origin() != settings_.start.origin() || !url.path().starts_with(below_) ||
            !seen_.insert(Archive::key(url)).second) {
            return;
        }
        if (robots_.allows(url.target())) {
            next_level_.push_back(url);
        } else {
            ++forbidden_;
        }
    }

    const Settings& settings_;
    const Robots robots_;
    Archive archive_;
    asio::io_context io_{1};
    hawser::Client client_;
    std::string_view below_;  // the folder of the start
    std::set<std::string> seen_;
    std::vector<hawser::Url> level_;
    std::vector<hawser::Url> next_level_;
    double bytes_ = 0;
    unsigned begun_ = 0;
    unsigned fetched_ = 0;
    unsigned here_ = 0;
    unsigned forbidden_ = 0;
    unsigned failed_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
    Settings settings;
    return tools::run_tool(command_line(settings), argc, argv, [&](const auto& arguments) {
        if (arguments.size() != 1) {
            throw tools::UsageError(arguments.empty() ? "no URL" : "more than one URL");
        }
        settings.start = hawser::Url(tools::with_scheme(arguments[0]));
        tools::finish_connection_options(settings.transport);
        Mirror mirror(settings);
        mirror.run();
        return mirror.complete() ? 0 : 1;
    });
}
