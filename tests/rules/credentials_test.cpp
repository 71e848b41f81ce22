// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// Challenges, Digest answers, netrc files, and whose credentials answer what, as tables. The hash
// is readable here: md5(text). Real hashes: wire/credentials_test.cpp.

#include <hawser/credentials.hpp>
#include <hawser/detail/policy/authorization.hpp>
#include <hawser/detail/policy/netrc.hpp>
#include <hawser/error.hpp>

#include <catch2/catch.hpp>

#include <cstdlib>
#include <sstream>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

using hawser::Credentials;
using hawser::Headers;
using hawser::OriginCredentials;
using hawser::Url;
using namespace hawser::detail;

namespace {

std::string shown(const std::vector<AuthParam>& params) {
    std::string out;
    for (const AuthParam& param : params) {
        out.append(" ").append(param.name).append("=[").append(param.value).append("]");
    }
    return out;
}

/// `Basic realm=[a]; NTLM {TlRM}`
std::string challenges(std::string_view field) {
    std::vector<Challenge> parsed;
    parse_challenges(field, parsed);
    std::string out;
    for (const Challenge& challenge : parsed) {
        out.append(out.empty() ? "" : "; ").append(challenge.scheme);
        if (!challenge.token68.empty()) {
            out.append(" {").append(challenge.token68).append("}");
        }
        out.append(shown(challenge.params));
    }
    return out;
}

/// Knows all algorithms but SHA-512-256.
std::string readable_hash(DigestAlgorithm algorithm, std::string_view text) {
    const char* const names[] = {"md5", "sha", ""};
    const std::string name = names[static_cast<int>(algorithm)];
    return name.empty() ? name : name + "(" + std::string(text) + ")";
}

std::string strong_hash(DigestAlgorithm algorithm, std::string_view text) {
    return algorithm == DigestAlgorithm::sha_512_256 ? "sha512(" + std::string(text) + ")"
                                                     : readable_hash(algorithm, text);
}

const Url page("http://a.example/dir/page?q=1");

std::optional<DigestChallenge> chosen(std::string_view field, DigestHash hash = readable_hash) {
    std::vector<Challenge> parsed;
    parse_challenges(field, parsed);
    return strongest_digest(parsed, page, hash);
}

/// The answer of user u, password p to a challenge, or "none".
std::string digest(std::string_view field,
                   std::string_view user = "u",
                   DigestHash hash = readable_hash) {
    auto challenge = chosen(field, hash);
    if (!challenge) {
        return "none";
    }
    const DigestTurn turn{std::make_shared<const DigestChallenge>(*challenge), 0xab, "c"};
    return digest_answer(turn, {user, "p", "GET", page.target()}, hash);
}

std::string netrc(std::string_view text) {
    std::vector<NetrcEntry> entries;
    const NetrcFault fault = read_netrc(text, entries);
    if (fault.line != 0) {
        return std::to_string(fault.line) + ": " + fault.reason;
    }
    std::string out;
    for (const NetrcEntry& entry : entries) {
        out.append(out.empty() ? "" : "; ")
            .append(entry.is_default ? "*" : entry.machine)
            .append(" [")
            .append(entry.login)
            .append("] [")
            .append(entry.password)
            .append("]");
    }
    return out;
}

std::string found(std::string_view text, std::string_view host, std::string_view login = {}) {
    std::vector<NetrcEntry> entries;
    CHECK(read_netrc(text, entries).line == 0);
    const NetrcEntry* const entry = find_netrc(entries, host, login);
    return entry != nullptr ? entry->login + ":" + entry->password : "none";
}

Headers challenge(std::string_view value) {
    return {{"WWW-Authenticate", value}};
}

/// The value of a parameter of an Authorization field.
std::string param(std::string_view field, std::string_view name) {
    std::vector<Challenge> parsed;
    parse_challenges(field, parsed);
    const std::string* const value = parsed.empty() ? nullptr : parsed[0].param(name);
    return value != nullptr ? *value : "none";
}

std::string client_fault(const OriginCredentials& credentials) {
    try {
        ClientCredentials checked(credentials);
        return "";
    } catch (const std::system_error& e) {
        return e.what();
    }
}

}  // namespace

