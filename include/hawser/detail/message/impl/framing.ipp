// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/grammar.hpp>
#include <hawser/detail/literal.hpp>
#include <hawser/detail/message/framing.hpp>
#include <hawser/error.hpp>

#include <algorithm>
#include <iterator>

namespace hawser::inline HAWSER_ABI::detail {

/// RFC 9112 section 6.3 rule 1: there is no body, and lengths mean nothing, whatever the fields
/// say.
HAWSER_DECL bool never_has_body(int status) noexcept {
    return status < 200 || status == 204 || status == 304;
}

HAWSER_DECL BodyPlan plan_body(std::string_view request_method, const ResponseHead& head) noexcept {
    const bool granted = head.status >= 200 && head.status <= 299;
    const bool tunnel = granted && is_exactly(request_method, "CONNECT");
    if (never_has_body(head.status) || tunnel || is_exactly(request_method, "HEAD")) {
        return {};
    }
    if (head.chunked) {
        return {BodyFraming::chunked, 0};
    }
    if (!head.content_length) {
        return {BodyFraming::until_close, 0};
    }
    if (*head.content_length == 0) {
        return {};
    }
    return {BodyFraming::length, *head.content_length};
}

HAWSER_DECL void FramingScan::classify(std::string_view name, std::string_view value) noexcept {
    switch (to_lower(name.front())) {
        case 'c':
            if (is_named(name, "content-length")) {
                content_length(value);
            } else if (is_named(name, "connection")) {
                connection(value);
            } else {
                content_coding_ |= is_named(name, "content-encoding");
            }
            break;
        case 't':
            if (is_named(name, "transfer-encoding")) {
                transfer_encoding(value);
            }
            break;
        case 'k':
            if (is_named(name, "keep-alive")) {
                keep_alive(value);
            }
            break;
        case 'u':
            if (is_named(name, "upgrade")) {
                upgrade_field_ |= !value.empty();
            }
            break;
        default:
            break;
    }
}

HAWSER_DECL void FramingScan::content_length(std::string_view value) noexcept {
    if (has_length_ || !parse_decimal(value, length_)) {
        odd_content_length(value);
        return;
    }
    length_digits_ = value.size();
    has_length_ = true;
}

/// Tolerated: the same length repeated, in another field or in a list, and blanks after it.
HAWSER_DECL void FramingScan::odd_content_length(std::string_view value) noexcept {
    deviates_ = true;
    bad_length_ |= !tolerant_;
    for (;;) {
        const std::size_t comma = value.find(',');
        one_length(trim_ows(value.substr(0, comma)));
        if (comma == std::string_view::npos) {
            return;
        }
        value.remove_prefix(comma + 1);
    }
}

/// Lengths are the same only if their texts are: other implementations compare texts.
HAWSER_DECL void FramingScan::one_length(std::string_view number) noexcept {
    std::uint64_t length = 0;
    if (!parse_decimal(number, length)) {
        bad_length_ = has_length_ = true;
        malformed_ = true;
    } else if (!has_length_) {
        length_ = length;
        length_digits_ = number.size();
        has_length_ = true;
    } else if (length != length_ || number.size() != length_digits_) {
        bad_length_ = differ_ = true;
        other_length_ = length;
    }
}

HAWSER_DECL void FramingScan::transfer_encoding(std::string_view value) noexcept {
    has_coding_ = true;
    for (;;) {
        const std::size_t comma = value.find(',');
        std::string_view coding = value.substr(0, comma);
        if (comma != std::string_view::npos) {
            coding = trim_ows(coding);
            value = trim_ows(value.substr(comma + 1));
        }
        if (is_named(coding, "chunked")) {
            bad_coding_ |= chunked_;
            chunked_ = true;
        } else {
            (coding.empty() ? bad_coding_ : other_coding_) = true;
        }
        if (comma == std::string_view::npos) {
            return;
        }
    }
}

/// An element that is not a token counts as `close`: such a peer does not deserve a second request.
HAWSER_DECL void FramingScan::connection(std::string_view value) noexcept {
    if (is_named(value, "keep-alive")) {  // nearly always one of these two
        keep_alive_ = true;
        return;
    }
    if (is_named(value, "close")) {
        close_ = true;
        return;
    }
    for_each_token(value, [this](std::string_view option) {
        close_ |= is_named(option, "close") || !is_token(option);
        keep_alive_ |= is_named(option, "keep-alive");
        upgrade_option_ |= is_named(option, "upgrade");
    });
}

/// A nonstandard hint (RFC 2068 section 19.7.1.1): ignores what it cannot parse.
HAWSER_DECL void FramingScan::keep_alive(std::string_view value) noexcept {
    for_each_token(value, [this](std::string_view parameter) {
        const std::size_t equals = parameter.find('=');
        std::uint64_t number = 0;
        if (equals == std::string_view::npos ||
            !parse_decimal(trim_ows(parameter.substr(equals + 1)), number)) {
            return;
        }
        const std::string_view name = trim_ows(parameter.substr(0, equals));
        if (is_named(name, "timeout")) {
            constexpr std::uint64_t year =
                365 * 24 * 3600;  // so that no arithmetic on it overflows
            keep_alive_timeout_ = std::chrono::seconds(std::min(number, year));
        } else if (is_named(name, "max")) {
            keep_alive_max_ =
                static_cast<std::uint32_t>(std::min<std::uint64_t>(number, UINT32_MAX));
        }
    });
}

HAWSER_DECL std::error_code FramingScan::finish(ResponseHead& head) const noexcept {
    head.keep_alive = !close_ && (keep_alive_ || head.version == Version::http_1_1);
    head.upgrade = upgrade_option_ && upgrade_field_;
    head.keep_alive_timeout = keep_alive_timeout_;
    head.keep_alive_max = keep_alive_max_;
    head.content_length.reset();
    head.chunked = false;
    head.coded = content_coding_;
    const bool both = has_length_ && has_coding_;
    head.exact = !deviates_ && !both;
    if (bad_length_ || (both && !tolerant_)) {
        return error::bad_response;
    }
    if (never_has_body(head.status)) {
        return {};
    }
    if (has_length_ && !both) {  // the coding wins (RFC 9112 section 6.3)
        head.content_length = length_;
    }
    return has_coding_ ? finish_coding(head) : std::error_code();
}

HAWSER_DECL std::error_code FramingScan::finish_coding(ResponseHead& head) const noexcept {
    if (bad_coding_ || head.version == Version::http_1_0) {
        return error::bad_response;
    }
    if (other_coding_) {
        return error::unsupported_coding;
    }
    head.chunked = true;
    return {};
}

HAWSER_COLD_DECL std::string FramingScan::rule(Version version) const {
    if (malformed_) {
        return "Content-Length is no number of digits below 2^63 (RFC 9110 section 8.6)";
    }
    if (differ_ && length_ == other_length_) {
        return "Content-Length " + std::to_string(length_) + " is spelled in two ways";
    }
    if (differ_) {
        return "Content-Length " + std::to_string(length_) + " and " +
               std::to_string(other_length_) + " differ (RFC 9112 section 6.3)";
    }
    if (bad_length_) {
        return "Content-Length is repeated, or not a number alone (RFC 9110 section 8.6)";
    }
    if (has_length_ && !tolerant_) {
        return "Content-Length next to Transfer-Encoding (RFC 9112 section 6.3)";
    }
    if (version == Version::http_1_0) {
        return "Transfer-Encoding in HTTP/1.0 (RFC 9112 section 6.1)";
    }
    return bad_coding_ ? "chunked twice, or an empty transfer coding (RFC 9112 section 7)"
                       : "a transfer coding that is not chunked alone (RFC 9112 section 6.1)";
}

/// Fields that must not be in a trailer section.
inline constexpr std::string_view no_trailers[] = {"accept-encoding",
                                                   "age",
                                                   "authorization",
                                                   "cache-control",
                                                   "connection",
                                                   "content-encoding",
                                                   "content-length",
                                                   "content-range",
                                                   "content-type",
                                                   "cookie",
                                                   "cookie2",
                                                   "date",
                                                   "expect",
                                                   "expires",
                                                   "host",
                                                   "if-match",
                                                   "if-modified-since",
                                                   "if-none-match",
                                                   "if-range",
                                                   "if-unmodified-since",
                                                   "keep-alive",
                                                   "location",
                                                   "max-forwards",
                                                   "pragma",
                                                   "proxy-authenticate",
                                                   "proxy-authorization",
                                                   "proxy-connection",
                                                   "range",
                                                   "retry-after",
                                                   "set-cookie",
                                                   "set-cookie2",
                                                   "te",
                                                   "trailer",
                                                   "transfer-encoding",
                                                   "upgrade",
                                                   "vary",
                                                   "warning",
                                                   "www-authenticate"};

HAWSER_DECL bool may_be_trailer(std::string_view name) noexcept {
    return std::none_of(std::begin(no_trailers),
                        std::end(no_trailers),
                        [name](std::string_view other) { return iequals(name, other); });
}

}  // namespace hawser::inline HAWSER_ABI::detail
