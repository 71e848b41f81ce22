// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// A process that has used up its descriptors.

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>
#include <vector>

namespace hawser::test {

/// While this exists, the process has no free descriptor, except those that are closed meanwhile.
class NoDescriptors {
public:
    NoDescriptors() {
        ::getrlimit(RLIMIT_NOFILE, &before_);
        rlimit tight = before_;
        tight.rlim_cur = 64;
        ::setrlimit(RLIMIT_NOFILE, &tight);
        hoard();
    }
    NoDescriptors(const NoDescriptors&) = delete;
    NoDescriptors& operator=(const NoDescriptors&) = delete;
    ~NoDescriptors() {
        for (const int fd : hoarded_) {
            ::close(fd);
        }
        ::setrlimit(RLIMIT_NOFILE, &before_);
    }

    void hoard() {
        for (int fd = 0; (fd = ::open("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0;) {
            hoarded_.push_back(fd);
        }
    }

    /// Frees one for the next taker.
    void free_one() {
        ::close(hoarded_.back());
        hoarded_.pop_back();
    }

private:
    rlimit before_{};
    std::vector<int> hoarded_;
};

}  // namespace hawser::test
