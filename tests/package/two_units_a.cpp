// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// Together with two_units_b.cpp: everything included in two translation units links into one
// program, and what must exist once (the error category) does.
#include <hawser/hawser.hpp>

#include <system_error>

const std::error_category* category_of_unit_b();
bool unit_b_parses(const hawser::Url& url);

int main() {
    const std::error_code code = hawser::error::invalid_url;
    const bool same = &code.category() == category_of_unit_b();
    return same && unit_b_parses(hawser::Url{"http://example.com/a?b"}) ? 0 : 1;
}
