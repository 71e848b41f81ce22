// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

namespace hawser {

class ClientTrace;

/// How the peer of an https connection is checked, and who we are to it. Part of TransportOptions;
/// fixed once the Transport exists, whose constructor throws if a file named here cannot be used
/// (error::tls_error, or error::resource_exhausted; what() has the option, the file, the reason).
/// TLS 1.2 is the oldest version spoken, ALPN offers http/1.1 only, names are matched by RFC 9525
/// (no common name, no partial wildcards).
struct TlsOptions {
    /// PEM file of trusted certificates: roots, or any other certificate of a server's chain, also
    /// its own. Empty (with ca_path and ca_pem) = the system's, found as OpenSSL does:
    /// SSL_CERT_FILE and SSL_CERT_DIR in the environment, or what it was built with. Those are read
    /// by the first https request, and again by later ones for as long as there is nothing to read.
    std::string ca_file{};
    /// Directory of trusted certificates, hashed as `openssl rehash` does. Empty = none.
    std::string ca_path{};
    /// Trusted certificates as PEM text. Empty = none.
    std::string ca_pem{};
    /// Certificate chain (PEM) shown to servers that ask for one; needs private_key_file. Empty =
    /// none.
    std::string certificate_file{};
    /// Private key (PEM) of certificate_file.
    std::string private_key_file{};
    /// Opens private_key_file if that is encrypted. Nobody is ever asked for it on a terminal.
    std::string private_key_password{};
    /// Resume TLS sessions with a server met before; at most 256 are kept. A server that breaks the
    /// handshake off because of one is connected to once more, without.
    bool session_resumption = true;
    /// Lets a server of TLS 1.2 renegotiate, which some do to ask for a client certificate once
    /// they have seen the request (RFC 5746). Go: RenegotiateFreelyAsClient.
    bool allow_renegotiation = false;
    /// Turns every check of the peer's certificate off: anybody can answer in its place.
    /// For tests only. Go's InsecureSkipVerify.
    bool insecure_skip_verify = false;
};

/// What is read of servers that do not keep to RFC 9112 to the letter.
enum class Framing {
    /// What curl, Go and browsers all read is read, but a connection that delivered it is not used
    /// again: the danger in sloppy framing is the second response on a connection. In a head: LF
    /// alone as line end; folded lines (joined by a space); white space before a colon (removed);
    /// lines that are no field (dropped, see ClientTrace::ignored_line()); Content-Length repeated
    /// with the same digits, in fields or in a list; Content-Length next to Transfer-Encoding
    /// (chunked wins); a tab behind Content-Length. In trailers: folded lines, white space before a
    /// colon. Blanks around a chunk size. A body that ends with a TLS connection that was cut off,
    /// see ResponseBody::cut_short().
    tolerant,
    /// Each of these is error::bad_response, or error::incomplete_body.
    strict,
};

/// Which of several idle connections a request gets.
enum class IdlePick {
    newest_first,  ///< the one returned last: the warmest, and those not needed expire. Go's way
    oldest_first,  ///< in turn: all stay warm, and a balancer sees its backends used evenly
};

/// Options of a Transport. The defaults are those of Go's http.DefaultTransport except where the
/// comment says otherwise. Durations are in milliseconds unless written otherwise; 0 = no limit.
struct TransportOptions {
    /// Idle connections kept over all hosts; the least recently used goes first. 0 = no limit.
    std::size_t max_idle_conns = 100;
    /// Idle connections kept for each host. 0 = only max_idle_conns counts (Go: 2).
    std::size_t max_idle_conns_per_host = 0;
    /// Connections for each host, dialing, leased and idle; further requests queue in order.
    /// 0 = no limit.
    std::size_t max_conns_per_host = 0;
    /// Connections over all hosts, counted alike. At the limit the least recently used idle one is
    /// closed for a host that needs one; if none is idle, requests of all hosts queue in order, but
    /// that a connection may first serve younger ones of its own host, 16 times. 0 = no limit (Go:
    /// has none).
    std::size_t max_conns_total = 0;
    /// Requests that may queue, over all hosts; further ones fail at once with
    /// error::too_many_waiters. A request queues while a limit keeps it from having a connection
    /// and from dialing; one whose dial is under way does not count. 0 = no limit (Go: has none).
    std::size_t max_waiters = 0;
    /// How long a request may queue, else error::pool_wait_timeout. Its dial, if it gets to make
    /// one, is not part of it and has limits of its own. 0 = no limit (Go: has none).
    std::chrono::milliseconds pool_wait_timeout{0};
    /// How long a connection may stay idle; a `Keep-Alive: timeout=N` of the server shortens it to
    /// N - 1 seconds, or half a second for N = 1.
    std::chrono::milliseconds idle_conn_timeout = std::chrono::seconds{90};
    /// How old a connection may grow: at 90 to 100 % of it, each at another point, it serves no
    /// further request, so that a change of addresses is seen. 0 = no limit (Go: has none).
    std::chrono::milliseconds max_conn_age{0};
    /// Requests that one connection serves. 0 = no limit (Go: has none). A server's
    /// `Keep-Alive: max=N` is heeded, too.
    std::uint64_t max_requests_per_conn = 0;
    /// Which of several idle connections of a host is taken.
    IdlePick idle_pick = IdlePick::newest_first;
    /// How long a dial goes on after its request was cancelled or served otherwise, for the next
    /// request of its host to take over. 0 = it is aborted at once. Go: to its end.
    std::chrono::milliseconds dial_linger = std::chrono::seconds{1};
    /// One request per connection; sends `Connection: close`.
    bool disable_keep_alives = false;

