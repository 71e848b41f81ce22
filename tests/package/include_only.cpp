// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// A file that includes everything and uses nothing: see check_include_only.cmake.
#include <hawser/hawser.hpp>
