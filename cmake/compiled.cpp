// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// All function bodies of the library, for hawser::compiled.
#include <hawser/src.hpp>
