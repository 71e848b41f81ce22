// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/config.hpp>
#include <hawser/headers.hpp>
#include <hawser/testing/received_request.hpp>

#include <asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace hawser::inline HAWSER_ABI::testing {

class ServerConnection;

/// How a reply leaves the server. Set it with the functions of Reply.
struct ReplyConduct {
    ReplyConduct() = default;

    /// How the end of the body is told: `raw` and `nothing` send no head.
    enum class Framing { length, chunked, until_close, raw, nothing };
    /// What becomes of the connection.
    enum class Ending { keep_alive, close, reset, stall };

    Framing framing = Framing::length;  ///< by length, unless chunked() or until_close() was called
    std::size_t chunk_size = 0;         ///< of chunked()
    std::chrono::milliseconds delay{0};       ///< before the first byte
    std::optional<std::size_t> cut;           ///< bytes of the body after which it ends
    std::size_t drip_size = 0;                ///< of drip(); 0 = everything at once
    std::chrono::milliseconds drip_pause{0};  ///< between two pieces
    Ending ending = Ending::keep_alive;       ///< kept alive, unless another was asked for
    std::function<asio::awaitable<void>(ServerConnection&)>
        then;  ///< takes the connection afterwards
};

/// What a Server or a MockTransport answers: a response, or a misbehavior. A plain value; each
/// setter returns it.
///
///     reply(200, "{}").header("Content-Type", "application/json")
///     reply(200, text).chunked(1000).trailer("X-Sum", sum)
///     reply(200, text).cut(10)                  // 10 bytes of the body, then the end
///     reply(200, text).cut(10).reset()          // the same, then a RST
///     reply(200, text).drip(1, 10ms)            // byte by byte
///     no_reply().stall()                        // silent until the client leaves
///     raw("HTTP/1.1 200 OK\r\nbroken")          // these bytes exactly
///
/// A body gets its Content-Length. Nothing else is added.
///
/// A MockTransport has no wire. It maps what it can: drip() has no effect; a reply that ends early
/// is error::incomplete_body, server_closed or connection_reset; no_reply().stall() never
/// completes. raw(), then(), and stall() behind a head need a Server: Expectation::respond()
/// throws.
struct Reply {
    Reply() = default;
    /// A response; see also reply().
    explicit Reply(int code, std::string text = {}) : status(code), body(std::move(text)) {}

    /// Adds a field.
    Reply& header(std::string_view name, std::string_view value) & {
        headers.add(name, value);
        return *this;
    }
    Reply&& header(std::string_view name, std::string_view value) && {
        return std::move(header(name, value));
    }
    /// Adds a field after the body, which is then sent in chunks.
    Reply& trailer(std::string_view name, std::string_view value) & {
        trailers.add(name, value);
        return conduct.framing == ReplyConduct::Framing::chunked ? *this : chunked();
    }
    Reply&& trailer(std::string_view name, std::string_view value) && {
        return std::move(trailer(name, value));
    }
    /// Waits before it sends anything.
    Reply& delay(std::chrono::milliseconds time) & {
        conduct.delay = time;
        return *this;
    }
    Reply&& delay(std::chrono::milliseconds time) && { return std::move(delay(time)); }
    /// Sends the body in chunks of this many bytes.
    Reply& chunked(std::size_t chunk_size = 16 * 1024) & {
        conduct.framing = ReplyConduct::Framing::chunked;
        conduct.chunk_size = chunk_size != 0 ? chunk_size : 1;
        return *this;
    }
    Reply&& chunked(std::size_t chunk_size = 16 * 1024) && {
        return std::move(chunked(chunk_size));
    }
    /// Sends no length: the body ends with the connection.
    Reply& until_close() & {
        conduct.framing = ReplyConduct::Framing::until_close;
        return close();
    }
    Reply&& until_close() && { return std::move(until_close()); }
    /// Sends everything in pieces of `size` bytes, with a pause after each.
    Reply& drip(std::size_t size, std::chrono::milliseconds pause) & {
        conduct.drip_size = size;
        conduct.drip_pause = pause;
        return *this;
    }
    Reply&& drip(std::size_t size, std::chrono::milliseconds pause) && {
        return std::move(drip(size, pause));
    }
    /// Sends only this many bytes of the body, including its framing, and then closes the
    /// connection, unless reset() or stall() follows.
    Reply& cut(std::size_t size) & {
        conduct.cut = size;
        return ending(ReplyConduct::Ending::close);
    }
    Reply&& cut(std::size_t size) && { return std::move(cut(size)); }

    /// Closes the connection afterwards. A complete response also says `Connection: close`.
    Reply& close() & { return ending(ReplyConduct::Ending::close); }
    Reply&& close() && { return std::move(close()); }
    /// Resets the connection afterwards (RST).
    Reply& reset() & { return ending(ReplyConduct::Ending::reset); }
    Reply&& reset() && { return std::move(reset()); }
    /// Afterwards sends nothing more, and keeps the connection open until the client closes it.
    Reply& stall() & { return ending(ReplyConduct::Ending::stall); }
    Reply&& stall() && { return std::move(stall()); }
    /// Afterwards hands the connection to `script`, for example once the status was 101. The
    /// connection closes when the script ends.
    Reply& then(std::function<asio::awaitable<void>(ServerConnection&)> script) & {
        conduct.then = std::move(script);
        return *this;
    }
    Reply&& then(std::function<asio::awaitable<void>(ServerConnection&)> script) && {
        return std::move(then(std::move(script)));
    }

    /// Any three digits.
    int status = 200;
    /// Empty: the usual one of the status, if it is a common one.
    std::string reason;
    /// In this order and spelling; the framing is added.
    Headers headers;
    /// All of it, before chunks are made.
    std::string body;
    /// Sent after a chunked body.
    Headers trailers;
    /// How it is sent.
    ReplyConduct conduct;

private:
    Reply& ending(ReplyConduct::Ending how) {
        conduct.ending = how;
        return *this;
    }
};

/// A response.
[[nodiscard]] inline Reply reply(int status = 200, std::string body = {}) {
    return Reply(status, std::move(body));
}
/// These bytes exactly, as the answer to a request; the connection stays open unless close(),
/// reset() or stall() follows.
[[nodiscard]] inline Reply raw(std::string bytes) {
    Reply made(200, std::move(bytes));
    made.conduct.framing = ReplyConduct::Framing::raw;
    return made;
}
/// Not a byte: closes the connection, unless reset() or stall() follows.
[[nodiscard]] inline Reply no_reply() {
    Reply made;
    made.conduct.framing = ReplyConduct::Framing::nothing;
    made.conduct.ending = ReplyConduct::Ending::close;
    return made;
}

/// Answers a request. It may throw.
using Handler = std::function<Reply(const ReceivedRequest&)>;

}  // namespace hawser::inline HAWSER_ABI::testing
