// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// How the headers are compiled: by default everything is inline. With HAWSER_SEPARATE_COMPILATION
// defined in the whole program, the bodies are compiled once, in the one source file that includes
// <hawser/src.hpp>; every other file sees declarations only and compiles faster.

// A file that is not there ends the compilation, where #error would let hundreds of others follow.
#if __cplusplus < 202002L && !(defined(_MSVC_LANG) && _MSVC_LANG >= 202002L)
#error "hawser needs C++20: compile with -std=c++20"
#include "the error above"
#elif defined(__GNUC__) && !defined(__cpp_exceptions)
#error "hawser needs exceptions: compile without -fno-exceptions"
#include "the error above"
#elif defined(__GNUC__) && !defined(__cpp_rtti)
#error "hawser needs run-time type information: compile without -fno-rtti"
#include "the error above"
#endif

// Before the first Asio header: Asio's configuration depends on whether a header of the standard
// library came before it (aligned_alloc), and must be the same in every file of a program.
#include <cstddef>

// Before 1.24 Asio asks for <experimental/coroutine> on clang, finds none beside libstdc++, and has
// no asio::awaitable; told so, it takes <coroutine>. Newer ones find out the same by themselves.
#if defined(__clang__) && !defined(ASIO_HAS_CO_AWAIT)
#if defined(ASIO_DETAIL_CONFIG_HPP)
#error \
    "Asio came first and found no coroutines: include hawser before it, or define \
ASIO_HAS_CO_AWAIT=1 and ASIO_HAS_STD_COROUTINE=1"
#include "the error above"
#endif
#define ASIO_HAS_CO_AWAIT 1
#if !defined(ASIO_HAS_STD_COROUTINE)
#define ASIO_HAS_STD_COROUTINE 1
#endif
#endif

#define HAWSER_VERSION_MAJOR 0
#define HAWSER_VERSION_MINOR 1
#define HAWSER_VERSION_PATCH 0

// HAWSER_DECL stands before each body, and before a virtual function where its class declares it:
// one that becomes inline only later makes g++ emit the class, and all that it calls, into every
// file that sees it (GCC manual, Vague Linkage).
#if defined(HAWSER_SEPARATE_COMPILATION)
#define HAWSER_DECL
#else
#define HAWSER_DECL inline
#endif

// A program has the bodies in all of its files or in none: with both, its files would disagree on
// what is inline, and the linker could take either. So each file defines this, and a linker refuses
// what is local to a thread in one and not in the other.
#if defined(__ELF__) && defined(__GNUC__)
namespace hawser::detail {
#if defined(HAWSER_SEPARATE_COMPILATION)
[[gnu::used]] inline thread_local char link_all_with_hawser_or_all_with_hawser_compiled = 0;
#else
[[gnu::used]] inline char link_all_with_hawser_or_all_with_hawser_compiled = 0;
#endif
}  // namespace hawser::detail
#endif

// What is returned points into the object that it is asked of: compilers that can warn when that is
// a temporary.
#if defined(__clang__)
#define HAWSER_LIFETIMEBOUND [[clang::lifetimebound]]
#else
#define HAWSER_LIFETIMEBOUND
#endif

// What few programs ever call, or hardly ever: kept out of the functions that every request runs.
#if defined(__GNUC__)
#define HAWSER_COLD [[gnu::cold]]
#else
#define HAWSER_COLD
#endif

// The few lines that every request runs several times, where g++ would make a call of them.
#if defined(__GNUC__)
#define HAWSER_INLINE [[gnu::always_inline]]
#else
#define HAWSER_INLINE
#endif
