// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "../support/command_line.hpp"
#include <hawser/hawser.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
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

/// "name: value", as curl takes it; "name;" sets an empty value.
inline void add_header(hawser::Headers& headers, const std::string& line) {
    const std::size_t end = line.find_first_of(":;");
    if (end == std::string::npos || end == 0) {
        throw tools::UsageError("-H needs \"Name: value\", not \"" + line + "\"");
    }
    const std::size_t begin = line.find_first_not_of(" \t", end + 1);
    headers.add(line.substr(0, end), begin == std::string::npos ? "" : line.substr(begin));
}

/// "host:port:address[,address…]".
inline hawser::ResolveEntry resolve_entry(const std::string& text) {
    const std::size_t in_brackets = text.starts_with('[') ? text.find(']') : 0;
    const std::size_t first = text.find(':', in_brackets);
    const std::size_t second = first == std::string::npos ? first : text.find(':', first + 1);
    if (second == std::string::npos) {
        throw tools::UsageError("--resolve needs HOST:PORT:ADDRESS, not \"" + text + "\"");
    }
    hawser::ResolveEntry entry{text.substr(0, second), {}};
    for (std::size_t at = second + 1; at <= text.size();) {
        const std::size_t comma = std::min(text.find(',', at), text.size());
        entry.addresses.push_back(text.substr(at, comma - at));
        at = comma + 1;
    }
    return entry;
}

inline hawser::ProxyRules proxy_rules(const std::string& url) {
    try {
        return hawser::ProxyRules(url);
    } catch (const std::system_error& e) {
        throw tools::UsageError(e.what());
    }
}

inline tools::CommandLine command_line(Settings& to) {
    const auto set = [](auto& member) {
        return [&member](const std::string& value) { member = value; };
    };
    const auto add = [](auto& member) {
        return [&member](const std::string& value) { member.push_back(value); };
    };
    const auto on = [](bool& member) { return [&member](const std::string&) { member = true; }; };
    const auto resume = [&to](const std::string& from) {
        if (from != "-") {
            throw tools::UsageError("-C takes only \"-\": continue where the file ends");
        }
        to.resume = true;
    };
    hawser::TransportOptions& transport = to.transport;
    return {
        "fetch",
        "[option...] URL",
        {
            {"-X", "--request", "METHOD", "default: GET, or POST with -d or -F", set(to.method)},
            {"-H",
             "--header",
             "LINE",
             "a field: \"Name: value\"",
             [&to](const std::string& line) { add_header(to.headers, line); }},
            {"-d",
             "--data",
             "TEXT",
             "a form's fields, joined by &; @FILE: what it contains",
             add(to.data)},
            {"-F", "--form", "NAME=VALUE", "a part of a form; NAME=@FILE: a file", add(to.form)},
            {"-o", "--output", "FILE", "where the body goes; default: stdout", set(to.output)},
            {"-C", "--continue-at", "-", "continue an earlier download (needs -o)", resume},
            {"-I", "--head", "", "ask for the head only, and print it", on(to.head_only)},
            {"-i", "--include", "", "print the head too", on(to.show_head)},
            {"-f",
             "--fail",
             "",
             "a status of 400 or more is an error: exit code 22",
             on(to.fail_on_status)},
            {"-L",
             "--location",
             "",
             "follow redirects",
             [&to](const std::string&) { to.max_redirects = 50; }},
            {"-u", "--user", "USER:PASSWORD", "credentials, sent as Basic", set(to.user)},
            {"", "--digest", "", "prove them by Digest instead", on(to.digest)},
            {"-b", "--cookie", "DATA", "\"name=value; …\", or a file of cookies", set(to.cookies)},
            {"-c",
             "--cookie-jar",
             "FILE",
             "write all cookies there at the end",
             set(to.cookie_jar)},
            {"", "--compressed", "", "ask for a compressed body, and decode it", on(to.compressed)},
            {"-m",
             "--max-time",
             "SECONDS",
             "for everything",
             [&to](const std::string& text) {
                 to.timeout = std::chrono::milliseconds(
                     static_cast<long>(tools::number(text, 0.001, 1e6) * 1000));
             }},
            {"-x",
             "--proxy",
             "URL",
             "http://, https://, socks5:// or socks5h://; \"\": none",
             [&](const std::string& url) { transport.proxy = proxy_rules(url); }},
            {"",
             "--resolve",
             "H:P:ADDRESS",
             "connect there for host H and port P",
             [&](const std::string& text) { transport.resolve.push_back(resolve_entry(text)); }},
            {"-k",
             "--insecure",
             "",
             "do not check the server's certificate",
             on(transport.tls.insecure_skip_verify)},
            {"", "--cacert", "FILE", "trust these certificates (PEM)", set(transport.tls.ca_file)},
            {"",
             "--cert",
             "FILE",
             "our certificate (PEM), with its key or --key",
             set(transport.tls.certificate_file)},
            {"",
             "--key",
             "FILE",
             "the key of our certificate (PEM)",
             set(transport.tls.private_key_file)},
            {"", "--trace", "", "print what happens, on stderr", on(to.trace)},
            {"",
             "--har",
             "FILE",
             "write the exchanges to a HAR file, with their timings",
             set(to.har)},
            {"-s", "--silent", "", "no progress bar, no messages", on(to.silent)},
        }};
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
    if (to.transport.tls.certificate_file && !to.transport.tls.private_key_file) {
        to.transport.tls.private_key_file = to.transport.tls.certificate_file;
    }
    to.transport.disable_compression = !to.compressed;
}
