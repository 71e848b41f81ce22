// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/resolver.hpp>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <new>

namespace hawser::inline HAWSER_ABI {

HAWSER_DECL ResolveHandler& ResolveHandler::operator=(ResolveHandler&& other) noexcept {
    if (this != &other) {
        deliver({}, {}, "the resolver dropped its handler");
        call_ = std::move(other.call_);
    }
    return *this;
}

HAWSER_DECL ResolveHandler::~ResolveHandler() {
    deliver({}, {}, "the resolver dropped its handler");
}

HAWSER_DECL void ResolveHandler::operator()(std::error_code ec,
                                            std::vector<asio::ip::address> addresses) {
    deliver(ec, addresses, "the resolver returned no address");
}

HAWSER_DECL asio::cancellation_slot ResolveHandler::get_cancellation_slot() const noexcept {
    return call_ ? call_->slot() : asio::cancellation_slot();
}

HAWSER_DECL void ResolveHandler::deliver(std::error_code ec,
                                         const std::vector<asio::ip::address>& addresses,
                                         const char* reason) noexcept {
    const auto call = std::exchange(call_, nullptr);
    if (!call) {
        return;
    }
    try {
        auto result = std::make_shared<detail::LookupResult>();
        result->ec = ec;
        if (!ec) {
            for (const asio::ip::address& address : addresses) {
                result->add({address, 0});
            }
        }
        if (!ec && result->addresses.empty()) {
            result->ec = make_error_code(error::resolve_failed);
            result->reason = reason;
        }
        call->deliver(std::move(result));
    } catch (...) {  // no memory: a null result says so
        call->deliver(nullptr);
    }
}

}  // namespace hawser::inline HAWSER_ABI
