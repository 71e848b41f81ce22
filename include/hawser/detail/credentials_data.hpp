// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// What is behind a Credentials value.

#include <hawser/config.hpp>

#include <cstdint>
#include <string>

namespace hawser::inline HAWSER_ABI::detail {

/// How a user and a secret are shown to a server.
enum class CredentialsKind : std::uint8_t {
    basic,
    bearer,  // has no user
    digest,
    login,  // from a URL or a netrc file: Basic, or in reply to a Digest challenge
    netrc,  // `user` is the path of the file
};

struct CredentialsData {
    CredentialsKind kind = CredentialsKind::basic;
    std::string user;
    std::string secret;
    bool may_be_missing = false;  // the netrc file
};

}  // namespace hawser::inline HAWSER_ABI::detail
