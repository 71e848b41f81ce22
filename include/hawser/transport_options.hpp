// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/address_filter.hpp>
#include <hawser/proxy.hpp>
#include <hawser/socket_options.hpp>
#include <hawser/tls_options.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

// Text is optional and unset by default. g++ 12 destroys an aggregate made within a `co_await`
// expression twice, which is harmless for members that are unset.

namespace hawser::inline HAWSER_ABI {

class Dialer;
class Resolver;

/// How to read responses that do not strictly conform to RFC 9112.
enum class Framing {
    /// Accepts what curl, Go and browsers all accept, but does not reuse the connection: the danger
    /// of sloppy framing lies in the second response on a connection. In a head: a bare LF as a
    /// line end; folded lines (joined by a space); white space before a colon (removed); lines that
    /// are not fields (dropped, see ClientTrace::ignored_line()); Content-Length repeated with the
    /// same digits, in fields or in a list; Content-Length next to Transfer-Encoding (chunked
    /// wins); a tab after Content-Length. In trailers: folded lines, white space before a colon. In
    /// chunks: blanks around a size. At the end: a body that ends with a TLS connection that was
    /// cut off, see ResponseBody::cut_short().
    tolerant,
    /// Fails each of these with error::bad_response or error::incomplete_body.
    strict,
};

/// The addresses of one host and port: see TransportOptions::resolve.
struct ResolveEntry {
    /// "host:port".
    std::string host_and_port{};
    /// IP addresses, tried in this order.
    std::vector<std::string> addresses{};
};

/// Which of several idle connections a request takes.
enum class IdlePick {
    newest_first,  ///< the last one returned: the warmest; unneeded ones expire. Go's way
    oldest_first,  ///< all in turn: all stay warm, and a load balancer sees its backends used
                   ///< evenly
};

/// Options of a Transport. The defaults are those of Go's http.DefaultTransport except where the
/// comment says otherwise. Durations are in milliseconds unless written otherwise; 0 = no limit.
struct TransportOptions {
    /// Idle connections kept over all hosts; the least recently used is closed first. 0 = no limit.
    std::size_t max_idle_conns = 100;
    /// Idle connections kept per host. 0 = only max_idle_conns applies (Go: 2).
    std::size_t max_idle_conns_per_host = 0;
    /// Connections per host: dialing, leased and idle. Further requests queue in order. 0 = no
    /// limit.
    std::size_t max_conns_per_host = 0;
    /// Connections over all hosts, counted in the same way. At the limit, the least recently used
    /// idle one is closed for a host that needs one; if none is idle, requests queue in order of
    /// arrival. A returned connection may serve up to 16 newer requests to its own host before it
    /// must make way. 0 = no limit (Go: has none).
    std::size_t max_conns_total = 0;
    /// Requests that may queue, over all hosts; further ones fail at once with
    /// error::too_many_waiters. A request queues while a limit keeps it from getting a connection
    /// and from dialing. One whose dial is in progress does not count. 0 = no limit (Go: has none).
    std::size_t max_waiters = 0;
    /// How long a request may queue before it fails with error::pool_wait_timeout. Does not include
    /// dialing, which has its own timeouts. 0 = no limit (Go: has none).
    std::chrono::milliseconds pool_wait_timeout{0};
    /// How long a connection may stay idle. A server's `Keep-Alive: timeout=N` shortens it to N - 1
    /// seconds, or to half a second for N = 1.
    std::chrono::milliseconds idle_conn_timeout = std::chrono::seconds{90};
    /// Maximum age of a connection: past a random point between 90 and 100 % of this age it is not
    /// reused, so that DNS changes are noticed. 0 = no limit (Go: has none).
    std::chrono::milliseconds max_conn_age{0};
    /// Requests that one connection serves. A server's `Keep-Alive: max=N` also applies. 0 = no
    /// limit (Go: has none).
    std::uint64_t max_requests_per_conn = 0;
    /// Which idle connection of a host a request takes.
    IdlePick idle_pick = IdlePick::newest_first;
    /// How long a dial continues after its request was canceled or got another connection, so that
    /// the next request to its host can adopt it. 0 = it is aborted at once. Go: until it ends.
    std::chrono::milliseconds dial_linger = std::chrono::seconds{1};
    /// One request per connection; sends `Connection: close`.
    bool disable_keep_alives = false;

