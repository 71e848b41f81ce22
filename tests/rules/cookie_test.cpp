// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// Parsing Set-Cookie fields and their dates, and the rules for domains, paths and prefixes, as
// tables.

#include <hawser/detail/cookies/cookie_date.hpp>
#include <hawser/detail/cookies/cookie_field.hpp>
#include <hawser/detail/cookies/cookie_rules.hpp>
#include <hawser/detail/cookies/set_cookie.hpp>

#include <catch2/catch.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using hawser::Cookie;
using hawser::CookieVerdict;
using hawser::SameSite;
using hawser::Url;
using namespace hawser::detail;

namespace {

using Seconds = std::chrono::sys_seconds;

constexpr Seconds at(std::int64_t seconds) {
    return Seconds(std::chrono::seconds(seconds));
}

const Seconds now = at(1'000'000'000);

std::string padded(std::int64_t value, std::size_t size) {
    const std::string digits = std::to_string(value);
    return std::string(size - std::min(size, digits.size()), '0') + digits;
}

std::string shown(Seconds point) {
    const auto day = std::chrono::floor<std::chrono::days>(point);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss time(point - day);
    return padded(int(date.year()), 4) + '-' + padded(unsigned(date.month()), 2) + '-' +
           padded(unsigned(date.day()), 2) + ' ' + padded(time.hours().count(), 2) + ':' +
           padded(time.minutes().count(), 2) + ':' + padded(time.seconds().count(), 2);
}

std::string date(std::string_view text) {
    const auto point = parse_cookie_date(text);
    return point ? shown(*point) : "none";
}

/// The parts of a field, each with its own mark.
std::string parsed(std::string_view field) {
    SetCookie cookie;
    const CookieVerdict verdict = parse_set_cookie(field, cookie);
    if (verdict != CookieVerdict::kept) {
        return to_string(verdict);
    }
    std::string out = "[" + std::string(cookie.name) + "][" + std::string(cookie.value) + "]";
    if (!cookie.domain.empty()) {
        out.append(" domain=").append(cookie.domain);
    }
    if (cookie.has_path) {
        out.append(" path=").append(cookie.path);
    }
    if (cookie.max_age) {
        out.append(" age=").append(std::to_string(*cookie.max_age));
    }
    if (cookie.expires) {
        out.append(" expires=").append(shown(*cookie.expires));
    }
    const char* const sites[] = {"", " none", " lax", " strict"};
    return out + (cookie.secure ? " secure" : "") + (cookie.http_only ? " http" : "") +
           sites[static_cast<int>(cookie.same_site)];
}

bool is_suffix(std::string_view domain) {
    return domain.find('.') == std::string_view::npos || domain == "co.uk" ||
           domain == "xn--55qx5d.cn";
}

/// "domain", ".domain" if subdomains are included, or the reason why not.
std::string domain_of(const char* host, std::string_view attribute) {
    const Url url("http://" + std::string(host) + "/");
    Cookie cookie;
    const CookieVerdict verdict = choose_domain(attribute, cookie_origin(url), is_suffix, cookie);
    return verdict == CookieVerdict::kept ? (cookie.host_only ? "" : ".") + cookie.domain
                                          : to_string(verdict);
}

/// The verdict on a field received from a URL.
CookieVerdict made(const char* url, std::string_view field, Cookie& cookie) {
    SetCookie said;
    const CookieVerdict verdict = parse_set_cookie(field, said);
    const Url from(url);
    return verdict == CookieVerdict::kept
               ? make_cookie(said, cookie_origin(from), now, is_suffix, cookie)
               : verdict;
}

CookieVerdict made(const char* url, std::string_view field) {
    Cookie cookie;
    return made(url, field, cookie);
}

}  // namespace

TEST_CASE("dates of cookies in all their forms", "[K12][T-K40]") {
    for (const auto& [text, wanted] : std::vector<std::pair<std::string, std::string>>{
             {"Sun, 06 Nov 1994 08:49:37 GMT", "1994-11-06 08:49:37"},
             {"Sunday, 06-Nov-94 08:49:37 GMT", "1994-11-06 08:49:37"},
             {"Sun Nov  6 08:49:37 1994", "1994-11-06 08:49:37"},
             {"Mon, 10-Dec-2007 17:02:24 GMT", "2007-12-10 17:02:24"},
             {"Wed, 09 Dec 2009 16:27:23 GMT", "2009-12-09 16:27:23"},
             {"Thursday, 01-Jan-1970 00:00:00 GMT", "1970-01-01 00:00:00"},
             {"Mon Dec 24 16:32:30 1977 GMT", "1977-12-24 16:32:30"},
             {"09 Nov 2009 23:12:40", "2009-11-09 23:12:40"},
             {"2009 9 nov 23:12:40", "2009-11-09 23:12:40"},
             {"9 2009 nov 23:12:40", "2009-11-09 23:12:40"},
             {"23:12:40 november 9 2009", "2009-11-09 23:12:40"},
             {"nOVEMBer;9;2009@23:12:40", "2009-11-09 23:12:40"},
             {"Sat 17:42:41  31 December 2002", "2002-12-31 17:42:41"},
             {"1:2:3 4 may 1999", "1999-05-04 01:02:03"},
             {"01:02:03x 4th may 1999ad", "1999-05-04 01:02:03"},
             {"Fri, 07 Aug 2007 08:04:19 +0900", "2007-08-07 08:04:19"},
             {"29 Feb 2000 00:00:00", "2000-02-29 00:00:00"},
             {"31 Dec 9999 23:59:59", "9999-12-31 23:59:59"},
             {"1 Jan 1601 00:00:00", "1601-01-01 00:00:00"},
             {"1 Jan 69 00:00:00", "2069-01-01 00:00:00"},
             {"1 Jan 70 00:00:00", "1970-01-01 00:00:00"},
             {"1 Jan 99 00:00:00", "1999-01-01 00:00:00"},
             {"1 Jan 00 00:00:00", "2000-01-01 00:00:00"},
             {"06 Nov 1994 -1:49:37", "1994-11-06 01:49:37"},
             {"07 Aug 2007 08:04:19 1 Feb 1999 01:01:01", "2007-08-07 08:04:19"},  // the first
         }) {
        INFO(text);
        CHECK(date(text) == wanted);
    }
}

TEST_CASE("dates of cookies that are malformed", "[K12]") {
    for (const auto* text : {"",
                             " ",
                             "junk",
                             "1994",
                             "Sun, 06 Nov 1994",
                             "08:49:37 Nov 1994",
                             "06 1994 08:49:37",
                             "06 Nov 08:49:37",
                             "06 Nov 1994 08:49",
                             "06 Nov 1994 24:00:00",
                             "06 Nov 1994 08:60:37",
                             "06 Nov 1994 08:49:60",
                             "06 Nov 1994 008:49:37",
                             "06 Nov 1994 08:49:370",
                             "00 Nov 1994 08:49:37",
                             "32 Nov 1994 08:49:37",
                             "31 Nov 1994 08:49:37",
                             "29 Feb 1999 08:49:37",
                             "29 Feb 1900 08:49:37",
                             "006 Nov 1994 08:49:37",
                             "06 Nox 1994 08:49:37",
                             "06 No 1994 08:49:37",
                             "06 Nov 1600 08:49:37",
                             "06 Nov 199 08:49:37",
                             "06 Nov 19940 08:49:37",
                             "06 Nov 4294969290 08:49:37",
                             "06 Nov 18446744073709551616 08:49:37",
                             "99999999999999999999 Nov 1994 08:49:37",
                             "Sun\xe5 06\xc2\xa0Nov 1994 08:49:37"}) {
        INFO(text);
        CHECK(date(text) == "none");
    }
    CHECK(date(std::string(100'000, '9')) == "none");
    CHECK(date(std::string(100'000, ' ') + "06 Nov 1994 08:49:37") == "1994-11-06 08:49:37");
}

TEST_CASE("name and value of a Set-Cookie field are kept as sent", "[F-K01][T-K14][T-K16]") {
    for (const auto& [field, wanted] : std::vector<std::pair<std::string, std::string>>{
             {"a=b", "[a][b]"},
             {"a=b;", "[a][b]"},
             {"a=b;;;", "[a][b]"},
             {" \t a \t=\t b \t", "[a][b]"},
             {"a=", "[a][]"},
             {"a=;", "[a][]"},
             {"a", "[][a]"},
             {"a; Secure", "[][a] secure"},
             {"=a", "[][a]"},
             {"==a", "[][=a]"},
             {"=a=b", "[][a=b]"},
             {"a==b", "[a][=b]"},
             {"a=b=c=", "[a][b=c=]"},
             {"a=b c", "[a][b c]"},
             {"a b=c", "[a b][c]"},
             {"a=b,c=d", "[a][b,c=d]"},
             {"a=b;c=d", "[a][b]"},
             {"a=\"b\"", "[a][\"b\"]"},
             {"a=\"b;c\"", "[a][\"b]"},
             {"a=\"b c, d\"; Path=/", "[a][\"b c, d\"] path=/"},
             {"\"a\"=b", "[\"a\"][b]"},
             {"a=b\tc", "[a][b\tc]"},
             {"a=\xc3\xa9\xff", "[a][\xc3\xa9\xff]"},
             {"\xe2\x98\x83=b", "[\xe2\x98\x83][b]"},
             {"$Version=1; $Path=/x", "[$Version][1]"},
             {"a,b=c", "[a,b][c]"},
             {"a=%00%0d%0a", "[a][%00%0d%0a]"},
             {"a=b\\", "[a][b\\]"},
             {"Path=/x", "[Path][/x]"},
             {"Secure", "[][Secure]"},
             {"", "empty"},
             {" ", "empty"},
             {";", "empty"},
             {"=", "empty"},
             {" = ", "empty"},
             {"; a=b", "empty"},
             {"=;a=b", "empty"},
         }) {
        INFO(field);
        CHECK(parsed(field) == wanted);
    }
}

TEST_CASE("attributes of a Set-Cookie field match in any case, and the last one wins",
          "[F-K02][K04][K11][K14]") {
    for (const auto& [attributes, wanted] : std::vector<std::pair<std::string, std::string>>{
             {"Domain=a.example", " domain=a.example"},
             {"DOMAIN = .a.Example ", " domain=.a.Example"},
             {"domain=a; domain=b", " domain=b"},
             {"domain=a; domain=", ""},
             {"domain", ""},
             {"domain==a", " domain==a"},
             {"domain=a=b", " domain=a=b"},
             {"path=/a", " path=/a"},
             {"PATH=/a/", " path=/a/"},
             {"path=a", " path="},
             {"path", " path="},
             {"path=\"/a\"", " path="},
             {"path=/a; path=/b", " path=/b"},
             {"path=/a; path=b", " path="},
             {"path=/a\xc3\xa9 b", " path=/a\xc3\xa9 b"},
             {"secure", " secure"},
             {"Secure=false", " secure"},
             {"sECURE=", " secure"},
             {"secure secure", ""},
             {"\"secure\"", ""},
             {"httponly", " http"},
             {"HttpOnly=0", " http"},
             {"http only", ""},
             {"samesite=Strict", " strict"},
             {"SAMESITE=lax", " lax"},
             {"SameSite=NONE", " none"},
             {"samesite=strictly", ""},
             {"samesite=laxstrict", ""},
             {"samesite=nonempty", ""},
             {"samesite=la", ""},
             {"samesite=\"lax\"", ""},
             {"samesite", ""},
             {"samesite=lax; samesite=strict", " strict"},
             {"samesite=lax; samesite=x", ""},
             {"c=d", ""},
             {"c", ""},
             {"=d", ""},
             {"=", ""},
             {"version=1; comment=c; commenturl=u; port=\"80\"; discard; priority=high; "
              "partitioned",
              ""},
             {"expires=Sun, 06 Nov 1994 08:49:37 GMT", " expires=1994-11-06 08:49:37"},
             {"expires=Sun, 06 Nov 1994 08:49:37 GMT; expires=x", " expires=1994-11-06 08:49:37"},
             {"expires=\"Sun, 06 Nov 1994 08:49:37 GMT\"", " expires=1994-11-06 08:49:37"},
             {"expires=x", ""},
             {"expires", ""},
             {"max-age=7; secure ;httponly;path=/;domain=a;samesite=lax",
              " domain=a path=/ age=7 secure http lax"},
         }) {
        INFO(attributes);
        CHECK(parsed("a=b; " + attributes) == "[a][b]" + wanted);
        CHECK(parsed("a=b;" + attributes + ";") == "[a][b]" + wanted);
        CHECK(parsed("a=b ;\t" + attributes + "\t;unknown") == "[a][b]" + wanted);
    }
}

TEST_CASE("Max-Age consists of digits, and saturates", "[K13]") {
    using Max = std::numeric_limits<std::int64_t>;
    for (const auto& [text, wanted] : std::vector<std::pair<std::string, std::int64_t>>{
             {"0", 0},
             {"1", 1},
             {"007", 7},
             {"-0", 0},
             {"-1", -1},
             {"-007", -7},
             {"9223372036854775807", Max::max()},
             {"9223372036854775808", Max::max()},
             {std::string(1000, '9'), Max::max()},
             {"-9223372036854775809", -Max::max()},
             {"-" + std::string(1000, '9'), -Max::max()},
         }) {
        INFO(text);
        CHECK(parse_max_age(text) == wanted);
    }
    for (const auto* text :
         {"", "-", "+1", "--1", "1.5", "1e3", "0x10", "50,399", "1 2", "1s", "\"1\"", "x", " 1"}) {
        INFO(text);
        CHECK_FALSE(parse_max_age(text).has_value());
    }
    CHECK(parsed("a=b; max-age=5; max-age=50,399") == "[a][b] age=5");
    CHECK(parsed("a=b; max-age=5; max-age=") == "[a][b] age=5");
    CHECK(parsed("a=b; max-age=5; max-age=-1") == "[a][b] age=-1");
}

TEST_CASE("Max-Age wins over Expires, and no cookie lasts more than 400 days", "[K12][K13]") {
    const auto expiry = [](std::string_view attributes) -> std::string {
        Cookie cookie;
        CHECK(made("http://h.example/", "a=b; " + std::string(attributes), cookie) ==
              CookieVerdict::kept);
        return cookie.expires ? std::to_string((*cookie.expires - now).count()) : "session";
    };
    const std::string longest = std::to_string(400 * 24 * 3600);
    CHECK(expiry("path=/") == "session");
    CHECK(expiry("max-age=5") == "5");
    CHECK(expiry("max-age=0") == "0");
    CHECK(expiry("max-age=-1") == "0");
    CHECK(expiry("max-age=-9999999999999999999") == "0");
    CHECK(expiry("max-age=9999999999999999999") == longest);
    CHECK(expiry("max-age=34560001") == longest);
    CHECK(expiry("max-age=34559999") == "34559999");
    CHECK(expiry("expires=Sun, 09 Sep 2001 01:46:45 GMT") == "5");
    CHECK(expiry("expires=Fri, 31 Dec 9999 23:59:59 GMT") == longest);
    CHECK(expiry("expires=Sun, 06 Nov 1994 08:49:37 GMT").starts_with('-'));
    CHECK(expiry("expires=Fri, 31 Dec 9999 23:59:59 GMT; max-age=5") == "5");
    CHECK(expiry("max-age=5; expires=Sun, 06 Nov 1994 08:49:37 GMT") == "5");
    CHECK(expiry("max-age=0; expires=Fri, 31 Dec 9999 23:59:59 GMT") == "0");
    CHECK(expiry("max-age=x; expires=Sun, 09 Sep 2001 01:46:45 GMT") == "5");
    CHECK(expiry("expires=x") == "session");
}

TEST_CASE("a control character, except a tab, invalidates the cookie", "[K09]") {
    for (int byte = 0; byte < 256; ++byte) {
        const char c = static_cast<char>(byte);
        const bool control = (byte < 0x20 && byte != '\t') || byte == 0x7f;
        const std::string text(1, c);
        INFO(byte);
        for (const std::string& field : {"a" + text + "b=c",
                                         "a=b" + text + "c",
                                         "a=b" + text,
                                         "a=b; path=/" + text + "x",
                                         "a=b; x" + text + "y"}) {
            SetCookie cookie;
            const CookieVerdict verdict = parse_set_cookie(field, cookie);
            CHECK((verdict == CookieVerdict::bad_byte) == control);
        }
    }
    CHECK(made("http://h.example/", "a\tb=c") == CookieVerdict::bad_byte);
    CHECK(made("http://h.example/", "a=b\tc") == CookieVerdict::kept);
    CHECK(made("http://h.example/", "a=b; path=/x\ty") == CookieVerdict::bad_byte);
}

TEST_CASE("limits of 4096 bytes for name and value and 1024 for an attribute", "[K10]") {
    const auto bytes = [](std::size_t n) { return std::string(n, 'x'); };
    CHECK(parsed("a=" + bytes(4095)) == "[a][" + bytes(4095) + "]");
    CHECK(parsed("a=" + bytes(4096)) == "too long");
    CHECK(parsed(bytes(4096)) == "[][" + bytes(4096) + "]");
    CHECK(parsed(bytes(4097)) == "too long");
    CHECK(parsed(bytes(4096) + "=") == "[" + bytes(4096) + "][]");
    CHECK(parsed(bytes(2048) + "=" + bytes(2049)) == "too long");
    CHECK(parsed(" \t" + bytes(4000) + " = " + bytes(96) + " ; x=" + bytes(9000)) ==
          "[" + bytes(4000) + "][" + bytes(96) + "]");
    CHECK(parsed("a=b; path=/" + bytes(1023)) == "[a][b] path=/" + bytes(1023));
    CHECK(parsed("a=b; path=/" + bytes(1024)) == "[a][b]");
    CHECK(parsed("a=b; path=/c; path=/" + bytes(1024)) == "[a][b] path=/c");
    CHECK(parsed("a=b; domain=" + bytes(1024)) == "[a][b] domain=" + bytes(1024));
    CHECK(parsed("a=b; domain=c; domain=" + bytes(1025)) == "[a][b] domain=c");
    CHECK(parsed("a=b; secure=" + bytes(1025)) == "[a][b]");
    CHECK(parsed("a=b; max-age=" + bytes(1025)) == "[a][b]");
}

TEST_CASE("a domain matches itself and its subdomains", "[K02][K03][T-K22][T-K27]") {
    for (const auto& [host, domain] : std::vector<std::pair<const char*, const char*>>{
             {"example.com", "example.com"},
             {"a.example.com", "example.com"},
             {"a.b.example.com", "example.com"},
             {"a.b.example.com", "b.example.com"},
             {"com", "com"},
             {"10.0.0.1", "10.0.0.1"},
             {"::1", "::1"},
             {"fe80::1%eth0", "fe80::1%eth0"},
         }) {
        INFO(host << ' ' << domain);
        CHECK(domain_matches(host, domain));
    }
    for (const auto& [host, domain] : std::vector<std::pair<const char*, const char*>>{
             {"example.com", "ample.com"},
             {"badexample.com", "example.com"},
             {"example.com", "a.example.com"},
             {"example.com", ".com"},
             {"example.com", ".example.com"},
             {"example.com", ""},
             {"example.com", "example.org"},
             {"example.com", "example.com."},
             {"example.com.evil.net", "example.com"},
             {"10.0.0.1", "0.0.1"},
             {"10.0.0.1", "1"},
             {"10.0.0.1", "0.0.0.1"},
             {"::ffff:10.0.0.1", "0.0.1"},
             {"::1", "1"},
             {"fe80::1%eth0", "fe80::1"},
             {"fe80::1%eth0", "fe80::1%eth1"},
             {"fe80::1%a.example.com", "example.com"},
         }) {
        INFO(host << ' ' << domain);
        CHECK_FALSE(domain_matches(host, domain));
    }
    for (const auto* address :
         {"127.0.0.1", "0.0.0.0", "::1", "fe80::1%eth0", "1:2::3", "::1.2.3.4"}) {
        CHECK(is_address(address));
    }
    for (const auto* name :
         {"", "a", "example.com", "1.example", "127.0.0.1.example", "a.1b", "x1"}) {
        CHECK_FALSE(is_address(name));
    }
}

TEST_CASE("the default path, and path matching", "[K08][T-K28][F-J05]") {
    for (const auto& [path, wanted] : std::vector<std::pair<const char*, const char*>>{
             {"/", "/"},
             {"/abc", "/"},
             {"/abc/", "/abc"},
             {"/abc/xyz", "/abc"},
             {"/abc/xyz/", "/abc/xyz"},
             {"/a/b/c.html", "/a/b"},
             {"//", "/"},
             {"//a", "/"},
             {"/a//", "/a/"},
             {"", "/"},
             {"x", "/"},
             {"xy/z", "/"},
         }) {
        INFO(path);
        CHECK(default_cookie_path(path) == wanted);
    }
    for (const auto& [path, cookie_path] : std::vector<std::pair<const char*, const char*>>{
             {"/", "/"},
             {"/foo", "/"},
             {"/foo", "/foo"},
             {"/foo/", "/foo"},
             {"/foo/", "/foo/"},
             {"/foo/bar", "/foo"},
             {"/foo/bar", "/foo/"},
             {"/foo//", "/foo"},
             {"/foo%2fbar", "/"},
         }) {
        INFO(path << ' ' << cookie_path);
        CHECK(path_matches(path, cookie_path));
    }
    for (const auto& [path, cookie_path] : std::vector<std::pair<const char*, const char*>>{
             {"/", "/foo"},
             {"/foobar", "/foo"},
             {"/foo", "/foo/"},
             {"/foo", "/foo/bar"},
             {"/FOO", "/foo"},
             {"/fo", "/foo"},
             {"/foo;x", "/foo"},
             {"/foo%2fbar", "/foo"},
             {"/%66oo", "/foo"},
         }) {
        INFO(path << ' ' << cookie_path);
        CHECK_FALSE(path_matches(path, cookie_path));
    }
}

TEST_CASE("how a Domain attribute applies to a host", "[K01][K02][K03][K04][F-J04][T-K29]") {
    struct Row {
        const char* host;
        std::string_view attribute;
        const char* wanted;
    };
    for (const Row& row : std::vector<Row>{
             {"www.example.com", "", "www.example.com"},
             {"www.example.com", ".", "www.example.com"},
             {"WWW.Example.COM", "", "www.example.com"},
             {"www.example.com", "example.com", ".example.com"},
             {"www.example.com", ".example.com", ".example.com"},
             {"www.example.com", "EXAMPLE.com", ".example.com"},
             {"www.example.com", "www.example.com", ".www.example.com"},
             {"www.example.com", ".www.example.com", ".www.example.com"},
             {"www.example.com.", "example.com", ".example.com"},
             {"www.example.com", "example.com.", "wrong domain"},
             {"www.example.com.", "example.com.", "wrong domain"},
             {"www.example.com", ".example.com.", "wrong domain"},
             {"www.example.com", "..example.com", "wrong domain"},
             {"www.example.com", "...", "wrong domain"},
             {"www.example.com", "www.example.com.evil.net", "wrong domain"},
             {"www.example.com", "a.www.example.com", "wrong domain"},
             {"www.example.com", "ww.example.com", "wrong domain"},
             {"www.example.com", "ample.com", "wrong domain"},
             {"www.example.com", "example.org", "wrong domain"},
             {"www.example.com", "example", "wrong domain"},
             {"www.example.com", "*.example.com", "wrong domain"},
             {"www.example.com", "example.com:80", "wrong domain"},
             {"www.example.com", "http://example.com", "wrong domain"},
             {"www.example.com", "\"example.com\"", "wrong domain"},
             {"www.example.com", "example.com example.org", "wrong domain"},
             {"www.example.com", "\xc3\xa9xample.com", "wrong domain"},
             {"www.example.com", "com", "public suffix"},
             {"www.example.com", ".com", "public suffix"},
             {"www.example.com", "CoM", "public suffix"},
             {"www.example.com", "com.", "wrong domain"},
             {"example.co.uk", "co.uk", "public suffix"},
             {"example.co.uk", ".Co.UK", "public suffix"},
             {"example.co.uk", "example.co.uk", ".example.co.uk"},
             {"a.example.co.uk", "example.co.uk", ".example.co.uk"},
             {"example.co.uk", "uk", "public suffix"},
             {"co.uk", "co.uk", "co.uk"},
             {"co.uk", ".co.uk", "co.uk"},
             {"co.uk", "uk", "public suffix"},
             {"a.xn--55qx5d.cn", "xn--55qx5d.cn", "public suffix"},
             {"a.xn--55qx5d.cn", "XN--55QX5D.cn", "public suffix"},
             {"com", "com", "com"},
             {"localhost", "localhost", "localhost"},
             {"localhost", ".localhost", "localhost"},
             {"localhost", "", "localhost"},
             {"a.localhost", "localhost", "public suffix"},
             {"intranet", "", "intranet"},
             {"127.0.0.1", "", "127.0.0.1"},
             {"127.0.0.1", "127.0.0.1", "127.0.0.1"},
             {"127.0.0.1", ".127.0.0.1", "wrong domain"},
             {"127.0.0.1", "0.0.1", "wrong domain"},
             {"127.0.0.1", ".0.0.1", "wrong domain"},
             {"127.0.0.1", "1", "wrong domain"},
             {"127.0.0.1", "127.0.0.1.", "wrong domain"},
             {"[::1]", "", "::1"},
             {"[::1]", "::1", "::1"},
             {"[::1]", "[::1]", "::1"},
             {"[::1]", "1", "wrong domain"},
             {"[::1]", ".::1", "wrong domain"},
             {"[fe80::1%25eth0]", "", "fe80::1%eth0"},
             {"[fe80::1%25eth0]", "fe80::1", "wrong domain"},
             {"[fe80::1%25a.example.com]", "example.com", "wrong domain"},
         }) {
        INFO(row.host << " Domain=" << row.attribute);
        CHECK(domain_of(row.host, row.attribute) == row.wanted);
    }
}

TEST_CASE("prefixes are promises, in upper or lower case", "[K07]") {
    const char* const https = "https://h.example/a/b";
    const char* const http = "http://h.example/a/b";
    constexpr CookieVerdict kept = CookieVerdict::kept;
    constexpr CookieVerdict broken = CookieVerdict::bad_prefix;
    CHECK(made(https, "__Secure-a=b; secure") == kept);
    CHECK(made(https, "__Secure-a=b; secure; domain=h.example; path=/a") == kept);
    CHECK(made(https, "__Secure-a=b") == broken);
    CHECK(made(https, "__SECURE-a=b") == broken);
    CHECK(made(https, "__secure-=b") == broken);
    CHECK(made(http, "__Secure-a=b") == broken);
    CHECK(made(http, "__Secure-a=b; secure") == CookieVerdict::not_secure);
    CHECK(made(https, "__Host-a=b; secure; path=/") == kept);
    CHECK(made(https, "__hOST-a=b; secure; path=/") == kept);
    CHECK(made(https, "__Host-a=b; secure; path=/; domain=") == kept);
    CHECK(made(https, "__Host-a=b; path=/") == broken);
    CHECK(made(https, "__hosT-a=b; path=/") == broken);
    CHECK(made(https, "__Host-a=b; secure") == broken);
    CHECK(made("https://h.example/", "__Host-a=b; secure") == broken);
    CHECK(made(https, "__Host-a=b; secure; path=/a") == broken);
    CHECK(made(https, "__Host-a=b; secure; path=/; domain=h.example") == broken);
    CHECK(made(https, "__Host-a=b; secure; path=/; path=/a") == broken);
    CHECK(made(https, "__HostA=b") == kept);
    CHECK(made(https, "__Host_a=b") == kept);
    CHECK(made(https, "a__Host-=b") == kept);
    CHECK(made(https, "a=__Host-b") == kept);
    // Servers cannot tell these from cookies with a name.
    CHECK(made(https, "=__Host-a=b; secure; path=/") == broken);
    CHECK(made(https, "__Host-a; secure; path=/") == broken);
    CHECK(made(https, "=__secure-a=b; secure") == broken);
    CHECK(made(https, "__SECURE-") == broken);
    CHECK(made(https, "=a__Secure-") == kept);
}

TEST_CASE("which origins are secure enough", "[K06][F-J07]") {
    for (const auto* url : {"https://h.example/",
                            "http://localhost/",
                            "http://localhost.:8080/",
                            "http://a.b.localhost/",
                            "http://127.0.0.1/",
                            "http://127.9.9.9:81/",
                            "http://[::1]/"}) {
        INFO(url);
        CHECK(made(url, "a=b; secure") == CookieVerdict::kept);
    }
    for (const auto* url : {"http://h.example/",
                            "http://localhost.example/",
                            "http://127.0.0.1.example/",
                            "http://128.0.0.1/",
                            "http://10.0.0.1/",
                            "http://[::2]/",
                            "http://[::ffff:127.0.0.1]/"}) {
        INFO(url);
        CHECK(made(url, "a=b; secure") == CookieVerdict::not_secure);
    }
}

TEST_CASE("a caller's cookie is limited to the same bytes", "[K20][T-K18][T-K19]") {
    const Cookie good{.name = "a", .value = "b", .domain = "h.example"};
    CHECK(check_cookie(good) == CookieVerdict::kept);
    for (int byte = 0; byte < 256; ++byte) {
        const std::string text = "x" + std::string(1, static_cast<char>(byte)) + "y";
        const bool control = (byte < 0x20 && byte != '\t') || byte == 0x7f;
        INFO(byte);
        Cookie cookie = good;
        cookie.name = text;
        CHECK((check_cookie(cookie) == CookieVerdict::kept) ==
              !(control || byte == '\t' || byte == ';' || byte == '='));
        cookie = good;
        cookie.value = text;
        CHECK((check_cookie(cookie) == CookieVerdict::kept) == !(control || byte == ';'));
        cookie = good;
        cookie.path = "/" + text;
        CHECK((check_cookie(cookie) == CookieVerdict::kept) == !(control || byte == '\t'));
        cookie = good;
        cookie.domain = text;
        CHECK((check_cookie(cookie) == CookieVerdict::kept) ==
              ((byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte == '-' ||
               byte == '_' || byte == '.'));
    }
    const auto with = [&](auto change) {
        Cookie cookie = good;
        change(cookie);
        return check_cookie(cookie);
    };
    CHECK(with([](Cookie& c) { c.name = " a"; }) == CookieVerdict::bad_byte);
    CHECK(with([](Cookie& c) { c.value = "b "; }) == CookieVerdict::bad_byte);
    CHECK(with([](Cookie& c) { c.value = "\tb"; }) == CookieVerdict::bad_byte);
    CHECK(with([](Cookie& c) { c.path = ""; }) == CookieVerdict::bad_byte);
    CHECK(with([](Cookie& c) { c.path = "a"; }) == CookieVerdict::bad_byte);
    CHECK(with([](Cookie& c) { c.name = c.value = ""; }) == CookieVerdict::empty);
    CHECK(with([](Cookie& c) { c.value = std::string(4096, 'x'); }) == CookieVerdict::too_long);
    CHECK(with([](Cookie& c) { c.name = "__Host-x"; }) == CookieVerdict::bad_prefix);
    for (const auto* domain : {"",
                               ".",
                               ".h.example",
                               "h.example.",
                               "H.example",
                               "#h",
                               "[::1]",
                               "::G",
                               "::A",
                               "a::%25;",
                               "fe80::1%a\tb",
                               "h.example:80"}) {
        INFO(domain);
        CHECK(with([&](Cookie& c) { c.domain = domain; }) == CookieVerdict::wrong_domain);
    }
    for (const auto* domain : {"h", "::1", "fe80::1%Eth0", "::1.2.3.4", "1.2.3.4", "a_b-c.d"}) {
        INFO(domain);
        CHECK(with([&](Cookie& c) { c.domain = domain; }) == CookieVerdict::kept);
    }
    CHECK(with([](Cookie& c) {
              c.domain = "1.2.3.4";
              c.host_only = false;
          }) == CookieVerdict::wrong_domain);
}

TEST_CASE("a cookie from http hides a Secure one of its name, below or above", "[K06]") {
    const auto hides = [](std::string domain, std::string path, std::string kept_path) {
        const Cookie kept{.name = "a",
                          .value = "1",
                          .domain = "b.example.com",
                          .path = std::move(kept_path),
                          .host_only = false,
                          .secure = true};
        const Cookie cookie{
            .name = "a", .value = "2", .domain = std::move(domain), .path = std::move(path)};
        return hides_secure(cookie, kept);
    };
    CHECK(hides("b.example.com", "/", "/"));
    CHECK(hides("example.com", "/", "/"));
    CHECK(hides("a.b.example.com", "/", "/"));
    CHECK_FALSE(hides("c.example.com", "/", "/"));
    CHECK_FALSE(hides("xb.example.com", "/", "/"));
    CHECK(hides("b.example.com", "/x", "/"));
    CHECK(hides("b.example.com", "/x/y", "/x"));
    CHECK_FALSE(hides("b.example.com", "/", "/x"));
    CHECK_FALSE(hides("b.example.com", "/xy", "/x"));
    // Servers take the first one for the second.
    const Cookie nameless{.name = "", .value = "a=2", .domain = "example.com"};
    CHECK(hides_secure(nameless,
                       {.name = "a", .value = "1", .domain = "example.com", .secure = true}));
    CHECK_FALSE(hides_secure(nameless,
                             {.name = "", .value = "a", .domain = "example.com", .secure = true}));
    Cookie other{.name = "b", .value = "", .domain = "b.example.com", .secure = true};
    const Cookie cookie{.name = "a", .value = "", .domain = "b.example.com"};
    CHECK_FALSE(hides_secure(cookie, other));
    other.name = "a";
    CHECK(hides_secure(cookie, other));
    other.secure = false;
    CHECK_FALSE(hides_secure(cookie, other));
}

TEST_CASE("a caller's cookie takes the place of the jar's with its name", "[K16]") {
    struct Case {
        hawser::Headers own;
        const char* from_jar;
        const char* sent;
    };
    const std::vector<Case> table = {
        {{}, "a=1; b=2", "a=1; b=2"},
        {{{"Cookie", "c=3"}}, "a=1; b=2", "c=3; a=1; b=2"},
        {{{"Cookie", "b=3; b=4"}}, "a=1; b=2", "b=3; b=4; a=1"},
        {{{"Cookie", " b = 3;"}}, "a=1; b=2", "b = 3; a=1"},
        {{{"Cookie", "B=3"}}, "b=2", "B=3; b=2"},
        {{{"Cookie", "a=b=2"}}, "b=2", "a=b=2; b=2"},
        {{{"Cookie", "x=a"}, {"COOKIE", ";;y"}}, "a=1; y", "x=a; y; a=1"},
        {{{"Cookie", ""}}, "a=\"1\"; plain", "a=\"1\"; plain"},
    };
    for (const Case& c : table) {
        hawser::Headers request = c.own;
        request.add("X", "a=1");
        add_jar_cookies(request, c.from_jar);
        CHECK(request.get("Cookie") == c.sent);
        request.erase("Cookie");
        hawser::Headers others = c.own;
        others.erase("Cookie");
        CHECK(request == others.add("X", "a=1"));
    }
}

TEST_CASE("every verdict has a text", "[F-K08]") {
    for (const auto verdict : {CookieVerdict::kept,
                               CookieVerdict::erased,
                               CookieVerdict::empty,
                               CookieVerdict::too_long,
                               CookieVerdict::bad_byte,
                               CookieVerdict::wrong_domain,
                               CookieVerdict::public_suffix,
                               CookieVerdict::not_secure,
                               CookieVerdict::bad_prefix,
                               CookieVerdict::no_room}) {
        CHECK(std::string_view(to_string(verdict)) != "unknown");
    }
    CHECK(std::string_view(to_string(static_cast<CookieVerdict>(99))) == "unknown");
}