TEST_CASE("challenges in all their forms", "[C15]") {
    for (const auto& [field, wanted] : std::vector<std::pair<std::string, std::string>>{
             {"", ""},
             {" , ,, ", ""},
             {"Basic", "Basic"},
             {"Basic realm=\"a\"", "Basic realm=[a]"},
             {"basic Realm = a", "basic Realm=[a]"},
             {"Basic realm=\"a\", charset=\"UTF-8\"", "Basic realm=[a] charset=[UTF-8]"},
             // several in one field
             {"Basic realm=\"a\", Digest realm=\"b\", nonce=\"c\"",
              "Basic realm=[a]; Digest realm=[b] nonce=[c]"},
             {"Newauth realm=\"apps\", type=1, title=\"Login to \\\"apps\\\"\", Basic "
              "realm=\"simple\"",
              "Newauth realm=[apps] type=[1] title=[Login to \"apps\"]; Basic realm=[simple]"},
             {"Negotiate, NTLM, Basic realm=x", "Negotiate; NTLM; Basic realm=[x]"},
             {"Negotiate YII=, Basic realm=x", "Negotiate {YII=}; Basic realm=[x]"},
             {"NTLM TlRMTVNTUAAC==", "NTLM {TlRMTVNTUAAC==}"},
             {",, Basic ,, realm=\"a\" ,,, Digest ,nonce=b,,", "Basic realm=[a]; Digest nonce=[b]"},
             // quotes
             {"Basic realm=\"a, b\", x=\"Digest nonce=\\\"y\\\"\"",
              "Basic realm=[a, b] x=[Digest nonce=\"y\"]"},
             {"Basic realm=\"\\a\\\\\\\"\"", "Basic realm=[a\\\"]"},
             {"Basic realm=\"\"", "Basic realm=[]"},
             {"Basic realm=\"open, Digest nonce=x", "Basic realm=[open, Digest nonce=x]"},
             {"Basic realm=\"open\\", "Basic realm=[open\\]"},
             {"Basic realm=\"\xc3\xa9\"", "Basic realm=[\xc3\xa9]"},
             // not by the grammar
             {"Digest realm=\"a\" nonce=\"b\" qop=auth", "Digest realm=[a] nonce=[b] qop=[auth]"},
             {"Digest nonce=ab/c==, realm=x@y", "Digest nonce=[ab/c==] realm=[x@y]"},
             {"Digest nonce= , realm=x", "Digest {nonce=} realm=[x]"},
             {"Digest\trealm=\"a\"", "Digest realm=[a]"},
             {"Basic realm=a Digest nonce=b", "Basic realm=[a]; Digest nonce=[b]"},
             {"realm=\"a\", Basic realm=\"b\"", "Basic realm=[b]"},
             {"=, =x, @, Basic realm=b", "Basic realm=[b]"},
             {"\"a, Basic realm=c\", Basic realm=b", "Basic realm=[b]"},
             {"Basic @, Digest nonce=b", "Basic; Digest nonce=[b]"},
             {"Basic/x, Digest nonce=b", "Basic; Digest nonce=[b]"},
             {"Basic realm=a, realm=b", "Basic realm=[a] realm=[b]"},
         }) {
        INFO(field);
        CHECK(challenges(field) == wanted);
    }
    // Several fields, in any case, and no others.
    const Headers headers{{"www-authenticate", "Basic realm=a"},
                          {"Proxy-Authenticate", "NTLM"},
                          {"WWW-Authenticate", "Digest nonce=b"}};
    const auto all = challenges_in(headers, "WWW-Authenticate");
    REQUIRE(all.size() == 2);
    CHECK(*all[0].param("REALM") == "a");
    CHECK(all[1].param("realm") == nullptr);
    CHECK(shown(parse_auth_params("nextnonce=\"a,b\", @, qop=auth, rspauth")) ==
          " nextnonce=[a,b] qop=[auth]");
}

