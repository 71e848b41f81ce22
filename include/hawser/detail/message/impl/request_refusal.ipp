// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Explains why a request was refused: repeats the writer's checks one by one after one of them
// failed. Never shows the value of a field, which may be a secret.

#include <hawser/detail/grammar.hpp>
#include <hawser/detail/message/framing.hpp>
#include <hawser/detail/message/impl/request_writer.ipp>
#include <hawser/failure.hpp>

namespace hawser::inline HAWSER_ABI::detail {

/// For example "header field 3, "Bad Name"".
inline std::string field_label(const char* kind, std::size_t number, std::string_view name) {
    return std::string(kind) + ' ' + std::to_string(number) + ", \"" + printable(name, 64) + '"';
}

/// For a field refused because of its name: the library writes it, or allows only some values.
inline const char* owned_reason(std::string_view name) noexcept {
    if (iequals(name, "connection")) {
        return ": only close, keep-alive and upgrade may be in it";
    }
    if (iequals(name, "expect")) {
        return ": only 100-continue may be in it";
    }
    return iequals(name, "host") ? " belongs to the library: set Request::host"
                                 : " belongs to the library, which writes it";
}

inline std::string explain_field(const char* kind,
                                 std::size_t number,
                                 std::string_view name,
                                 std::string_view raw) {
    HeadFacts facts;
    const std::string_view value = trim_ows(raw);
    if (!is_token(name)) {
        return field_label(kind, number, name) + ": the name is not a token";
    }
    if (!is_field_value(value)) {
        return field_label(kind, number, name) + ": the value has a control character in it";
    }
    if (!check_owned(name, value, facts)) {
        return field_label(kind, number, name) + owned_reason(name);
    }
    return {};
}

inline std::string explain_method(const Request& request) {
    const std::string method = '"' + printable(request.method, 64) + '"';
    if (!is_token(request.method)) {
        return "the method " + method + " is not a token";
    }
    if (request.options.asterisk_form && !is_exactly(request.method, "OPTIONS")) {
        return "asterisk_form is for OPTIONS only";
    }
    if (!iequals(request.method, "CONNECT")) {
        return "TRACE takes neither a body nor credentials, which it would echo";
    }
    if (!is_exactly(request.method, "CONNECT")) {
        return "the method " + method + " must be written CONNECT";
    }
    if (!request.body.empty()) {
        return "CONNECT takes no body";
    }
    return request.host ? "CONNECT needs \"host:port\" in Request::host"
                        : "CONNECT needs Request::host, which it asks for";
}

inline std::string explain_trailers(const Request& request, const OutgoingPlan& plan) {
    if (plan.framing != OutgoingFraming::chunked) {
        return "trailers need a body to follow";
    }
    std::size_t number = 0;
    for (const auto& [name, value] : request.trailers) {
        const std::string reason = explain_field("trailer", ++number, name, value);
        if (!reason.empty()) {
            return reason;
        }
        if (!may_be_trailer(name)) {
            return field_label("trailer", number, name) + " may not be sent after the body";
        }
    }
    return {};
}

HAWSER_COLD_DECL std::string explain_refusal(const Request& request,
                                             const OutgoingPlan& plan,
                                             const HeadExtras& extras) {
    HeadFacts facts;
    std::size_t number = 0;
    for (const auto& [name, value] : request.headers) {
        const std::string reason = explain_field("header field", ++number, name, value);
        if (!reason.empty()) {
            return reason;
        }
        (void)check_owned(name, trim_ows(value), facts);
    }
    if (!check_method(request, facts)) {
        return explain_method(request);
    }
    if (!is_field_value(extras.user_agent)) {
        return "TransportOptions::user_agent has a control character in it";
    }
    if (request.host && !check_host(*request.host)) {
        return "Request::host, \"" + printable(*request.host, 64) + "\", is no host of a URL";
    }
    const std::string trailers =
        request.trailers.empty() ? std::string() : explain_trailers(request, plan);
    return trailers.empty() ? "the head would be longer than 1 MiB" : trailers;
}

}  // namespace hawser::inline HAWSER_ABI::detail
