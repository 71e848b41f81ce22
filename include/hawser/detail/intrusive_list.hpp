// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// A doubly linked list through hooks inside its members: no allocation, O(1) removal, and a member
// knows whether it is in a list. The list owns nothing.

#include <hawser/config.hpp>

#include <cstddef>

// g++ warns about impossible paths through inlined code, such as one through an empty list.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wnull-dereference"

namespace hawser::inline HAWSER_ABI::detail {

/// Membership in one list. A type that is in two lists inherits two hooks with different tags.
template <class Tag>
struct ListHook {
    ListHook* prev = nullptr;
    ListHook* next = nullptr;

    bool linked() const noexcept { return next != nullptr; }
};

template <class T, class Tag>
class IntrusiveList {
    using Hook = ListHook<Tag>;

public:
    IntrusiveList() noexcept { root_.prev = root_.next = &root_; }
    IntrusiveList(const IntrusiveList&) = delete;
    IntrusiveList& operator=(const IntrusiveList&) = delete;

    bool empty() const noexcept { return root_.next == &root_; }
    std::size_t size() const noexcept { return size_; }
    T* front() noexcept { return empty() ? nullptr : cast(root_.next); }
    T* back() noexcept { return empty() ? nullptr : cast(root_.prev); }

    /// The member before `item`, null at the front.
    T* before(T& item) noexcept {
        Hook* prev = static_cast<Hook&>(item).prev;
        return prev == &root_ ? nullptr : cast(prev);
    }
    /// The member after `item`, null at the end.
    T* after(T& item) noexcept {
        Hook* next = static_cast<Hook&>(item).next;
        return next == &root_ ? nullptr : cast(next);
    }

    void push_back(T& item) noexcept {
        Hook& hook = item;
        hook.prev = root_.prev;
        hook.next = &root_;
        root_.prev->next = &hook;
        root_.prev = &hook;
        ++size_;
    }

    void erase(T& item) noexcept {
        Hook& hook = item;
        hook.prev->next = hook.next;
        hook.next->prev = hook.prev;
        hook.prev = hook.next = nullptr;
        --size_;
    }

    T* pop_front() noexcept {
        T* item = front();
        if (item != nullptr) {
            erase(*item);
        }
        return item;
    }

private:
    // Casts a reference: a cast of pointers would first check for null.
    static T* cast(Hook* hook) noexcept { return &static_cast<T&>(*hook); }

    Hook root_;
    std::size_t size_ = 0;
};

}  // namespace hawser::inline HAWSER_ABI::detail

#pragma GCC diagnostic pop
