// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// Set-Cookie fields of one response. Whatever the jar keeps can be sent and written to a file:
// reading the file gives the same jar, and any reader of lines can read the whole file.
// Input: the URL, a line feed, then the fields, separated by line feeds.

#include "fuzz.hpp"
#include <hawser/cookie_jar.hpp>
#include <hawser/detail/cookies/netscape_format.hpp>
#include <hawser/detail/cookies/set_cookie.hpp>

#include <chrono>

using hawser::Cookie;
using hawser::CookieVerdict;
using hawser_fuzz::expect;

namespace {

constexpr std::chrono::sys_seconds now(std::chrono::seconds(1'000'000'000));

hawser::CookieJarOptions options() {
    return {.now = [] { return now; },
            .is_public_suffix =
                [](std::string_view domain) {
                    return domain.find('.') == std::string_view::npos || domain == "co.uk";
                }};
}

bool is_inside(std::string_view part, std::string_view whole) {
    return part.empty() || (part.data() >= whole.data() &&
                            part.data() + part.size() <= whole.data() + whole.size());
}

void check_parser(std::string_view field) {
    hawser::detail::SetCookie cookie;
    if (hawser::detail::parse_set_cookie(field, cookie) == CookieVerdict::kept) {
        for (std::string_view part : {cookie.name, cookie.value, cookie.domain, cookie.path}) {
            expect(is_inside(part, field), "views into the field");
        }
        expect(cookie.name.size() + cookie.value.size() <= 4096, "not too long");
    }
}

/// `host` is without its final dot.
void check_kept(const Cookie& cookie, std::string_view host) {
    expect(cookie.host_only
               ? cookie.domain == host
               : host.ends_with(cookie.domain) && cookie.domain.find('.') != std::string::npos,
           "the domain covers the host and is no suffix");
    expect(cookie.path.starts_with('/'), "a path");
    expect(!cookie.expires ||
               (*cookie.expires > now && *cookie.expires - now <= std::chrono::hours(24 * 400)),
           "not over, and not for ever");
}

void check_header(std::string_view header) {
    expect(header.size() <= 8192, "a short header");
    expect(std::none_of(header.begin(),
                        header.end(),
                        [](char c) {
                            const auto byte = static_cast<unsigned char>(c);
                            return (byte < ' ' && byte != '\t') || byte == 0x7f;
                        }),
           "which is a field value");
}

void check_file(std::vector<Cookie> cookies) {
    const std::string text = hawser::detail::write_netscape(cookies);
    const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
    expect(lines == cookies.size() + 3, "a line for each");
    std::vector<Cookie> loaded;
    expect(hawser::detail::read_netscape(text, loaded).line == 0, "which can be read");
    hawser::CookieJar jar(options());
    for (const Cookie& cookie : loaded) {
        expect(jar.set(cookie) == CookieVerdict::kept, "and is kept");
    }
    for (Cookie& cookie : cookies) {
        cookie.same_site = hawser::SameSite::unspecified;
    }
    expect(jar.all() == cookies, "as it was");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    hawser_fuzz::Input input(data, size);
    std::error_code ec;
    const hawser::Url url = hawser::Url::parse(input.until('\n'), ec);
    hawser::CookieJar jar(options());
    while (!input.empty()) {
        const hawser_fuzz::Exact field(input.until('\n'));
        check_parser(field.view());
        const CookieVerdict verdict = jar.set(url, field.view());
        expect(!ec || verdict != CookieVerdict::kept, "nothing is kept for no URL");
    }
    std::string_view host = url.host();
    host.remove_suffix(host.ends_with('.') ? 1 : 0);
    for (const Cookie& cookie : jar.all()) {
        check_kept(cookie, host);
    }
    check_header(jar.header(url));
    check_file(jar.all());

    // The rest of the input, read as a file: the cookies that the jar keeps can be written again.
    std::vector<Cookie> cookies;
    hawser_fuzz::Input again(data, size);
    (void)again.until('\n');
    (void)hawser::detail::read_netscape(again.rest(), cookies);
    jar.clear();
    for (Cookie& cookie : cookies) {
        (void)jar.set(std::move(cookie));
    }
    check_file(jar.all());
    return 0;
}
