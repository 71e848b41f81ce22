// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// What an expectation wants and answers: plain values.

#include <hawser/detail/testing/target_pattern.hpp>
#include <hawser/failure.hpp>
#include <hawser/parameters.hpp>
#include <hawser/testing/received_request.hpp>
#include <hawser/testing/reply.hpp>

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace hawser::inline HAWSER_ABI::testing::detail {

/// Whether only a Server can answer in this way.
inline bool needs_wire(const Reply& reply) noexcept {
    const ReplyConduct& conduct = reply.conduct;
    return conduct.framing == ReplyConduct::Framing::raw || conduct.then ||
           (conduct.ending == ReplyConduct::Ending::stall &&
            conduct.framing != ReplyConduct::Framing::nothing);
}
/// @throws std::invalid_argument
inline void check_reply(const Reply& reply) {
    if (needs_wire(reply)) {
        throw std::invalid_argument(
            "hawser::testing: raw(), then(), and stall() behind a head need a Server");
    }
}

/// How a MockTransport answers one request: a reply, a function that makes it, or an error, with a
/// part of the body if there is a reply as well.
struct MockOutcome {
    Reply reply;
    Handler make{};
    std::error_code ec{};
    bool has_head = true;
};

/// What a request must be like.
struct MockMatcher {
    std::string method;
    TargetPattern target;
    std::vector<std::pair<std::string, std::string>> headers{};
    std::vector<std::pair<std::string, std::string>> queries{};
    std::optional<std::string> body{};
    using Predicate = std::function<bool(const ReceivedRequest&)>;
    std::vector<std::shared_ptr<const Predicate>> predicates{};

    bool matches(const ReceivedRequest& request) const;
    std::string describe() const;
};

inline bool MockMatcher::matches(const ReceivedRequest& request) const {
    const auto has = [](const auto& values, std::string_view wanted) {
        return std::find(values.begin(), values.end(), wanted) != values.end();
    };
    if (!matches_method(method, request.method) || !target.matches(request.url, request.target) ||
        (body && *body != request.body)) {
        return false;
    }
    const Parameters parameters = Parameters::parse(request.query());
    return std::all_of(headers.begin(),
                       headers.end(),
                       [&](const auto& field) {
                           return has(request.headers.values(field.first), field.second);
                       }) &&
           std::all_of(queries.begin(),
                       queries.end(),
                       [&](const auto& query) {
                           return std::find(parameters.begin(), parameters.end(), query) !=
                                  parameters.end();
                       }) &&
           std::all_of(predicates.begin(), predicates.end(), [&](const auto& predicate) {
               return (*predicate)(request);
           });
}

inline std::string MockMatcher::describe() const {
    std::string text = method.empty() ? "*" : method;
    text.append(" ").append(target.text());
    for (const auto& [name, value] : headers) {
        text.append(" with \"").append(name).append(": ").append(value).append("\"");
    }
    for (const auto& [name, value] : queries) {
        text.append(" with the parameter ").append(name).append("=").append(value);
    }
    if (body) {
        text.append(" with the body \"").append(printable(*body, 60)).append("\"");
    }
    return predicates.empty() ? text : text + " where a function says so";
}

}  // namespace hawser::inline HAWSER_ABI::testing::detail
