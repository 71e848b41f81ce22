// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Checks that a test leaves no open descriptors and no memory behind. Make the guard the first
// object of a test, so that it checks last:
//
//     FdGuard fds;
//     ScriptServer server{…};
//     …                            // REQUIRE(fds.leaked().empty()) also works in the middle
//
// It compares descriptors by number, at once and without waiting. Only pipes get a moment if there
// is a sanitizer: that looks at memory through a pipe of its own, on whatever thread.

#include "eventually.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <dirent.h>
#include <exception>
#include <set>
#include <string>
#include <unistd.h>
#include <vector>

namespace hawser::test {

/// The numbers of this process's open descriptors.
inline std::set<int> open_fds() {
    std::set<int> fds;
    DIR* dir = ::opendir("/proc/self/fd");
    if (dir == nullptr) {
        return fds;
    }
    while (const dirent* entry = ::readdir(dir)) {
        if (entry->d_name[0] != '.') {
            fds.insert(std::atoi(entry->d_name));
        }
    }
    fds.erase(::dirfd(dir));
    ::closedir(dir);
    return fds;
}

inline std::size_t count_fds() {
    return open_fds().size();
}

/// Resident memory of this process in KiB; 0 if unknown.
inline std::size_t rss_kib() {
    std::FILE* file = std::fopen("/proc/self/statm", "re");
    if (file == nullptr) {
        return 0;
    }
    unsigned long pages = 0;
    if (std::fscanf(file, "%*u %lu", &pages) != 1) {
        pages = 0;
    }
    std::fclose(file);
    return pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)) / 1024;
}

/// Fails the test if a descriptor is open at the end of the scope that was not open at its
/// beginning.
class FdGuard {
public:
    FdGuard() : before_{open_fds()} {}
    FdGuard(const FdGuard&) = delete;
    FdGuard& operator=(const FdGuard&) = delete;

    // Throws only if Catch was told to abort at the first failure.
    ~FdGuard() noexcept(false) {
        if (std::uncaught_exceptions() == 0) {
            CHECK(leaked() == std::vector<std::string>{});
        }
    }

    /// Descriptors opened since then and still open.
    std::vector<int> opened() const {
        std::vector<int> numbers;
        for (const int fd : open_fds()) {
            if (before_.count(fd) == 0) {
                numbers.push_back(fd);
            }
        }
        return numbers;
    }

    /// "7 -> socket:[4711]" for each descriptor opened since then and still open.
    std::vector<std::string> leaked() const {
        std::vector<std::string> names = names_of_opened();
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
        eventually([&] {
            names = names_of_opened();
            return std::none_of(names.begin(), names.end(), [](const std::string& name) {
                return name.find("pipe:") != std::string::npos;
            });
        });
#endif
        return names;
    }

private:
    std::vector<std::string> names_of_opened() const {
        std::vector<std::string> names;
        for (const int fd : opened()) {
            names.push_back(std::to_string(fd) + " -> " + target(fd));
        }
        return names;
    }

    static std::string target(int fd) {
        char name[256];
        const auto link = "/proc/self/fd/" + std::to_string(fd);
        const auto size = ::readlink(link.c_str(), name, sizeof name);
        return size < 0 ? "closed meanwhile" : std::string(name, static_cast<std::size_t>(size));
    }

    std::set<int> before_;
};

}  // namespace hawser::test
