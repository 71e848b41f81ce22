// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Objects that live as long as the process. A client may be a static object, and so may outlive
// function-local statics that were made after it: its last requests still use them.

#include <cstddef>
#include <new>

namespace hawser::detail {

/// The one T of the process, made by the first call, never destroyed.
template <class T>
const T& never_destroyed() {
    alignas(T) static std::byte memory[sizeof(T)];
    [[maybe_unused]] static const T* const made = ::new (static_cast<void*>(memory)) T();
    return *std::launder(reinterpret_cast<const T*>(memory));
}

}  // namespace hawser::detail
