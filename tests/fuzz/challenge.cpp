// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// WWW-Authenticate fields of one response, separated by line feeds. Whatever is answered is a field
// value that is itself readable, and says what the challenge said.

#include "fuzz.hpp"
#include <hawser/detail/grammar.hpp>
#include <hawser/detail/message/challenge.hpp>
#include <hawser/detail/policy/digest_auth.hpp>

using namespace hawser::detail;
using hawser_fuzz::expect;

namespace {

std::string hash(DigestAlgorithm, std::string_view text) {
    return std::to_string(text.size());
}

void check_answer(const DigestChallenge& challenge) {
    const DigestTurn turn{std::make_shared<const DigestChallenge>(challenge), 1, "c"};
    const std::string answer = digest_answer(turn, {"u\"\\", "p", "GET", "/"}, hash);
    std::vector<Challenge> read;
    parse_challenges(answer, read);
    expect(read.size() == 1, "one answer");
    expect(read[0].scheme == "Digest", "of this scheme");
    expect(*read[0].param("realm") == challenge.realm, "with the realm of the challenge");
    expect(*read[0].param("nonce") == challenge.nonce, "and its nonce");
    expect((read[0].param("opaque") != nullptr) == challenge.opaque.has_value(), "and its opaque");
    expect(challenge.hash_user || *read[0].param("username") == "u\"\\", "and the user");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    hawser_fuzz::Input input(data, size);
    std::vector<Challenge> challenges;
    while (!input.empty()) {
        const hawser_fuzz::Exact field(input.until('\n'));
        parse_challenges(field.view(), challenges);
        (void)parse_auth_params(field.view());
    }
    expect(challenges.size() <= max_challenges, "not too many");
    for (const Challenge& challenge : challenges) {
        expect(is_token(challenge.scheme), "a scheme is a token");
        expect(challenge.params.size() <= max_auth_params, "with not too many parameters");
        for (const AuthParam& param : challenge.params) {
            expect(is_token(param.name), "whose names are tokens");
        }
    }
    if (const auto chosen = strongest_digest(challenges, hawser::Url("http://a/b"), hash)) {
        expect(!chosen->nonce.empty(), "there is a nonce");
        expect(covers(*chosen, "/b"), "which may be used for the page");
        check_answer(*chosen);
    }
    return 0;
}
