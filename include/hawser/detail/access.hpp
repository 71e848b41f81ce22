// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// The one friend of each public class. What the inside needs of it and no user may call is private
// there, and called through a function of the same name here. This knows none of the classes.

#include <memory>
#include <utility>

namespace hawser::detail {

struct Access {
    /// Makes an Object with a constructor that is private.
    template <class Object, class... Args>
    static Object make(Args&&... args) {
        return Object(std::forward<Args>(args)...);
    }
    template <class Object, class... Args>
    static std::shared_ptr<Object> make_shared(Args&&... args) {
        return std::shared_ptr<Object>(new Object(std::forward<Args>(args)...));
    }

    /// Has the loop minded while an operation is pending: see Initiation.
    template <class Object>
    static auto use_loop(Object& object) {
        return object.use_loop();
    }
    /// Starts an operation, which belongs to the object from here on: see Initiation.
    template <class Object, class Operation, class... Args>
    static void start(Object& object, Operation& operation, Args&&... args) {
        object.start(operation, std::forward<Args>(args)...);
    }

    // RoundTripper
    template <class RoundTripper>
    static auto new_trip(RoundTripper& round_tripper) {
        return round_tripper.new_trip();
    }

    // RoundTripHandler
    template <class Handler>
    static auto take_completion(Handler& handler) noexcept {
        return std::move(handler.completion_);
    }

    // Transport
    template <class Transport>
    static const auto& loop(const Transport& transport) noexcept {
        return transport.loop_;
    }
};

}  // namespace hawser::detail
