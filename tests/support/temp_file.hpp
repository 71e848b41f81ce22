// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdlib>
#include <stdexcept>
#include <string>
#include <unistd.h>

namespace hawser::test {

/// A file with the given content, removed at the end of the scope.
class TempFile {
public:
    explicit TempFile(const std::string& content) {
        const int fd = ::mkstemp(path_.data());
        if (fd < 0) {
            throw std::runtime_error{"mkstemp"};
        }
        const auto written = ::write(fd, content.data(), content.size());
        ::close(fd);
        if (written != static_cast<ssize_t>(content.size())) {
            throw std::runtime_error{"cannot write " + path_};
        }
    }
    TempFile(const TempFile&) = delete;
    TempFile& operator=(const TempFile&) = delete;
    ~TempFile() { ::unlink(path_.c_str()); }

    const std::string& path() const { return path_; }

private:
    std::string path_ = "/tmp/hawser-test-XXXXXX";
};

}  // namespace hawser::test