TEST_CASE("a field of very many challenges is read up to a limit", "[X09]") {
    std::string many;
    std::string wide = "Digest ";
    for (int i = 0; i < 10'000; ++i) {
        many += "Basic realm=a, ";
        wide += "a=b, ";
    }
    std::vector<Challenge> parsed;
    parse_challenges(many, parsed);
    CHECK(parsed.size() == max_challenges);
    CHECK(parsed.back().params.size() == 1);
    parsed.clear();
    parse_challenges(wide, parsed);
    CHECK(parsed.at(0).params.size() == max_auth_params);
}

TEST_CASE("Digest answers, with every parameter", "[C15]") {
    const std::string to = "md5(md5(u:r:p):n:";
    const std::string request = ":md5(GET:/dir/page?q=1))";
    const std::string uri = "\", uri=\"/dir/page?q=1\"";
    for (const auto& [field, wanted] : std::vector<std::pair<std::string, std::string>>{
             // RFC 2069: neither count nor cnonce
             {"realm=\"r\", nonce=\"n\"",
              "username=\"u\", realm=\"r\", nonce=\"n" + uri + ", response=\"" +
                  "md5(md5(u:r:p):n:md5(GET:/dir/page?q=1))\""},
             {"realm=\"r\", nonce=\"n\", qop=\"auth,auth-int\", opaque=\"o\"",
              "username=\"u\", realm=\"r\", nonce=\"n" + uri + ", response=\"" + to +
                  "000000ab:c:auth" + request + "\", qop=auth, nc=000000ab, cnonce=\"c\", " +
                  "opaque=\"o\""},
             {"realm=\"r\", nonce=\"n\", qop=AUTH, algorithm=md5-SESS, opaque=\"\"",
              "username=\"u\", realm=\"r\", nonce=\"n" + uri + ", algorithm=MD5-sess, response=\"" +
                  "md5(md5(md5(u:r:p):n:c):n:000000ab:c:auth" + request +
                  "\", qop=auth, nc=000000ab, cnonce=\"c\", opaque=\"\""},
             {"realm=\"r\", nonce=\"n\", algorithm=\"SHA-256\", qop=\"auth\", userhash=true",
              "username=\"sha(u:r)\", realm=\"r\", nonce=\"n" + uri +
                  ", algorithm=SHA-256, response=\"sha(sha(u:r:p):n:000000ab:c:auth:" +
                  "sha(GET:/dir/page?q=1))\", qop=auth, nc=000000ab, cnonce=\"c\", userhash=true"},
             // what the server says is quoted again
             {"realm=\"a\\\"b\\\\\", nonce=\"n\"",
              "username=\"u\", realm=\"a\\\"b\\\\\", nonce=\"n" + uri +
                  ", response=\"md5(md5(u:a\\\"b\\\\:p):n:md5(GET:/dir/page?q=1))\""},
         }) {
        INFO(field);
        CHECK(digest("Digest " + field) == "Digest " + wanted);
    }
    // User names: quoted, or encoded if the server says that it reads UTF-8.
    CHECK(param(digest("Digest nonce=n", "a\"\\b"), "username") == "a\"\\b");
    CHECK(param(digest("Digest nonce=n", "\xc3\xa9"), "username") == "\xc3\xa9");
    CHECK(param(digest("Digest nonce=n, charset=UTF-8", "u"), "username") == "u");
    const std::string encoded = digest("Digest nonce=n, charset=utf-8", "J\xc3\xa4s\xc3\xb8n D");
    CHECK(param(encoded, "username*") == "UTF-8''J%C3%A4s%C3%B8n%20D");
    CHECK(param(encoded, "username") == "none");
}

