// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// HAR 1.2, the HTTP archive format: how an exchange is written, and what of it is read again. Must
// not know about files, clocks or connections.

#include <hawser/config.hpp>
#include <hawser/headers.hpp>
#include <hawser/url.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hawser::inline HAWSER_ABI::detail {

/// A body of which at most a certain number of bytes is kept.
struct HarBody {
    std::string type;      // its Content-Type
    std::string text;      // the bytes
    std::size_t size = 0;  // of the whole body; more than text has if not all was kept

    bool complete() const noexcept { return text.size() == size; }
};

/// One exchange. Its URL has neither userinfo nor a fragment.
struct HarEntry {
    std::chrono::sys_time<std::chrono::milliseconds> started{};
    std::chrono::milliseconds until_head{0};  // from the start to the response
    std::chrono::milliseconds reading{0};     // from there to the end of its body
    std::string method;
    std::string url;
    Headers request_headers;
    std::optional<HarBody> request_body;
    bool body_unknown = false;  // the request had a body that was not recorded
    int status = 0;             // 0: there was no response
    std::string reason;
    std::string version = "HTTP/1.1";  // of the response
    Headers response_headers;
    HarBody response_body;
    std::string error;   // why there was no response, or not all of its body
    int error_code = 0;  // the same as a value of error_category(); 0 for others
};

/// A file is har_begin, then entries separated by har_separator, then har_end.
inline constexpr std::string_view har_begin =
    "{\"log\":{\"version\":\"1.2\",\"creator\":{\"name\":\"hawser\",\"version\":"
    "\"" HAWSER_VERSION_TEXT
    "\"},"
    "\"entries\":[\n";
inline constexpr std::string_view har_separator = ",\n";
inline constexpr std::string_view har_end = "\n]}}\n";

/// The URL of an entry.
[[nodiscard]] std::string har_url(const Url& url);

/// Whether a field can hold a credential: see RecordOptions::credentials.
[[nodiscard]] bool is_credential_field(std::string_view name) noexcept;

/// The fields without those.
[[nodiscard]] Headers without_credentials(const Headers& headers);

/// One element of `log.entries`, on one line.
[[nodiscard]] std::string write_har_entry(const HarEntry& entry);

/// Reads a whole file, also one of another program. Returns what is wrong with it; nothing if it
/// was read.
[[nodiscard]] std::string read_har(std::string_view text, std::vector<HarEntry>& entries);

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/har/impl/har.ipp>
#endif
