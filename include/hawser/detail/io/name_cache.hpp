// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// The addresses of names that were looked up not long ago: TransportOptions::resolve_cache_ttl.

#include <hawser/detail/rt/monitor.hpp>
#include <hawser/detail/time_point.hpp>

#include <asio/ip/tcp.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

namespace hawser::inline HAWSER_ABI::detail {

class NameCache {
public:
    using Addresses = std::vector<asio::ip::tcp::endpoint>;

    NameCache(std::chrono::milliseconds ttl, bool thread_safe) noexcept
        : ttl_(ttl), mutex_(thread_safe) {}

    bool on() const noexcept { return ttl_.count() > 0; }

    /// Empty if they are not known; their ports are 0.
    Addresses find(const std::string& name, TimePoint now) const {
        std::lock_guard lock(mutex_);
        const auto known = names_.find(name);
        return known != names_.end() && now < known->second.until ? known->second.addresses
                                                                  : Addresses();
    }
    void put(const std::string& name, const Addresses& addresses, TimePoint now) {
        std::lock_guard lock(mutex_);
        make_room(now);
        names_.insert_or_assign(name, Entry{addresses, now + ttl_});
    }
    void forget(const std::string& name) {
        std::lock_guard lock(mutex_);
        names_.erase(name);
    }

private:
    static constexpr std::size_t most = 1000;
    struct Entry {
        Addresses addresses;
        TimePoint until;
    };

    // Drops what has expired; if nothing has, the one that would expire next.
    void make_room(TimePoint now) {
        if (names_.size() < most) {
            return;
        }
        if (std::erase_if(names_, [&](const auto& one) { return one.second.until <= now; }) == 0) {
            names_.erase(
                std::min_element(names_.begin(), names_.end(), [](const auto& a, const auto& b) {
                    return a.second.until < b.second.until;
                }));
        }
    }

    const std::chrono::milliseconds ttl_;
    mutable OptionalMutex mutex_;
    std::unordered_map<std::string, Entry> names_;
};

}  // namespace hawser::inline HAWSER_ABI::detail
