// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Reads options that hold text and may be unset.

#include <hawser/config.hpp>

#include <optional>
#include <string>

namespace hawser::inline HAWSER_ABI::detail {

/// Empty if the option is unset.
inline const std::string& text_of(const std::optional<std::string>& option) noexcept {
    static const std::string none;
    return option ? *option : none;
}

}  // namespace hawser::inline HAWSER_ABI::detail