    /// Name look-up, which the system's resolver does on threads of the process, 8 at most: a name
    /// that finds all of them stuck waits here. Fires whatever they do. `localhost` and
    /// `*.localhost` are loopback without a look-up (RFC 6761). Go: part of the dial timeout.
    std::chrono::milliseconds resolve_timeout = std::chrono::seconds{30};
    /// TCP connect, for each address of the host.
    std::chrono::milliseconds connect_timeout = std::chrono::seconds{30};
    /// TCP connect, all addresses of the host together, which get equal shares of what is left of
    /// it, of 2 s at least; error::connect_timeout as well. 0 = no limit.
    std::chrono::milliseconds connect_total_timeout = std::chrono::seconds{30};
    /// TLS handshake.
    std::chrono::milliseconds tls_handshake_timeout = std::chrono::seconds{10};
    /// From the request fully written to the response head complete; 1xx do not restart it.
    std::chrono::milliseconds response_header_timeout{0};
    /// Without any byte of the request leaving. Go: none.
    std::chrono::milliseconds write_timeout{0};
    /// Without any byte of the body arriving while it is being read. Go: none.
    std::chrono::milliseconds body_idle_timeout{0};
    /// How long a request with `Expect: 100-continue` and a body waits for the server's word before
    /// it sends the body unasked; 0 = sends it at once.
    std::chrono::milliseconds expect_continue_timeout = std::chrono::seconds{1};

    /// A body closed before its end, with no more than this many bytes still to come, is read to
    /// its end in the background so that its connection serves again; 65536 is a good value where
    /// that is wanted. 0 = the connection is torn down (Go 1.27: 256 KiB).
    std::uint64_t drain_bytes = 0;
    /// How long that may take (Go: 50 ms).
    std::chrono::milliseconds drain_timeout{50};

    /// How responses are read that deviate from RFC 9112: see Framing.
    Framing framing = Framing::tolerant;
    /// Largest response head, all interim responses together, in bytes; more is
    /// error::headers_too_large (Go: 10 MiB). 0 = no limit, but that interim responses end at 1 MiB
    /// and one head at 2 GiB.
    std::size_t max_response_header_bytes = 256 * 1024;
    /// Most header fields of one response. 0 = no limit.
    std::size_t max_response_header_fields = 1000;
    /// Largest response body in bytes, whatever its framing; more is error::body_too_large. Counts
    /// what the connection carries, before decoding. 0 = no limit.
    std::uint64_t max_response_body_bytes = 0;

    /// Go's DisableCompression. False = requests that have neither Accept-Encoding nor Range and
    /// are not HEAD ask for gzip and deflate, and the answer is decoded as it is read; see
    /// Response::uncompressed. Without zlib (CMake: HAWSER_ZLIB) nothing is asked for.
    bool disable_compression = false;
    /// Largest decoded body in bytes; more is error::decode_limit. 0 = no limit, as for plain
    /// bodies: reading piece by piece never holds more than the piece, and `read_all(max)` sets its
    /// own. The limit for those who collect whole bodies of strangers.
    std::uint64_t max_decoded_body_bytes = 0;
    /// Decoded bytes for each byte received that a body may reach once it is larger than 1 MiB;
    /// more is error::decode_limit. Deflate could reach 1032, gzip in gzip a million. 0 = no limit.
    std::uint32_t max_decode_ratio = 1000;

    /// `User-Agent` of requests that set none.
    std::string user_agent = "hawser/0.1";
    /// Of https connections.
    TlsOptions tls{};
    /// False = the program touches this transport from one thread only: no mutex is ever locked. A
    /// client without an executor then does nothing between blocking calls.
    bool thread_safe = true;
};

/// Options of one request; what is not set here comes from the Client or the Transport.
/// Not an aggregate: g++ 12 destroys aggregate temporaries twice inside `co_await`.
struct RequestOptions {
    RequestOptions() noexcept {}

    /// From the call to the last byte of the body. Unset = ClientOptions::timeout, 0 = no limit;
    /// negative = error::invalid_request.
    std::optional<std::chrono::milliseconds> timeout{};
    /// Overrides TransportOptions::response_header_timeout; 0 = no limit.
    std::optional<std::chrono::milliseconds> response_header_timeout{};
    /// Allows a retry although the method is not idempotent (Go: an Idempotency-Key header).
    bool idempotent = false;
    /// Requests with different tags never share a connection (tenants, credentials).
    std::string pool_tag{};
    /// Told what happens to the request: <hawser/client_trace.hpp>. Unset = ClientOptions::trace.
    std::shared_ptr<ClientTrace> trace{};
    /// Ends the request from any thread, also while a blocking call waits for it or while the body
    /// of its response is read: error::canceled. A token that was asked to stop already: at once.
    /// Middleware has to pass the request's options on. None costs nothing.
    std::stop_token stop{};
};

/// Options of a Client.
struct ClientOptions {
    /// From the call to the last byte of the body, in milliseconds. 0 = no limit. Go:
    /// Client.Timeout.
    std::chrono::milliseconds timeout{0};
    /// Told what happens to every request. None costs nothing.
    std::shared_ptr<ClientTrace> trace{};
    /// Of a client without an executor: told of exceptions that leave handlers of asynchronous
    /// operations, on the thread that ran the handler. Such an exception belongs to no call, and
    /// without this, is dropped; so is what this throws itself.
    std::function<void(std::exception_ptr)> on_handler_exception{};
};

}  // namespace hawser
