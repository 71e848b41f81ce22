// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/base64.hpp>
#include <hawser/detail/grammar.hpp>
#include <hawser/detail/har/har.hpp>
#include <hawser/detail/har/json.hpp>
#include <hawser/parameters.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <limits>

namespace hawser::inline HAWSER_ABI::detail {

HAWSER_DECL std::string har_url(const Url& url) {
    std::string text;
    if (!url.empty()) {
        text.append(url.scheme()).append("://").append(url.host_header()).append(url.target());
    }
    return text;
}

HAWSER_DECL bool is_credential_field(std::string_view name) noexcept {
    constexpr std::array<std::string_view, 9> fields{"cookie",
                                                     "set-cookie",
                                                     "authorization",
                                                     "proxy-authorization",
                                                     "authentication-info",
                                                     "proxy-authentication-info",
                                                     "x-api-key",
                                                     "x-auth-token",
                                                     "x-csrf-token"};
    return std::any_of(
        fields.begin(), fields.end(), [&](std::string_view field) { return iequals(name, field); });
}

HAWSER_DECL Headers without_credentials(const Headers& headers) {
    Headers kept;
    for (const auto& [name, value] : headers) {
        if (!is_credential_field(name)) {
            kept.add(name, value);
        }
    }
    return kept;
}

// ── Writing ──────────────────────────────────────────────────────────────────────────────────────

/// Writes the members of objects and the elements of arrays, with the commas between them.
class HarWriter {
public:
    HarWriter& begin(char bracket) {
        comma();
        out_.push_back(bracket);
        first_ = true;
        return *this;
    }
    HarWriter& end(char bracket) {
        out_.push_back(bracket);
        first_ = false;
        return *this;
    }
    /// What follows is its value.
    HarWriter& name(std::string_view name) {
        comma();
        append_json_string(out_, name);
        out_.push_back(':');
        first_ = true;
        return *this;
    }
    HarWriter& text(std::string_view name, std::string_view value) {
        this->name(name);
        append_json_string(out_, value);
        first_ = false;
        return *this;
    }
    HarWriter& number(std::string_view name, long long value) {
        this->name(name);
        out_.append(std::to_string(value));
        first_ = false;
        return *this;
    }
    /// An array of objects with a name and a value each.
    template <class Pairs>
    HarWriter& pairs(std::string_view name, const Pairs& pairs) {
        this->name(name).begin('[');
        for (const auto& [key, value] : pairs) {
            begin('{').text("name", key).text("value", value).end('}');
        }
        return end(']');
    }
    HarWriter& body(const HarBody& body, std::string_view encoding_name);
    std::string take() { return std::move(out_); }

private:
    void comma() {
        if (!first_) {
            out_.push_back(',');
        }
    }

    std::string out_;
    bool first_ = true;  // no comma before what comes next
};

HAWSER_DECL HarWriter& HarWriter::body(const HarBody& body, std::string_view encoding_name) {
    text("mimeType", body.type);
    if (is_utf8(body.text)) {
        text("text", body.text);
    } else {
        text("text", base64(body.text)).text(encoding_name, "base64");
    }
    return body.complete() ? *this : text("comment", "not complete");
}

/// As ISO 8601, in UTC: 2026-11-29T00:00:00.000Z.
HAWSER_DECL std::string har_time(std::chrono::sys_time<std::chrono::milliseconds> time) {
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(time - day);
    std::array<char, 64> text{};
    std::snprintf(text.data(),
                  text.size(),
                  "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ",
                  static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()),
                  static_cast<unsigned>(date.day()),
                  static_cast<int>(clock.hours().count()),
                  static_cast<int>(clock.minutes().count()),
                  static_cast<int>(clock.seconds().count()),
                  static_cast<int>(clock.subseconds().count()));
    return text.data();
}

HAWSER_DECL void write_har_request(HarWriter& out, const HarEntry& entry) {
    std::error_code ec;
    const Url url = Url::parse(entry.url, ec);
    out.name("request").begin('{').text("method", entry.method).text("url", entry.url);
    out.text("httpVersion", "HTTP/1.1").name("cookies").begin('[').end(']');
    out.pairs("headers", entry.request_headers).pairs("queryString", url.parameters());
    if (entry.request_body) {
        out.name("postData").begin('{').body(*entry.request_body, "_encoding").end('}');
    }
    const long long size =
        entry.request_body ? static_cast<long long>(entry.request_body->size) : 0;
    out.number("headersSize", -1).number("bodySize", entry.body_unknown ? -1 : size).end('}');
}

