// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Objects that live as long as the process. A client may be a static object, and so may outlive
// function-local statics that were made after it, which its last requests still use.

#include <hawser/config.hpp>

#include <cstddef>
#include <new>

namespace hawser::inline HAWSER_ABI::detail {

/// The only T of the process, created by the first call and never destroyed.
template <class T>
const T& never_destroyed() {
    alignas(T) static std::byte memory[sizeof(T)];
    [[maybe_unused]] static const T* const made = ::new (static_cast<void*>(memory)) T();
    return *std::launder(reinterpret_cast<const T*>(memory));
}

}  // namespace hawser::inline HAWSER_ABI::detail
