// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/config.hpp>

namespace hawser::inline HAWSER_ABI {

/// The HTTP version of a message. Requests are always sent as HTTP/1.1; a response may be either.
enum class Version {
    http_1_0,
    http_1_1,
};

}  // namespace hawser::inline HAWSER_ABI