TEST_CASE("which Digest challenge is answered", "[C15]") {
    for (const auto& [field, wanted] : std::vector<std::pair<std::string, std::string>>{
             {"Basic realm=a", "none"},
             {"Digest realm=a", "none"},  // no nonce
             {"Digest nonce=\"\"", "none"},
             {"Digest nonce=" + std::string(max_digest_text + 1, 'n'), "none"},
             {"Digest nonce=1, algorithm=SHA-1", "none"},
             {"Digest nonce=1, algorithm=SHA-512-256", "none"},  // readable_hash has none
             {"Digest nonce=1, algorithm=-sess", "none"},
             {"Digest nonce=1, qop=\"auth-int\"", "none"},
             {"Digest nonce=1, qop=\"auth-conf\"", "none"},
             {"Digest nonce=1, qop=\"\"", "1"},
             {"Digest nonce=1, qop=\"auth-int , auth\"", "1"},
             {"Digest nonce=1, algorithm=SHA-1, Digest nonce=2", "2"},
             {"Digest nonce=1, Digest nonce=2, algorithm=SHA-256", "2"},
             {"Digest nonce=1, algorithm=SHA-256, Digest nonce=2", "1"},
             {"Digest nonce=1, algorithm=SHA-256-sess, Digest nonce=2, algorithm=SHA-256", "1"},
             {"Basic realm=x, dIgEsT nonce=1, NTLM", "1"},
         }) {
        INFO(field);
        CHECK(param(digest(field), "nonce") == wanted);
    }
    CHECK(param(digest("Digest nonce=1, algorithm=SHA-256, Digest nonce=2, algorithm=SHA-512-256",
                       "u",
                       strong_hash),
                "nonce") == "2");
    CHECK(chosen("Digest nonce=1, stale=TRUE")->stale);
    CHECK(!chosen("Digest nonce=1, stale=\"yes\"")->stale);
}

TEST_CASE("a nonce is used where its domain says, and never at another origin", "[C15]") {
    for (const auto& [domain, target, wanted] :
         std::vector<std::tuple<std::string, std::string, bool>>{
             {"", "/x", true},
             {"/dir", "/dir/other", true},
             {"/dir/", "/x", false},
             {"/x /dir", "/x/y", true},
             {"http://a.example/dir http://b.example/x", "/x", false},
             {"http://a.example:80/", "/x", true},
             // Lists without the page that asked say nothing.
             {"http://b.example/", "/x", true},
             {"/other", "/x", true},
             {"https://a.example/dir", "/x", true},
             {"nonsense: :", "/x", true},
         }) {
        INFO(domain << ' ' << target);
        CHECK(covers(*chosen("Digest nonce=1, domain=\"" + domain + '"'), target) == wanted);
    }
}

TEST_CASE("the uses of a nonce are counted, for each origin by itself", "[C15][X09]") {
    DigestSessions sessions(2);
    CHECK(!sessions.next("a", "/"));
    const DigestTurn first = sessions.begin("a", *chosen("Digest nonce=1, qop=auth"));
    const DigestTurn second = sessions.next("a", "/").value();
    CHECK(first.count == 1);
    CHECK(second.count == 2);
    CHECK(first.cnonce.size() == 32);
    CHECK(first.cnonce != second.cnonce);
    CHECK(!sessions.next("b", "/"));
    // The same nonce again continues, another one starts.
    CHECK(sessions.begin("a", *chosen("Digest nonce=1, qop=auth")).count == 3);
    CHECK(sessions.begin("a", *chosen("Digest nonce=2, qop=auth")).count == 1);

    sessions.renew("a", first, "3");  // an old one: not taken
    DigestTurn turn = sessions.next("a", "/").value();
    CHECK(turn.challenge->nonce == "2");
    sessions.renew("a", turn, "3");
    sessions.renew("b", turn, "4");
    turn = sessions.next("a", "/").value();
    CHECK(turn.challenge->nonce == "3");
    CHECK(turn.count == 1);
    sessions.forget("a", second);  // an old one
    CHECK(sessions.next("a", "/")->count == 2);
    sessions.forget("a", turn);
    CHECK(!sessions.next("a", "/"));

    // A session of "-sess" has one cnonce, and does not follow nextnonce.
    const DigestTurn session = sessions.begin("s", *chosen("Digest nonce=1, algorithm=MD5-sess"));
    sessions.renew("s", session, "2");
    turn = sessions.next("s", "/").value();
    CHECK(turn.cnonce == session.cnonce);
    CHECK(turn.challenge->nonce == "1");

    // The least recently used origin makes room.
    (void)sessions.begin("t", *chosen("Digest nonce=1"));
    CHECK(sessions.next("s", "/"));
    (void)sessions.begin("u", *chosen("Digest nonce=1"));
    CHECK(sessions.next("s", "/"));
    CHECK(!sessions.next("t", "/"));
}

