// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/grammar.hpp>
#include <hawser/detail/literal.hpp>
#include <hawser/detail/message/accept_encoding.hpp>
#include <hawser/detail/message/framing.hpp>
#include <hawser/detail/message/request_writer.hpp>

#include <charconv>
#include <cstring>

namespace hawser::inline HAWSER_ABI::detail {

inline constexpr std::size_t max_request_head = 1024 * 1024;

/// What the first pass over a request finds out.
struct HeadFacts {
    bool user_agent = false;
    bool accept_encoding = false;
    bool content_type = false;
    bool close = false;  // options in the request's own Connection fields
    bool upgrade = false;
    bool protocol = false;  // an Upgrade field
    bool expect = false;
    bool range = false;
    bool credentials = false;
    bool proxy_authorization = false;
    std::size_t size = 0;  // bytes of the user's fields and trailers on the wire
};

/// Writes into memory known to be large enough.
struct HeadCursor {
    char* at;

    HAWSER_INLINE void put(std::string_view text) noexcept {
        std::memcpy(at, text.data(), text.size());
        at += text.size();
    }

    template <std::size_t N>
    HAWSER_INLINE void put(const char (&text)[N]) noexcept {  // a constant size: no call
        std::memcpy(at, text, N - 1);
        at += N - 1;
    }

