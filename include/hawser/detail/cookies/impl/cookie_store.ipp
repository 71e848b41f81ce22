// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/cookies/cookie_store.hpp>

#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

HAWSER_DECL EvictionRank eviction_rank(const StoredCookie& stored,
                                       std::chrono::sys_seconds now,
                                       bool domain_is_full) noexcept {
    return {!is_expired(stored.cookie, now), domain_is_full && stored.cookie.secure, stored.used};
}

HAWSER_DECL bool goes_before(const StoredCookie& a, const StoredCookie& b) noexcept {
    const std::size_t a_size = a.cookie.path.size();
    const std::size_t b_size = b.cookie.path.size();
    return a_size != b_size ? a_size > b_size : a.created < b.created;
}

HAWSER_DECL bool is_same_cookie(const Cookie& a, const Cookie& b) noexcept {
    return a.name == b.name && a.path == b.path && a.host_only == b.host_only &&
           a.domain == b.domain;
}

/// Visits the cookies of a domain and of all its parent domains.
template <class Visitor>
void CookieStore::for_each_above(std::string_view domain, Visitor&& visit) {
    for (;;) {
        if (const auto found = domains_.find(domain); found != domains_.end()) {
            for (StoredCookie& stored : found->second) {
                visit(stored);
            }
        }
        const std::size_t dot = domain.find('.');
        if (dot == std::string_view::npos) {
            return;
        }
        domain.remove_prefix(dot + 1);
    }
}

HAWSER_DECL bool CookieStore::would_hide_secure(const Cookie& cookie,
                                                std::chrono::sys_seconds now) {
    bool found = false;
    const auto look = [&](const StoredCookie& stored) {
        found = found || (!is_expired(stored.cookie, now) && hides_secure(cookie, stored.cookie));
    };
    for_each_above(cookie.domain, look);
    const std::string below = "." + cookie.domain;
    for (auto at = domains_.lower_bound(below);
         !found && at != domains_.end() && at->first.ends_with(below);
         ++at) {
        std::for_each(at->second.begin(), at->second.end(), look);
    }
    return found;
}

/// The cookie that this one replaces; null: there is none.
HAWSER_DECL StoredCookie* CookieStore::find(const Cookie& cookie) noexcept {
    if (const auto domain = domains_.find(cookie.domain); domain != domains_.end()) {
        for (StoredCookie& stored : domain->second) {
            if (is_same_cookie(stored.cookie, cookie)) {
                return &stored;
            }
        }
    }
    return nullptr;
}

HAWSER_DECL CookieVerdict CookieStore::put(Cookie cookie,
                                           bool secure_origin,
                                           std::chrono::sys_seconds now) {
    if (!cookie.secure && !secure_origin && would_hide_secure(cookie, now)) {
        return CookieVerdict::not_secure;
    }
    if (is_expired(cookie, now)) {
        erase(cookie);
        return CookieVerdict::erased;
    }
    if (cookie.expires) {
        cookie.expires = std::min(*cookie.expires, now + max_cookie_age);
    }
    const std::uint64_t created = ++last_;
    if (StoredCookie* const old = find(cookie)) {
        const bool over = is_expired(old->cookie, now);
        *old = {std::move(cookie), over ? created : old->created, created};
        return CookieVerdict::kept;
    }
    domains_[cookie.domain].push_back({cookie, created, created});
    ++size_;
    return make_room(cookie, created, now) ? CookieVerdict::kept : CookieVerdict::no_room;
}

/// Evicts cookies until both limits hold. Returns whether the new cookie is still there.
HAWSER_DECL bool CookieStore::make_room(const Cookie& cookie,
                                        std::uint64_t created,
                                        std::chrono::sys_seconds now) {
    bool kept = true;
    const auto evict_one = [&](Domains::iterator from, Domains::iterator to, bool full) {
        EvictionRank lowest{true, true, UINT64_MAX};
        auto domain = from;
        std::size_t which = 0;
        for (auto at = from; at != to; ++at) {
            for (std::size_t i = 0; i < at->second.size(); ++i) {
                const EvictionRank rank = eviction_rank(at->second[i], now, full);
                if (rank < lowest) {
                    lowest = rank;
                    domain = at;
                    which = i;
                }
            }
        }
        kept = kept && domain->second[which].created != created;
        evict(domain, which);
    };
    const auto own = domains_.find(cookie.domain);
    if (own->second.size() > max_per_domain_) {
        evict_one(own, std::next(own), true);
    }
    if (size_ > max_total_) {
        evict_one(domains_.begin(), domains_.end(), false);
    }
    return kept;
}

HAWSER_DECL void CookieStore::evict(Domains::iterator domain, std::size_t at) {
    domain->second.erase(domain->second.begin() + static_cast<std::ptrdiff_t>(at));
    --size_;
    if (domain->second.empty()) {
        domains_.erase(domain);
    }
}

HAWSER_DECL std::vector<Cookie> CookieStore::select(const CookieOrigin& origin,
                                                    std::chrono::sys_seconds now) {
    std::vector<StoredCookie*> found;
    for_each_above(origin.host, [&](StoredCookie& stored) {
        if (is_sent(stored.cookie, origin, now)) {
            found.push_back(&stored);
        }
    });
    std::sort(found.begin(), found.end(), [](const StoredCookie* a, const StoredCookie* b) {
        return goes_before(*a, *b);
    });
    std::vector<Cookie> sent;
    std::size_t room = max_cookie_header;
    ++last_;
    for (StoredCookie* stored : found) {
        const std::size_t size = sent_size(stored->cookie);
        if (sent.size() == max_sent_cookies || size > room) {
            break;
        }
        room -= size;
        stored->used = last_;
        sent.push_back(stored->cookie);
    }
    return sent;
}

HAWSER_DECL std::vector<Cookie> CookieStore::all(std::chrono::sys_seconds now) const {
    std::vector<const StoredCookie*> found;
    for (const auto& [domain, cookies] : domains_) {
        for (const StoredCookie& stored : cookies) {
            if (!is_expired(stored.cookie, now)) {
                found.push_back(&stored);
            }
        }
    }
    std::sort(found.begin(), found.end(), [](const StoredCookie* a, const StoredCookie* b) {
        return a->created < b->created;
    });
    std::vector<Cookie> cookies;
    cookies.reserve(found.size());
    for (const StoredCookie* stored : found) {
        cookies.push_back(stored->cookie);
    }
    return cookies;
}

HAWSER_DECL bool CookieStore::erase(const Cookie& cookie) {
    const auto found = domains_.find(cookie.domain);
    if (found == domains_.end()) {
        return false;
    }
    const Cookies& cookies = found->second;
    for (std::size_t i = 0; i < cookies.size(); ++i) {
        if (is_same_cookie(cookies[i].cookie, cookie)) {
            evict(found, i);
            return true;
        }
    }
    return false;
}

HAWSER_DECL std::size_t CookieStore::erase_session() {
    const std::size_t before = size_;
    for (auto at = domains_.begin(); at != domains_.end();) {
        size_ -= std::erase_if(at->second,
                               [](const StoredCookie& stored) { return !stored.cookie.expires; });
        at = at->second.empty() ? domains_.erase(at) : std::next(at);
    }
    return before - size_;
}

HAWSER_DECL void CookieStore::clear() noexcept {
    domains_.clear();
    size_ = 0;
}

}  // namespace hawser::inline HAWSER_ABI::detail
