// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <stdexcept>
#include <string>
#include <system_error>

namespace hawser::test {

/// A directory, removed with everything in it at the end of the scope.
class TempDir {
public:
    TempDir() {
        if (::mkdtemp(path_.data()) == nullptr) {
            throw std::runtime_error{"mkdtemp"};
        }
    }
    TempDir(const TempDir&) = delete;
    TempDir& operator=(const TempDir&) = delete;
    ~TempDir() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    const std::string& path() const { return path_; }
    std::string file(const std::string& name) const { return path_ + '/' + name; }
    /// How many entries it has.
    std::size_t files() const {
        using Entries = std::filesystem::directory_iterator;
        return static_cast<std::size_t>(std::distance(Entries(path_), Entries()));
    }

private:
    std::string path_ = "/tmp/hawser-test-XXXXXX";
};

}  // namespace hawser::test
