// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// What an exchange with a real server has at hand: where the server is, clients for it, and the
// script that started it, which it can ask to restart it.

#include "content.hpp"
#include <hawser/hawser.hpp>

#include <chrono>
#include <iostream>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>

namespace hawser::test {

using namespace std::chrono_literals;

template <class... Parts>
[[noreturn]] void fail(const Parts&... parts) {
    std::string text;
    const auto add = [&](const auto& part) {
        if constexpr (std::is_arithmetic_v<std::decay_t<decltype(part)>>) {
            text += std::to_string(part);
        } else {
            text += part;
        }
    };
    (add(parts), ...);
    throw std::runtime_error(text);
}

/// Fails, saying `what`, unless `good`.
template <class... Parts>
void check(bool good, const Parts&... what) {
    if (!good) {
        fail(what...);
    }
}

class Lab {
public:
    /// Each argument is NAME=VALUE; see servers.py.
    void set(std::string_view argument) {
        const std::size_t equals = argument.find('=');
        values_[std::string(argument.substr(0, equals))] = argument.substr(equals + 1);
    }
    std::string get(const std::string& name, const std::string& otherwise = {}) const {
        const auto found = values_.find(name);
        return found == values_.end() ? otherwise : found->second;
    }
    std::uint64_t number(const std::string& name, std::uint64_t otherwise) const {
        const std::string text = get(name);
        return text.empty() ? otherwise : std::stoull(text);
    }

    std::string url(const std::string& path) const { return get("http") + path; }
    std::string secure_url(const std::string& path) const { return get("https") + path; }
    std::uint64_t big() const { return number("big", 200'000'000); }

    /// What every client here starts from: the proxy, the test's authority, and a limit.
    ClientOptions options() const {
        ClientOptions options;
        options.timeout = 60s;
        options.transport.proxy = ProxyRules(get("proxy"));
        if (const std::string ca = get("ca"); !ca.empty()) {
            options.transport.tls.ca_file = ca;
        }
        return options;
    }

    /// Has the script that started the server do `what`; returns when it is done.
    void ask(const std::string& what) const {
        std::cout << '?' << what << std::endl;
        std::string answer;
        std::getline(std::cin, answer);
        check(answer == "done", what, ": ", answer);
    }

private:
    std::map<std::string, std::string> values_;
};

/// Everything has been returned: nothing is in use, and nothing is under way. A dial may outlive
/// its request, and gets 5 seconds.
inline void check_returned(const Client& client) {
    for (int i = 0; i < 500 && client.stats().dialing != 0; ++i) {
        std::this_thread::sleep_for(10ms);
    }
    const TransportStats stats = client.stats();
    check(stats.active == 0 && stats.waiting == 0 && stats.dialing == 0,
          "not returned: ",
          stats.active,
          " active, ",
          stats.waiting,
          " waiting, ",
          stats.dialing,
          " dialing");
}

/// Reads and checks the whole body, which is the content from `offset` on.
template <class Pause>
void check_content(
    Response& response, std::uint64_t offset, std::uint64_t size, std::size_t piece, Pause pause) {
    std::string buffer(piece, '\0');
    ContentChecker checker(offset);
    for (;;) {
        std::error_code ec;
        const std::size_t n = response.body.read_some(asio::buffer(buffer), ec);
        if (ec == asio::error::eof) {
            break;
        }
        check(!ec,
              "body, after ",
              checker.offset() - offset,
              " bytes: ",
              response.body.failure().message());
        checker.add({buffer.data(), n});
        pause();
    }
    check(checker.offset() - offset == size,
          "the body has ",
          checker.offset() - offset,
          " bytes, not ",
          size);
}
inline void check_content(Response& response, std::uint64_t offset, std::uint64_t size) {
    check_content(response, offset, size, 65536, [] {});
}

inline void check_status(const Response& response, int status) {
    check(response.status == status, "status ", response.status, ", not ", status);
}

}  // namespace hawser::test
