// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// One file of a program in which only some files define HAWSER_SEPARATE_COMPILATION: MAIN is in
// one.
#include <hawser/config.hpp>

#if defined(MAIN)
int main() {}
#endif
