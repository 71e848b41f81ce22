// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Answers Digest challenges (RFC 7616, and RFC 2069 if the server offers no qop). Which challenge
// is answered, and what the answer is, byte by byte. Must not know how a hash is computed, or when
// a nonce is used: digest_sessions.hpp counts that.

#include <hawser/config.hpp>
#include <hawser/detail/message/challenge.hpp>
#include <hawser/url.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hawser::inline HAWSER_ABI::detail {

/// From the weakest to the strongest.
enum class DigestAlgorithm : std::uint8_t {
    md5,
    sha_256,
    sha_512_256,
};

/// Returns the hash of a text as lower-case hex digits; empty if there is no such algorithm.
using DigestHash = std::string (*)(DigestAlgorithm algorithm, std::string_view text);

/// A challenge whose realm, nonce or opaque is longer is not answered.
inline constexpr std::size_t max_digest_text = 8192;

/// A challenge that can be answered.
struct DigestChallenge {
    DigestAlgorithm algorithm = DigestAlgorithm::md5;
    bool names_algorithm = false;
    bool session = false;    // "-sess"
    bool qop_auth = false;   // false: RFC 2069
    bool stale = false;      // the last answer was right, but its nonce was too old
    bool hash_user = false;  // userhash
    bool utf8 = false;       // charset
    std::string realm;
    std::string nonce;
    std::optional<std::string> opaque{};
    /// Targets that begin with one of these may use the nonce, too. Empty: all of the origin.
    std::vector<std::string> targets{};
};

/// The strongest Digest challenge for a request to `url` that can be answered: with a nonce, an
/// algorithm that `hash` knows, and qop "auth" or none. Of equally strong ones, the first. An empty
/// URL stands for a proxy, whose nonces are for all that is sent to it.
[[nodiscard]] std::optional<DigestChallenge> strongest_digest(
    const std::vector<Challenge>& challenges, const Url& url, DigestHash hash);

/// Whether a request with this target may use the nonce of the challenge unasked.
[[nodiscard]] bool covers(const DigestChallenge& challenge, std::string_view target) noexcept;

/// One use of a nonce.
struct DigestTurn {
    std::shared_ptr<const DigestChallenge> challenge;
    std::uint32_t count = 1;  // of uses, with this one
    std::string cnonce;
};

/// What an answer proves.
struct DigestProof {
    std::string_view user;
    std::string_view password;
    std::string_view method;
    std::string_view target;  // as on the request line
};

/// The value of Authorization.
[[nodiscard]] std::string digest_answer(const DigestTurn& turn,
                                        const DigestProof& proof,
                                        DigestHash hash);

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/policy/impl/digest_auth.ipp>
#endif
