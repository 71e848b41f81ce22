// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// What becomes of exceptions: those of this library's own, which the request that met them ends
// with, and those of user code, which go on to whoever called. See "Exceptions" in README.md here.

#include <hawser/error.hpp>

#include <exception>
#include <system_error>
#include <utility>

#if defined(__GLIBCXX__)
#include <cxxabi.h>
// The end of a thread by pthread_cancel() unwinds its stack with an exception that must go on.
#define HAWSER_CATCH_FORCED_UNWIND  \
    catch (abi::__forced_unwind&) { \
        throw;                      \
    }
#else
#define HAWSER_CATCH_FORCED_UNWIND
#endif

namespace hawser::detail {

/// The error that the exception being handled is for the request that met it. Of our own code only
/// the standard library and Asio throw, and only for want of something.
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

/// Runs steps that all have to happen although user code in one of them may throw. The first
/// exception goes on at the end.
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

}  // namespace hawser::detail