    HAWSER_INLINE void field(std::string_view name, std::string_view value) noexcept {
        put(name);
        put(": ");
        put(value);
        put("\r\n");
    }
};

/// Allows only options that do not name other fields; RFC 9110 section 7.6.1.
HAWSER_DECL bool check_connection(std::string_view value, HeadFacts& facts) noexcept {
    bool valid = true;
    for_each_token(value, [&](std::string_view option) {
        const bool close = iequals(option, "close");
        const bool upgrade = iequals(option, "upgrade");
        facts.close |= close;
        facts.upgrade |= upgrade;
        valid &= close || upgrade || iequals(option, "keep-alive");
    });
    return valid;
}

/// Refuses fields that belong to the transport and notes others that concern it.
HAWSER_DECL bool check_owned(std::string_view name,
                             std::string_view value,
                             HeadFacts& facts) noexcept {
    const auto note = [name](bool& fact, std::string_view known) {
        fact |= iequals(name, known);
        return true;
    };
    switch (name.size()) {
        case 4:
            return !iequals(name, "host");
        case 5:
            return note(facts.range, "range");
        case 6:
            return iequals(name, "expect") ? (facts.expect = iequals(value, "100-continue"))
                                           : note(facts.credentials, "cookie");
        case 7:
            return note(facts.protocol, "upgrade") && !iequals(name, "trailer");
        case 10:
            return iequals(name, "connection") ? check_connection(value, facts)
                                               : note(facts.user_agent, "user-agent");
        case 12:
            return note(facts.content_type, "content-type");
        case 13:
            return note(facts.credentials, "authorization");
        case 14:
            return !iequals(name, "content-length");
        case 15:
            return note(facts.accept_encoding, "accept-encoding");
        case 17:
            return !iequals(name, "transfer-encoding");
        case 19:
            note(facts.proxy_authorization, "proxy-authorization");
            return note(facts.credentials, "proxy-authorization");
        default:
            return true;
    }
}

HAWSER_DECL bool check_request_fields(const Headers& headers, HeadFacts& facts) noexcept {
    for (const auto& [name, raw] : headers) {
        const std::string_view value = trim_ows(raw);
        if (!is_token(name) || !is_field_value(value) || !check_owned(name, value, facts)) {
            return false;
        }
        facts.size += name.size() + value.size() + 4;
    }
    return true;
}

/// "host:port", the target of CONNECT (RFC 9112 section 3.2.3).
HAWSER_DECL bool is_authority(std::string_view host) noexcept {
    const std::size_t colon = host.rfind(':');
    return colon != std::string_view::npos && colon + 1 < host.size() &&
           host.find(']', colon) == std::string_view::npos;
}

/// Method and target. CONNECT takes its target from Request::host and has no body. TRACE must not
/// echo secrets (RFC 9110 9.3.8).
HAWSER_DECL bool check_method(const Request& request, const HeadFacts& facts) noexcept {
    const std::string_view method = request.method;
    if (!is_token(method) || (request.options.asterisk_form && !is_exactly(method, "OPTIONS"))) {
        return false;
    }
    if (iequals(method, "CONNECT")) {
        return is_exactly(method, "CONNECT") && request.body.empty() && request.host &&
               is_authority(*request.host);
    }
    return !iequals(method, "TRACE") ||
           (request.body.empty() && !facts.credentials && request.url.userinfo().empty());
}

/// An overriding Host must be valid in a URL; our only URL parser decides.
HAWSER_DECL bool check_host(std::string_view host) {
    if (host.find_first_of("/?#@%\\") != std::string_view::npos) {
        return false;
    }
    std::error_code ec;
    (void)Url::parse(std::string("http://").append(host), ec);
    return !ec;
}

HAWSER_DECL bool check_trailers(const Headers& trailers, std::size_t& size) noexcept {
    for (const auto& [name, raw] : trailers) {
        const std::string_view value = trim_ows(raw);
        if (!is_token(name) || !is_field_value(value) || !may_be_trailer(name)) {
            return false;
        }
        size += name.size() + value.size() + 4;
    }
    return true;
}

/// Nearly always it is the default.
inline bool is_user_agent(std::string_view text) noexcept {
    return text.data() == default_user_agent.data() || is_field_value(text);
}

HAWSER_DECL bool defines_body(std::string_view method) noexcept {
    return is_exactly(method, "POST") || is_exactly(method, "PUT") || is_exactly(method, "PATCH");
}

HAWSER_DECL OutgoingPlan plan_request_body(const Request& request,
                                           std::optional<std::uint64_t> length) noexcept {
    length = request.body.empty() ? 0 : length;
    if (!length || (!request.body.empty() && !request.trailers.empty())) {
        return {OutgoingFraming::chunked, 0};
    }
    if (*length == 0 && !defines_body(request.method)) {
        return {};
    }
    return {OutgoingFraming::length, *length};
}

HAWSER_DECL void put_framing(HeadCursor& to, const Request& request, const OutgoingPlan& plan) {
    if (plan.framing == OutgoingFraming::length) {
        char digits[20];
        const auto end = std::to_chars(std::begin(digits), std::end(digits), plan.length).ptr;
        to.field("Content-Length", {digits, static_cast<std::size_t>(end - digits)});
    } else {
        to.put("Transfer-Encoding: chunked\r\n");
        std::string_view separator = "Trailer: ";
        for (const auto& [name, value] : request.trailers) {
            to.put(separator);
            to.put(name);
            separator = ", ";
        }
        if (!request.trailers.empty()) {
            to.put("\r\n");
        }
    }
}

/// Fields of the user that are not sent: a keep-alive that our own close would contradict; what is
/// meant for a proxy, if there is none.
struct HiddenFields {
    bool connection = false;
    bool proxy_authorization = false;
};

/// Writes the user's fields. An empty User-Agent means none.
HAWSER_DECL void put_user_fields(HeadCursor& to, const Headers& headers, HiddenFields hidden) {
    for (const auto& [name, raw] : headers) {
        const std::string_view value = trim_ows(raw);
        if (name.size() == 10 && ((value.empty() && iequals(name, "user-agent")) ||
                                  (hidden.connection && iequals(name, "connection")))) {
            continue;
        }
        if (hidden.proxy_authorization && iequals(name, "proxy-authorization")) {
            continue;
        }
        to.field(name, value);
    }
}

/// Checks everything a caller can choose, before a byte is written.
HAWSER_INLINE inline bool check_request(const Request& request,
                                        const OutgoingPlan& plan,
                                        const HeadExtras& extras,
                                        HeadFacts& facts) {
    // Nearly always; needs no check.
    const bool get = is_exactly(request.method, "GET") && !request.options.asterisk_form;
    return check_request_fields(request.headers, facts) && (get || check_method(request, facts)) &&
           is_user_agent(extras.user_agent) &&
           (extras.proxy_authorization.empty() || is_field_value(extras.proxy_authorization)) &&
           (!request.host || check_host(*request.host)) &&
           (request.trailers.empty() || (plan.framing == OutgoingFraming::chunked &&
                                         check_trailers(request.trailers, facts.size)));
}

HAWSER_DECL RequestTraits request_traits(const Request& request,
                                         const HeadExtras& extras,
                                         const HeadFacts& facts) noexcept {
    const std::string_view method = request.method;
    return {extras.close || request.close || facts.close,
            (facts.upgrade && facts.protocol) || is_exactly(method, "CONNECT"),
            facts.expect && !request.body.empty(),
            extras.ask_for_codings && !facts.accept_encoding && !facts.range &&
                !is_exactly(method, "HEAD")};
}

/// The request line and the Host field.
HAWSER_INLINE inline void put_start(HeadCursor& to,
                                    std::string_view method,
                                    std::string_view target,
                                    std::string_view host,
                                    bool absolute) noexcept {
    to.put(method);
    to.put(" ");
    if (absolute) {
        to.put("http://");
        to.put(host);
    }
    to.put(target);
    to.put(" HTTP/1.1\r\nHost: ");
    to.put(host);
    to.put("\r\n");
}

/// An upgrade needs the Connection field itself, and ends HTTP on the connection anyway.
inline bool adds_close(const HeadFacts& facts, const RequestTraits& traits) noexcept {
    return traits.close && !facts.close && !facts.upgrade;
}

/// The fields that we add.
HAWSER_INLINE inline void put_own_fields(HeadCursor& to,
                                         const Request& request,
                                         const OutgoingPlan& plan,
                                         const HeadExtras& extras,
                                         const HeadFacts& facts,
                                         const RequestTraits& traits) {
    if (!facts.user_agent && !extras.user_agent.empty()) {
        to.put("User-Agent: ");
        to.put(extras.user_agent);
        to.put("\r\n");
    }
    if (traits.asked_for_codings) {
        to.put(accept_encoding_line);
    }
    if (adds_close(facts, traits)) {
        to.put("Connection: close\r\n");
    }
    if (!extras.proxy_authorization.empty() && !facts.proxy_authorization) {
        to.field("Proxy-Authorization", extras.proxy_authorization);
    }
    if (plan.framing != OutgoingFraming::none) {
        put_framing(to, request, plan);
        const std::string_view type = request.body.content_type();
        if (!type.empty() && !facts.content_type) {
            to.field("Content-Type", type);
        }
    }
}

/// What stands for the resource on the request line (RFC 9112 section 3.2). A proxy makes `*` of an
/// empty path.
inline std::string_view request_target(const Request& request,
                                       std::string_view host,
                                       bool connect,
                                       bool to_proxy) noexcept {
    if (request.options.asterisk_form) {
        return to_proxy ? "" : "*";
    }
    return connect ? host : request.url.target();
}

HAWSER_DECL std::error_code write_request_head(const Request& request,
                                               const OutgoingPlan& plan,
                                               const HeadExtras& extras,
                                               HeadBuffer& out,
                                               RequestTraits& traits) {
    if (request.url.empty()) {
        return error::invalid_url;
    }
    HeadFacts facts;
    if (!check_request(request, plan, extras, facts)) {
        return error::invalid_request;
    }
    traits = request_traits(request, extras, facts);
    const std::string_view host = request.host ? *request.host : request.url.host_header();
    const bool connect = is_exactly(request.method, "CONNECT");
    const std::string_view target = request_target(request, host, connect, extras.to_proxy);
    const std::size_t fixed = 256;  // more than all constants written below, and types of bodies
    const std::size_t bound = fixed + request.method.size() + target.size() + 2 * host.size() +
                              extras.user_agent.size() + extras.proxy_authorization.size() +
                              facts.size;
    if (bound > max_request_head) {
        return error::invalid_request;
    }
    HeadCursor to{out.begin(bound)};
    put_start(to, request.method, target, host, extras.to_proxy);
    put_own_fields(to, request, plan, extras, facts, traits);
    if (!request.headers.empty()) {
        put_user_fields(
            to,
            request.headers,
            {adds_close(facts, traits), facts.proxy_authorization && !extras.to_proxy && !connect});
    }
    to.put("\r\n");
    out.end(to.at);
    return {};
}

HAWSER_DECL std::error_code write_trailers(const Headers& trailers, std::string& out) {
    std::size_t size = 5;
    if (!check_trailers(trailers, size) || size > max_request_head) {
        return error::invalid_request;
    }
    const std::size_t before = out.size();
    out.resize(before + size);
    HeadCursor to{out.data() + before};
    to.put("0\r\n");
    put_user_fields(to, trailers, {});
    to.put("\r\n");
    out.resize(static_cast<std::size_t>(to.at - out.data()));
    return {};
}

HAWSER_DECL void append_chunk_size(std::size_t size, std::string& out) {
    char line[2 * sizeof(size) + 2];
    char* end = std::to_chars(std::begin(line), std::end(line) - 2, size, 16).ptr;
    *end++ = '\r';
    *end++ = '\n';
    out.append(line, static_cast<std::size_t>(end - line));
}

}  // namespace hawser::inline HAWSER_ABI::detail
