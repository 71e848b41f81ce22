// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/error.hpp>
#include <hawser/request_body.hpp>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#if !defined(_WIN32)
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>
#endif

namespace hawser::inline HAWSER_ABI::detail {

HAWSER_DECL SourceRead source_failure(const std::exception_ptr& failure) {
    try {
        std::rethrow_exception(failure);
    } catch (const std::system_error& e) {
        return failed_read(e.code() ? e.code() : make_error_code(error::request_body_error),
                           "its source threw: " + printable(e.what()));
    } catch (const std::exception& e) {
        return failed_read(error::request_body_error, "its source threw: " + printable(e.what()));
    } catch (...) {
        return failed_read(error::request_body_error, "its source threw");
    }
}

/// What files have in common on all systems: a name, and perhaps a length.
class FileReaderBase : public BodyReader {
public:
    explicit FileReaderBase(std::string path) : path_(std::move(path)) {}

    std::optional<std::uint64_t> length() const noexcept override { return length_; }
    void rewind() noexcept override { at_ = 0; }
    void close() noexcept override {}
    bool guest() const noexcept override { return false; }

protected:
    SourceRead failed(const char* doing) const {
        const std::error_code cause(errno, std::generic_category());
        return failed_read(
            error::request_body_error, std::string(doing) + " \"" + printable(path_) + '"', cause);
    }
    /// How much of the buffer may be filled from the body.
    std::size_t room(std::size_t size) const noexcept {
        return length_ ? static_cast<std::size_t>(std::min<std::uint64_t>(size, *length_ - at_))
                       : size;
    }
    SourceRead given(std::size_t n) {
        at_ += n;
        if (n == 0 && length_ && at_ < *length_) {
            return failed_read(error::request_body_error,
                               '"' + printable(path_) + "\" ended after " + std::to_string(at_) +
                                   " of " + std::to_string(*length_) + " bytes");
        }
        return {.size = n};
    }

    const std::string path_;
    std::optional<std::uint64_t> length_;
    std::uint64_t at_ = 0;
};

#if defined(_WIN32)

class FileReader final : public FileReaderBase {
public:
    using FileReaderBase::FileReaderBase;
    FileReader(const FileReader&) = delete;
    FileReader& operator=(const FileReader&) = delete;
    ~FileReader() override {
        if (file_ != nullptr) {
            std::fclose(file_);
        }
    }

    bool open(SourceRead& failure) {
        file_ = std::fopen(path_.c_str(), "rbN");
        if (file_ == nullptr) {
            failure = failed("opening");
            return false;
        }
        if (_fseeki64(file_, 0, SEEK_END) == 0) {
            const long long size = _ftelli64(file_);
            length_ = size > 0 ? static_cast<std::uint64_t>(size) : 0;
        }
        return true;
    }

    bool replayable() const noexcept override { return length_.has_value(); }
    bool waits() const noexcept override { return false; }

    SourceRead read(BodyBuffer buffer) override {
        if (length_ && _fseeki64(file_, static_cast<long long>(at_), SEEK_SET) != 0) {
            return failed("reading");
        }
        const std::size_t n = std::fread(buffer.data(), 1, room(buffer.size()), file_);
        return n == 0 && std::ferror(file_) != 0 ? failed("reading") : given(n);
    }

private:
    std::FILE* file_ = nullptr;
};

#else

/// Never blocks: waiting happens elsewhere. Where `off_t` is small, O_LARGEFILE suffices for files
/// beyond 2 GiB: they are sent chunked.
class FileReader final : public FileReaderBase {
public:
    using FileReaderBase::FileReaderBase;
    FileReader(const FileReader&) = delete;
    FileReader& operator=(const FileReader&) = delete;
    ~FileReader() override {
        if (descriptor_ != -1) {
            ::close(descriptor_);
        }
    }

    bool open(SourceRead& failure) {
#if defined(O_LARGEFILE)
        constexpr int large = O_LARGEFILE;
#else
        constexpr int large = 0;
#endif
        constexpr int flags = O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY | large;
        if (path_.find('\0') != std::string::npos) {
            errno = EINVAL;
        } else {
            do {
                descriptor_ = ::open(path_.c_str(), flags);
            } while (descriptor_ == -1 && errno == EINTR);
        }
        if (descriptor_ == -1 || !look()) {
            failure = failed("opening");
            return false;
        }
        return true;
    }

    bool replayable() const noexcept override {
        return regular_;
    }
    bool waits() const noexcept override {
        return !regular_ || !length_;
    }

