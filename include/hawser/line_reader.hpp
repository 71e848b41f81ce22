// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/config.hpp>
#include <hawser/detail/client/item_stream.hpp>
#include <hawser/detail/message/line_splitter.hpp>
#include <hawser/response.hpp>

#include <cstddef>
#include <utility>

namespace hawser::inline HAWSER_ABI {

/// Reads a body line by line, as it arrives: logs, JSON lines. Go: bufio.Scanner.
///
///     hawser::LineReader lines{client.get(url)};
///     while (auto line = lines.next()) {
///         std::cout << *line << '\n';
///     }
///
/// Lines end with LF or CRLF, which are not returned; the last line need not have an end. The bytes
/// are returned as they arrived, in whatever charset.
///
/// Movable. Destroying it closes the body, and a pending operation fails with error::canceled.
///
/// @par Thread safety
/// One thread at a time.
class LineReader : private detail::ItemStream<detail::LineSplitter> {
public:
    using typename detail::ItemStream<detail::LineSplitter>::executor_type;

    /// The default of the longest line.
    static constexpr std::size_t default_max_line_bytes = std::size_t{16} << 20;

    /// Reads the body of `response`, whatever its status.
    explicit LineReader(Response response, std::size_t max_line_bytes = default_max_line_bytes)
        : LineReader(std::move(response.body), max_line_bytes) {}
    explicit LineReader(ResponseBody body, std::size_t max_line_bytes = default_max_line_bytes)
        : ItemStream(std::move(body), max_line_bytes) {}

    /// Where operations complete if their token names no executor: the client's.
    using ItemStream::get_executor;

    /// `async_next(token)`: waits for the next line. None at the end of the body. With `co_await`,
    /// it does not suspend if a line has already arrived.
    ///
    /// @par Completion signature
    /// `void(std::error_code, std::optional<std::string>)`
    /// @par Errors
    /// Those of ResponseBody::async_read_some(), except eof, after the lines that arrived before;
    /// error::body_too_large for a line that is too long; error::concurrent_read while another
    /// operation is pending. All but the last repeat themselves. What follows the last line end
    /// before an error is not returned.
    /// @par Cancellation
    /// Any type closes the connection.
    using ItemStream::async_next;
    /// `next()`, `next(ec)`: blocks until there is a line; none at the end of the body. Fails with
    /// the errors of async_next(), or with error::would_deadlock on a thread that runs the client's
    /// executor.
    using ItemStream::next;

    /// Why reading failed.
    using ItemStream::failure;

    /// Closes the body; lines that have arrived can still be read. A pending operation fails with
    /// error::canceled. Idempotent.
    using ItemStream::close;
};

}  // namespace hawser::inline HAWSER_ABI
