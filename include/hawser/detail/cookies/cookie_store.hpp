// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// The cookies of a jar, found by domain. Knows the rules of replacing, eviction and order (RFC
// 6265bis sections 5.7 and 5.8.3). Must not know of locks, clocks, files or header fields. Times
// only decide what is expired; which cookie is older is counted, so that a wall clock that is set
// back changes no order.

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

namespace hawser::detail {

struct StoredCookie {
    Cookie cookie;
    std::uint64_t created = 0;  // in the order of creation; kept when the cookie is replaced
    std::uint64_t used = 0;     // the later, the larger
};

/// Which cookie goes first when there are too many: the one with the smallest of these. Expired
/// ones, then, within a full domain, those that are not Secure, then those not used for longest.
struct EvictionRank {
    bool alive = false;
    bool secure = false;  // counts in a full domain only
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
    /// `secure_origin` is false if it came over plain http.
    [[nodiscard]] CookieVerdict put(Cookie cookie,
                                    bool secure_origin,
                                    std::chrono::sys_seconds now);

    /// What a request carries, in order, as much as fits. From now on these are the last used.
    [[nodiscard]] std::vector<Cookie> select(const CookieOrigin& origin,
                                             std::chrono::sys_seconds now);

    /// Those that are not expired, in the order of creation.
    [[nodiscard]] std::vector<Cookie> all(std::chrono::sys_seconds now) const;

    /// Removes the cookie with this name, domain, host_only and path; whether there was one.
    bool erase(const Cookie& cookie);
    /// Removes those without an expiry; returns how many.
    std::size_t erase_session();
    void clear() noexcept;

private:
    using Cookies = std::vector<StoredCookie>;

    /// By their ends, so that a domain is followed by those below it.
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
    std::uint64_t last_ = 0;  // of the numbers that `created` and `used` have
};

}  // namespace hawser::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/cookies/impl/cookie_store.ipp>
#endif