    /// Which proxy each request uses. Unset = ProxyRules::from_environment(), read when the
    /// Transport is constructed; `ProxyRules{}` = none. All hosts to which an HTTP proxy forwards
    /// plain http requests share its connections, and count as one host where limits are per host.
    std::optional<ProxyRules> proxy{};

    /// Addresses of hosts, in place of a lookup: "host:port" (an IPv6 address in brackets), and IP
    /// addresses to try in this order. `Host`, TLS and the connection pool keep the name. Also
    /// asked about a proxy's name. curl: --resolve.
    ///
    ///     options.resolve = {{"api.example:443", {"10.1.2.3"}}};
    ///
    /// Text that is no host and port or no address makes the Transport's constructor throw
    /// error::invalid_url; what() says which.
    std::vector<ResolveEntry> resolve{};
    /// Looks up names, in place of the system's resolver; see Resolver (<hawser/resolver.hpp>), and
    /// CaresResolver (<hawser/cares_resolver.hpp>), which uses c-ares. Go: net.Dialer.Resolver.
    std::shared_ptr<Resolver> resolver{};
    /// How long the addresses of a name are used again, without another lookup. If none of them
    /// can be connected to, they are looked up again by the next dial. Up to 1000 names are kept.
    /// 0 = not at all; lookups that overlap are one in any case.
    std::chrono::milliseconds resolve_cache_ttl{0};
    /// Makes the connections, in place of a lookup and TCP; see Dialer (<hawser/dialer.hpp>).
    /// connect_total_timeout limits it. `resolve`, `resolver`, `address_filter`, and the options of
    /// sockets below do not apply then. Go: http.Transport.DialContext.
    std::shared_ptr<Dialer> dialer{};
    /// The path of a Unix socket. Every connection of this transport is made to it, whatever the
    /// URL; `Host` and TLS are still those of the URL. "@name" is an abstract one (Linux). The
    /// proxies of the environment are not used then; one in `proxy` is spoken to at this socket.
    /// A path that is too long makes the Transport's constructor throw. curl: --unix-socket.
    std::optional<std::string> unix_socket{};
    /// Which addresses may be connected to; see AddressFilter. Unset = all.
    AddressFilter address_filter{};
    /// Name lookup. The system's resolver performs it, on at most 8 threads of the process; if all
    /// of them are stuck, a lookup waits here. The timeout applies in any case. `localhost` and
    /// `*.localhost` are loopback addresses without a lookup (RFC 6761). Go: part of the dial
    /// timeout.
    std::chrono::milliseconds resolve_timeout = std::chrono::seconds{30};
    /// If a host has several addresses, how long one may take before the next is tried beside it;
    /// IPv6 and IPv4 take turns, and the first connection wins (Happy Eyeballs, RFC 8305). An
    /// address that fails is followed by the next at once. At least 10 ms; 0 = one address after
    /// another. Go: net.Dialer.FallbackDelay.
    std::chrono::milliseconds connect_attempt_delay{250};
    /// TCP connect, per address of the host; and once more for what is said to a proxy until its
    /// tunnel stands.
    std::chrono::milliseconds connect_timeout = std::chrono::seconds{30};
    /// TCP connect, all addresses of the host together. Each gets an equal share of the remaining
    /// time, but at least 2 s. Fails with error::connect_timeout as well. 0 = no limit.
    std::chrono::milliseconds connect_total_timeout = std::chrono::seconds{30};
    /// TLS handshake; with a proxy over TLS, once for the proxy and once for the server.
    std::chrono::milliseconds tls_handshake_timeout = std::chrono::seconds{10};

