// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// The one file that contains the function bodies, in a program that uses the single header.
#define HAWSER_IMPLEMENTATION
#include <hawser/hawser.hpp>
#include <hawser/testing.hpp>
