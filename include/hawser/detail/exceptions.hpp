// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// How exceptions are handled. One thrown by this library's own code ends the request that met it.
// One thrown by user code propagates to the caller. See "Exceptions" in README.md in this folder.

#include <hawser/error.hpp>

#include <exception>
#include <system_error>
#include <utility>

#if defined(__GLIBCXX__)
#include <cxxabi.h>
// pthread_cancel() unwinds the thread's stack with an exception that must be rethrown.
#define HAWSER_CATCH_FORCED_UNWIND  \
    catch (abi::__forced_unwind&) { \
        throw;                      \
    }
#else
#define HAWSER_CATCH_FORCED_UNWIND
#endif

namespace hawser::inline HAWSER_ABI::detail {

/// The error that the exception being handled means for the request that met it. In our own code
/// only the standard library and Asio throw, and only for lack of a resource.
inline std::error_code error_of_exception() {
    try {
        throw;
    }
    HAWSER_CATCH_FORCED_UNWIND
    catch (const std::system_error& e) {
        return with_cause(error::resource_exhausted, e.code());
    }
    catch (...) {
        return error::resource_exhausted;
    }
}

/// Runs steps that must all happen even if user code in one of them throws. The first exception is
/// rethrown at the end.
class Thrown {
public:
    template <class Step>
    void keep(Step&& step) {
        try {
            std::forward<Step>(step)();
        }
        HAWSER_CATCH_FORCED_UNWIND
        catch (...) {
            if (!first_) {
                first_ = std::current_exception();
            }
        }
    }

    explicit operator bool() const noexcept { return first_ != nullptr; }
    std::exception_ptr take() noexcept { return std::exchange(first_, nullptr); }

    void rethrow() {
        if (first_) {
            std::rethrow_exception(take());
        }
    }

private:
    std::exception_ptr first_;
};

}  // namespace hawser::inline HAWSER_ABI::detail
