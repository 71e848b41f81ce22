// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "../support/command_line.hpp"
#include "../support/connection_options.hpp"

#include <hawser/hawser.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/// What the command line says.
struct Settings {
    std::string url{};
    std::string method{};  ///< empty: GET, or POST if there is a body
    hawser::Headers headers{};
    std::vector<std::string> data{};
    std::vector<std::string> form{};
    std::string output{};  ///< empty: stdout
    bool resume = false;
    bool head_only = false;
    bool show_head = false;
    bool silent = false;
    bool fail_on_status = false;
    bool compressed = false;
    bool digest = false;
    std::optional<std::string> user{};
    std::string cookies{};
    std::string cookie_jar{};
    bool trace = false;
    std::string har{};
    std::chrono::milliseconds timeout{0};
    hawser::TransportOptions transport{};
    std::size_t max_redirects = 0;
};

/// What is sent.
inline void add_request_options(tools::CommandLine& line, Settings& to) {
    line.value("-X", "--request", "METHOD", "default: GET, or POST with -d or -F", to.method);
    line.call("-H", "--header", "LINE", "a field: \"Name: value\"", [&to](const std::string& text) {
        tools::add_header(to.headers, text);
    });
    line.list("-d", "--data", "TEXT", "a form, pieces joined by &; @FILE: its content", to.data);
    line.list("-F", "--form", "NAME=VALUE", "a part of a form; NAME=@FILE: a file", to.form);
    line.flag("-I", "--head", "ask for the head only, and print it", to.head_only);
    line.value("-u", "--user", "USER:PASSWORD", "credentials, sent as Basic", to.user);
    line.flag("", "--digest", "prove them by Digest instead", to.digest);
    line.value("-b", "--cookie", "DATA", "\"name=value; …\", or a file of cookies", to.cookies);
    line.value("-c", "--cookie-jar", "FILE", "write the cookies there", to.cookie_jar);
    line.flag("", "--compressed", "ask for a compressed body, and decode it", to.compressed);
    line.call("-L", "--location", "", "follow redirects", [&to](const std::string&) {
        to.max_redirects = 50;
    });
    line.call("-m", "--max-time", "SECONDS", "for everything", [&to](const std::string& text) {
        const double seconds = tools::number(text, 0.001, 1e6);
        to.timeout = std::chrono::milliseconds(static_cast<long>(seconds * 1000));
    });
}

/// Where the response goes, and what is shown.
inline void add_output_options(tools::CommandLine& line, Settings& to) {
    line.value("-o", "--output", "FILE", "where the body goes; default: stdout", to.output);
    line.call("-C",
              "--continue-at",
              "-",
              "continue an earlier download (needs -o)",
              [&to](const std::string& from) {
                  if (from != "-") {
                      throw tools::UsageError("-C takes only \"-\": where the file ends");
                  }
                  to.resume = true;
              });
    line.flag("-i", "--include", "print the head too", to.show_head);
    line.flag("-f", "--fail", "a status of 400 or more is exit code 22", to.fail_on_status);
    line.flag("", "--trace", "print what happens, on stderr", to.trace);
    line.value("", "--har", "FILE", "write a HAR file, with all timings", to.har);
    line.flag("-s", "--silent", "no progress bar, no messages", to.silent);
}

inline tools::CommandLine command_line(Settings& to) {
    tools::CommandLine line("fetch", "[option...] URL");
    add_request_options(line, to);
    add_output_options(line, to);
    tools::add_connection_options(line, to.transport);
    return line;
}

/// Fills `to` from the arguments that are no options.
inline void take_arguments(Settings& to, const std::vector<std::string>& arguments) {
    if (arguments.size() != 1) {
        throw tools::UsageError(arguments.empty() ? "no URL" : "more than one URL");
    }
    to.url =
        arguments[0].find("://") == std::string::npos ? "http://" + arguments[0] : arguments[0];
    if (!to.data.empty() && !to.form.empty()) {
        throw tools::UsageError("-d and -F exclude each other");
    }
    if (to.resume && (to.output.empty() || to.output == "-")) {
        throw tools::UsageError("-C needs -o FILE");
    }
    if (to.resume && (to.head_only || to.show_head)) {
        throw tools::UsageError("-C excludes -I and -i");
    }
    tools::finish_connection_options(to.transport);
    to.transport.disable_compression = !to.compressed;
}
