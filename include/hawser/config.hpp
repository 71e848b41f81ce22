// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// How the headers are compiled: by default everything is inline. With HAWSER_SEPARATE_COMPILATION
// defined in the whole program, the bodies are compiled once, in the one source file that includes
// <hawser/src.hpp>; every other file sees declarations only and compiles faster.

// Before the first Asio header: Asio's configuration depends on whether a header of the standard
// library came before it (aligned_alloc), and must be the same in every file of a program.
#include <cstddef>

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

// What few programs ever call, or hardly ever: kept out of the functions that every request runs.
#if defined(__GNUC__)
#define HAWSER_COLD [[gnu::cold]]
#else
#define HAWSER_COLD
#endif
