// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Keeps a few objects for reuse instead of freeing them. Safe from any thread, without a lock.

#include <hawser/config.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <memory>
#include <new>
#include <utility>

#if defined(__SANITIZE_ADDRESS__)
#define HAWSER_ADDRESS_SANITIZER
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAWSER_ADDRESS_SANITIZER
#endif
#endif

namespace hawser::inline HAWSER_ABI::detail {

template <class T, std::size_t N>
class FreeList {
public:
    FreeList() noexcept = default;
    FreeList(const FreeList&) = delete;
    FreeList& operator=(const FreeList&) = delete;

    /// Takes one of them; null if there is none.
    T* take() noexcept {
        for (auto& slot : slots_) {
            if (T* spare = slot.exchange(nullptr, std::memory_order_acquire)) {
                return spare;
            }
        }
        return nullptr;
    }

    /// Keeps the object. Returns one that did not fit; null if it fit.
    T* keep(T* spare) noexcept {
        for (auto& slot : slots_) {
            spare = slot.exchange(spare, std::memory_order_acq_rel);
            if (spare == nullptr) {
                break;
            }
        }
        return spare;
    }

private:
    std::array<std::atomic<T*>, N> slots_{};
};

/// Makes objects of one type in the memory of earlier ones. With AddressSanitizer, which shall
/// notice what uses a destroyed object, always in new memory.
template <class T, std::size_t N>
class RecycledMemory {
public:
    RecycledMemory() noexcept = default;
    RecycledMemory(const RecycledMemory&) = delete;
    RecycledMemory& operator=(const RecycledMemory&) = delete;
    ~RecycledMemory() {
        while (Place* const spare = slots_.take()) {
            ::operator delete(spare);
        }
    }

    template <class... Args>
    T* make(Args&&... args) {
        void* memory = slots_.take();
        if (memory == nullptr) {
            memory = ::operator new(sizeof(T));
        }
        try {
            return ::new (memory) T(std::forward<Args>(args)...);
        } catch (...) {
            keep(memory);
            throw;
        }
    }

    /// Takes back the memory of a destroyed T.
    void keep(void* memory) noexcept {
#if !defined(HAWSER_ADDRESS_SANITIZER)
        memory = slots_.keep(static_cast<Place*>(memory));
#endif
        ::operator delete(memory);
    }

private:
    struct Place;
    FreeList<Place, N> slots_;
};

/// Recycles the memory of objects that are constructed with a buffer, and the buffer as well.
template <class T, class Buffer>
class RecycledObjects {
public:
    RecycledObjects() noexcept = default;
    RecycledObjects(const RecycledObjects&) = delete;
    RecycledObjects& operator=(const RecycledObjects&) = delete;
    ~RecycledObjects() {
        while (Buffer* spare = slots_.take()) {
            free(spare);
        }
    }

    /// Makes a T from `args` and a buffer.
    template <class... Args>
    T* make(Args&&... args) {
        if (Buffer* spare = slots_.take()) {
            Buffer buffer = std::move(*spare);
            std::destroy_at(spare);
            return ::new (static_cast<void*>(spare))
                T(std::forward<Args>(args)..., std::move(buffer));
        }
        return ::new (::operator new(sizeof(T))) T(std::forward<Args>(args)..., Buffer());
    }

    /// Takes back the memory of a destroyed T, and its buffer.
    void keep(void* memory, Buffer&& buffer) noexcept {
        if (Buffer* excess = slots_.keep(::new (memory) Buffer(std::move(buffer)))) {
            free(excess);
        }
    }

private:
    static void free(Buffer* spare) noexcept {
        std::destroy_at(spare);
        ::operator delete(spare);
    }

    FreeList<Buffer, 16> slots_;
};

}  // namespace hawser::inline HAWSER_ABI::detail
