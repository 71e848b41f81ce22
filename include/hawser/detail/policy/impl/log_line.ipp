// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/policy/log_line.hpp>
#include <hawser/failure.hpp>

namespace hawser::inline HAWSER_ABI::detail {

HAWSER_DECL void append_logged_url(std::string& line, const Url& url) {
    if (url.empty()) {
        line.append("(invalid URL)");
        return;
    }
    line.append(url.scheme()).append("://").append(url.host_header());
    line.append(printable(url.path(), 512));
    if (url.target().size() > url.path().size()) {
        line.append("?***");
    }
}

HAWSER_DECL std::string log_line(const LoggedRequest& request) {
    std::string line = printable(request.method, 32);
    append_logged_url(line.append(1, ' '), request.url);
    const std::string duration = std::to_string(request.duration.count());
    if (request.ec) {
        line.append(" failed after ").append(duration).append(" ms: ");
        return line.append(printable(request.ec.message()));
    }
    line.push_back(' ');
    line.append(std::to_string(request.status)).append(" in ").append(duration).append(" ms");
    if (request.length) {
        line.append(", ").append(std::to_string(*request.length)).append(" bytes");
    }
    return line;
}

}  // namespace hawser::inline HAWSER_ABI::detail
