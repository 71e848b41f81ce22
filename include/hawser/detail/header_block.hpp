// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// What a Headers holds. How it is made: impl/headers.ipp.

#include <hawser/detail/owned.hpp>

#include <cstddef>
#include <cstdint>
#include <new>

namespace hawser::inline HAWSER_ABI::detail {

/// Where one field lies in a text, as offsets and sizes in bytes. The value is already trimmed.
struct FieldSpan {
    std::uint32_t name_offset = 0;
    std::uint32_t name_size = 0;
    std::uint32_t value_offset = 0;
    std::uint32_t value_size = 0;
};

/// All fields of one Headers in one block of memory: this struct, then room for the fields in their
/// order, then room for their text, which may have another order and holes.
struct HeaderBlock {
    std::uint32_t fields = 0;
    std::uint32_t fields_room = 0;
    std::uint32_t text_size = 0;  // bytes
    std::uint32_t text_room = 0;
    std::uint32_t live = 0;  // bytes of the text that fields use

    FieldSpan* entries() noexcept { return reinterpret_cast<FieldSpan*>(this + 1); }
    char* text() noexcept { return reinterpret_cast<char*>(entries() + fields_room); }

    struct Free {
        void operator()(HeaderBlock* block) const noexcept { ::operator delete(block); }
    };
    using Ptr = Owned<HeaderBlock, Free>;

    /// Throws `std::length_error` for more than 4 GiB.
    static Ptr make(std::uint64_t fields_room, std::uint64_t text_room);
};

}  // namespace hawser::inline HAWSER_ABI::detail
