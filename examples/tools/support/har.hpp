// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "exchange.hpp"
#include "phases.hpp"
#include "text.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

// HAR 1.2, which browsers read: the timings of all exchanges, but no bodies. For bodies, see the
// middleware hawser::record(). Fields that hold credentials are left out.

namespace tools {

inline bool is_secret(std::string_view name) {
    constexpr std::array<std::string_view, 7> secrets{"authorization",
                                                      "proxy-authorization",
                                                      "cookie",
                                                      "set-cookie",
                                                      "x-api-key",
                                                      "x-auth-token",
                                                      "x-csrf-token"};
    return std::any_of(secrets.begin(), secrets.end(), [&](std::string_view secret) {
        return std::equal(
            name.begin(), name.end(), secret.begin(), secret.end(), [](char a, char b) {
                return (a >= 'A' && a <= 'Z' ? a + ('a' - 'A') : a) == b;
            });
    });
}

inline std::string har_pair(std::string_view name, std::string_view value) {
    std::string pair = "{\"name\":";
    return pair.append(json_text(name)).append(",\"value\":").append(json_text(value)).append("}");
}

inline std::string har_fields(const hawser::Headers& fields) {
    std::string out = "[";
    for (const auto& [name, value] : fields) {
        if (!is_secret(name)) {
            out.append(out.size() > 1 ? "," : "").append(har_pair(name, value));
        }
    }
    return out += ']';
}

inline std::string har_query(const hawser::Url& url) {
    std::string out = "[";
    for (const auto& [name, value] : url.parameters()) {
        out.append(out.size() > 1 ? "," : "").append(har_pair(name, value));
    }
    return out += ']';
}

inline std::string har_request(const Exchange& exchange) {
    std::string url = exchange.url.origin();
    url.append(exchange.url.target());
    std::string out = "{\"method\":";
    out.append(json_text(exchange.method)).append(",\"url\":").append(json_text(url));
    out.append(",\"httpVersion\":\"HTTP/1.1\",\"cookies\":[],\"headers\":");
    out.append(har_fields(exchange.sent)).append(",\"queryString\":");
    return out.append(har_query(exchange.url)).append(",\"headersSize\":-1,\"bodySize\":-1}");
}

inline std::string har_response(const Exchange& exchange) {
    const bool is_1_0 = exchange.version == hawser::Version::http_1_0;
    const std::uint64_t bytes = exchange.attempts.empty() ? 0 : exchange.attempts.back().received;
    std::string out = format("{\"status\":%d,\"statusText\":", exchange.status);
    out.append(json_text(exchange.reason)).append(",\"httpVersion\":\"");
    out.append(is_1_0 ? "HTTP/1.0" : "HTTP/1.1").append("\",\"cookies\":[],\"headers\":");
    out.append(har_fields(exchange.received)).append(",\"content\":{\"size\":");
    out.append(std::to_string(bytes)).append(",\"mimeType\":");
    out.append(json_text(exchange.received.get("Content-Type").value_or("x-unknown")));
    out.append("},\"redirectURL\":").append(json_text(exchange.redirect()));
    return out.append(",\"headersSize\":-1,\"bodySize\":-1}");
}

/// -1 where HAR wants it: a phase that did not happen. `connect` contains `ssl`.
inline std::string har_timings(const Exchange& exchange) {
    const auto time = [&](Phase phase, double if_none = 0) {
        const auto spent = time_in(exchange, phase);
        return spent ? milliseconds(*spent) : if_none;
    };
    const double tls = time(Phase::tls, -1);
    const double connect = time(Phase::connect, -1) + std::max(tls, 0.0);
    return format(
        "{\"blocked\":%.3f,\"dns\":%.3f,\"connect\":%.3f,\"ssl\":%.3f,\"send\":%.3f,"
        "\"wait\":%.3f,\"receive\":%.3f}",
        time(Phase::wait),
        time(Phase::dns, -1),
        connect,
        tls,
        time(Phase::send),
        time(Phase::first_byte),
        time(Phase::body));
}

inline std::string har_entry(const Exchange& exchange) {
    std::string out = "{\"startedDateTime\":";
    out.append(json_text(iso_time(exchange.started)));
    out.append(format(",\"time\":%.3f", milliseconds(exchange.end() - exchange.begin)));
    out.append(",\"request\":").append(har_request(exchange));
    out.append(",\"response\":").append(har_response(exchange));
    out.append(",\"cache\":{},\"timings\":").append(har_timings(exchange));
    if (!exchange.attempts.empty() && exchange.attempts.back().got_conn) {
        const hawser::ConnectionInfo& connection = exchange.attempts.back().connection;
        const std::string address = connection.remote_endpoint.address().to_string();
        out.append(",\"serverIPAddress\":").append(json_text(address));
        out.append(",\"connection\":\"").append(std::to_string(connection.id)).append("\"");
    }
    if (!exchange.failure.empty()) {
        out.append(",\"_error\":").append(json_text(exchange.failure));
    }
    return out += '}';
}

inline std::string har(const Exchanges& exchanges) {
    std::string out =
        "{\"log\":{\"version\":\"1.2\",\"creator\":{\"name\":\"hawser\",\"version\":"
        "\"" HAWSER_VERSION_TEXT "\"},\"entries\":[";
    for (const auto& exchange : exchanges) {
        out.append(exchange == exchanges.front() ? "\n" : ",\n").append(har_entry(*exchange));
    }
    return out.append("\n]}}\n");
}

}  // namespace tools
