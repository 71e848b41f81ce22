// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/config.hpp>

#include <asio/buffer.hpp>

#include <span>
#include <string_view>

namespace hawser::inline HAWSER_ABI::detail {

/// The first non-empty buffer; an empty one if there is none: an operation on no bytes is done at
/// once.
template <class Buffer, class Buffers>
Buffer first_filled(const Buffers& buffers) noexcept {
    const auto end = asio::buffer_sequence_end(buffers);
    for (auto it = asio::buffer_sequence_begin(buffers); it != end; ++it) {
        const Buffer buffer(*it);
        if (buffer.size() != 0) {
            return buffer;
        }
    }
    return {};
}

template <class MutableBuffers>
std::span<char> first_buffer(const MutableBuffers& buffers) noexcept {
    const auto buffer = first_filled<asio::mutable_buffer>(buffers);
    return {static_cast<char*>(buffer.data()), buffer.size()};
}

template <class ConstBuffers>
std::string_view first_bytes(const ConstBuffers& buffers) noexcept {
    const auto buffer = first_filled<asio::const_buffer>(buffers);
    return {static_cast<const char*>(buffer.data()), buffer.size()};
}

}  // namespace hawser::inline HAWSER_ABI::detail
