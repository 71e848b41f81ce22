// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/config.hpp>

#include <chrono>
#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <system_error>

namespace hawser::inline HAWSER_ABI {

/// How long a request took, phase by phase: what the middleware measure() reports. The phases are
/// those of the last attempt; one that did not happen is empty. A plain value.
struct Timings {
    /// Of one phase.
    using Duration = std::chrono::nanoseconds;

    /// Of the request.
    std::string method{};
    /// Safe to log: without userinfo and fragment, and with "?***" in place of a query.
    std::string url{};
    /// 0 if there was no response.
    int status = 0;
    /// Why the request, or the body of its response, failed.
    std::error_code ec{};
    /// How often the transport sent the request; see Retry.
    unsigned attempts = 0;
    /// Of the last connection; 0 if there was none.
    std::uint64_t connection_id = 0;
    /// It had been used before; then there are no `dns`, `connect` and `tls`.
    bool reused = false;
    /// Bytes written in the last attempt, with the head, without TLS overhead.
    std::uint64_t sent = 0;
    /// Bytes read in the last attempt, likewise; before decoding.
    std::uint64_t received = 0;

    /// Until there was a connection: in the queue, and between the steps of a dial.
    std::optional<Duration> wait{};
    /// The lookup of the host's name.
    std::optional<Duration> dns{};
    /// TCP, over all addresses that were tried.
    std::optional<Duration> connect{};
    /// The TLS handshake.
    std::optional<Duration> tls{};
    /// From the connection to the last byte of the request.
    std::optional<Duration> send{};
    /// From there to the first byte of a response: the server's time and one way through the
    /// network.
    std::optional<Duration> first_byte{};
    /// From there to the end of the body, so it includes the time that the program took to read it.
    std::optional<Duration> body{};
    /// From the first attempt to the end of the body.
    Duration total{0};
};

/// In one line of printable ASCII, ready for a log:
///
///     GET http://example.com/ 200 in 12.3 ms (wait 0.1, dns 0.4, connect 0.2, send 0.1,
///     first byte 11.1, body 0.4), 345 bytes, new connection 7
[[nodiscard]] std::string to_string(const Timings& timings);

/// to_string().
template <class Traits>
std::basic_ostream<char, Traits>& operator<<(std::basic_ostream<char, Traits>& out,
                                             const Timings& timings) {
    return out << to_string(timings);
}

}  // namespace hawser::inline HAWSER_ABI

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/impl/timings.ipp>
#endif
