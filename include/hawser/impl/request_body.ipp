// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/error.hpp>
#include <hawser/request_body.hpp>

#include <cstdio>

namespace hawser::detail {

class FileReader final : public BodyReader {
public:
    explicit FileReader(std::FILE* file) noexcept : file_(file) {}
    FileReader(const FileReader&) = delete;
    FileReader& operator=(const FileReader&) = delete;
    ~FileReader() override { std::fclose(file_); }

    void read(std::shared_ptr<BodyReadSink> sink) override {
        const BodyBuffer buffer = sink->buffer();
        const std::size_t n = std::fread(buffer.data(), 1, buffer.size(), file_);
        const bool failed = n == 0 && std::ferror(file_) != 0;
        sink->on_body_read(failed ? make_error_code(error::request_body_error) : std::error_code{},
                           n);
    }

private:
    std::FILE* file_;
};

class FileSource final : public BodySource {
public:
    explicit FileSource(std::string path) : path_(std::move(path)) {}

    bool replayable() const noexcept override { return true; }

    std::shared_ptr<BodyReader> open(std::error_code& ec) override {
        std::FILE* file = std::fopen(path_.c_str(), "rb");
        if (file == nullptr) {
            ec = error::request_body_error;
            return nullptr;
        }
        return std::make_shared<FileReader>(file);
    }

    /// Bytes in the file; 0 when it cannot be opened, which open() will report.
    std::uint64_t length() const noexcept {
        std::FILE* file = std::fopen(path_.c_str(), "rb");
        if (file == nullptr) {
            return 0;
        }
        long long size = 0;
        if (std::fseek(file, 0, SEEK_END) == 0) {
            size = std::ftell(file);
        }
        std::fclose(file);
        return size > 0 ? static_cast<std::uint64_t>(size) : 0;
    }

private:
    std::string path_;
};

}  // namespace hawser::detail

namespace hawser {

HAWSER_DECL RequestBody RequestBody::file(const std::string& path) {
    auto source = std::make_shared<detail::FileSource>(path);
    RequestBody body;
    body.present_ = true;
    body.length_ = source->length();
    body.source_ = std::move(source);
    return body;
}

HAWSER_DECL std::optional<std::uint64_t> RequestBody::length() const noexcept {
    if (source_) {
        return length_;
    }
    return content_.size();
}

}  // namespace hawser
