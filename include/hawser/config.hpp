// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// How the headers are compiled. By default everything is inline. If the whole program defines
// HAWSER_SEPARATE_COMPILATION, function bodies are compiled once, in the one source file that
// includes <hawser/src.hpp>. All other files see only declarations and compile faster.

// A missing include ends the compilation; after an #error, hundreds of others would follow.
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

// Before the first Asio header: Asio's configuration depends on whether a standard header precedes
// it (aligned_alloc), and must be the same in every file of a program.
#include <cstddef>

// With clang, Asio before 1.24 looks for <experimental/coroutine>, does not find it in libstdc++,
// and lacks asio::awaitable. With these macros it uses <coroutine>. Newer versions find that by
// themselves.
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

// The version of the library. CMake, the packages and the reference read it here.
#define HAWSER_VERSION_MAJOR 0
#define HAWSER_VERSION_MINOR 1
#define HAWSER_VERSION_PATCH 0

// "0.1", what servers see.
#define HAWSER_TEXT_OF(x) #x
#define HAWSER_TEXT(x) HAWSER_TEXT_OF(x)
#define HAWSER_VERSION_TEXT HAWSER_TEXT(HAWSER_VERSION_MAJOR) "." HAWSER_TEXT(HAWSER_VERSION_MINOR)

// HAWSER_DECL precedes each function body, and the declaration of each virtual function in its
// class. If a virtual function became inline only later, g++ would emit the class, and everything
// it calls, in every file that sees it (GCC manual, Vague Linkage).
#if defined(HAWSER_SEPARATE_COMPILATION)
#define HAWSER_DECL
#else
#define HAWSER_DECL inline
#endif

// Every name of ours is in an inline namespace that says how it was compiled, such as v0_1h_zbsp:
// the version; h with all bodies in the headers, c with HAWSER_SEPARATE_COMPILATION; and a letter
// for each optional library. Parts of a process that were compiled differently, say two shared
// libraries, thereby have a hawser each, and do not call each other's functions.
#if defined(HAWSER_SEPARATE_COMPILATION)
#define HAWSER_ABI_BODIES c_
#else
#define HAWSER_ABI_BODIES h_
#endif
#if defined(HAWSER_HAS_ZLIB)
#define HAWSER_ABI_ZLIB z
#else
#define HAWSER_ABI_ZLIB
#endif
#if defined(HAWSER_HAS_BROTLI)
#define HAWSER_ABI_BROTLI b
#else
#define HAWSER_ABI_BROTLI
#endif
#if defined(HAWSER_HAS_ZSTD)
#define HAWSER_ABI_ZSTD s
#else
#define HAWSER_ABI_ZSTD
#endif
#if defined(HAWSER_HAS_LIBPSL)
#define HAWSER_ABI_LIBPSL p
#else
#define HAWSER_ABI_LIBPSL
#endif
#define HAWSER_ABI_PASTE(major, minor, bodies, zlib, brotli, zstd, libpsl) \
    v##major##_##minor##bodies##zlib##brotli##zstd##libpsl
#define HAWSER_ABI_OF(major, minor, bodies, zlib, brotli, zstd, libpsl) \
    HAWSER_ABI_PASTE(major, minor, bodies, zlib, brotli, zstd, libpsl)
#define HAWSER_ABI                      \
    HAWSER_ABI_OF(HAWSER_VERSION_MAJOR, \
                  HAWSER_VERSION_MINOR, \
                  HAWSER_ABI_BODIES,    \
                  HAWSER_ABI_ZLIB,      \
                  HAWSER_ABI_BROTLI,    \
                  HAWSER_ABI_ZSTD,      \
                  HAWSER_ABI_LIBPSL)

// Within one program, either all files contain the bodies, or none: with a mix, a file would not
// find what another one made. Each file therefore defines this variable, and linkers that see it
// thread-local in one file and not in another name it in their error.
#if defined(__ELF__) && defined(__GNUC__)
namespace hawser_linking {
#if defined(HAWSER_SEPARATE_COMPILATION)
[[gnu::used]] inline thread_local char link_all_with_hawser_or_all_with_hawser_compiled = 0;
#else
[[gnu::used]] inline char link_all_with_hawser_or_all_with_hawser_compiled = 0;
#endif
}  // namespace hawser_linking
#endif

// The result points into the object that it was asked of. Compilers that support this warn if that
// is a temporary.
#if defined(__clang__)
#define HAWSER_LIFETIMEBOUND [[clang::lifetimebound]]
#else
#define HAWSER_LIFETIMEBOUND
#endif

// Rarely executed code: kept out of the functions that every request runs.
#if defined(__GNUC__)
#define HAWSER_COLD [[gnu::cold]]
#else
#define HAWSER_COLD
#endif

// Precedes the body of a function that runs once per client, or only explains a failure, instead of
// HAWSER_DECL. g++ compiles it for size, which also takes less of the compiler's time.
#define HAWSER_COLD_DECL HAWSER_COLD HAWSER_DECL

// A few lines that every request runs several times, and that g++ would not inline by itself.
#if defined(__GNUC__)
#define HAWSER_INLINE [[gnu::always_inline]]
#else
#define HAWSER_INLINE
#endif