    SourceRead read(BodyBuffer buffer) override {
        if (regular_ && at_ == 0) {
            (void)::lseek(descriptor_, 0, SEEK_SET);
        }
        const std::size_t most = room(buffer.size());
        ::ssize_t n = 0;
        do {
            n = most == 0 ? 0 : ::read(descriptor_, buffer.data(), most);
        } while (n == -1 && errno == EINTR);
        const bool empty =
            n == 0 ? pipe_ && !hung_up() : n == -1 && (errno == EAGAIN || errno == EWOULDBLOCK);
        if (empty && waits()) {
            return {.descriptor = descriptor_};
        }
        return n == -1 ? failed("reading") : given(static_cast<std::size_t>(n));
    }

private:
    /// Finds out what kind of file it is. False if it cannot be read; errno says why.
    bool look() {
        struct stat status {};
        if (::fstat(descriptor_, &status) != 0) {
            regular_ = errno == EOVERFLOW;
            return regular_;
        }
        regular_ = S_ISREG(status.st_mode);
        pipe_ = S_ISFIFO(status.st_mode);
        if (S_ISDIR(status.st_mode)) {
            errno = EISDIR;
            return false;
        }
        if (regular_ && (status.st_size != 0 || is_empty())) {
            length_ = static_cast<std::uint64_t>(status.st_size);
        }
        return true;
    }

    // Files in /proc report a size of zero, but may have bytes.
    bool is_empty() const noexcept {
        char byte = 0;
        return ::read(descriptor_, &byte, 1) == 0;
    }

    // A pipe that has had no writer yet looks like one at its end.
    bool hung_up() const noexcept {
        ::pollfd look{descriptor_, POLLIN, 0};
        return ::poll(&look, 1, 0) > 0 && (look.revents & (POLLIN | POLLHUP)) == POLLHUP;
    }

    int descriptor_ = -1;
    bool regular_ = false;
    bool pipe_ = false;
};

#endif

class FileSource final : public BodySource {
public:
    explicit FileSource(std::string path) : path_(std::move(path)) {}

    std::shared_ptr<BodyReader> open(SourceRead& failure) override {
        auto reader = std::make_shared<FileReader>(path_);
        return reader->open(failure) ? reader : nullptr;
    }

#if defined(_WIN32)
    std::optional<std::uint64_t> length() const noexcept override {
        return std::nullopt;
    }
    bool replayable() const noexcept override {
        return true;
    }
#else
    // A file of size zero may be one of /proc.
    std::optional<std::uint64_t> length() const noexcept override {
        struct stat status {};
        const bool known = ::stat(path_.c_str(), &status) == 0 && S_ISREG(status.st_mode);
        return known && status.st_size != 0
                   ? std::optional(static_cast<std::uint64_t>(status.st_size))
                   : std::nullopt;
    }
    bool replayable() const noexcept override {
        struct stat status {};
        return ::stat(path_.c_str(), &status) != 0 || S_ISREG(status.st_mode);
    }
#endif

private:
    const std::string path_;
};

/// Delivers the bytes of a string.
class TextReader final : public BodyReader {
public:
    explicit TextReader(std::shared_ptr<const BodySource> source) noexcept
        : source_(std::move(source)) {}

    std::optional<std::uint64_t> length() const noexcept override { return source_->length(); }
    bool replayable() const noexcept override { return true; }
    bool waits() const noexcept override { return false; }
    bool guest() const noexcept override { return false; }
    SourceRead read(BodyBuffer buffer) override {
        const std::string_view rest = source_->text().substr(at_);
        const std::size_t n = std::min(buffer.size(), rest.size());
        std::memcpy(buffer.data(), rest.data(), n);
        at_ += n;
        return {.size = n};
    }
    void rewind() noexcept override { at_ = 0; }
    void close() noexcept override {}

private:
    const std::shared_ptr<const BodySource> source_;
    std::size_t at_ = 0;
};

/// The bytes of a string body that copies share. Opened only if its progress is wanted: otherwise
/// it is sent like any string.
class SharedText final : public BodySource, public std::enable_shared_from_this<SharedText> {
public:
    explicit SharedText(std::string text) noexcept : text_(std::move(text)) {}

    std::shared_ptr<BodyReader> open(SourceRead&) override {
        return std::make_shared<TextReader>(shared_from_this());
    }
    std::optional<std::uint64_t> length() const noexcept override { return text_.size(); }
    bool replayable() const noexcept override { return true; }
    std::string_view text() const noexcept override { return text_; }

private:
    const std::string text_;
};

}  // namespace hawser::inline HAWSER_ABI::detail

namespace hawser::inline HAWSER_ABI {

HAWSER_DECL RequestBody RequestBody::file(const std::string& path) {
    return {std::make_shared<detail::FileSource>(path), {}};
}

HAWSER_DECL void RequestBody::share() {
    if (kind_ != Kind::source && !source_ && !text_.empty()) {
        source_ = std::make_shared<detail::SharedText>(std::move(text_));
        text_.clear();
    }
}

HAWSER_DECL void RequestBody::make_source() {
    std::string type(content_type());
    share();
    if (kind_ != Kind::source && source_) {
        text_ = std::move(type);
        kind_ = Kind::source;
    }
}

HAWSER_DECL std::optional<std::uint64_t> RequestBody::length() const noexcept {
    return source() != nullptr ? source()->length() : content().size();
}

HAWSER_DECL std::string_view RequestBody::content_type() const noexcept {
    switch (kind_) {
        case Kind::form:
            return "application/x-www-form-urlencoded";
        case Kind::json:
            return "application/json";
        case Kind::source:
            return text_;
        default:
            return {};
    }
}

}  // namespace hawser::inline HAWSER_ABI
