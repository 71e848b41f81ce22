// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Asio's functions are templates of the handler: a compiler makes some forty functions for each
// handler type that is posted to an any_io_executor. Handlers that are not called for each request
// are passed to Asio as one type.

#include <hawser/config.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/cancellation_signal.hpp>

#include <cstddef>
#include <new>
#include <system_error>
#include <type_traits>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

/// Holds a function object of any type, of 24 bytes at most, also where pointers are small. A
/// wait calls it with its result.
class AnyHandler {
public:
    using cancellation_slot_type = asio::cancellation_slot;

    /// `function` may take a std::error_code.
    template <class Function>
    AnyHandler(Function function, asio::cancellation_slot slot = {}) noexcept
        : manage_(&manage<Function>), slot_(slot) {
        static_assert(sizeof(Function) <= sizeof(room_));
        static_assert(alignof(Function) <= alignof(void*));
        static_assert(std::is_nothrow_move_constructible_v<Function>);
        ::new (static_cast<void*>(room_)) Function(std::move(function));
    }
    AnyHandler(AnyHandler&& other) noexcept : manage_(other.manage_), slot_(other.slot_) {
        manage_(Action::move, other.room_, room_);
    }
    AnyHandler& operator=(AnyHandler&&) = delete;
    ~AnyHandler() { manage_(Action::destroy, room_, nullptr); }

    void operator()(std::error_code ec = {}) { manage_(Action::call, room_, &ec); }

    cancellation_slot_type get_cancellation_slot() const noexcept { return slot_; }

private:
    enum class Action : unsigned char { move, call, destroy };

    // `other` is where to move it, or the error code that it is called with.
    template <class Function>
    static void manage(Action action, void* room, void* other) {
        Function& function = *static_cast<Function*>(room);
        switch (action) {
            case Action::move:
                ::new (other) Function(std::move(function));
                break;
            case Action::call:
                if constexpr (std::is_invocable_v<Function&, std::error_code>) {
                    function(*static_cast<std::error_code*>(other));
                } else {
                    function();
                }
                break;
            case Action::destroy:
                function.~Function();
                break;
        }
    }

    void (*manage_)(Action, void*, void*);
    asio::cancellation_slot slot_;
    alignas(void*) std::byte room_[24];
};

/// Has the executor call it, never before this returns. Throws what the executor throws.
HAWSER_DECL void post_handler(const asio::any_io_executor& executor, AnyHandler handler);

/// Has the executor call it, at once if this is a thread of the executor.
HAWSER_DECL void dispatch_handler(const asio::any_io_executor& executor, AnyHandler handler);

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/rt/impl/any_handler.ipp>
#endif
