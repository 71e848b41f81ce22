// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/config.hpp>

#include <cstddef>

namespace hawser::inline HAWSER_ABI::detail {

/// Owns an object that `Release` ends. As std::unique_ptr with a deleter, but it instantiates a
/// tenth of the templates; programs that include everything have dozens of such types.
template <class T, class Release>
class Owned {
public:
    using element_type = T;

    constexpr Owned() noexcept = default;
    constexpr Owned(std::nullptr_t) noexcept {}
    explicit Owned(T* object) noexcept : object_(object) {}
    Owned(Owned&& other) noexcept : object_(other.release()) {}
    Owned& operator=(Owned&& other) noexcept {
        reset(other.release());
        return *this;
    }
    Owned& operator=(std::nullptr_t) noexcept {
        reset();
        return *this;
    }
    ~Owned() {
        if (object_ != nullptr) {
            Release{}(object_);
        }
    }

    T* get() const noexcept { return object_; }
    T& operator*() const noexcept { return *object_; }
    T* operator->() const noexcept { return object_; }
    explicit operator bool() const noexcept { return object_ != nullptr; }
    friend bool operator==(const Owned& owned, std::nullptr_t) noexcept {
        return owned.object_ == nullptr;
    }

    T* release() noexcept {
        T* const object = object_;
        object_ = nullptr;
        return object;
    }
    void reset(T* object = nullptr) noexcept {
        T* const old = object_;
        object_ = object;
        if (old != nullptr) {
            Release{}(old);
        }
    }

private:
    T* object_ = nullptr;
};

}  // namespace hawser::inline HAWSER_ABI::detail
