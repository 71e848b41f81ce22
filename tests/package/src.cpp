// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// All bodies of the library, compiled once. Build with HAWSER_SEPARATE_COMPILATION.
#include <hawser/src.hpp>
