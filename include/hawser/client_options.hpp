// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/credentials.hpp>
#include <hawser/headers.hpp>
#include <hawser/middleware_options.hpp>
#include <hawser/transport_options.hpp>

#include <chrono>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

// Text is optional and unset by default. g++ 12 destroys an aggregate made within a `co_await`
// expression twice, which is harmless for members that are unset.

namespace hawser::inline HAWSER_ABI {

class ClientTrace;
class CookieJar;
struct Redirect;
enum class RedirectAction;

/// Options of a Client.
///
///     hawser::Client client{{.timeout = 5s, .transport = {.max_conns_per_host = 8}}};
struct ClientOptions {
    /// From the call to the last byte of the body, in milliseconds. 0 = no limit. Go:
    /// Client.Timeout.
    std::chrono::milliseconds timeout{0};
    /// Receives the events of every request. Costs nothing when unset.
    std::shared_ptr<ClientTrace> trace{};
    /// For a client without an executor: called with exceptions that leave handlers of asynchronous
    /// operations, on the thread that ran the handler. Such an exception belongs to no call.
    /// Without this function it is dropped, and so is an exception that this function throws.
    std::function<void(std::exception_ptr)> on_handler_exception{};

    /// Redirects that one call follows (301, 302, 303, 307, 308); one more fails it with
    /// error::too_many_redirects. 0 = none: a 3xx is the response. Go: 10. Fields that are not
    /// known to be harmless, credentials first of all, are not sent to another origin.
    std::size_t max_redirects = 10;
    /// Called before each redirect, on the executor (in a blocking call: on a thread that is in a
    /// call), with no lock held. If it throws, the call fails: with the code of a
    /// std::system_error, otherwise with error::redirect_refused. Go: CheckRedirect.
    std::function<RedirectAction(const Redirect&)> on_redirect{};
    /// Follows redirects from https to http. False = they fail with error::redirect_refused.
    bool allow_https_to_http = false;
    /// Sends the body again if a 307 or 308 leads to another origin (scheme, host and port). False
    /// = such a redirect fails with error::redirect_refused. A body that cannot be sent again is
    /// never sent to anywhere: then the 3xx is the response.
    bool allow_cross_origin_body = false;
    /// Stores the cookies of responses, also of redirects and errors, and sends them with requests:
    /// each request of a redirect chain has those of its own URL, whatever Request::host says. They
    /// are added to the `Cookie` fields that the caller set, except those with the same name as one
    /// of the caller's. Interim responses and trailers set none. CONNECT neither sends nor sets
    /// any. May be shared by clients. Unset = no cookies, as in Go.
    std::shared_ptr<CookieJar> cookies{};
    /// Sent to their origins by requests that have none of their own, neither in a field nor in
    /// their options or URL. Those in the URL of a request ("http://user:password@host/") are sent
    /// as Basic, as in Go and curl, or in reply to a Digest challenge.
    OriginCredentials credentials{};
    /// Sent with every request that does not set a field of the same name itself. Never sent to
    /// another origin after a redirect, except the fields that any request keeps.
    Headers headers{};
    /// URLs given as text without a scheme are resolved against this one (RFC 3986 section 5): with
    /// `https://api.example/v1/`, "users" means `https://api.example/v1/users`. Unset = they are
    /// error::invalid_url.
    std::optional<std::string> base_url{};
    /// The largest body that fetch() collects, in bytes; beyond that, error::body_too_large. 0 = no
    /// limit.
    std::size_t max_fetch_bytes = 64 * 1024 * 1024;
    /// Wraps the transport, the outermost first: see <hawser/middleware.hpp>. What is listed here
    /// sees each request of a redirect chain by itself, with its cookies.
    std::vector<Middleware> middleware{};
    /// Options of the Transport that the client makes. Ignored by a client on a given RoundTripper.
    TransportOptions transport{};
};

}  // namespace hawser::inline HAWSER_ABI
