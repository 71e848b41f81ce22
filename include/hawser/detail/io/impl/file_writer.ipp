// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/io/file_writer.hpp>
#include <hawser/detail/random_hex.hpp>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <utility>
#if !defined(_WIN32)
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#endif

namespace hawser::inline HAWSER_ABI::detail {

HAWSER_DECL std::error_code last_system_error() noexcept {
    return {errno != 0 ? errno : EIO, std::generic_category()};
}

#if defined(_WIN32)

// Not there yet: every download fails with this error.
HAWSER_DECL std::error_code find_file_target(const std::string&, FileTarget&) {
    return std::make_error_code(std::errc::function_not_supported);
}
HAWSER_DECL void remove_file(const std::string& path) noexcept {
    (void)std::remove(path.c_str());
}
HAWSER_DECL std::error_code FileWriter::open_with(const std::string&, int) noexcept {
    return std::make_error_code(std::errc::function_not_supported);
}
HAWSER_DECL std::error_code FileWriter::open(const std::string& path) {
    return open_with(path, 0);
}
HAWSER_DECL std::error_code FileWriter::open_new(const std::string& path) {
    return open_with(path, 0);
}
HAWSER_DECL std::error_code FileWriter::open_alone(const std::string& path) {
    return open_with(path, 0);
}
HAWSER_DECL std::error_code FileWriter::write(std::string_view) noexcept {
    return open_with({}, 0);
}
HAWSER_DECL std::error_code FileWriter::truncate() noexcept {
    return open_with({}, 0);
}
HAWSER_DECL std::error_code FileWriter::sync() noexcept {
    return open_with({}, 0);
}
HAWSER_DECL void FileWriter::set_mode(unsigned) noexcept {}
HAWSER_DECL std::error_code FileWriter::rename_to(const std::string&) noexcept {
    return open_with({}, 0);
}
HAWSER_DECL std::error_code FileWriter::flush() noexcept {
    return open_with({}, 0);
}
HAWSER_DECL void FileWriter::close() noexcept {}

#else

// Where `off_t` is small, only these functions know files beyond 2 GiB. Every file is opened with
// O_LARGEFILE.
#if defined(__GLIBC__)
using FileStatus = struct ::stat64;
inline constexpr auto status_of = ::stat64;
inline constexpr auto status_of_link = ::lstat64;
inline constexpr auto status_of_open = ::fstat64;
inline constexpr auto seek_in_file = ::lseek64;
#else
using FileStatus = struct ::stat;
inline constexpr auto status_of = ::stat;
inline constexpr auto status_of_link = ::lstat;
inline constexpr auto status_of_open = ::fstat;
inline constexpr auto seek_in_file = ::lseek;
#endif

HAWSER_DECL std::error_code find_file_target(const std::string& path, FileTarget& target) {
    target = {FileTarget::Kind::nothing, path, 0};
    if (path.find('\0') != std::string::npos) {
        return std::make_error_code(std::errc::invalid_argument);
    }
    FileStatus status{};
    if (status_of(path.c_str(), &status) != 0) {
        return errno == ENOENT && !path.empty() ? std::error_code() : last_system_error();
    }
    if (S_ISDIR(status.st_mode)) {
        return std::make_error_code(std::errc::is_a_directory);
    }
    if (!S_ISREG(status.st_mode) && !S_ISCHR(status.st_mode)) {
        return std::make_error_code(std::errc::invalid_argument);
    }
    if (::access(path.c_str(), W_OK) != 0) {
        return last_system_error();
    }
    target.kind = S_ISREG(status.st_mode) ? FileTarget::Kind::regular : FileTarget::Kind::device;
    target.mode = status.st_mode & 07777u;
    struct Free {
        void operator()(char* memory) const noexcept { std::free(memory); }
    };
    if (const std::unique_ptr<char, Free> real{::realpath(path.c_str(), nullptr)}) {
        target.path = real.get();
    }
    return {};
}

HAWSER_DECL void remove_file(const std::string& path) noexcept {
    ::unlink(path.c_str());
}

HAWSER_DECL std::error_code FileWriter::open_with(const std::string& path, int flags) noexcept {
#if defined(O_LARGEFILE)
    flags |= O_LARGEFILE;
#endif
    do {
        descriptor_ = ::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY | flags, 0666);
    } while (descriptor_ == -1 && errno == EINTR);
    return descriptor_ == -1 ? last_system_error() : std::error_code();
}

HAWSER_DECL std::error_code FileWriter::open(const std::string& path) {
    path_ = path;
    return open_with(path_, 0);
}

HAWSER_DECL std::error_code FileWriter::open_new(const std::string& path) {
    path_ = path;
    path_.append(1, '.').append(random_hex<6>()).append(".part");
    return open_with(path_, O_CREAT | O_EXCL);
}

// Whoever held the lock before may have renamed the file, so that another one has its name now.
HAWSER_DECL std::error_code FileWriter::open_alone(const std::string& path) {
    path_ = path;
    for (;;) {
        if (const auto ec = open_with(path_, O_CREAT | O_NOFOLLOW | O_NONBLOCK)) {
            return ec;
        }
        FileStatus status{};
        FileStatus named{};
        if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
            const auto ec = errno == EWOULDBLOCK
                                ? std::make_error_code(std::errc::device_or_resource_busy)
                                : last_system_error();
            close();
            return ec;
        }
        if (status_of_open(descriptor_, &status) != 0 || !S_ISREG(status.st_mode)) {
            close();
            return std::make_error_code(std::errc::invalid_argument);
        }
        if (status_of_link(path_.c_str(), &named) == 0 && named.st_ino == status.st_ino &&
            named.st_dev == status.st_dev) {
            size_ = static_cast<std::uint64_t>(status.st_size);
            return seek_in_file(descriptor_, 0, SEEK_END) == -1 ? last_system_error()
                                                                : std::error_code();
        }
        close();
    }
}

HAWSER_DECL std::error_code FileWriter::write(std::string_view bytes) noexcept {
    while (!bytes.empty()) {
        const ::ssize_t n = ::write(descriptor_, bytes.data(), bytes.size());
        if (n < 0 && errno != EINTR) {
            return last_system_error();
        }
        bytes.remove_prefix(n < 0 ? 0 : static_cast<std::size_t>(n));
    }
    return {};
}

HAWSER_DECL std::error_code FileWriter::truncate() noexcept {
    const bool done = ::ftruncate(descriptor_, 0) == 0 && ::lseek(descriptor_, 0, SEEK_SET) != -1;
    return done ? std::error_code() : last_system_error();
}

HAWSER_DECL std::error_code FileWriter::sync() noexcept {
    return ::fsync(descriptor_) == 0 ? std::error_code() : last_system_error();
}

HAWSER_DECL void FileWriter::set_mode(unsigned mode) noexcept {
    (void)::fchmod(descriptor_, static_cast<::mode_t>(mode));
}

HAWSER_DECL std::error_code FileWriter::rename_to(const std::string& target) noexcept {
    return std::rename(path_.c_str(), target.c_str()) == 0 ? std::error_code()
                                                           : last_system_error();
}

HAWSER_DECL std::error_code FileWriter::flush() noexcept {
    const int copy = ::fcntl(descriptor_, F_DUPFD_CLOEXEC, 0);
    return copy == -1 || ::close(copy) == 0 || errno == EINTR ? std::error_code()
                                                              : last_system_error();
}

HAWSER_DECL void FileWriter::close() noexcept {
    if (descriptor_ != -1) {
        ::close(std::exchange(descriptor_, -1));
    }
}

#endif

}  // namespace hawser::inline HAWSER_ABI::detail
