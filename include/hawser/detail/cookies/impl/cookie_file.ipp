// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/cookies/cookie_file.hpp>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <memory>
#if !defined(_WIN32)
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#endif

namespace hawser::inline HAWSER_ABI::detail {

HAWSER_DECL std::error_code last_file_error() noexcept {
    return {errno != 0 ? errno : EIO, std::generic_category()};
}

struct CloseFile {
    void operator()(std::FILE* file) const noexcept { std::fclose(file); }
};
using FilePtr = std::unique_ptr<std::FILE, CloseFile>;

HAWSER_DECL std::error_code read_whole_file(const std::string& path, std::string& text) {
#if defined(_WIN32)
    const char* const mode = "rb";
#else
    const char* const mode = "re";  // not inherited by child processes
#endif
    const FilePtr file(std::fopen(path.c_str(), mode));
    if (!file) {
        return last_file_error();
    }
    std::string read;
    char buffer[4096];
    while (const std::size_t size = std::fread(buffer, 1, sizeof(buffer), file.get())) {
        read.append(buffer, size);
        if (read.size() > max_cookie_file) {
            return std::make_error_code(std::errc::file_too_large);
        }
    }
    if (std::ferror(file.get()) != 0) {
        return last_file_error();
    }
    text = std::move(read);
    return {};
}

#if defined(_WIN32)

HAWSER_DECL std::error_code replace_whole_file(const std::string& path, std::string_view text) {
    const std::string temporary = path + ".new";
    FilePtr file(std::fopen(temporary.c_str(), "wb"));
    if (!file) {
        return last_file_error();
    }
    const bool written = std::fwrite(text.data(), 1, text.size(), file.get()) == text.size();
    const bool closed = std::fclose(file.release()) == 0;
    std::error_code ec;
    if (!written || !closed) {
        ec = last_file_error();
    } else {
        (void)std::remove(path.c_str());
        ec = std::rename(temporary.c_str(), path.c_str()) == 0 ? ec : last_file_error();
    }
    if (ec) {
        (void)std::remove(temporary.c_str());
    }
    return ec;
}

#else

/// A new file next to its target, removed unless it replaced the target.
class TemporaryFile {
public:
    explicit TemporaryFile(const std::string& target)
        : name_(target + ".XXXXXX"), descriptor_(::mkostemp(name_.data(), O_CLOEXEC)) {}
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;
    ~TemporaryFile() {
        if (descriptor_ >= 0) {
            ::close(descriptor_);
            if (!renamed_) {
                ::unlink(name_.c_str());
            }
        }
    }

    bool is_open() const noexcept { return descriptor_ >= 0; }

    bool write(std::string_view text) noexcept {
        while (!text.empty()) {
            const ::ssize_t size = ::write(descriptor_, text.data(), text.size());
            if (size < 0 && errno != EINTR) {
                return false;
            }
            text.remove_prefix(size < 0 ? 0 : static_cast<std::size_t>(size));
        }
        return ::fsync(descriptor_) == 0;  // else a crash could leave an empty file
    }

    bool rename_to(const std::string& target) noexcept {
        renamed_ = std::rename(name_.c_str(), target.c_str()) == 0;
        return renamed_;
    }

private:
    std::string name_;
    int descriptor_;
    bool renamed_ = false;
};

HAWSER_DECL std::error_code replace_whole_file(const std::string& path, std::string_view text) {
    struct ::stat status {};
    std::string target = path;
    if (::stat(path.c_str(), &status) == 0) {
        if (!S_ISREG(status.st_mode)) {
            return std::make_error_code(S_ISDIR(status.st_mode) ? std::errc::is_a_directory
                                                                : std::errc::invalid_argument);
        }
        struct Free {
            void operator()(char* memory) const noexcept { std::free(memory); }
        };
        if (const std::unique_ptr<char, Free> real{::realpath(path.c_str(), nullptr)}) {
            target = real.get();
        }
    }
    TemporaryFile file(target);
    if (!file.is_open() || !file.write(text) || !file.rename_to(target)) {
        return last_file_error();
    }
    return {};
}

#endif

}  // namespace hawser::inline HAWSER_ABI::detail
