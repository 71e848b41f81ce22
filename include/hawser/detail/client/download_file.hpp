// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// The files of a download: a temporary one beside the target, which it replaces at once when it is
// complete; and, to be able to continue later, the note that says which version is in it. Whatever
// happens, it leaves nothing else behind. Must not know HTTP.

#include <hawser/config.hpp>
#include <hawser/detail/io/file_writer.hpp>
#include <hawser/detail/policy/resume.hpp>
#include <hawser/failure.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace hawser::inline HAWSER_ABI::detail {

/// The destructor closes and, unless it may be continued, removes what is not complete.
class DownloadFile {
public:
    /// `url`: of a file that may be continued; empty: this one may not.
    DownloadFile(std::string path, std::string url) noexcept
        : path_(std::move(path)), url_(std::move(url)) {}
    DownloadFile(const DownloadFile&) = delete;
    DownloadFile& operator=(const DownloadFile&) = delete;
    ~DownloadFile() { abandon(); }

    // Each returns false after an error: see error().

    /// Makes the temporary file, or finds it.
    bool open();
    /// Drops what was written; what comes now is the version `validator`, or cannot be identified.
    bool start_again(std::string_view validator);
    bool write(std::string_view bytes);
    /// It is complete: it takes the place of the target.
    bool commit(bool sync);
    /// It does not become complete. Idempotent.
    void abandon() noexcept;

    /// Bytes in the file.
    std::uint64_t size() const noexcept { return size_; }
    /// The version in the file; empty if it must start again.
    const std::string& validator() const noexcept { return validator_; }

    std::error_code error() const noexcept { return error_; }
    const Fault& fault() const noexcept { return fault_; }

private:
    bool may_resume() const noexcept { return !url_.empty(); }
    std::string note() const { return writer_.path() + ".meta"; }
    bool find_rest();
    bool done(std::error_code ec, const char* doing, const std::string& path);

    const std::string path_;
    const std::string url_;
    FileTarget target_;
    FileWriter writer_;
    std::uint64_t size_ = 0;
    std::string validator_;
    bool committed_ = false;
    std::error_code error_;
    Fault fault_;
};

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/client/impl/download_file.ipp>
#endif
