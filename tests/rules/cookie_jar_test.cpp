// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// A jar over many sessions: what servers set, and what requests then carry. The test sets the
// clock. The files of a jar are in cookie_file_test.cpp.

#include <hawser/cookie_jar.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using hawser::Cookie;
using hawser::CookieJar;
using hawser::CookieJarOptions;
using hawser::CookieVerdict;
using namespace std::chrono_literals;

namespace {

constexpr CookieVerdict kept = CookieVerdict::kept;

/// A jar with a clock that moves only when it is set, and a list of suffixes.
class Scene {
public:
    explicit Scene(std::size_t max_per_domain = 180, std::size_t max_total = 3000)
        : jar({.now = [this] { return time; },
               .is_public_suffix =
                   [](std::string_view domain) {
                       return domain.find('.') == std::string_view::npos || domain == "co.uk";
                   },
               .max_per_domain = max_per_domain,
               .max_total = max_total}) {}

    /// Sets them all, as one response would.
    void set(const char* url, const std::vector<std::string>& fields) {
        hawser::Headers headers;
        for (const std::string& field : fields) {
            headers.add("Set-Cookie", field);
        }
        jar.set_all(url, headers);
    }

    /// All cookies that have not expired, as "name=value", sorted, as in Go's tests.
    std::string content() const {
        std::vector<std::string> texts;
        for (const Cookie& cookie : jar.all()) {
            texts.push_back(cookie.name + "=" + cookie.value);
        }
        std::sort(texts.begin(), texts.end());
        std::string out;
        for (const std::string& text : texts) {
            out.append(out.empty() ? "" : " ").append(text);
        }
        return out;
    }

