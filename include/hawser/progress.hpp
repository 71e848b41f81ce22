// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/config.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace hawser::inline HAWSER_ABI {

/// How far a transfer has come, in bytes of the bodies.
struct Progress {
    /// Of the request's body. Starts anew if the request is sent again.
    std::uint64_t sent = 0;
    /// None if the length is not known.
    std::optional<std::uint64_t> send_total{};
    /// Of the response's body, decoded; of a download also what an earlier one has left.
    std::uint64_t received = 0;
    /// None if the length is not known.
    std::optional<std::uint64_t> receive_total{};
};

/// A callable that takes a `const Progress&`, or nothing. Copies share the callable.
class ProgressFunction {
public:
    ProgressFunction() noexcept = default;
    /// Nothing.
    ProgressFunction(std::nullptr_t) noexcept {}
    /// Takes any callable.
    template <class Callable>
    requires(!std::same_as<std::remove_cvref_t<Callable>, ProgressFunction> &&
             std::is_invocable_v<std::decay_t<Callable>&, const Progress&>)
        ProgressFunction(Callable&& callable) {
        std::function<void(const Progress&)> function(std::forward<Callable>(callable));
        if (function) {
            function_ = std::make_shared<std::function<void(const Progress&)>>(std::move(function));
        }
    }

    /// Whether there is a callable.
    explicit operator bool() const noexcept { return function_ != nullptr; }
    /// Call it only if it is set.
    void operator()(const Progress& progress) const { (*function_)(progress); }

private:
    std::shared_ptr<std::function<void(const Progress&)>> function_;
};

}  // namespace hawser::inline HAWSER_ABI
