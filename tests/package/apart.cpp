// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// One of several shared libraries in a process, each compiled with other macros of ours.
#include <hawser/fwd.hpp>

std::size_t fields_of(const hawser::Headers& headers);  // declared as users do it

#include <hawser/headers.hpp>

std::size_t fields_of(const hawser::Headers& headers) {
    return hawser::Headers(headers).size();
}
