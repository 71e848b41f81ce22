// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// The cookies of a jar, by domain. Knows the rules of replacement, eviction and order (RFC 6265bis
// sections 5.7 and 5.8.3). Must not know about locks, clocks, files or header fields. Times only
// decide what has expired. The age of a cookie is a counter, so that setting the clock back
// reorders nothing.

#include <hawser/config.hpp>
#include <hawser/cookie.hpp>
#include <hawser/detail/cookies/cookie_rules.hpp>

#include <algorithm>
#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace hawser::inline HAWSER_ABI::detail {

struct StoredCookie {
    Cookie cookie;
    std::uint64_t created = 0;  // in order of creation; kept when the cookie is replaced
    std::uint64_t used = 0;     // larger means more recently
};

/// Which cookie is evicted first when there are too many: the one with the smallest rank. Expired
/// cookies are first; then, within a full domain, those that are not Secure; then the least
/// recently used.
struct EvictionRank {
    bool alive = false;
    bool secure = false;  // matters only in a full domain
    std::uint64_t used = 0;

    friend auto operator<=>(const EvictionRank&, const EvictionRank&) = default;
};

[[nodiscard]] EvictionRank eviction_rank(const StoredCookie& stored,
                                         std::chrono::sys_seconds now,
                                         bool domain_is_full) noexcept;

/// The order in a Cookie field: longer paths first, then older cookies.
[[nodiscard]] bool goes_before(const StoredCookie& a, const StoredCookie& b) noexcept;

class CookieStore {
public:
    CookieStore(std::size_t max_per_domain, std::size_t max_total) noexcept
        : max_per_domain_(max_per_domain), max_total_(max_total) {}

    /// Takes a cookie that has passed check_cookie(): kept, erased, not_secure or no_room.
    /// `secure_origin` is false if it arrived over plain http.
    [[nodiscard]] CookieVerdict put(Cookie cookie,
                                    bool secure_origin,
                                    std::chrono::sys_seconds now);

    /// The cookies of a request, in order, as many as fit. They now count as the most recently
    /// used.
    [[nodiscard]] std::vector<Cookie> select(const CookieOrigin& origin,
                                             std::chrono::sys_seconds now);

    /// Those that have not expired, in order of creation.
    [[nodiscard]] std::vector<Cookie> all(std::chrono::sys_seconds now) const;

    /// Removes the cookie with this name, domain, host_only and path. Returns whether there was
    /// one.
    bool erase(const Cookie& cookie);
    /// Removes those that do not expire. Returns how many.
    std::size_t erase_session();
    void clear() noexcept;

private:
    using Cookies = std::vector<StoredCookie>;

    /// Compared from their ends, so that a domain is followed by its subdomains.
    struct FromTheEnd {
        using is_transparent = void;
        bool operator()(std::string_view a, std::string_view b) const noexcept {
            return std::lexicographical_compare(a.rbegin(), a.rend(), b.rbegin(), b.rend());
        }
    };
    using Domains = std::map<std::string, Cookies, FromTheEnd>;

    template <class Visitor>
    void for_each_above(std::string_view domain, Visitor&& visit);
    bool would_hide_secure(const Cookie& cookie, std::chrono::sys_seconds now);
    StoredCookie* find(const Cookie& cookie) noexcept;
    bool make_room(const Cookie& cookie, std::uint64_t created, std::chrono::sys_seconds now);
    void evict(Domains::iterator domain, std::size_t at);

    Domains domains_;
    std::size_t size_ = 0;
    std::size_t max_per_domain_;
    std::size_t max_total_;
    std::uint64_t last_ = 0;  // the largest number that a `created` or `used` has
};

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/cookies/impl/cookie_store.ipp>
#endif
