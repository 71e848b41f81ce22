// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Catch2 version 3 (Debian 13) under the name that version 2 has. What the tests use is the same in
// both; main() is in the library Catch2Main.

#include <catch2/catch_all.hpp>
