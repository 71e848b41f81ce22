// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// The type of middleware, and the options of the middleware in <hawser/middleware.hpp>.

#include <hawser/config.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace hawser::inline HAWSER_ABI {

class RoundTripper;
class Url;

/// Wraps a round tripper into another one, which passes its requests on to `next`. It is called
/// once for each client. Go: func(http.RoundTripper) http.RoundTripper.
using Middleware = std::function<std::shared_ptr<RoundTripper>(std::shared_ptr<RoundTripper> next)>;

/// Options of retry().
struct RetryOptions {
    /// How often a request is sent at most, including the first time. 0 counts as 1.
    unsigned attempts = 3;
    /// The upper bound of the first pause. It doubles with every further one. Each pause is a
    /// random time between 0 and its bound ("full jitter"), so that clients that failed together do
    /// not come back together.
    std::chrono::milliseconds base_delay{200};
    /// The upper bound of every pause, however many came before it.
    std::chrono::milliseconds max_delay = std::chrono::seconds{10};
    /// The longest `Retry-After` that is waited for, as a number of seconds or as a date. If the
    /// server asks for more, its response is delivered.
    std::chrono::milliseconds max_retry_after = std::chrono::minutes{1};
    /// Statuses after which a request is sent again, the same as with curl's `--retry`.
    std::vector<int> statuses{408, 429, 500, 502, 503, 504};
    /// The budget of retries, shared by all requests, which keeps retries from multiplying the load
    /// of a server that is down. Each retry takes 1 from it. 0 = no limit.
    unsigned budget = 100;
    /// What each new request adds to the budget, up to `budget`.
    double budget_per_request = 0.1;
};

/// Options of rate_limit().
struct RateLimitOptions {
    /// Requests per second to each origin (scheme, host and port).
    double per_second = 10;
    /// How many requests an origin may receive at once after a pause. 0 counts as 1.
    unsigned burst = 1;
};

/// Options of hedge().
struct HedgeOptions {
    /// How long the first attempt may take before a second one starts. A good value is the time
    /// within which 95 % of the server's responses arrive.
    std::chrono::milliseconds delay{100};
};

/// Options of record().
struct RecordOptions {
    /// Also record `Cookie`, `Set-Cookie`, `Authorization`, `Proxy-Authorization`,
    /// `Authentication-Info`, `Proxy-Authentication-Info`, `X-Api-Key`, `X-Auth-Token` and
    /// `X-Csrf-Token`.
    bool credentials = false;
    /// How much of each body is recorded, in bytes. The caller receives all of it in any case.
    std::size_t max_body_bytes = std::size_t{1} << 20;
};

/// Options of trace_context().
struct TraceContextOptions {
    /// Returns the `traceparent` of whatever the program is doing, for requests without that field.
    /// Empty, or if it returns an empty or invalid text: each such request begins a trace.
    std::function<std::string()> current{};
    /// Whether traces that begin here are marked as sampled, so that others record them.
    bool sampled = true;
    /// Whether a server is to know of traces. Empty: all are.
    std::function<bool(const Url&)> propagate_to{};
};

}  // namespace hawser::inline HAWSER_ABI
