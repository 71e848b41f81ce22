// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "command_line.hpp"
#include <hawser/headers.hpp>
#include <hawser/proxy.hpp>
#include <hawser/transport_options.hpp>

#include <algorithm>
#include <string>
#include <system_error>

namespace tools {

/// "name: value", as curl takes it; "name;" sets an empty value.
inline void add_header(hawser::Headers& headers, const std::string& line) {
    const std::size_t end = line.find_first_of(":;");
    if (end == std::string::npos || end == 0) {
        throw UsageError("-H needs \"Name: value\", not \"" + line + "\"");
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
        throw UsageError("--resolve needs HOST:PORT:ADDRESS, not \"" + text + "\"");
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
        throw UsageError(e.what());
    }
}

/// How the server is reached and checked.
inline void add_connection_options(CommandLine& line, hawser::TransportOptions& to) {
    line.call("-x",
              "--proxy",
              "URL",
              "http://, https://, socks5://, socks5h://; \"\": none",
              [&to](const std::string& url) { to.proxy = proxy_rules(url); });
    line.call("",
              "--resolve",
              "H:P:ADDRESS",
              "connect there for host H and port P",
              [&to](const std::string& text) { to.resolve.push_back(resolve_entry(text)); });
    line.value("", "--unix-socket", "PATH", "connect to this socket", to.unix_socket);
    line.flag("-k", "--insecure", "do not check the server", to.tls.insecure_skip_verify);
    line.value("", "--cacert", "FILE", "trust these certificates (PEM)", to.tls.ca_file);
    line.value("", "--cert", "FILE", "our certificate (PEM)", to.tls.certificate_file);
    line.value("", "--key", "FILE", "its key, if not in it (PEM)", to.tls.private_key_file);
}

/// To be called once all options were read.
inline void finish_connection_options(hawser::TransportOptions& options) {
    if (options.tls.certificate_file && !options.tls.private_key_file) {
        options.tls.private_key_file = options.tls.certificate_file;
    }
}

/// The URL as the user wrote it, with http:// in front if it has no scheme.
inline std::string with_scheme(const std::string& url) {
    return url.find("://") == std::string::npos ? "http://" + url : url;
}

}  // namespace tools