    /// The address of this machine that connections are made from; addresses of the other family
    /// are then not tried. One that is not an address makes the Transport's constructor throw
    /// std::errc::invalid_argument; one that this machine does not have fails every dial. Go:
    /// net.Dialer.LocalAddr.
    std::optional<LocalAddress> local_address{};
    /// The network interface that connections are made through, such as "eth0" (Linux, where it
    /// needs privileges; elsewhere every dial fails). curl: --interface.
    std::optional<std::string> local_interface{};
    /// Probes of quiet TCP connections. Unset = none (Go: every 15 s). An idle connection that the
    /// server closed is noticed without them.
    std::optional<TcpKeepAlive> tcp_keep_alive{};
    /// How long sent bytes may stay without acknowledgment before TCP gives up the connection
    /// (Linux: TCP_USER_TIMEOUT; elsewhere ignored). 0 = as the system does, often 15 minutes.
    std::chrono::milliseconds tcp_user_timeout{0};
    /// Sends small pieces at once: TCP_NODELAY.
    bool tcp_no_delay = true;
    /// Sizes of the socket's buffers in bytes (SO_SNDBUF, SO_RCVBUF). 0 = the system adapts them.
    std::size_t send_buffer_bytes = 0;
    /// The same for receiving.
    std::size_t receive_buffer_bytes = 0;
    /// From the end of writing the request to the end of the response head; 1xx do not restart it.
    std::chrono::milliseconds response_header_timeout{0};
    /// Maximum time during which no byte of the request leaves. Go: none.
    std::chrono::milliseconds write_timeout{0};
    /// Maximum time during which no byte of the body arrives while it is being read. Go: none.
    std::chrono::milliseconds body_idle_timeout{0};
    /// How long a request with `Expect: 100-continue` and a body waits for the server's 100 before
    /// it sends the body anyway; 0 = sends it at once.
    std::chrono::milliseconds expect_continue_timeout = std::chrono::seconds{1};

    /// If a body is closed before its end and at most this many bytes are still to come, they are
    /// read in the background, so that the connection can be reused; 65536 is a good value if you
    /// want this. 0 = the connection is closed (Go 1.27: 256 KiB).
    std::uint64_t drain_bytes = 0;
    /// How long such a background read may take (Go: 50 ms), and how long a client waits for the
    /// rest of a redirect's small body, to reuse its connection.
    std::chrono::milliseconds drain_timeout{50};

    /// How to read responses that deviate from RFC 9112: see Framing.
    Framing framing = Framing::tolerant;
    /// Largest response head in bytes, including all interim responses; beyond that,
    /// error::headers_too_large (Go: 10 MiB). 0 = no limit, except that interim responses are
    /// limited to 1 MiB and one head to 2 GiB.
    std::size_t max_response_header_bytes = 256 * 1024;
    /// Maximum number of header fields in one response. 0 = no limit.
    std::size_t max_response_header_fields = 1000;
    /// Largest response body in bytes, however it is framed; beyond that, error::body_too_large.
    /// Counts bytes as received, before decoding. 0 = no limit.
    std::uint64_t max_response_body_bytes = 0;

    /// Go's DisableCompression. False = requests that have neither Accept-Encoding nor Range and
    /// are not HEAD ask for zstd, br, gzip and deflate, in this order, and the response body is
    /// decoded while it is read; see Response::uncompressed. Each is asked for if its library was
    /// found (CMake: HAWSER_ZSTD, HAWSER_BROTLI, HAWSER_ZLIB). While a body is read, its decoder
    /// holds up to 9 MiB for zstd, 16 MiB for br and 45 KiB for the others, as the server chose.
    bool disable_compression = false;
    /// Largest decoded body in bytes; beyond that, error::decode_limit. 0 = no limit, as for plain
    /// bodies: reading piece by piece never holds more than the piece, and `read_all(max)` has a
    /// limit of its own. Set this if you collect whole bodies from untrusted servers.
    std::uint64_t max_decoded_body_bytes = 0;
    /// Maximum ratio of decoded to received bytes, for bodies that decode to more than 1 MiB;
    /// beyond that, error::decode_limit. Deflate can reach 1032, br, zstd, and gzip within gzip
    /// much more. 0 = no limit.
    std::uint32_t max_decode_ratio = 1000;

    /// The `User-Agent` of requests that set none. Unset = `hawser/` and the version, empty
    /// = none is sent.
    std::optional<std::string> user_agent{};
    /// TLS settings for https.
    TlsOptions tls{};
    /// False = the program uses this transport from one thread only, so no mutex is ever locked. A
    /// client without an executor then does nothing between blocking calls.
    bool thread_safe = true;
};

}  // namespace hawser::inline HAWSER_ABI
