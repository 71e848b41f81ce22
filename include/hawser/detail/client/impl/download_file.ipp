// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/client/download_file.hpp>
#include <hawser/detail/cookies/cookie_file.hpp>
#include <hawser/detail/exceptions.hpp>
#include <hawser/error.hpp>

#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

HAWSER_DECL bool DownloadFile::done(std::error_code ec,
                                    const char* doing,
                                    const std::string& path) {
    if (ec) {
        error_ = with_cause(hawser::error::file_error, ec);
        fault_.cause = ec;
        fault_.reason.append(doing).append(" \"").append(printable(path)).append(1, '"');
    }
    return !ec;
}

HAWSER_DECL bool DownloadFile::open() {
    if (!done(find_file_target(path_, target_), "opening", path_)) {
        return false;
    }
    if (target_.kind == FileTarget::Kind::device) {
        return done(writer_.open(target_.path), "opening", path_);
    }
    if (!may_resume()) {
        return done(writer_.open_new(target_.path), "opening", writer_.path());
    }
    return done(writer_.open_alone(target_.path + ".part"), "opening", writer_.path()) &&
           find_rest();
}

// Finds out whether the rest of an earlier download is of any use.
HAWSER_DECL bool DownloadFile::find_rest() {
    std::string text;
    if (writer_.size() != 0 && !read_whole_file(note(), text)) {
        std::optional<PartialFile> known = read_partial_file(text);
        if (known && known->url == url_) {
            validator_ = std::move(known->validator);
            size_ = writer_.size();
        }
    }
    return size_ != 0 || start_again({});
}

// The note is right whenever there are bytes in the file.
HAWSER_DECL bool DownloadFile::start_again(std::string_view validator) {
    size_ = 0;
    validator_.clear();
    if (target_.kind == FileTarget::Kind::device) {
        return true;
    }
    if (!done(writer_.truncate(), "writing", writer_.path())) {
        return false;
    }
    if (!may_resume()) {
        return true;
    }
    if (validator.empty()) {
        remove_file(note());
        return true;
    }
    validator_ = validator;
    return done(
        replace_whole_file(note(), write_partial_file({url_, validator_})), "writing", note());
}

HAWSER_DECL bool DownloadFile::write(std::string_view bytes) {
    size_ += bytes.size();
    return done(writer_.write(bytes), "writing", writer_.path());
}

HAWSER_DECL bool DownloadFile::commit(bool sync) {
    if (target_.kind == FileTarget::Kind::device) {
        committed_ = true;
        return true;
    }
    if (!done(writer_.flush(), "writing", writer_.path()) ||
        (sync && !done(writer_.sync(), "writing", writer_.path()))) {
        return false;
    }
    if (target_.kind == FileTarget::Kind::regular) {
        writer_.set_mode(target_.mode);
    }
    committed_ = done(writer_.rename_to(target_.path), "renaming", writer_.path());
    if (committed_ && may_resume()) {
        remove_file(note());
    }
    return committed_;
}

HAWSER_DECL void DownloadFile::abandon() noexcept {
    if (!writer_.is_open()) {
        return;
    }
    const bool keep = size_ != 0 && !validator_.empty();
    if (!committed_ && !keep && target_.kind != FileTarget::Kind::device) {
        remove_file(writer_.path());
        Thrown ignored;  // no memory for the name
        ignored.keep([&] { may_resume() ? remove_file(note()) : void(); });
    }
    writer_.close();
}

}  // namespace hawser::inline HAWSER_ABI::detail
