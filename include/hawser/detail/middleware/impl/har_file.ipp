// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/middleware/har_file.hpp>

#include <cerrno>
#include <exception>
#include <system_error>
#if !defined(_WIN32)
#include <fcntl.h>
#include <unistd.h>
#endif

namespace hawser::inline HAWSER_ABI::detail {

HAWSER_DECL std::FILE* create_private_file(const std::string& path) noexcept {
#if defined(_WIN32)
    return std::fopen(path.c_str(), "wb");
#else
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (descriptor == -1) {
        return nullptr;
    }
    std::FILE* const file = ::fdopen(descriptor, "wb");
    if (file == nullptr) {
        ::close(descriptor);
    }
    return file;
#endif
}

HAWSER_DECL HarFile::HarFile(const std::string& path) : file_(create_private_file(path)) {
    if (file_ &&
        std::fwrite(har_begin.data(), 1, har_begin.size(), file_.get()) == har_begin.size()) {
        end_ = static_cast<long>(har_begin.size());
        if (write({}, {})) {
            return;
        }
    }
    throw std::system_error(errno, std::generic_category(), "hawser::record: \"" + path + '"');
}

// Writes over the end of the file, and puts a new one behind.
HAWSER_DECL bool HarFile::write(std::string_view separator, std::string_view entry) noexcept {
    std::FILE* const file = file_.get();
    bool good = std::fseek(file, end_, SEEK_SET) == 0;
    for (const std::string_view part : {separator, entry, har_end}) {
        good =
            good && (part.empty() || std::fwrite(part.data(), 1, part.size(), file) == part.size());
    }
    return std::fflush(file) == 0 && good;
}

HAWSER_DECL void HarFile::add(const HarEntry& entry) noexcept {
    const std::lock_guard lock(mutex_);
    if (broken_) {
        return;
    }
    try {
        const std::string text = write_har_entry(entry);
        const std::string_view separator = empty_ ? std::string_view() : har_separator;
        if (write(separator, text)) {
            end_ += static_cast<long>(separator.size() + text.size());
            empty_ = false;
            return;
        }
    } catch (const std::exception&) {  // memory is short: nothing was written
        return;
    }
    broken_ = true;
    std::clearerr(file_.get());
    if (write({}, {})) {
#if !defined(_WIN32)
        (void)!::ftruncate(::fileno(file_.get()), end_ + static_cast<long>(har_end.size()));
#endif
    }
}

}  // namespace hawser::inline HAWSER_ABI::detail
