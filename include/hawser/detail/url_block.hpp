// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// What a Url shares with its copies. How it is made: impl/url.ipp.

#include <hawser/detail/intrusive_ptr.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <new>
#include <string_view>

namespace hawser::inline HAWSER_ABI::detail {

/// Where the parts of a URL lie in its text. The text is
/// "http://userinfo@host:port/path?query#fragment"; if there is a zone, the host follows once more,
/// with its zone.
struct UrlParts {
    std::uint32_t size = 0;          // of the text
    std::uint32_t userinfo_end = 0;  // position of '@'; 0 if there is no userinfo
    std::uint32_t host = 0;          // position of the '[' of an IPv6 address
    std::uint32_t host_end = 0;      // past the ']'
    std::uint32_t path = 0;
    std::uint32_t query = 0;     // position of '?', else fragment
    std::uint32_t fragment = 0;  // position of '#', else tail
    std::uint32_t tail = 0;      // end of the URL proper
    std::uint16_t port = 0;
    std::uint16_t zone_size = 0;  // in a refused URL: size of the reason
    bool https = false;
    bool v4 = false;
    bool v6 = false;
};

/// A parsed URL, immutable and shared by all its copies. Its text follows it in memory.
class UrlBlock : public UrlParts {
public:
    constexpr UrlBlock() noexcept = default;
    static IntrusivePtr<const UrlBlock> make(const UrlParts& parts, std::string_view text);
    /// An empty URL that knows why it was refused, and the text, which may be a reference. The text
    /// follows the reason and ends with a NUL.
    static IntrusivePtr<const UrlBlock> refused(std::string_view reason,
                                                std::string_view reference);

    std::string_view text() const noexcept {
        return {reinterpret_cast<const char*>(this + 1), size};
    }
    void add_ref() const noexcept { refs_.fetch_add(1, std::memory_order_relaxed); }
    void release() const noexcept {
        if (refs_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
            ::operator delete(const_cast<UrlBlock*>(this));
        }
    }

private:
    explicit UrlBlock(const UrlParts& parts) noexcept : UrlParts(parts) {}

    mutable std::atomic<std::size_t> refs_{0};
};

inline constinit const UrlBlock empty_url;

}  // namespace hawser::inline HAWSER_ABI::detail
