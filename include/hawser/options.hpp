// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/credentials.hpp>
#include <hawser/headers.hpp>
#include <hawser/middleware_options.hpp>
#include <hawser/progress.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

// Text is optional and unset by default. g++ 12 destroys an aggregate made within a `co_await`
// expression twice, which is harmless for members that are unset.

namespace hawser {

class ClientTrace;
class CookieJar;
struct Redirect;
enum class RedirectAction;

/// How to verify the peer of an https connection, and how to identify ourselves to it. Part of
/// TransportOptions; fixed once the Transport exists. The Transport's constructor throws if a file
/// named here cannot be used (error::tls_error, or error::resource_exhausted; what() names the
/// option, the file and the reason). The oldest version spoken is TLS 1.2, ALPN offers only
/// http/1.1, and names are matched by RFC 9525 (no common name, no partial wildcards). Empty text
/// counts as unset.
struct TlsOptions {
    /// PEM file of trusted certificates: roots, or any other certificate of a server's chain, even
    /// its own. If this, ca_path and ca_pem are all unset, the system's roots are used. They are
    /// found as OpenSSL finds them: SSL_CERT_FILE and SSL_CERT_DIR in the environment, or OpenSSL's
    /// built-in paths. The first https request reads them, and later ones try again as long as
    /// there is nothing to read.
    std::optional<std::string> ca_file{};
    /// Directory of trusted certificates, with hashed names as made by `openssl rehash`. Unset =
    /// none.
    std::optional<std::string> ca_path{};
    /// Trusted certificates as PEM text. Unset = none.
    std::optional<std::string> ca_pem{};
    /// Certificate chain (PEM) for servers that ask for one; needs private_key_file. Unset = none.
    std::optional<std::string> certificate_file{};
    /// Private key (PEM) of certificate_file.
    std::optional<std::string> private_key_file{};
    /// Decrypts private_key_file if that is encrypted. The library never prompts for it on a
    /// terminal.
    std::optional<std::string> private_key_password{};
    /// Resume TLS sessions with known servers; at most 256 are kept. If a server breaks off a
    /// handshake because of one, the client connects once more, without it.
    bool session_resumption = true;
    /// Lets a TLS 1.2 server renegotiate. Some do so to ask for a client certificate once they have
    /// seen the request (RFC 5746). Go: RenegotiateFreelyAsClient.
    bool allow_renegotiation = false;
    /// Turns off all verification of the peer's certificate: anyone can impersonate it. For tests
    /// only. Go's InsecureSkipVerify.
    bool insecure_skip_verify = false;
};

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

    /// Name lookup. The system's resolver performs it, on at most 8 threads of the process; if all
    /// of them are stuck, a lookup waits here. The timeout applies in any case. `localhost` and
    /// `*.localhost` are loopback addresses without a lookup (RFC 6761). Go: part of the dial
    /// timeout.
    std::chrono::milliseconds resolve_timeout = std::chrono::seconds{30};
    /// TCP connect, per address of the host.
    std::chrono::milliseconds connect_timeout = std::chrono::seconds{30};
    /// TCP connect, all addresses of the host together. Each gets an equal share of the remaining
    /// time, but at least 2 s. Fails with error::connect_timeout as well. 0 = no limit.
    std::chrono::milliseconds connect_total_timeout = std::chrono::seconds{30};
    /// TLS handshake.
    std::chrono::milliseconds tls_handshake_timeout = std::chrono::seconds{10};
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
    /// are not HEAD ask for gzip and deflate, and the response body is decoded while it is read;
    /// see Response::uncompressed. Without zlib (CMake: HAWSER_ZLIB), requests do not ask.
    bool disable_compression = false;
    /// Largest decoded body in bytes; beyond that, error::decode_limit. 0 = no limit, as for plain
    /// bodies: reading piece by piece never holds more than the piece, and `read_all(max)` has a
    /// limit of its own. Set this if you collect whole bodies from untrusted servers.
    std::uint64_t max_decoded_body_bytes = 0;
    /// Maximum ratio of decoded to received bytes, for bodies that decode to more than 1 MiB;
    /// beyond that, error::decode_limit. Deflate can reach 1032, gzip within gzip a million. 0 = no
    /// limit.
    std::uint32_t max_decode_ratio = 1000;

    /// The `User-Agent` of requests that set none. Unset = `hawser/0.1`, empty = none is sent.
    std::optional<std::string> user_agent{};
    /// TLS settings for https.
    TlsOptions tls{};
    /// False = the program uses this transport from one thread only, so no mutex is ever locked. A
    /// client without an executor then does nothing between blocking calls.
    bool thread_safe = true;
};

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
    /// Requests with different tags never share a connection (tenants, credentials).
    std::string pool_tag{};
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

}  // namespace hawser
