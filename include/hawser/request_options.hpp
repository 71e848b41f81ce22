// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/credentials.hpp>
#include <hawser/detail/access.hpp>
#include <hawser/progress.hpp>
#include <hawser/proxy.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

namespace hawser::inline HAWSER_ABI {

class ClientTrace;

/// Options of one request; whatever is unset comes from the Client or the Transport. Not an
/// aggregate: g++ 12 destroys aggregate temporaries twice inside `co_await`.
struct RequestOptions {
    RequestOptions() noexcept {}

    /// From the call to the last byte of the body. Unset = ClientOptions::timeout, 0 = no limit;
    /// negative = error::invalid_request.
    std::optional<std::chrono::milliseconds> timeout{};
    /// Overrides TransportOptions::response_header_timeout; 0 = no limit.
    std::optional<std::chrono::milliseconds> response_header_timeout{};
    /// Overrides ClientOptions::max_redirects.
    std::optional<std::size_t> max_redirects{};
    /// Allows a retry even if the method is not idempotent (Go: an Idempotency-Key header).
    bool idempotent = false;
    /// OPTIONS only: asks about the server as a whole, with the target `*` in place of the URL's
    /// path and query (RFC 9112 section 3.2.4). With another method, error::invalid_request.
    bool asterisk_form = false;

private:
    friend struct detail::Access;
    // If `timeout` is the rest of a limit: that limit, in milliseconds. Here it takes no space.
    [[maybe_unused]] std::uint32_t whole_timeout_ = 0;  // clang: only a friend uses it

public:
    /// Requests with different tags never share a connection (tenants, credentials).
    std::string pool_tag{};
    /// Overrides TransportOptions::proxy. Redirects ask these rules again. Connections through
    /// different proxies, or with different credentials for the same one, are never shared.
    std::optional<ProxyRules> proxy{};
    /// Receives the events of the request: <hawser/client_trace.hpp>. Unset = ClientOptions::trace.
    std::shared_ptr<ClientTrace> trace{};
    /// Sent to the origin of the request's URL, in place of those in the URL and of
    /// ClientOptions::credentials. An `Authorization` field of the request replaces them all. A 401
    /// that asks for Digest is answered, so that the request is sent twice; see Credentials.
    Credentials credentials{};
    /// Ends the request from any thread with error::canceled, even while a blocking call waits for
    /// it or the body of its response is being read. If the token has already been stopped, the
    /// request fails at once. Middleware must pass the request's options on. Costs nothing when
    /// unset.
    std::stop_token stop{};
    /// Called while the bodies are sent and read: with the first and the last piece of each, and in
    /// between at most 20 times a second. Calls never overlap.
    ///
    ///     request.options.on_progress = [](const hawser::Progress& p) { show(p.received); };
    ///
    /// `sent` counts what was taken from the request's body, at most 64 KiB ahead of the
    /// connection. It starts anew with each attempt, redirect, and reply to a challenge. `received`
    /// counts what was read from the response's body, decoded; the total of a compressed body is
    /// unknown. Bodies of redirects, and what follows an upgrade, are not counted.
    ///
    /// Runs with no lock held, on the client's executor, or on the thread of a read that does not
    /// wait. In a blocking call it runs on the calling thread, except for a source that returns an
    /// awaitable. Keep what it refers to until the request has failed, or the response's body has
    /// ended or failed. If it throws, the request or the read fails, with the code of a
    /// std::system_error or else with error::canceled, and the connection is closed. Only a
    /// Transport calls it; middleware must pass the request's options on. Copies of a request share
    /// it. Costs nothing when unset.
    ProgressFunction on_progress{};
};

}  // namespace hawser::inline HAWSER_ABI
