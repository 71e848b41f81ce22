// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/config.hpp>

namespace hawser::inline HAWSER_ABI::detail {

/// What an operation of several steps does next.
enum class NextStep { send, read, pause, end };

}  // namespace hawser::inline HAWSER_ABI::detail