    std::chrono::sys_seconds time{1'000'000'000s};
    CookieJar jar;
};

struct Query {
    const char* url;
    const char* header;
};

void expect(Scene& scene, const std::vector<Query>& queries) {
    for (const Query& query : queries) {
        INFO(query.url);
        CHECK(scene.jar.header(query.url) == query.header);
    }
}

std::string numbered(const char* name, int number) {
    return std::string(name) + std::to_string(number);
}

}  // namespace

TEST_CASE("a cookie goes back to the host that set it, whatever the port",
          "[F-J01][T-K30][T-K33]") {
    Scene scene;
    CHECK(scene.jar.set("http://www.host.test/", "A=a") == kept);
    expect(scene,
           {{"http://www.host.test", "A=a"},
            {"http://www.host.test/", "A=a"},
            {"http://www.host.test/some/path", "A=a"},
            {"https://www.host.test", "A=a"},
            {"http://www.host.test:8080/", "A=a"},
            {"http://WWW.Host.TEST/", "A=a"},
            {"http://www.host.test./", "A=a"},
            {"http://user:pw@www.host.test/?q#f", "A=a"},
            {"http://host.test/", ""},
            {"http://a.www.host.test/", ""},
            {"http://wwwhost.test/", ""},
            {"http://www.host.test.evil/", ""},
            {"http://www.other.test/", ""}});
    CHECK(scene.jar.cookies("http://www.host.test/") ==
          std::vector<Cookie>{{.name = "A", .value = "a", .domain = "www.host.test"}});
}

TEST_CASE("a domain cookie is sent to all subdomains", "[T-K30][T-K36][T-K33]") {
    Scene scene;
    scene.set("http://www.host.test/",
              {"a=1; domain=host.test",
               "b=2; domain=.host.test",
               "c=3; domain=www.host.test",
               "d=4",
               "e=5; domain=test",
               "f=6; domain=other.test",
               "g=7; domain=ost.test"});
    CHECK(scene.content() == "a=1 b=2 c=3 d=4");
    expect(scene,
           {{"http://www.host.test/", "a=1; b=2; c=3; d=4"},
            {"http://host.test/", "a=1; b=2"},
            {"http://bar.host.test/", "a=1; b=2"},
            {"http://foo.www.host.test/", "a=1; b=2; c=3"},
            {"http://other.test/", ""},
            {"http://xhost.test/", ""},
            {"http://test/", ""}});
}

TEST_CASE("a host that is a suffix, a single label or an address keeps its own cookies",
          "[K01][K03][T-K30][T-K36][F-J04]") {
    for (const auto& [url, domain] : std::vector<std::pair<const char*, const char*>>{
             {"http://com/", "com"},
             {"http://co.uk/", "co.uk"},
             {"http://localhost/", "localhost"},
             {"http://intranet/", "intranet"},
             {"http://192.168.0.10/", "192.168.0.10"},
             {"http://[2001:db8::1]/", "[2001:db8::1]"},
         }) {
        INFO(url);
        Scene scene;
        CHECK(scene.jar.set(url, "a=1") == kept);
        CHECK(scene.jar.set(url, "b=2; domain=" + std::string(domain)) == kept);
        CHECK(scene.jar.header(url) == "a=1; b=2");
        for (const Cookie& cookie : scene.jar.all()) {
            CHECK(cookie.host_only);
        }
        for (const auto* other : {"http://foo.com/",
                                  "http://a.co.uk/",
                                  "http://b.localhost/",
                                  "http://192.168.0.1/",
                                  "http://[2001:db8::2]/",
                                  "http://uk/"}) {
            CHECK(scene.jar.header(other).empty());
        }
    }
    Scene scene;
    CHECK(scene.jar.set("http://www.bbc.co.uk/", "a=1; domain=co.uk") ==
          CookieVerdict::public_suffix);
    CHECK(scene.jar.set("http://www.bbc.co.uk/", "b=2; domain=bbc.co.uk") == kept);
    CHECK(scene.jar.set("http://www.bbc.co.uk/", "c=3; domain=uk") == CookieVerdict::public_suffix);
    CHECK(scene.jar.set("http://[fe80::1%25eth0]/", "z=1") == kept);
    expect(scene,
           {{"http://news.bbc.co.uk/", "b=2"},
            {"http://other.co.uk/", ""},
            {"http://[fe80::1%25eth0]/", "z=1"},
            {"http://[fe80::1%25eth1]/", ""},
            {"http://[fe80::1]/", ""}});
}

TEST_CASE("Punycode is a name like any other, and no other form is a host", "[K01][T-K36][T-K38]") {
    Scene scene;
    scene.set("http://www.xn--bcher-kva.test/",
              {"a=1",
               "b=2; domain=xn--bcher-kva.test",
               "c=3; domain=b\xc3\xbc"
               "cher.test"});
    expect(scene,
           {{"http://www.xn--bcher-kva.test/", "a=1; b=2"},
            {"http://XN--BCHER-KVA.test/", "b=2"},
            {"http://bcher.test/", ""}});
}

TEST_CASE("paths select cookies, the longest path first, then the oldest cookie",
          "[K08][K15][F-J08][T-K30]") {
    Scene scene;
    scene.set("http://www.host.test/some/path/index.html",
              {"a=1",
               "b=2; path=/some",
               "c=3; path=/",
               "d=4; path=/some/path/",
               "e=5; path=xx",
               "f=6; path=/other"});
    expect(scene,
           {{"http://www.host.test/some/path", "a=1; e=5; b=2; c=3"},
            {"http://www.host.test/some/path/", "d=4; a=1; e=5; b=2; c=3"},
            {"http://www.host.test/some/path/more?x=/other", "d=4; a=1; e=5; b=2; c=3"},
            {"http://www.host.test/some/pathology", "b=2; c=3"},
            {"http://www.host.test/some", "b=2; c=3"},
            {"http://www.host.test/somewhere", "c=3"},
            {"http://www.host.test", "c=3"},
            {"http://www.host.test/Some", "c=3"},
            {"http://www.host.test/other", "f=6; c=3"}});
}

TEST_CASE("the order depends neither on the wall clock nor on the domain", "[K15][K22][F-J08]") {
    Scene scene;
    scene.time += 24h * 3650;
    scene.set("http://a.host.test/", {"new=1; domain=host.test"});
    scene.time -= 24h * 3650;
    scene.set("http://a.host.test/", {"newer=2", "long=3; path=/x"});
    scene.set("http://a.host.test/", {"newest=4; domain=host.test", "longest=5; path=/x/y"});
    CHECK(scene.jar.header("http://a.host.test/x/y") ==
          "longest=5; long=3; new=1; newer=2; newest=4");
    // A new value keeps its place.
    scene.set("http://a.host.test/", {"new=6; domain=host.test"});
    CHECK(scene.jar.header("http://a.host.test/") == "new=6; newer=2; newest=4");
    // A cookie that was removed and set again is new.
    scene.set("http://a.host.test/",
              {"new=; domain=host.test; max-age=0", "new=7; domain=host.test"});
    CHECK(scene.jar.header("http://a.host.test/") == "newer=2; newest=4; new=7");
}

TEST_CASE("name, domain, host-only and path identify a cookie", "[F-J03][T-K31]") {
    Scene scene;
    scene.set("http://h.test/x/y", {"a=1", "a=2; path=/", "A=3", "a=4; domain=h.test"});
    CHECK(scene.content() == "A=3 a=1 a=2 a=4");
    CHECK(scene.jar.header("http://h.test/x/y") == "a=1; A=3; a=4; a=2");
    scene.set("http://h.test/x/z", {"a=5", "a=6; path=/x; domain=.H.test; httponly"});
    CHECK(scene.jar.header("http://h.test/x/y") == "a=5; A=3; a=6; a=2");
    CHECK(scene.jar.all().size() == 4);
    // A parent's cookie is a different one.
    scene.set("http://www.h.test/x/y", {"a=7; domain=h.test", "a=8"});
    CHECK(scene.jar.header("http://www.h.test/x/y") == "a=7; a=8");
}

TEST_CASE("an expired cookie erases the one that it would replace", "[F-J06][T-K31][T-K35]") {
    Scene scene;
    scene.set("http://www.host.test/",
              {"a=1", "b=2; domain=host.test", "c=3; path=/c", "d=4; max-age=100", "e=5"});
    CHECK(scene.jar.set("http://www.host.test/", "a=; max-age=0") == CookieVerdict::erased);
    CHECK(scene.jar.set("http://www.host.test/", "b=; max-age=-1") == CookieVerdict::erased);
    CHECK(scene.content() == "b=2 c=3 d=4 e=5");
    CHECK(scene.jar.set("http://x.host.test/", "b=; max-age=-1; domain=host.test") ==
          CookieVerdict::erased);
    CHECK(scene.jar.set("http://www.host.test/", "c=3; path=/; max-age=0") ==
          CookieVerdict::erased);
    CHECK(scene.content() == "c=3 d=4 e=5");
    CHECK(scene.jar.set("http://www.host.test/c/d", "c=3; expires=Thu, 01 Jan 1970 00:00:00 GMT") ==
          CookieVerdict::erased);
    CHECK(scene.jar.set("http://www.host.test/", "d=; expires=Sun, 09 Sep 2001 01:46:40 GMT") ==
          CookieVerdict::erased);  // now
    CHECK(scene.jar.set("http://www.host.test/", "none=; max-age=0") == CookieVerdict::erased);
    CHECK(scene.content() == "e=5");
    CHECK(scene.jar.set("http://www.host.test/", "e=6; expires=Sun, 09 Sep 2001 01:46:41 GMT") ==
          kept);
    CHECK(scene.content() == "e=6");
    scene.time += 1s;
    CHECK(scene.content().empty());
    CHECK(scene.jar.header("http://www.host.test/").empty());
}

TEST_CASE("cookies expire by the jar's own clock, which may jump", "[F-J06][K22][T-K32]") {
    Scene scene;
    scene.set("http://www.host.test/",
              {"a=1",
               "b=2; max-age=3600",
               "c=3; expires=Sun, 09 Sep 2001 02:46:39 GMT",
               "d=4; max-age=999999999999",
               "e=5; expires=Fri, 31 Dec 9999 23:59:59 GMT"});
    CHECK(scene.content() == "a=1 b=2 c=3 d=4 e=5");
    scene.time += 3598s;
    CHECK(scene.content() == "a=1 b=2 c=3 d=4 e=5");
    scene.time += 1s;
    CHECK(scene.content() == "a=1 b=2 d=4 e=5");
    scene.time += 1s;
    CHECK(scene.content() == "a=1 d=4 e=5");
    scene.time += 24h * 400 - 3601s;
    CHECK(scene.content() == "a=1 d=4 e=5");
    scene.time += 1s;
    CHECK(scene.content() == "a=1");
    scene.time += 24h * 3650;
    CHECK(scene.jar.header("http://www.host.test/") == "a=1");
    // After the clock is set back, no cookie lasts longer than 400 days from then.
    scene.set("http://www.host.test/", {"f=6; max-age=10"});
    scene.time -= 24h * 7300;
    CHECK(scene.jar.header("http://www.host.test/").ends_with("; f=6"));
    scene.set("http://www.host.test/", {"g=7; expires=Sun, 09 Sep 2001 02:46:39 GMT"});
    scene.time += 24h * 400;
    CHECK(scene.jar.header("http://www.host.test/").find("g=7") == std::string::npos);
}

TEST_CASE("Secure cookies are not sent over http, and http cannot set, replace or hide them",
          "[K06][F-J07]") {
    Scene scene;
    CHECK(scene.jar.set("http://www.host.test/", "a=1; secure") == CookieVerdict::not_secure);
    CHECK(scene.jar.set("https://www.host.test/x/", "a=1; secure; path=/x") == kept);
    CHECK(scene.jar.set("https://www.host.test/", "b=2") == kept);
    expect(scene,
           {{"http://www.host.test/x", "b=2"},
            {"https://www.host.test/x", "a=1; b=2"},
            {"https://www.host.test:8443/x/y", "a=1; b=2"}});
    for (const auto& [url, field] : std::vector<std::pair<const char*, const char*>>{
             {"http://www.host.test/", "a=2; path=/x"},
             {"http://www.host.test/", "a=; path=/x; max-age=0"},
             {"http://www.host.test/", "a=2; path=/x/y"},
             {"http://www.host.test/x/y/z", "a=2"},
             {"http://www.host.test/", "a=2; path=/x; domain=host.test"},
             {"http://sub.www.host.test/", "a=2; path=/x; domain=www.host.test"},
             {"http://host.test/", "a=2; path=/x; domain=host.test"},
             {"http://sub.www.host.test/x/y", "a=2"},
         }) {
        INFO(url << ' ' << field);
        CHECK(scene.jar.set(url, field) == CookieVerdict::not_secure);
    }
    CHECK(scene.content() == "a=1 b=2");
    // These coexist with the Secure ones and do not hide them.
    CHECK(scene.jar.set("http://www.host.test/", "a=3") == kept);
    CHECK(scene.jar.set("http://www.host.test/", "a=3; path=/xx") == kept);
    CHECK(scene.jar.set("http://other.host.test/", "a=3; path=/x") == kept);
    CHECK(scene.jar.set("http://www.host.test/", "b=3; path=/x") == kept);
    // https may do all of this.
    CHECK(scene.jar.set("https://www.host.test/", "a=4; path=/x") == kept);
    CHECK(scene.jar.header("http://www.host.test/x") == "a=4; b=3; b=2; a=3");
    // So may http, once the Secure cookie has expired.
    CHECK(scene.jar.set("https://www.host.test/", "t=1; secure; max-age=10") == kept);
    CHECK(scene.jar.set("http://www.host.test/", "t=2") == CookieVerdict::not_secure);
    scene.time += 10s;
    CHECK(scene.jar.set("http://www.host.test/", "t=2") == kept);
}

TEST_CASE("this machine counts as https", "[F-J07][T-K30]") {
    for (const auto* url : {"http://localhost/",
                            "http://a.localhost:81/",
                            "http://127.0.0.1/",
                            "http://[::1]:8080/"}) {
        INFO(url);
        Scene scene;
        CHECK(scene.jar.set(url, "a=1; secure") == kept);
        CHECK(scene.jar.header(url) == "a=1");
    }
}

TEST_CASE("at most 180 cookies per domain, evicting those that are not Secure first",
          "[K10][F-J10]") {
    Scene scene;
    const auto has = [&](const std::string& name) {
        const std::vector<Cookie> all = scene.jar.all();
        return std::any_of(
            all.begin(), all.end(), [&](const Cookie& cookie) { return cookie.name == name; });
    };
    for (int i = 0; i < 180; ++i) {
        const std::string tail = numbered("; path=/", i) + (i % 2 == 0 ? "; secure" : "") +
                                 (i == 100 ? "; max-age=5" : "");
        CHECK(scene.jar.set("https://h.test/", numbered("n", i) + "=1" + tail) == kept);
    }
    CHECK(scene.jar.header("https://h.test/1") == "n1=1");  // now it is the most recently used
    CHECK(scene.jar.all().size() == 180);
    CHECK(scene.jar.set("https://h.test/", "new1=1; secure") == kept);
    CHECK_FALSE(has("n3"));
    scene.time += 5s;
    CHECK(scene.jar.set("https://h.test/", "new2=1; secure") == kept);  // n100 had expired
    CHECK(has("n5"));
    for (int i = 0; i < 88; ++i) {
        CHECK(scene.jar.set("https://h.test/", numbered("more", i) + "=1; secure") == kept);
    }
    CHECK_FALSE(has("n179"));
    CHECK(has("n1"));
    CHECK(scene.jar.set("https://h.test/", "more88=1; secure") == kept);
    CHECK_FALSE(has("n1"));
    CHECK(has("n0"));
    CHECK(scene.jar.set("https://h.test/", "plain=1") == CookieVerdict::no_room);
    CHECK_FALSE(has("plain"));
    CHECK(scene.jar.set("https://h.test/", "more89=1; secure") == kept);
    CHECK_FALSE(has("n0"));
    CHECK(scene.jar.all().size() == 180);
    // The neighbors have their own limits.
    CHECK(scene.jar.set("https://h.test/", "d=1; path=/; max-age=50") == CookieVerdict::no_room);
    CHECK(scene.jar.set("https://a.h.test/", "d=1; domain=a.h.test") == kept);
}

TEST_CASE("at most 3000 cookies in all, evicting the least recently used first", "[K10][F-J10]") {
    Scene scene;
    const auto url = [](int i) { return "https://" + numbered("h", i) + ".test/"; };
    for (int i = 0; i < 3000; ++i) {
        CHECK(scene.jar.set(url(i), i % 2 == 0 ? "a=1; secure" : "a=1") == kept);
    }
    CHECK(scene.jar.header(url(0)) == "a=1");
    CHECK(scene.jar.set(url(7000), "a=1; max-age=5") == kept);
    CHECK(scene.jar.header(url(1)).empty());
    CHECK(scene.jar.set(url(7001), "a=1") == kept);
    CHECK(scene.jar.header(url(2)).empty());  // Secure does not count here
    CHECK(scene.jar.header(url(0)) == "a=1");
    CHECK(scene.jar.set(url(0), "a=2") == kept);  // replaces
    CHECK(scene.jar.all().size() == 3000);
    scene.time += 5s;
    CHECK(scene.jar.set(url(7002), "a=1") == kept);  // replaces an expired one
    CHECK(scene.jar.header(url(3)) == "a=1");
    CHECK(scene.jar.all().size() == 3000);
    for (int i = 0; i < 9000; ++i) {
        (void)scene.jar.set(url(i % 100), numbered("flood", i) + "=1");
    }
    CHECK(scene.jar.all().size() == 3000);
}

TEST_CASE("limits may be small", "[K10]") {
    Scene none(180, 0);
    CHECK(none.jar.set("http://h.test/", "a=1") == CookieVerdict::no_room);
    CHECK(none.content().empty());
    Scene zero(0, 10);
    CHECK(zero.jar.set("http://h.test/", "a=1") == CookieVerdict::no_room);
    CHECK(zero.content().empty());
    Scene one(1, 1);
    CHECK(one.jar.set("http://h.test/", "a=1") == kept);
    CHECK(one.jar.set("http://h.test/", "b=2") == kept);
    CHECK(one.content() == "b=2");
    CHECK(one.jar.set("http://i.test/", "c=3") == kept);
    CHECK(one.content() == "c=3");
}

TEST_CASE("50 cookies per response, 150 and 8 KiB per request", "[K10][F-K04]") {
    Scene scene;
    std::vector<std::string> fields;
    for (int i = 0; i < 60; ++i) {
        fields.push_back(numbered("a", i) + "=1");
    }
    scene.set("http://h.test/", fields);
    CHECK(scene.jar.all().size() == 50);
    CHECK(scene.jar.all().back().name == "a49");
    for (int i = 0; i < 180; ++i) {
        (void)scene.jar.set("http://h.test/", numbered("b", i) + "=1");
    }
    CHECK(scene.jar.all().size() == 180);
    CHECK(scene.jar.cookies("http://h.test/").size() == 150);
    scene.jar.clear();
    for (int i = 0; i < 9; ++i) {
        (void)scene.jar.set("http://h.test/", numbered("c", i) + "=" + std::string(1000, 'x'));
    }
    const std::string header = scene.jar.header("http://h.test/");
    CHECK(header.size() <= 8192);
    CHECK(header.starts_with("c0=x"));
    CHECK(header.ends_with("x"));
    CHECK(scene.jar.cookies("http://h.test/").size() == 8);
}

TEST_CASE("nameless, quoted and odd cookies are sent back unchanged", "[F-J09][T-K30][T-K17]") {
    Scene scene;
    scene.set("http://h.test/",
              {"value",
               "=other; path=/x",
               "a=\"quoted value\"",
               "b=x, y",
               "c=\xc3\xa9\xff",
               "d=t\tt",
               "e=",
               "f=1=2==",
               "$Version=1"});
    CHECK(scene.jar.header("http://h.test/x") ==
          "other; value; a=\"quoted value\"; b=x, y; c=\xc3\xa9\xff; d=t\tt; e=; f=1=2==; "
          "$Version=1");
    CHECK(scene.jar.set("http://h.test/", "=new value") == kept);
    CHECK(scene.jar.header("http://h.test/").starts_with("new value; a="));
}

TEST_CASE("only Set-Cookie fields set cookies", "[T-K12][T-K15]") {
    Scene scene;
    const hawser::Headers headers{{"SET-COOKIE", "a=1"},
                                  {"Set-Cookie2", "b=2"},
                                  {"Cookie", "c=3"},
                                  {"set-cookie", "d=4, e=5"},
                                  {"Set-Cookie", "bad\x01=6"},
                                  {"Set-Cookie", ""},
                                  {"Set-Cookie", "f=7"}};
    scene.jar.set_all("http://h.test/", headers);
    CHECK(scene.jar.header("http://h.test/") == "a=1; d=4, e=5; f=7");
}

TEST_CASE("cookies of the caller, and those that no server could set", "[K20]") {
    Scene scene;
    const Cookie cookie{.name = "a",
                        .value = "1",
                        .domain = "h.test",
                        .path = "/x",
                        .expires = scene.time + 24h * 500,
                        .host_only = false,
                        .secure = true,
                        .http_only = true,
                        .same_site = hawser::SameSite::strict};
    CHECK(scene.jar.set(cookie) == kept);
    CHECK(scene.jar.header("https://www.h.test/x") == "a=1");
    Cookie stored = cookie;
    stored.expires = scene.time + 24h * 400;
    CHECK(scene.jar.all() == std::vector{stored});
    for (const char* bad : {"1\r\nX: y", "1\n", "1;b=2", "1\x7f", "1 "}) {
        Cookie other = cookie;
        other.value = bad;
        CHECK(scene.jar.set(other) == CookieVerdict::bad_byte);
    }
    Cookie suffix = cookie;
    suffix.domain = "co.uk";
    CHECK(scene.jar.set(suffix) == CookieVerdict::public_suffix);
    suffix.host_only = true;
    CHECK(scene.jar.set(suffix) == kept);
    Cookie over = cookie;
    over.expires = scene.time;
    CHECK(scene.jar.set(over) == CookieVerdict::erased);
    CHECK(scene.jar.all().size() == 1);
    CHECK(scene.jar.set(hawser::Url(), "a=1") == CookieVerdict::wrong_domain);
    CHECK(scene.jar.cookies(hawser::Url()).empty());
}

TEST_CASE("cookies are listed, erased, cleared, and removed at the end of the session", "[B-33]") {
    Scene scene;
    scene.set("http://www.host.test/",
              {"z=1", "a=2; max-age=10", "b=3; domain=host.test", "c=4; path=/c; max-age=20"});
    std::vector<Cookie> all = scene.jar.all();
    REQUIRE(all.size() == 4);
    CHECK(all[0].name == "z");
    CHECK(all[3].expires == scene.time + 20s);
    CHECK(scene.jar.erase(all[2]));
    CHECK_FALSE(scene.jar.erase(all[2]));
    Cookie other = all[3];
    other.path = "/";
    CHECK_FALSE(scene.jar.erase(other));
    other = all[0];
    other.value = "does not matter";
    CHECK(scene.jar.erase(other));
    CHECK(scene.content() == "a=2 c=4");
    scene.set("http://x.test/", {"s=5", "t=6"});
    CHECK(scene.jar.end_session() == 2);
    CHECK(scene.content() == "a=2 c=4");
    scene.jar.clear();
    CHECK(scene.content().empty());
    CHECK(scene.jar.end_session() == 0);
    CHECK(all.size() == 4);  // a copy
}

TEST_CASE("without a list a jar still knows that .com is shared", "[K01]") {
    CookieJar jar;
    CHECK(jar.set("https://www.example.com/", "a=1; domain=com") == CookieVerdict::public_suffix);
    CHECK(jar.set("https://www.example.com/", "a=1; domain=example.com") == kept);
    CHECK(jar.header("https://example.com/") == "a=1");
    const CookieVerdict verdict = jar.set("https://a.co.uk/", "a=1; domain=co.uk");
#if defined(HAWSER_HAS_LIBPSL)
    CHECK(verdict == CookieVerdict::public_suffix);
    CHECK(jar.set("https://a.github.io/", "a=1; domain=github.io") == CookieVerdict::public_suffix);
    CHECK(jar.set("https://a.b.kawasaki.jp/", "a=1; domain=B.kawasaki.jp") ==
          CookieVerdict::public_suffix);
    CHECK(jar.set("https://a.city.kawasaki.jp/", "a=1; domain=city.kawasaki.jp") == kept);
    CHECK(jar.set("https://a.xn--55qx5d.cn/", "a=1; domain=xn--55qx5d.cn") ==
          CookieVerdict::public_suffix);
    CHECK(jar.set("https://a.unlisted/", "a=1; domain=unlisted") == CookieVerdict::public_suffix);
#else
    CHECK(verdict == kept);
#endif
}

TEST_CASE("the default clock is the system clock", "[K22]") {
    CookieJar jar;
    (void)jar.set("http://h.test/", "a=1; max-age=100");
    const auto left = *jar.all().at(0).expires - std::chrono::system_clock::now();
    CHECK(left > 90s);
    CHECK(left <= 100s);
}

TEST_CASE("the cost of a lookup does not grow with other hosts' cookies", "[K23]") {
    Scene scene(1000, 200'000);
    for (int i = 0; i < 100'000; ++i) {
        (void)scene.jar.set(
            Cookie{.name = "a", .value = "1", .domain = numbered("h", i) + ".test"});
    }
    (void)scene.jar.set(Cookie{.name = "b", .value = "2", .domain = "h7.test", .host_only = false});
    const auto begin = std::chrono::steady_clock::now();
    std::size_t found = 0;
    const hawser::Url url("http://x.h7.test/");
    for (int i = 0; i < 1000; ++i) {
        found += scene.jar.cookies(url).size();
    }
    CHECK(found == 1000);
    // Each would take milliseconds if it looked at every cookie.
    CHECK(std::chrono::steady_clock::now() - begin < 1s);
}
