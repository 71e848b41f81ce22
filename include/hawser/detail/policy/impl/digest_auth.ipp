// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/grammar.hpp>
#include <hawser/detail/policy/digest_auth.hpp>

#include <algorithm>
#include <initializer_list>
#include <system_error>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

// ── Which challenge ──────────────────────────────────────────────────────────────────────────────

/// False if the algorithm is unknown to us, or to `hash`.
HAWSER_COLD_DECL bool read_algorithm(std::string_view name,
                                     DigestHash hash,
                                     DigestChallenge& read) {
    constexpr std::string_view session = "-sess";
    if (name.size() > session.size() &&
        iequals(name.substr(name.size() - session.size()), session)) {
        read.session = true;
        name.remove_suffix(session.size());
    }
    if (iequals(name, "MD5")) {
        read.algorithm = DigestAlgorithm::md5;
    } else if (iequals(name, "SHA-256")) {
        read.algorithm = DigestAlgorithm::sha_256;
    } else if (iequals(name, "SHA-512-256")) {
        read.algorithm = DigestAlgorithm::sha_512_256;
    } else {
        return false;
    }
    return !hash(read.algorithm, {}).empty();
}

/// False if the server insists on a quality that we do not have. An empty list is none.
HAWSER_COLD_DECL bool read_qop(std::string_view list, DigestChallenge& read) {
    bool other = false;
    for_each_token(list, [&](std::string_view qop) {
        if (iequals(qop, "auth")) {
            read.qop_auth = true;
        } else {
            other = true;
        }
    });
    return read.qop_auth || !other;
}

/// The targets at the origin of `url` that the server lists in "domain" (RFC 7616 section 3.3). A
/// list that leaves out `url` itself makes no sense, and counts as none, like all beyond its 32nd
/// element. Nothing is ever sent to another origin.
HAWSER_COLD_DECL std::vector<std::string> read_domain(std::string_view list, const Url& url) {
    std::vector<std::string> targets;
    const std::string origin = url.origin();
    bool lists_itself = false;
    for (int i = 0; !list.empty() && i < 32; ++i) {
        const std::size_t size = std::min(list.find(' '), list.size());
        std::error_code ec;
        const Url listed = size != 0 ? url.resolve(list.substr(0, size), ec) : Url();
        if (!listed.empty() && listed.origin() == origin) {
            targets.emplace_back(listed.target());
            lists_itself = lists_itself || url.target().starts_with(listed.target());
        }
        list.remove_prefix(std::min(size + 1, list.size()));
    }
    if (!lists_itself) {
        targets.clear();
    }
    return targets;
}

HAWSER_COLD_DECL std::optional<DigestChallenge> read_digest(const Challenge& challenge,
                                                            const Url& url,
                                                            DigestHash hash) {
    const auto text = [&](std::string_view name) {
        const std::string* const value = challenge.param(name);
        return value != nullptr ? std::string_view(*value) : std::string_view();
    };
    DigestChallenge read;
    read.realm = text("realm");
    read.nonce = text("nonce");
    if (const std::string* const opaque = challenge.param("opaque")) {
        read.opaque = *opaque;
    }
    const std::string_view algorithm = text("algorithm");
    read.names_algorithm = !algorithm.empty();
    read.stale = iequals(text("stale"), "true");
    read.hash_user = iequals(text("userhash"), "true");
    read.utf8 = iequals(text("charset"), "utf-8");
    if (read.nonce.empty() || read.nonce.size() > max_digest_text ||
        read.realm.size() > max_digest_text || text("opaque").size() > max_digest_text ||
        !read_algorithm(algorithm.empty() ? "MD5" : algorithm, hash, read) ||
        !read_qop(text("qop"), read)) {
        return std::nullopt;
    }
    read.targets = read_domain(text("domain"), url);
    return read;
}

HAWSER_COLD_DECL std::optional<DigestChallenge> strongest_digest(
    const std::vector<Challenge>& challenges, const Url& url, DigestHash hash) {
    std::optional<DigestChallenge> best;
    for (const Challenge& challenge : challenges) {
        if (iequals(challenge.scheme, "Digest")) {
            std::optional<DigestChallenge> read = read_digest(challenge, url, hash);
            if (read && (!best || read->algorithm > best->algorithm)) {
                best = std::move(read);
            }
        }
    }
    return best;
}

HAWSER_COLD_DECL bool covers(const DigestChallenge& challenge, std::string_view target) noexcept {
    const auto begins_target = [target](const std::string& listed) {
        return target.starts_with(listed);
    };
    return challenge.targets.empty() ||
           std::any_of(challenge.targets.begin(), challenge.targets.end(), begins_target);
}

