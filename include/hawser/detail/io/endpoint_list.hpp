// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// The addresses of a host. A single one, which most dials have, needs no memory of its own.

#include <hawser/config.hpp>

#include <asio/ip/tcp.hpp>

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace hawser::inline HAWSER_ABI::detail {

class EndpointList {
public:
    using Endpoint = asio::ip::tcp::endpoint;

    EndpointList() noexcept = default;
    EndpointList(std::vector<Endpoint> many) noexcept : many_(std::move(many)) {}

    void set(const Endpoint& only) noexcept {
        only_ = only;
        single_ = true;
    }
    void clear() noexcept {
        many_.clear();
        single_ = false;
    }
    bool empty() const noexcept { return size() == 0; }
    std::size_t size() const noexcept { return single_ ? 1 : many_.size(); }
    const Endpoint* begin() const noexcept { return single_ ? &only_ : many_.data(); }
    const Endpoint* end() const noexcept { return begin() + size(); }
    const Endpoint& front() const noexcept { return *begin(); }
    std::vector<Endpoint> copy() const { return {begin(), end()}; }

private:
    Endpoint only_;
    std::vector<Endpoint> many_;
    bool single_ = false;
};

}  // namespace hawser::inline HAWSER_ABI::detail
