// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// A URL, and a reference resolved against it. An accepted URL can be written and parsed again to
// the same value, fits on a request line, and is never much longer than the input.
// Input: the URL, a line feed, the reference.

#include "fuzz.hpp"
#include <hawser/url.hpp>

using hawser::Url;
using hawser_fuzz::expect;

namespace {

bool printable(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

Url parse(std::string_view text) {
    const hawser_fuzz::Exact exact(text);
    std::error_code ec;
    Url url = Url::parse(exact.view(), ec);
    expect(url.empty() == static_cast<bool>(ec), "an error or a URL");
    expect(url.refusal().empty() != url.empty(), "a refusal has its reason");
    expect(url.refusal().size() < 400 && std::all_of(url.refusal().begin(),
                                                     url.refusal().end(),
                                                     [](char c) { return c >= ' ' && c < 0x7f; }),
           "which is short and printable");
    return url;
}

/// Everything before the path, including the password.
std::string authority(const Url& url) {
    std::string text(url.scheme());
    text.append("://");
    if (!url.userinfo().empty()) {
        text.append(url.userinfo()).append("@");
    }
    return text.append(url.origin().substr(url.scheme().size() + 3));
}

void expect_equal(const Url& a, const Url& b, const char* what) {
    hawser_fuzz::expect_same(a.host(), b.host(), what);
    hawser_fuzz::expect_same(a.origin(), b.origin(), what);
    hawser_fuzz::expect_same(a.host_header(), b.host_header(), what);
    hawser_fuzz::expect_same(a.target(), b.target(), what);
    hawser_fuzz::expect_same(a.query(), b.query(), what);
    hawser_fuzz::expect_same(a.fragment(), b.fragment(), what);
    hawser_fuzz::expect_same(a.username(), b.username(), what);
    expect(a.port() == b.port() && a.host_is_ip() == b.host_is_ip(), what);
}

void check(const Url& url, std::size_t given) {
    expect(url.scheme() == "http" || url.scheme() == "https", "one of two schemes");
    expect(url.port() != 0, "a port");
    expect(!url.host().empty() && printable(url.host()), "a host");
    expect(printable(url.host_header()), "a Host field of one word");
    expect(url.host_header().find_first_of("/?#@\\%") == std::string_view::npos, "and no more");
    expect(url.target().starts_with('/') && printable(url.target()), "a target of one word");
    expect(url.target().find('#') == std::string_view::npos, "no fragment is sent");
    expect(url.path().find('?') == std::string_view::npos, "a path ends before its query");
    expect(url.to_string().size() <= 3 * given + 16, "no growth beyond percent-encoding");

    const Url printed = parse(url.to_string());
    expect_equal(printed, url, "a URL printed and parsed again");
    const Url whole = parse(authority(url) + std::string(url.target()));
    expect_equal(parse(whole.to_string()), whole, "and put together of its parts");
    hawser_fuzz::expect_same(whole.password(), url.password(), "the password too");
    expect(printed == url || !url.password().empty() ||
               url.userinfo().find(':') != std::string_view::npos,
           "equal, unless a password was hidden");
}

bool has_bad_byte(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](char c) {
        return static_cast<unsigned char>(c) < ' ' || c == 0x7f || c == '\\';
    });
}

/// A fragment ends everything before it, and a query ends the path; nothing ambiguous was accepted.
void check_ends(const Url& url, std::string_view text) {
    expect(!has_bad_byte(text), "no control or back-slash was accepted");
    const Url sent = parse(text.substr(0, text.find('#')));
    hawser_fuzz::expect_same(sent.target(), url.target(), "a fragment changes no target");
    const Url path = parse(text.substr(0, text.find_first_of("?#")));
    hawser_fuzz::expect_same(path.target(), url.path(), "nor a query the path");
}

bool has_dot_segment(std::string_view path) {
    while (!path.empty()) {
        path.remove_prefix(1);
        const std::size_t end = std::min(path.find('/'), path.size());
        const std::string_view segment = path.substr(0, end);
        if (segment == "." || segment == "..") {
            return true;
        }
        path.remove_prefix(end);
    }
    return false;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    hawser_fuzz::Input input(data, size);
    const std::string_view text = input.until('\n');
    const hawser_fuzz::Exact reference(input.rest());
    const Url url = parse(text);
    if (url.empty()) {
        return 0;
    }
    check(url, text.size());
    check_ends(url, text);

    std::error_code ec;
    const Url resolved = url.resolve(reference.view(), ec);
    expect(resolved.empty() == static_cast<bool>(ec), "an error or a URL");
    if (ec) {
        return 0;
    }
    expect(!has_bad_byte(reference.view()), "no control or back-slash was removed unseen");
    check(resolved, url.to_string().size() + url.userinfo().size() + reference.view().size());
    if (reference.view().find_first_not_of("?#") == 0) {
        expect(!has_dot_segment(resolved.path()), "no dot segments are left");
        const std::string printed = resolved.to_string();
        expect_equal(resolved.resolve(printed, ec), parse(printed), "absolute, it is itself");
    }
    return 0;
}
