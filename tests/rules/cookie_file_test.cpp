// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// A jar in a file: the lines, the files of other programs, and errors.

#include "../support/temp_dir.hpp"
#include <hawser/cookie_jar.hpp>
#include <hawser/detail/cookies/netscape_format.hpp>

#include <catch2/catch.hpp>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <system_error>
#include <utility>
#include <vector>

using hawser::Cookie;
using hawser::CookieJar;
using hawser::CookieVerdict;
using hawser::test::TempDir;
using namespace std::chrono_literals;

namespace {

namespace fs = std::filesystem;

std::string contents(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

void write(const std::string& path, std::string_view text) {
    std::ofstream(path, std::ios::binary) << text;
}

hawser::CookieJarOptions options() {
    return {.now = [] { return std::chrono::sys_seconds(1'000'000'000s); },
            .is_public_suffix =
                [](std::string_view domain) { return domain.find('.') == std::string_view::npos; }};
}

/// The cookies of a jar, as a file returns them.
std::vector<Cookie> without_same_site(std::vector<Cookie> cookies) {
    for (Cookie& cookie : cookies) {
        cookie.same_site = hawser::SameSite::unspecified;
    }
    return cookies;
}

/// The cookies of one line, or what is wrong with it.
std::string read(std::string_view line) {
    std::vector<Cookie> cookies;
    const auto fault = hawser::detail::read_netscape(line, cookies);
    if (fault.line != 0) {
        return fault.reason;
    }
    std::string out;
    for (const Cookie& cookie : cookies) {
        out.append(cookie.host_only ? "" : ".").append(cookie.domain).append(cookie.path);
        out.append(" [" + cookie.name + "][" + cookie.value + "]");
        out.append(cookie.secure ? " secure" : "").append(cookie.http_only ? " http" : "");
        out.append(cookie.expires ? " " + std::to_string(cookie.expires->time_since_epoch().count())
                                  : "");
    }
    return out;
}

}  // namespace

TEST_CASE("lines of the cookie file are read as curl reads them", "[K05][K18]") {
    for (const auto& [line, wanted] : std::vector<std::pair<std::string, std::string>>{
             {"", ""},
             {" \t \n\n", ""},
             {"# comment", ""},
             {"#\thost\tFALSE\t/\tFALSE\t0\ta\tb", ""},
             {"h.test\tFALSE\t/\tFALSE\t0\ta\tb", "h.test/ [a][b]"},
             {"h.test\tFALSE\t/\tFALSE\t0\ta\tb\r\n", "h.test/ [a][b]"},
             {"\xef\xbb\xbf# x\nh.test\tFALSE\t/\tFALSE\t0\ta\tb", "h.test/ [a][b]"},
             {".h.test\tTRUE\t/x\tTRUE\t99\ta\tb", ".h.test/x [a][b] secure 99"},
             {"h.test\tTRUE\t/\tFALSE\t0\ta\tb", ".h.test/ [a][b]"},
             {".h.test\tFALSE\t/\tFALSE\t0\ta\tb", "h.test/ [a][b]"},
             {"H.Test\ttrue\t/\tfalse\t0\ta\tb", ".h.test/ [a][b]"},
             {"#HttpOnly_h.test\tFALSE\t/\tFALSE\t0\ta\tb", "h.test/ [a][b] http"},
             {"#HttpOnly_.h.test\tTRUE\t/\tFALSE\t0\ta\tb", ".h.test/ [a][b] http"},
             {"h.test\tFALSE\t/\tFALSE\t0\ta\t", "h.test/ [a][]"},
             {"h.test\tFALSE\t/\tFALSE\t0\ta", "h.test/ [a][]"},
             {"h.test\tFALSE\t/\tFALSE\t0\t\tb", "h.test/ [][b]"},
             {"h.test\tFALSE\t/\tFALSE\t\ta\tb", "h.test/ [a][b]"},
             {"h.test\tFALSE\t/\tFALSE\t-1\ta\tb", "h.test/ [a][b] -1"},
             {"h.test\tFALSE\t/\tFALSE\t99999999999999999999\ta\tb",
              "h.test/ [a][b] 9223372036854775807"},
             {"h.test\tFALSE\t/\tFALSE\t0\ta\tb\tc ", "h.test/ [a][b\tc ]"},
             {"fe80::1%Eth0\tFALSE\t/\tFALSE\t0\ta\tb", "fe80::1%Eth0/ [a][b]"},
             {"h.test\tFALSE\t/\tFALSE\t0\ta\tb\ni.test\tFALSE\t/\tFALSE\t0\tc\td",
              "h.test/ [a][b]i.test/ [c][d]"},
             {"Set-Cookie: a=b", "it does not have seven columns"},
             {"h.test FALSE / FALSE 0 a b", "it does not have seven columns"},
             {"h.test\tFALSE\t/\tFALSE\t0", "it does not have seven columns"},
             {"#HttpOnly_", "it does not have seven columns"},
             {"h.test\tFALSE\t/\tFALSE\t1.5\ta\tb", "its fifth column is no time"},
             {"h.test\tFALSE\t/\tFALSE\tx\ta\tb", "its fifth column is no time"},
             {"h.test\t1\t/\tFALSE\t0\ta\tb",
              "its second or fourth column is neither TRUE nor FALSE"},
             {"h.test\tFALSE\t/\t\t0\ta\tb",
              "its second or fourth column is neither TRUE nor FALSE"},
             {std::string("\0\0\0\0", 4), "it does not have seven columns"},
         }) {
        INFO(line);
        CHECK(read(line) == wanted);
    }
}

TEST_CASE("load restores the jar that save wrote, with host-only and session cookies",
          "[K05][K18]") {
    const TempDir folder;
    const std::string path = folder.file("cookies.txt");
    CookieJar jar(options());
    for (const auto& [url, field] : std::vector<std::pair<const char*, std::string>>{
             {"https://www.h.test/a/b", "session=1"},
             {"https://www.h.test/", "persistent=2; max-age=1000"},
             {"https://www.h.test/", "domain=3; domain=h.test; httponly"},
             {"https://www.h.test/", "secure=4; secure; samesite=strict"},
             {"https://www.h.test/", "__Host-x=5; secure; path=/"},
             {"https://www.h.test/", "nameless"},
             {"https://www.h.test/", "=name=less; path=/x"},
             {"https://www.h.test/", "empty="},
             {"https://www.h.test/", "#HttpOnly_a=#b"},
             {"https://www.h.test/", "tab=a\tb\tc"},
             {"https://www.h.test/", "bytes=\xff\xfe \"x, y\"\\"},
             {"https://www.h.test/", "path=1; path=/a b;c=d"},
             {"https://www.h.test/", "utf=\xe2\x98\x83; path=/\xe2\x98\x83"},
             {"https://www.h.test/", "long=" + std::string(4000, 'x')},
             {"https://www.h.test/", "far=1; expires=Fri, 31 Dec 9999 23:59:59 GMT"},
             {"https://www.h.test/", "#=1"},
             {"https://127.0.0.1/", "ip=1; domain=127.0.0.1"},
             {"https://[2001:db8::1]/", "ip=1"},
             {"https://[fe80::1%25Eth0]/", "zone=1"},
             {"https://localhost/", "local=1"},
             {"https://a_b.h.test/", "under=1; domain=a_b.h.test"},
             {"https://www.h.test/a/b", "session=again"},
         }) {
        INFO(field);
        CHECK(jar.set(url, field) == CookieVerdict::kept);
    }
    jar.save(path);
    CookieJar other(options());
    other.load(path);
    CHECK(other.all() == without_same_site(jar.all()));
    CHECK(other.all().size() == 21);
    CHECK(other.header("https://www.h.test/a/b") == jar.header("https://www.h.test/a/b"));
    other.save(folder.file("again.txt"));
    CHECK(contents(folder.file("again.txt")) == contents(path));
    CHECK(other.header("http://sub.www.h.test/") == "domain=3");
}

TEST_CASE("the file looks like one from curl, and only its owner may read it", "[K18]") {
    const TempDir folder;
    const std::string path = folder.file("cookies.txt");
    CookieJar jar(options());
    (void)jar.set("https://www.h.test/x/", "a=1; secure; httponly");
    (void)jar.set("https://www.h.test/", "b=2; domain=h.test; max-age=100");
    (void)jar.set("https://www.h.test/", "gone=2; max-age=0");
    jar.save(path);
    const std::string text = contents(path);
    CHECK(text.starts_with("# Netscape HTTP Cookie File\n#"));
    CHECK(
        text.ends_with("\n\n#HttpOnly_www.h.test\tFALSE\t/x\tTRUE\t0\ta\t1\n"
                       ".h.test\tTRUE\t/\tFALSE\t1000000100\tb\t2\n"));
    struct ::stat status {};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);
    CHECK(folder.files() == 1);
}

TEST_CASE("load adds to the jar, and skips what the jar would refuse", "[K18]") {
    const TempDir folder;
    const std::string path = folder.file("cookies.txt");
    write(path,
          "h.test\tFALSE\t/\tFALSE\t0\ta\tfile\n"
          "h.test\tFALSE\t/\tFALSE\t999999999\texpired\t1\n"
          ".test\tTRUE\t/\tFALSE\t0\tsuffix\t1\n"
          "h.test\tFALSE\t/\tFALSE\t0\t__Secure-x\t1\n"
          "h.test\tFALSE\tx\tFALSE\t0\tpath\t1\n"
          "h.test;x\tFALSE\t/\tFALSE\t0\tdomain\t1\n"
          "10.0.0.1\tTRUE\t/\tFALSE\t0\taddress\t1\n"
          "h.test\tFALSE\t/\tFALSE\t0\tbyte\t1\x01\n"
          "h.test\tFALSE\t/\tFALSE\t0\tlong\t" +
              std::string(5000, 'x') +
              "\n"
              "h.test\tFALSE\t/\tTRUE\t99999999999\tlast\t1");
    CookieJar jar(options());
    (void)jar.set("http://h.test/", "a=jar");
    (void)jar.set("http://h.test/", "b=jar");
    jar.load(path);
    CHECK(jar.header("https://h.test/") == "a=file; b=jar; last=1");
    CHECK(jar.all().back().expires == std::chrono::sys_seconds(1'000'000'000s) + 24h * 400);
}

TEST_CASE("a file that cannot be read changes nothing, and the error tells why", "[K18]") {
    const TempDir folder;
    const std::string path = folder.file("cookies.txt");
    CookieJar jar(options());
    (void)jar.set("http://h.test/", "a=1");
    std::error_code ec;
    jar.load(path, ec);
    CHECK(ec == std::errc::no_such_file_or_directory);
    CHECK_THROWS_WITH(jar.load(path),
                      "reading cookies from \"" + path + "\": No such file or directory");
    jar.load(folder.file(""), ec);
    CHECK(ec == std::errc::is_a_directory);

    const std::string text =
        "h.test\tFALSE\t/\tFALSE\t0\tb\t2\n\n# c\n<html>\nh.test\tFALSE\t/\tFALSE\t0\tc\t3\n";
    write(path, text);
    jar.load(path, ec);
    CHECK(ec == std::errc::bad_message);
    CHECK_THROWS_WITH(jar.load(path),
                      "reading cookies from \"" + path +
                          "\", line 4: it does not have seven columns: Bad message");
    CHECK(jar.header("http://h.test/") == "a=1");
    CHECK(contents(path) == text);

    write(path, "");
    jar.load(path, ec);
    CHECK_FALSE(ec);
    CHECK(jar.header("http://h.test/") == "a=1");
}

TEST_CASE("a file is replaced whole or not at all", "[K18]") {
    const TempDir folder;
    const std::string path = folder.file("cookies.txt");
    CookieJar jar(options());
    (void)jar.set("http://h.test/", "a=1");
    std::error_code ec = std::make_error_code(std::errc::io_error);
    jar.save(folder.file("none/cookies.txt"), ec);
    CHECK(ec == std::errc::no_such_file_or_directory);
    CHECK_THROWS_WITH(
        jar.save(folder.file("none/c")),
        "writing cookies to \"" + folder.file("none/c") + "\": No such file or directory");
    jar.save(path, ec);
    CHECK_FALSE(ec);
    const std::string text = contents(path);

    // A link remains a link; its target is replaced.
    fs::create_symlink("cookies.txt", folder.file("link"));
    (void)jar.set("http://h.test/", "b=2");
    jar.save(folder.file("link"));
    CHECK(fs::is_symlink(folder.file("link")));
    CHECK(contents(path).size() > text.size());

    // Neither a directory nor a device is replaced.
    fs::create_directory(folder.file("folder"));
    jar.save(folder.file("folder"), ec);
    CHECK(ec == std::errc::is_a_directory);
    jar.save("/dev/null", ec);
    CHECK(ec == std::errc::invalid_argument);
    CHECK(fs::is_character_file("/dev/null"));
    CHECK(folder.files() == 3);
}
