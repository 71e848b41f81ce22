// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/config.hpp>
#include <hawser/headers.hpp>
#include <hawser/url.hpp>

#include <cstddef>
#include <string>

namespace hawser {

/// What to do with a redirect that the client would follow.
enum class RedirectAction {
    follow,  ///< send the next request
    stop,    ///< the 3xx is the response, with its body unread (Go: ErrUseLastResponse)
};

/// A redirect that is about to be followed, for the hook that may stop it. Valid during that call.
struct Redirect {
    /// 301, 302, 303, 307 or 308.
    int status = 0;
    /// The URL of the request that was answered.
    Url from{};
    /// The URL of the next request: `Location`, resolved against `from` (RFC 9110 §10.2.2).
    Url to{};
    /// The method of the next request.
    std::string method{};
    /// The fields of the 3xx.
    const Headers& headers;
    /// How many redirects of this call were followed before; 0 for the first.
    std::size_t followed = 0;
};

/// A redirect that was followed: see Response::history.
struct Hop {
    /// 301, 302, 303, 307 or 308.
    int status = 0;
    /// The URL that answered with it.
    Url url{};

    friend bool operator==(const Hop&, const Hop&) = default;
};

}  // namespace hawser
