// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// Catch2's main, compiled once for all sets.
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
