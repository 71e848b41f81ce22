// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// A file that is being written: the system calls of a download, and nothing else. Not inherited by
// child processes. Every function returns the system's error, in the generic category.

#include <hawser/config.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>

namespace hawser::inline HAWSER_ABI::detail {

/// What is at a path before something is written there.
struct FileTarget {
    enum class Kind { nothing, regular, device };

    Kind kind = Kind::nothing;
    /// Where a link leads.
    std::string path{};
    /// The permissions of a regular file.
    unsigned mode = 0;
};

/// Fails for a directory, a pipe, a socket, and for a file that must not be written.
[[nodiscard]] std::error_code find_file_target(const std::string& path, FileTarget& target);

/// Removes a file, if it exists.
void remove_file(const std::string& path) noexcept;

class FileWriter {
public:
    FileWriter() noexcept = default;
    FileWriter(const FileWriter&) = delete;
    FileWriter& operator=(const FileWriter&) = delete;
    ~FileWriter() { close(); }

    /// Opens a device, or anything else that exists.
    [[nodiscard]] std::error_code open(const std::string& path);
    /// Makes a new file with an unused name that begins with `path`.
    [[nodiscard]] std::error_code open_new(const std::string& path);
    /// Opens or makes a file, positioned at its end, that nobody else opens in this way meanwhile:
    /// `std::errc::device_or_resource_busy`.
    [[nodiscard]] std::error_code open_alone(const std::string& path);

    bool is_open() const noexcept { return descriptor_ != -1; }
    const std::string& path() const noexcept { return path_; }
    /// What was there when it was opened.
    std::uint64_t size() const noexcept { return size_; }

    [[nodiscard]] std::error_code write(std::string_view bytes) noexcept;
    /// Drops everything written.
    [[nodiscard]] std::error_code truncate() noexcept;
    /// Waits until the bytes are on the disk.
    [[nodiscard]] std::error_code sync() noexcept;
    /// Sets the permissions, if the system lets us.
    void set_mode(unsigned mode) noexcept;
    /// What closing the file would report: some file systems say only then that they are full.
    [[nodiscard]] std::error_code flush() noexcept;
    /// The file stays open, and open_alone() still belongs to it.
    [[nodiscard]] std::error_code rename_to(const std::string& target) noexcept;
    void close() noexcept;

private:
    std::error_code open_with(const std::string& path, int flags) noexcept;

    int descriptor_ = -1;
    std::string path_;
    std::uint64_t size_ = 0;
};

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/io/impl/file_writer.ipp>
#endif
