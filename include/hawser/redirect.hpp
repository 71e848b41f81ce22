// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/config.hpp>
#include <hawser/detail/intrusive_ptr.hpp>
#include <hawser/headers.hpp>
#include <hawser/url.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace hawser::inline HAWSER_ABI {

/// What to do with a redirect that the client would follow.
enum class RedirectAction {
    follow,  ///< send the next request
    stop,    ///< the 3xx is the response, with its body unread (Go: ErrUseLastResponse)
};

/// A redirect that is about to be followed, for the hook that may stop it. Valid during that call.
struct Redirect {
    /// 301, 302, 303, 307 or 308.
    int status = 0;
    /// The URL of the request that was answered.
    Url from{};
    /// The URL of the next request: `Location`, resolved against `from` (RFC 9110 §10.2.2).
    Url to{};
    /// The method of the next request.
    std::string method{};
    /// The fields of the 3xx.
    const Headers& headers;
    /// How many redirects of this call were followed before; 0 for the first.
    std::size_t followed = 0;
};

/// A redirect that was followed: see Response::history.
struct Hop {
    /// 301, 302, 303, 307 or 308.
    int status = 0;
    /// The URL that answered with it.
    Url url{};

    friend bool operator==(const Hop&, const Hop&) = default;
};

/// The redirects that led to a response, the oldest first: a constant range of Hop, usually empty.
/// Copies share it. Thread safety: as for an int.
class History {
public:
    using value_type = Hop;
    using const_iterator = const Hop*;

    /// Empty.
    History() noexcept {}
    History(std::vector<Hop> hops)  // NOLINT(google-explicit-constructor)
        : hops_(hops.empty() ? nullptr : new Hops(std::move(hops))) {}

    bool empty() const noexcept { return !hops_; }
    std::size_t size() const noexcept { return hops_ ? hops_->all.size() : 0; }
    const Hop* begin() const noexcept { return hops_ ? hops_->all.data() : nullptr; }
    const Hop* end() const noexcept { return begin() + size(); }
    const Hop& operator[](std::size_t i) const noexcept { return hops_->all[i]; }
    const Hop& front() const noexcept { return hops_->all.front(); }
    const Hop& back() const noexcept { return hops_->all.back(); }

    friend bool operator==(const History& a, const History& b) noexcept {
        return std::equal(a.begin(), a.end(), b.begin(), b.end());
    }

private:
    struct Hops final : detail::RefCounted {
        explicit Hops(std::vector<Hop>&& of) noexcept : all(std::move(of)) {}
        const std::vector<Hop> all;
    };

    detail::IntrusivePtr<Hops> hops_;  // one word, because each response has one
};

}  // namespace hawser::inline HAWSER_ABI
