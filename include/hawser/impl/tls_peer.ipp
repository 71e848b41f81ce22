// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/base64.hpp>
#include <hawser/tls_peer.hpp>

namespace hawser::inline HAWSER_ABI {

HAWSER_COLD_DECL std::vector<std::string> TlsPeer::certificates_der() const {
    std::vector<std::string> all;
    for (std::size_t i = 0; facts_ && i < facts_->certificates(); ++i) {
        all.push_back(facts_->certificate(i));
    }
    return all;
}

// RFC 7468: lines of 64 characters.
HAWSER_COLD_DECL std::string TlsPeer::certificates_pem() const {
    std::string all;
    for (std::size_t i = 0; facts_ && i < facts_->certificates(); ++i) {
        const std::string text = detail::base64(facts_->certificate(i));
        all.append("-----BEGIN CERTIFICATE-----\n");
        for (std::size_t at = 0; at < text.size(); at += 64) {
            all.append(text, at, 64).push_back('\n');
        }
        all.append("-----END CERTIFICATE-----\n");
    }
    return all;
}

}  // namespace hawser::inline HAWSER_ABI