TEST_CASE("each challenge is answered once, and again only if it was stale", "[C26]") {
    constexpr AuthOffer basic{.basic = true};
    constexpr AuthOffer digest{.digest = true};
    constexpr AuthOffer stale{.digest = true, .stale = true};
    constexpr AuthOffer both{.basic = true, .digest = true};
    struct Row {
        const char* what;
        AuthOffer offer;
        CredentialsKind kind;
        AuthHistory history;
        AuthAnswer wanted;
    };
    using Kind = CredentialsKind;
    for (const Row& row : {
             Row{"Basic was refused", basic, Kind::basic, {.sent_basic = true}, AuthAnswer::none},
             Row{"Basic is Basic only",
                 digest,
                 Kind::basic,
                 {.sent_basic = true},
                 AuthAnswer::none},
             Row{"Bearer was refused", both, Kind::bearer, {}, AuthAnswer::none},
             Row{"Digest", digest, Kind::digest, {}, AuthAnswer::digest},
             Row{"never down to Basic", basic, Kind::digest, {}, AuthAnswer::none},
             Row{"Digest among both", both, Kind::digest, {}, AuthAnswer::digest},
             Row{"refused", digest, Kind::digest, {.digest_answers = 1}, AuthAnswer::none},
             Row{"stale", stale, Kind::digest, {.digest_answers = 1}, AuthAnswer::digest},
             Row{"stale again", stale, Kind::digest, {.digest_answers = 2}, AuthAnswer::none},
             Row{"nothing offered", {}, Kind::digest, {}, AuthAnswer::none},
             Row{"login, Digest only",
                 digest,
                 Kind::login,
                 {.sent_basic = true},
                 AuthAnswer::digest},
             Row{"login, Basic refused", both, Kind::login, {.sent_basic = true}, AuthAnswer::none},
             Row{"login, Digest refused",
                 digest,
                 Kind::login,
                 {.sent_basic = true, .digest_answers = 1},
                 AuthAnswer::none},
             Row{"login, stale",
                 stale,
                 Kind::login,
                 {.sent_basic = true, .digest_answers = 1},
                 AuthAnswer::digest},
             Row{"login, Digest was sent at first", both, Kind::login, {}, AuthAnswer::digest},
             Row{"login, Basic after all", basic, Kind::login, {}, AuthAnswer::basic},
             Row{"login, Digest refused, no Basic then",
                 basic,
                 Kind::login,
                 {.digest_answers = 1},
                 AuthAnswer::none},
         }) {
        INFO(row.what);
        CHECK(answer_to(row.offer, row.kind, row.history) == row.wanted);
    }
}

