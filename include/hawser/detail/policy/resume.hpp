// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// How a download continues where an earlier one ended (RFC 9110 sections 8.8, 13.1.5 and 14): what
// identifies a version of a file, what is remembered about an incomplete one, and what the server's
// answer means. Bytes of two versions must never end up in one file.

#include <hawser/config.hpp>
#include <hawser/headers.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hawser::inline HAWSER_ABI::detail {

/// What is known of a file that is not complete yet.
struct PartialFile {
    /// Of the request, without userinfo and fragment.
    std::string url{};
    /// For If-Range: never empty.
    std::string validator{};

    friend bool operator==(const PartialFile&, const PartialFile&) = default;
};

/// As it is stored beside the file.
[[nodiscard]] std::string write_partial_file(const PartialFile& file);
/// Nothing if the text is not exactly what write_partial_file() returns.
[[nodiscard]] std::optional<PartialFile> read_partial_file(std::string_view text);

/// What If-Range may send to identify this version of a file: its ETag, if that is a strong one, or
/// else Last-Modified. Empty if there is neither, or if the file was modified in the second of the
/// response, so that it may have been modified again (RFC 9110 section 8.8.2.2).
[[nodiscard]] std::string strong_validator(const Headers& headers);

/// What the answer to a request for a file means.
enum class FileAnswer {
    whole,        ///< all of it follows
    rest,         ///< exactly the missing bytes follow
    complete,     ///< no byte is missing
    changed,      ///< the bytes we have are worthless: start again
    bad_status,   ///< an error
    wrong_range,  ///< other bytes than we asked for
};

/// `offset` bytes of the version `validator` were there, and the rest was asked for; 0: all of it.
[[nodiscard]] FileAnswer judge_file_answer(std::uint64_t offset,
                                           std::string_view validator,
                                           int status,
                                           const Headers& headers);

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/policy/impl/resume.ipp>
#endif