// ── The answer ───────────────────────────────────────────────────────────────────────────────────

HAWSER_COLD_DECL std::string join_by_colons(std::initializer_list<std::string_view> parts) {
    std::string out;
    for (const std::string_view part : parts) {
        out.append(part).push_back(':');
    }
    out.pop_back();
    return out;
}

HAWSER_COLD_DECL std::string hex_count(std::uint32_t count) {
    std::string digits(8, '0');
    for (std::size_t i = digits.size(); i > 0; count >>= 4) {
        digits[--i] = "0123456789abcdef"[count & 15];
    }
    return digits;
}

/// RFC 7616 section 3.4.1.
HAWSER_COLD_DECL std::string digest_response(const DigestTurn& turn,
                                             const DigestProof& proof,
                                             DigestHash hash) {
    const DigestChallenge& to = *turn.challenge;
    const auto h = [&](std::initializer_list<std::string_view> parts) {
        return hash(to.algorithm, join_by_colons(parts));
    };
    std::string secret = h({proof.user, to.realm, proof.password});
    if (to.session) {
        secret = h({secret, to.nonce, turn.cnonce});
    }
    const std::string request = h({proof.method, proof.target});
    return to.qop_auth ? h({secret, to.nonce, hex_count(turn.count), turn.cnonce, "auth", request})
                       : h({secret, to.nonce, request});
}

/// Appends `name="value"`.
HAWSER_COLD_DECL void append_quoted(std::string& out,
                                    std::string_view name,
                                    std::string_view value) {
    out.append(name).append("=\"");
    for (const char c : value) {
        if (c == '"' || c == '\\') {
            out.push_back('\\');
        }
        out.push_back(c);
    }
    out.push_back('"');
}

/// The user name as it is, hashed, or in the form of RFC 8187 if the server reads UTF-8.
HAWSER_COLD_DECL void append_user(std::string& out,
                                  const DigestChallenge& to,
                                  std::string_view user,
                                  DigestHash hash) {
    constexpr std::string_view marks = "!#$&+-.^_`|~";
    if (to.hash_user) {
        append_quoted(out, "username", hash(to.algorithm, join_by_colons({user, to.realm})));
        return;
    }
    const auto is_ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
    if (!to.utf8 || std::all_of(user.begin(), user.end(), is_ascii)) {
        append_quoted(out, "username", user);
        return;
    }
    out.append("username*=UTF-8''");
    for (const char c : user) {
        const auto byte = static_cast<unsigned char>(c);
        const char lower = to_lower(c);
        if ((lower >= 'a' && lower <= 'z') || is(digit_char, c) ||
            marks.find(c) != std::string_view::npos) {
            out.push_back(c);
        } else {
            out.push_back('%');
            out.push_back("0123456789ABCDEF"[byte / 16]);
            out.push_back("0123456789ABCDEF"[byte % 16]);
        }
    }
}

HAWSER_COLD_DECL const char* name_of(DigestAlgorithm algorithm) noexcept {
    switch (algorithm) {
        case DigestAlgorithm::sha_512_256:
            return "SHA-512-256";
        case DigestAlgorithm::sha_256:
            return "SHA-256";
        case DigestAlgorithm::md5:
            break;
    }
    return "MD5";
}

HAWSER_COLD_DECL std::string digest_answer(const DigestTurn& turn,
                                           const DigestProof& proof,
                                           DigestHash hash) {
    const DigestChallenge& to = *turn.challenge;
    std::string out = "Digest ";
    append_user(out, to, proof.user, hash);
    append_quoted(out.append(", "), "realm", to.realm);
    append_quoted(out.append(", "), "nonce", to.nonce);
    append_quoted(out.append(", "), "uri", proof.target);
    if (to.names_algorithm) {
        out.append(", algorithm=").append(name_of(to.algorithm)).append(to.session ? "-sess" : "");
    }
    append_quoted(out.append(", "), "response", digest_response(turn, proof, hash));
    if (to.qop_auth) {
        out.append(", qop=auth, nc=").append(hex_count(turn.count));
    }
    if (to.qop_auth || to.session) {
        append_quoted(out.append(", "), "cnonce", turn.cnonce);
    }
    if (to.opaque) {
        append_quoted(out.append(", "), "opaque", *to.opaque);
    }
    return out.append(to.hash_user ? ", userhash=true" : "");
}

}  // namespace hawser::inline HAWSER_ABI::detail
