// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// Views into objects that are destroyed at the end of the line: clang warns about each.
#include <hawser/hawser.hpp>

std::size_t use() {
    const std::string_view host = hawser::Url("http://example.com/").host();
    const std::string_view path = hawser::Url("http://example.com/").path();
    const auto value = hawser::Headers{{"name", "value"}}.get("name");
    const hawser::Headers& trailers = hawser::Response().trailers();
    return host.size() + path.size() + value->size() + trailers.size();
}
