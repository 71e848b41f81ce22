// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/progress.hpp>
#include <hawser/request.hpp>
#include <hawser/response.hpp>
#include <hawser/url.hpp>

#include <concepts>
#include <cstdint>
#include <functional>
#include <utility>

namespace hawser::inline HAWSER_ABI {

/// How Client::download() works. With g++ 12, make options that set `on_progress` in a statement of
/// its own, not within a `co_await` expression: it would destroy them twice.
struct DownloadOptions {
    /// Keeps what has arrived if a download fails, and continues there next time. For GET only.
    ///
    /// The incomplete file is `<path>.part`. Beside it, `<path>.part.meta` remembers the URL and
    /// the version that the server sent: a strong ETag or, without one, Last-Modified. The next
    /// download of the same URL asks only for the missing bytes of that version (RFC 9110 §13.1.5,
    /// §14.2). If the server has another version, or cannot send a part, the file starts again. If
    /// the server names no version, nothing is kept. Asks for `Accept-Encoding: identity`, unless
    /// the request has that field. Both files are removed when the download is complete. Only one
    /// download at a time: another one of the same path fails with error::file_error and
    /// `std::errc::device_or_resource_busy`.
    bool resume = false;
    /// Waits until the file is on the disk before it gets its name (fsync). False = after a power
    /// failure the file may be incomplete, as with most programs.
    bool sync = false;
    /// Called when the download starts, after each piece (at most 256 KiB) has been written, and at
    /// the end: in a blocking call on its thread, otherwise on the client's executor. If it throws,
    /// the download ends: a blocking call lets the exception through; an asynchronous one fails
    /// with the code of a std::system_error, or else with error::canceled.
    std::function<void(const Progress&)> on_progress{};
};

/// What to download: a request, or the URL of a GET.
class DownloadSource {
public:
    /// A request.
    DownloadSource(Request what) : request(std::move(what)) {}
    /// The URL of a GET.
    template <std::convertible_to<UrlArg> Url>
    DownloadSource(Url&& url) : request(Request::get(UrlArg(std::forward<Url>(url)))) {}

    /// What will be sent.
    Request request;
};

/// The result of Client::download(), which writes the body of a response into a file, in place of
/// the one at the given path:
///
///     client.download("https://example.com/big.iso", "big.iso", {.resume = true});
///
/// The bytes go into a new file in the same directory, which takes the name when it is complete:
/// nobody ever sees half a file, and after an error the old one is unchanged. If the path is a
/// link, the file that it leads to is replaced; its permissions remain. A device is written
/// directly. Writes run on the client's executor, or in a blocking call on its thread, piece by
/// piece. Not available on Windows.
///
/// @par Errors and cancellation
/// Those of Client::async_send() and of ResponseBody::async_read_some(). error::bad_status if the
/// status is not 2xx: nothing is written, and `response` is that response. error::file_error, with
/// the system's error (`ec == std::errc::no_space_on_device`); the Failure names the file.
/// error::bad_response if the server sends other bytes than were asked for. error::invalid_request
/// for HEAD, and for a request with Range or If-Range. The total timeout is that of the whole
/// download. Cancellation of any type ends it, at any step. Whatever ends it early, the temporary
/// file is removed unless it can be continued: see DownloadOptions::resume.
struct DownloadResult {
    /// The last response; its body has been read, except after error::bad_status. In a download
    /// that failed, `response.failure` says why.
    Response response{};
    /// Bytes in the file.
    std::uint64_t size = 0;
    /// Bytes that this call received and wrote: less than `size` if it continued an earlier
    /// download.
    std::uint64_t received = 0;
};

}  // namespace hawser::inline HAWSER_ABI
