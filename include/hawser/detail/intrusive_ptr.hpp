// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Shared ownership with the count inside the object: a pointer is one word, and `this` can be
// shared.

#include <hawser/config.hpp>

#include <atomic>
#include <cstddef>
#include <utility>

// g++ warns about impossible paths through inlined code, such as one through an empty list.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wnull-dereference"

namespace hawser::inline HAWSER_ABI::detail {

/// Base of shared objects. The count starts at zero; the first IntrusivePtr makes it one.
class RefCounted {
public:
    RefCounted(const RefCounted&) = delete;
    RefCounted& operator=(const RefCounted&) = delete;

    void add_ref() noexcept { refs_.fetch_add(1, std::memory_order_relaxed); }
    void release() noexcept {
        if (refs_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
            dispose();
        }
    }

protected:
    RefCounted() noexcept = default;
    virtual ~RefCounted() = default;
    /// Called when the last reference is released.
    virtual void dispose() noexcept { delete this; }

private:
    std::atomic<std::size_t> refs_{0};
};

template <class T>
class IntrusivePtr {
public:
    IntrusivePtr() noexcept = default;
    IntrusivePtr(std::nullptr_t) noexcept {}
    IntrusivePtr(T* object) noexcept : object_(object) {
        if (object_ != nullptr) {
            object_->add_ref();
        }
    }
    IntrusivePtr(const IntrusivePtr& other) noexcept : IntrusivePtr(other.object_) {}
    IntrusivePtr(IntrusivePtr&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
    template <class U>
    IntrusivePtr(IntrusivePtr<U> other) noexcept : object_(other.detach()) {}
    IntrusivePtr& operator=(IntrusivePtr other) noexcept {
        std::swap(object_, other.object_);
        return *this;
    }
    ~IntrusivePtr() {
        if (object_ != nullptr) {
            object_->release();
        }
    }

    T* get() const noexcept { return object_; }
    T& operator*() const noexcept { return *object_; }
    T* operator->() const noexcept { return object_; }
    explicit operator bool() const noexcept { return object_ != nullptr; }

    /// Takes over a reference that detach() gave up.
    static IntrusivePtr adopt(T* object) noexcept {
        IntrusivePtr pointer;
        pointer.object_ = object;
        return pointer;
    }

    /// Gives up the reference without releasing it.
    T* detach() noexcept { return std::exchange(object_, nullptr); }

    friend bool operator==(const IntrusivePtr& a, const IntrusivePtr& b) noexcept {
        return a.object_ == b.object_;
    }

private:
    T* object_ = nullptr;
};

}  // namespace hawser::inline HAWSER_ABI::detail

#pragma GCC diagnostic pop
