// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/io/digest_hash.hpp>

#include <openssl/err.h>
#include <openssl/evp.h>

namespace hawser::inline HAWSER_ABI::detail {

HAWSER_COLD_DECL const EVP_MD* digest_method(DigestAlgorithm algorithm) noexcept {
    switch (algorithm) {
        case DigestAlgorithm::sha_512_256:
            return EVP_get_digestbyname("SHA512-256");
        case DigestAlgorithm::sha_256:
            return EVP_sha256();
        case DigestAlgorithm::md5:
            break;
    }
    return EVP_md5();
}

HAWSER_COLD_DECL std::string digest_hash(DigestAlgorithm algorithm, std::string_view text) {
    unsigned char bytes[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    const EVP_MD* const method = digest_method(algorithm);
    if (method == nullptr ||
        EVP_Digest(text.data(), text.size(), bytes, &size, method, nullptr) != 1) {
        ERR_clear_error();
        return {};
    }
    std::string digits;
    digits.reserve(std::size_t{2} * size);
    for (unsigned i = 0; i < size; ++i) {
        digits.push_back("0123456789abcdef"[bytes[i] / 16]);
        digits.push_back("0123456789abcdef"[bytes[i] % 16]);
    }
    return digits;
}

}  // namespace hawser::inline HAWSER_ABI::detail
