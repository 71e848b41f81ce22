// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// The part of AddressFilter that knows Asio's addresses.

#include <hawser/address_filter.hpp>

#include <asio/ip/address.hpp>

#include <functional>
#include <memory>
#include <type_traits>
#include <utility>

namespace hawser::inline HAWSER_ABI {

template <class Function>
requires(!std::same_as<std::remove_cvref_t<Function>, AddressFilter>)
    AddressFilter::AddressFilter(Function&& function) {
    function_ = std::make_shared<const std::function<bool(const void*)>>(
        [inner = std::decay_t<Function>(std::forward<Function>(function))](const void* address) {
            return static_cast<bool>(
                std::invoke(inner, *static_cast<const asio::ip::address*>(address)));
        });
}

/// Asks a filter. Not for users.
class AddressFilterCall {
public:
    static bool accepts(const AddressFilter& filter, const asio::ip::address& address) {
        return !filter || (*filter.function_)(&address);
    }
};

}  // namespace hawser::inline HAWSER_ABI