TEST_CASE("what a request says at first, and in reply to a 401", "[C15][C26][F-C08]") {
    DigestSessions sessions;
    const auto at = [&](const char* url, Credentials credentials) {
        return Authorization(std::move(credentials), Url(url), sessions, readable_hash);
    };
    const char* const a = "http://a.example/x";

    CHECK(Authorization().first("GET").empty());
    CHECK(Authorization().answer(challenge("Basic"), "GET").empty());
    CHECK(at(a, Credentials::basic("Aladdin", "open sesame")).first("GET") ==
          "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
    CHECK(at(a, Credentials::bearer("t|1")).first("GET") == "Bearer t|1");

    Authorization digest = at(a, Credentials::digest("u", "p"));
    CHECK(digest.first("GET").empty());
    std::string sent = digest.answer(challenge("Digest realm=r, nonce=1, qop=auth"), "GET");
    CHECK(param(sent, "nc") == "00000001");
    CHECK(param(sent, "uri") == "/x");
    CHECK(digest.answer(challenge("Digest realm=r, nonce=2"), "GET").empty());
    CHECK(at(a, Credentials::digest("u", "p")).first("GET").empty());  // forgotten

    // A remembered nonce is used at once, at its origin only.
    Authorization again = at(a, Credentials::digest("u", "p"));
    (void)again.first("GET");
    sent = again.answer(challenge("Digest realm=r, nonce=1, qop=auth"), "GET");
    again.accepted({{"Authentication-Info", "nextnonce=\"2\""}});
    Authorization next = at(a, Credentials::digest("v", "p"));
    CHECK(param(next.first("PUT"), "nonce") == "2");
    CHECK(at("https://a.example/x", Credentials::digest("u", "p")).first("GET").empty());
    CHECK(at("http://a.example:8080/x", Credentials::digest("u", "p")).first("GET").empty());
    // It is too old, twice; a third time is too much.
    CHECK(param(next.answer(challenge("Digest nonce=3, stale=true"), "PUT"), "nonce") == "3");
    CHECK(param(next.answer(challenge("Digest nonce=4, stale=true"), "PUT"), "nonce") == "4");
    CHECK(next.answer(challenge("Digest nonce=5, stale=true"), "PUT").empty());

    // The user of a URL is Basic, or the answer to Digest, which is then remembered.
    const char* const login = "http://u:p%20w@b.example/";
    Authorization url = at(login, credentials_of(Url(login)));
    CHECK(url.first("GET") == "Basic dTpwIHc=");
    CHECK(param(url.answer(challenge("Digest nonce=1"), "GET"), "username") == "u");
    CHECK(param(at(login, credentials_of(Url(login))).first("GET"), "nonce") == "1");
    CHECK(!credentials_of(Url(a)));
    CHECK(at(login, credentials_of(Url("http://u@b.example/"))).refusal() == nullptr);
}

TEST_CASE("a request has the credentials nearest to it, never a mixture", "[F-C08][T-K05][C16]") {
    const ClientCredentials client(OriginCredentials{
        {"http://client.example", Credentials::basic("client", "1")},
        {"http://file.example", Credentials::netrc("near")},
    });
    const ClientCredentials files(OriginCredentials(Credentials::netrc("far")));
    const auto chosen = [](const hawser::Request& request, const ClientCredentials& of_client) {
        const auto read = [&](const Credentials& file) {
            const std::string& path = Access::data(file)->user;
            return request.url.host() == "nowhere" ? Credentials()
                                                   : Credentials::basic(path + "/file", "2");
        };
        const Credentials credentials = choose_credentials(request, of_client, read);
        return credentials ? Access::data(credentials)->user : "none";
    };
    const auto to = [](const char* method, const char* url, Credentials own = {}) {
        hawser::Request request(method, url);
        request.options.credentials = std::move(own);
        return request;
    };
    const Credentials own = Credentials::digest("own", "3");
    const Credentials file = Credentials::netrc("own");
    CHECK(chosen(to("GET", "http://client.example/"), client) == "client");
    CHECK(chosen(to("GET", "https://client.example/"), client) == "none");
    CHECK(chosen(to("GET", "http://file.example/"), client) == "near/file");
    CHECK(chosen(to("GET", "http://other.example/"), files) == "far/file");
    CHECK(chosen(to("GET", "http://nowhere/"), files) == "none");
    CHECK(chosen(to("GET", "http://url:4@client.example/"), client) == "url");
    CHECK(chosen(to("GET", "http://url@client.example/"), client) == "url");
    CHECK(chosen(to("GET", "http://url:4@client.example/", own), client) == "own");
    CHECK(chosen(to("GET", "http://url:4@client.example/", file), client) == "own/file");
    CHECK(chosen(to("GET", "http://url:4@nowhere/", file), client) == "url");
    CHECK(chosen(to("GET", "http://u@client.example/", own).header("authorization", ""), client) ==
          "none");
    // CONNECT speaks to a proxy; TRACE must not carry credentials that its caller did not give.
    CHECK(chosen(to("CONNECT", "http://u@client.example/", own), client) == "none");
    CHECK(chosen(to("TRACE", "http://client.example/"), client) == "none");
    CHECK(chosen(to("TRACE", "http://client.example/", own), client) == "own");
}

TEST_CASE("credentials that no field can carry are refused", "[C25][T-K03]") {
    const auto refused = [](const Credentials& credentials) {
        const char* const reason = refuse(*Access::data(credentials));
        return std::string(reason != nullptr ? reason : "no");
    };
    CHECK(refused(Credentials::basic("u", "")) == "no");
    CHECK(refused(Credentials::basic("", "a:b \xc3\xa9")) == "no");
    CHECK(refused(Credentials::basic("a:b", "")) ==
          "the user name of Basic credentials has a colon");
    CHECK(refused(credentials_of(Url("http://a%3ab:c@x/"))) ==
          "the user name of Basic credentials has a colon");
    CHECK(refused(Credentials::digest("a:b", "\r\n")) == "no");
    using namespace std::string_view_literals;
    for (const std::string_view bad : {"a\r\nb"sv, "a\0b"sv, "\x7f"sv, "\t"sv}) {
        CHECK(refused(Credentials::basic(bad, "p")).find("user name") != std::string::npos);
        CHECK(refused(Credentials::basic("u", bad)).find("password") != std::string::npos);
        CHECK(refused(Credentials::digest(bad, "p")).find("user name") != std::string::npos);
        CHECK(refused(Credentials::bearer(bad)).find("token") != std::string::npos);
    }
    CHECK(refused(Credentials::bearer("")) == "the bearer token is empty");
    CHECK(refused(Credentials::bearer("a b")) != "no");
}

TEST_CASE("the credentials of a client belong to origins", "[C01][C02]") {
    OriginCredentials options{{"https://API.example", Credentials::bearer("old")},
                              {"http://[::1]:8080/", Credentials::digest("u", "p")},
                              {"https://api.example:443", Credentials::basic("u", "p")}};
    CHECK(!options.empty());
    CHECK(OriginCredentials().empty());
    const ClientCredentials checked(options);
    const auto kind = [&](const char* url) { return to_string(checked.find(Url(url))); };
    CHECK(kind("https://api.example/v1?q") == std::string("Basic"));  // the last one counts
    CHECK(kind("http://[::1]:8080/x") == std::string("Digest"));
    for (const char* const other : {"http://api.example/",
                                    "https://api.example:8443/",
                                    "https://x.api.example/",
                                    "https://example/",
                                    "https://api.example.",
                                    "http://[::1]/"}) {
        CHECK(kind(other) == std::string("none"));
    }
    options = Credentials::netrc("/x");
    CHECK(ClientCredentials(options).find(Url("http://any/")));

    const std::string where = "hawser::ClientOptions::credentials: ";
    const auto fault = [](std::string_view origin) {
        return client_fault({{origin, Credentials::bearer("secret")}});
    };
    CHECK(fault("https://api.example/v1")
              .starts_with(where + "not an origin: https://api.example:443 has a path or a query"));
    CHECK(
        fault("https://x/?secret").starts_with(where + "not an origin: https://x:443 has a path"));
    CHECK(fault("api.example").starts_with(where + "not an origin: "));
    CHECK(fault("").starts_with(where + "not an origin: "));
    CHECK(client_fault(Credentials::basic("u", "secret")).starts_with(where + "without an origin"));
    for (const char* const text :
         {"https://u:secret@x", "htps://u:secret@x", "http://u:secret@x/#"}) {
        CHECK(fault(text).starts_with(where));
        CHECK(fault(text).find("secret") == std::string::npos);
    }
}

TEST_CASE("netrc files are read as curl reads them", "[C16]") {
    for (const auto& [text, wanted] : std::vector<std::pair<std::string, std::string>>{
             {"", ""},
             {"machine a login b password c", "a [b] [c]"},
             {"\xef\xbb\xbfmachine\ta\r\nlogin b\n\n\tpassword\nc\r\n", "a [b] [c]"},
             {"MACHINE a Login b PassWord c", "a [b] [c]"},
             {"machine a login b password c machine d password e default login f",
              "a [b] [c]; d [] [e]; * [f] []"},
             {"machine a password c account x login b", "a [b] [c]"},
             {"machine a account login login b", "a [b] []"},
             {"machine a port 80 login b", "a [b] []"},
             {"machine a login login password password", "a [login] [password]"},
             // quotes
             {R"(machine "a" login "b c" password "d\"\\\e\t\n\r")", "a [b c] [d\"\\e\t\n\r]"},
             {"machine a login \"\" password c", "a [] [c]"},
             {"machine a login b\"c password d\\n", "a [b\"c] [d\\n]"},
             {"\"machine\" x machine a \"login\" b login c", "a [c] []"},
             {"machine a login \"#b\"", "a [#b] []"},
             // comments
             {"# machine x\n  # machine y\nmachine a #login x\nlogin b#c # d\n", "a [b#c] []"},
             // macros
             {"machine a login b\nmacdef init\ncd /\nmachine x login y\n\nmachine c login d",
              "a [b] []; c [d] []"},
             {"macdef m\r\nlogin x\r\n\r\nmachine a login b", "a [b] []"},
             {"macdef init\nmachine x login y", ""},
             // words before the first machine
             {"login x password y machine a", "a [] []"},
             // faults
             {"machine a login", "1: a word is missing at the end of the file"},
             {"machine a\nlogin b\npassword # c\n", "4: a word is missing at the end of the file"},
             {"machine a\nlogin \"b\npassword c\n", "2: a quoted word does not end in its line"},
             {"machine a login \"b\\", "1: a quoted word does not end in its line"},
             {"machine a \"b", "1: a quoted word does not end in its line"},
         }) {
        INFO(text);
        CHECK(netrc(text) == wanted);
    }
}

TEST_CASE("a login of a netrc file belongs to one host", "[C16]") {
    const std::string file =
        "default login d password dd\n"
        "machine a.example login one password 1\n"
        "machine A.example login two password 2\n"
        "machine empty.example\n"
        "machine secret.example password 3\n";
    CHECK(found(file, "a.example") == "one:1");
    CHECK(found(file, "a.example", "two") == "two:2");
    CHECK(found(file, "a.example", "three") == "none");
    CHECK(found(file, "a.example", "d") == "none");
    CHECK(found(file, "b.a.example") == "d:dd");
    CHECK(found(file, "a.example.") == "d:dd");
    CHECK(found(file, "b.example", "d") == "d:dd");
    CHECK(found(file, "b.example", "one") == "none");
    CHECK(found(file, "empty.example") == "none");
    CHECK(found(file, "secret.example") == ":3");
    CHECK(found("machine a login b default", "c") == "none");
    CHECK(found("machine a login b", "c") == "none");
}

TEST_CASE("credentials print their scheme, and nothing else", "[C13]") {
    std::ostringstream out;
    out << Credentials() << ' ' << Credentials::basic("user", "secret") << ' '
        << Credentials::bearer("secret") << ' ' << Credentials::digest("user", "secret") << ' '
        << Credentials::netrc("/secret");
    CHECK(out.str() == "none Basic Bearer Digest netrc");
    CHECK(!Credentials());
    const Credentials copy = Credentials::basic("", "");
    CHECK(copy);
}

TEST_CASE("the netrc file is the one in NETRC, or the one at home", "[C16]") {
    const auto file = [](const Credentials& credentials) {
        const CredentialsData& data = *Access::data(credentials);
        return data.user + (data.may_be_missing ? "?" : "");
    };
    const char* const home = std::getenv("HOME");
    const std::string before = home != nullptr ? home : "";
    ::setenv("HOME", "/home/x", 1);
    ::unsetenv("NETRC");
    CHECK(file(Credentials::netrc()) == "/home/x/.netrc?");
    ::setenv("NETRC", "/etc/netrc", 1);
    CHECK(file(Credentials::netrc()) == "/etc/netrc");
    CHECK(file(Credentials::netrc("own")) == "own");
    ::unsetenv("NETRC");
    ::setenv("HOME", before.c_str(), 1);
}
