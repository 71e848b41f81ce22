// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// The file that the middleware record() writes. It is a complete HAR file after each entry.

#include <hawser/config.hpp>
#include <hawser/detail/har/har.hpp>

#include <cstdio>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace hawser::inline HAWSER_ABI::detail {

class HarFile {
public:
    /// Creates or empties the file. Only the user may read it (mode 0600).
    /// @throws std::system_error if that fails
    HAWSER_DECL explicit HarFile(const std::string& path);

    /// If it cannot be written, for example because the disk is full, the file stays as it was and
    /// nothing more is recorded. Thread-safe.
    HAWSER_DECL void add(const HarEntry& entry) noexcept;

private:
    struct Close {
        void operator()(std::FILE* file) const noexcept { std::fclose(file); }
    };

    bool write(std::string_view separator, std::string_view entry) noexcept;

    std::mutex mutex_;
    std::unique_ptr<std::FILE, Close> file_;
    long end_ = 0;  // where har_end is
    bool empty_ = true;
    bool broken_ = false;
};

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/middleware/impl/har_file.ipp>
#endif
