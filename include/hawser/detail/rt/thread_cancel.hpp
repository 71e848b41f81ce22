// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// pthread_cancel() of a thread that blocks in one of our calls. It must not take effect in the
// middle of a connection's turn. It is therefore disabled while we work, and checked where we hold
// nothing.

#include <hawser/config.hpp>

#if defined(__unix__) || defined(__APPLE__)
#include <pthread.h>
#define HAWSER_HAS_THREAD_CANCEL 1
#endif

namespace hawser::inline HAWSER_ABI::detail {

/// Disables pthread_cancel() for its lifetime. Makes no system call.
class NoThreadCancel {
public:
    struct LookFirst {};

#if defined(HAWSER_HAS_THREAD_CANCEL)
    NoThreadCancel() noexcept {
        ::pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before_);
    }
    /// An earlier cancellation takes effect here: the stack unwinds.
    explicit NoThreadCancel(LookFirst) {
        ::pthread_testcancel();
        ::pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before_);
    }
    ~NoThreadCancel() {
        int ignored = 0;
        ::pthread_setcancelstate(before_, &ignored);
    }
    /// Lets a pending cancellation take effect: the stack unwinds from here.
    void let_cancel() {
        int ignored = 0;
        ::pthread_setcancelstate(before_, &ignored);
        ::pthread_testcancel();
        ::pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &ignored);
    }

private:
    int before_ = 0;
#else
    NoThreadCancel() noexcept {}
    explicit NoThreadCancel(LookFirst) {}
    void let_cancel() {}
#endif
    NoThreadCancel(const NoThreadCancel&) = delete;
    NoThreadCancel& operator=(const NoThreadCancel&) = delete;
};

}  // namespace hawser::inline HAWSER_ABI::detail
