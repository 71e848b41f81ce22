// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// The coroutine type of a connection's loops. Not an asio::strand: a call starts it, the Monitor
// resumes it, and its frame is freed when it returns. Nobody awaits or owns it, so it must not be
// left suspended: whatever it waits for must always arrive, if only as "closed".

#include <hawser/config.hpp>

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <new>
#include <type_traits>

namespace hawser::inline HAWSER_ABI::detail {

/// A base with memory for the frames of an object's coroutines: g++ 12 needs 265 bytes, clang less.
/// Each coroutine runs once, and ends in a turn, whose caller keeps the object alive.
class FrameSpace {
public:
    /// Null: it does not fit.
    void* take(std::size_t size) noexcept {
        const std::size_t begin = used_;
        if (size > sizeof space_ - begin) {
            return nullptr;
        }
        const std::size_t end = begin + (size + alignof(std::max_align_t) - 1) /
                                            alignof(std::max_align_t) * alignof(std::max_align_t);
        used_ = static_cast<std::uint16_t>(end < sizeof space_ ? end : sizeof space_);
        return space_ + begin;
    }

private:
    alignas(std::max_align_t) std::byte space_[270];
    std::uint16_t used_ = 0;
};

class LoopCoroutine {
public:
    class promise_type {
    public:
        promise_type() noexcept = default;
        /// If an exception leaves the loop, loop_failed() of the object whose member function it is
        /// gets called, inside the turn, after the loop's variables are destroyed.
        template <class Owner, class... Others>
        explicit promise_type(Owner& owner, Others&...) noexcept {
            if constexpr (requires { owner.loop_failed(); }) {
                owner_ = &owner;
                using Object = std::remove_reference_t<Owner>;  // g++ 12 deduces a reference
                failed_ = [](void* of) { static_cast<Object*>(of)->loop_failed(); };
            }
        }

        LoopCoroutine get_return_object() noexcept { return {}; }
        std::suspend_never initial_suspend() noexcept { return {}; }
        std::suspend_never final_suspend() noexcept { return {}; }
        void return_void() noexcept {}
        void unhandled_exception() { failed_(owner_); }

        /// Within the object, if it is a FrameSpace and there is room. A byte behind the frame says
        /// so. (Not a template: g++ 12 would take the delete below for that of something else. And
        /// no conversion: g++ 14 crashes if the object is converted to a class for this parameter.)
        static void* operator new(std::size_t size, FrameSpace& space) {
            void* memory = space.take(size + 1);
            const bool within = memory != nullptr;
            if (!within) {
                memory = ::operator new(size + 1);
            }
            static_cast<char*>(memory)[size] = within ? 1 : 0;
            return memory;
        }
        static void* operator new(std::size_t size) {
            void* const memory = ::operator new(size + 1);
            static_cast<char*>(memory)[size] = 0;
            return memory;
        }
        static void operator delete(void* memory, std::size_t size) noexcept {
            if (static_cast<char*>(memory)[size] == 0) {
                ::operator delete(memory);
            }
        }

    private:
        void* owner_ = nullptr;
        void (*failed_)(void* owner) = [](void*) { std::terminate(); };
    };
};

}  // namespace hawser::inline HAWSER_ABI::detail
