// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// A small file that is read whole and replaced whole. Its contents are not interpreted here.

#include <hawser/config.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <system_error>

namespace hawser::inline HAWSER_ABI::detail {

/// Larger ones are not read: `std::errc::file_too_large`.
inline constexpr std::size_t max_cookie_file = std::size_t{64} << 20;

/// Replaces `text` only if there is no error.
[[nodiscard]] std::error_code read_whole_file(const std::string& path, std::string& text);

/// A reader of `path` sees the old contents or the new ones, at any time. The new contents are
/// written to a temporary file in the same directory, which only the user may read (mode 0600) and
/// which is then renamed. After an error the old file is unchanged and the temporary file is
/// removed. A symbolic link remains a link. Anything but a regular file is refused:
/// `std::errc::invalid_argument`.
[[nodiscard]] std::error_code replace_whole_file(const std::string& path, std::string_view text);

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/cookies/impl/cookie_file.ipp>
#endif