HAWSER_DECL void write_har_response(HarWriter& out, const HarEntry& entry) {
    const HarBody& body = entry.response_body;
    out.name("response").begin('{').number("status", entry.status);
    out.text("statusText", entry.reason).text("httpVersion", entry.version);
    out.name("cookies").begin('[').end(']').pairs("headers", entry.response_headers);
    out.name("content").begin('{').number("size", static_cast<long long>(body.size));
    out.body(body, "encoding").end('}');
    out.text("redirectURL", entry.response_headers.get("Location").value_or(""));
    out.number("headersSize", -1).number("bodySize", -1).end('}');
}

HAWSER_DECL std::string write_har_entry(const HarEntry& entry) {
    HarWriter out;
    const long long waited = entry.until_head.count();
    const long long read = entry.reading.count();
    out.begin('{').text("startedDateTime", har_time(entry.started)).number("time", waited + read);
    write_har_request(out, entry);
    write_har_response(out, entry);
    out.name("cache").begin('{').end('}').name("timings").begin('{');
    out.number("send", 0).number("wait", waited).number("receive", read).end('}');
    if (!entry.error.empty()) {
        out.text("_error", entry.error).number("_errorCode", entry.error_code);
    }
    return out.end('}').take();
}

// ── Reading ──────────────────────────────────────────────────────────────────────────────────────

/// A whole number of a sensible size, else `otherwise`.
HAWSER_DECL long long har_number(const Json& json, long long otherwise) noexcept {
    const double number = json.number();
    return !json.is_null() && number >= -1 && number <= 1e15 ? static_cast<long long>(number)
                                                             : otherwise;
}

/// Without fields that could not have come from a server, such as those of HTTP/2 that begin with a
/// colon.
HAWSER_DECL Headers read_har_fields(const Json& json) {
    Headers fields;
    for (const Json& field : json.array()) {
        const std::string& name = field["name"].text();
        const std::string& value = field["value"].text();
        if (is_token(name) && all_of(value_char, value)) {
            fields.add(name, value);
        }
    }
    return fields;
}

HAWSER_DECL HarBody read_har_body(const Json& json,
                                  std::string_view encoding_name,
                                  long long size) {
    HarBody body{json["mimeType"].text(), json["text"].text(), 0};
    if (json[encoding_name].text() == "base64") {
        body.text = from_base64(body.text);
    }
    body.size = size < 0 ? body.text.size() : static_cast<std::size_t>(size);
    return body;
}

HAWSER_DECL HarEntry read_har_entry(const Json& json) {
    const Json& request = json["request"];
    const Json& response = json["response"];
    HarEntry entry;
    entry.method = request["method"].text();
    std::error_code ec;
    entry.url = har_url(Url::parse(request["url"].text(), ec));
    entry.request_headers = read_har_fields(request["headers"]);
    const long long sent = har_number(request["bodySize"], -1);
    if (const Json& post = request["postData"]; !post.is_null()) {
        entry.request_body = read_har_body(post, "_encoding", sent);
    }
    entry.body_unknown = sent < 0 && !entry.request_body;
    entry.status = static_cast<int>(std::min(har_number(response["status"], 0), 999LL));
    entry.reason = response["statusText"].text();
    entry.version = response["httpVersion"].text();
    entry.response_headers = read_har_fields(response["headers"]);
    entry.response_body =
        read_har_body(response["content"], "encoding", har_number(response["content"]["size"], -1));
    entry.error = json["_error"].text();
    entry.error_code = static_cast<int>(
        std::min<long long>(har_number(json["_errorCode"], 0), std::numeric_limits<int>::max()));
    return entry;
}

HAWSER_DECL std::string read_har(std::string_view text, std::vector<HarEntry>& entries) {
    std::string problem;
    if (text.starts_with("\xef\xbb\xbf")) {
        text.remove_prefix(3);
    }
    const Json file = Json::parse(text, problem);
    if (!problem.empty()) {
        return "not JSON: " + problem;
    }
    if (file["log"].object().empty()) {
        return "not a HAR file: it has no \"log\"";
    }
    for (const Json& entry : file["log"]["entries"].array()) {
        entries.push_back(read_har_entry(entry));
    }
    return {};
}

}  // namespace hawser::inline HAWSER_ABI::detail
