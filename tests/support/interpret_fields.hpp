// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Framing of a head whose fields are all known, as the parser does it field by field.

#include <hawser/detail/message/framing.hpp>

#include <system_error>

namespace hawser::test {

/// Runs FramingScan over all fields of a head.
[[nodiscard]] inline std::error_code interpret_fields(detail::ResponseHead& head,
                                                      bool tolerant = false) {
    detail::FramingScan scan(tolerant);
    for (const auto& [name, value] : head.headers) {
        scan.field(name, value);
    }
    return scan.finish(head);
}

}  // namespace hawser::test
