// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// How exceptions are handled. One thrown by this library's own code ends the request that met it.
// One thrown by user code propagates to the caller. See "Exceptions" in README.md in this folder.

#include <hawser/error.hpp>

#include <exception>
#include <new>
#include <system_error>
#include <typeinfo>
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
/// rethrown at the end. Of a std::bad_alloc it keeps only that there was one: without memory,
/// libc++abi has room for three exceptions, and ends the program when a fourth is thrown.
class Thrown {
public:
    template <class Step>
    void keep(Step&& step) {
        try {
            std::forward<Step>(step)();
        }
        HAWSER_CATCH_FORCED_UNWIND
        catch (const std::bad_alloc& e) {
            if (!*this) {
                short_memory_ = typeid(e) == typeid(std::bad_alloc);  // and nothing derived from it
                first_ = short_memory_ ? nullptr : std::current_exception();
            }
        }
        catch (...) {
            if (!*this) {
                first_ = std::current_exception();
            }
        }
    }

    explicit operator bool() const noexcept { return short_memory_ || first_ != nullptr; }

    std::exception_ptr take() noexcept {
        if (std::exchange(short_memory_, false)) {
            return std::make_exception_ptr(std::bad_alloc());
        }
        return std::exchange(first_, nullptr);
    }

    void rethrow() {
        if (std::exchange(short_memory_, false)) {
            throw std::bad_alloc();
        }
        if (first_) {
            std::rethrow_exception(take());
        }
    }

private:
    std::exception_ptr first_;
    bool short_memory_ = false;
};

}  // namespace hawser::inline HAWSER_ABI::detail
