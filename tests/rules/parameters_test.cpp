// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

#include <hawser/parameters.hpp>
#include <hawser/url.hpp>

#include <catch2/catch.hpp>

#include <map>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

using hawser::Parameters;
using hawser::percent_decode;
using hawser::percent_encode;
using hawser::Url;

namespace {

std::string every_byte() {
    std::string text;
    for (int c = 0; c < 256; ++c) {
        text.push_back(static_cast<char>(c));
    }
    return text;
}

/// The bytes that `encode` leaves alone.
template <class Encode>
std::string unchanged(Encode encode) {
    std::string kept;
    for (const char c : every_byte()) {
        const std::string one(1, c);
        if (encode(one) == one) {
            kept.push_back(c);
        }
    }
    return kept;
}

const std::string letters =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";  // in the order of ASCII

std::string with_query(const char* url, const Parameters& parameters) {
    return Url(url).with_query(parameters).to_string();
}

}  // namespace

TEST_CASE("percent-encoding leaves the unreserved bytes alone, and is undone exactly") {
    CHECK(unchanged(percent_encode) == "-." + letters + "~");
    CHECK(percent_encode("a b&c/\xc3\xa4") == "a%20b%26c%2F%C3%A4");
    CHECK(percent_encode(std::string_view("\0\x7f", 2)) == "%00%7F");
    CHECK(percent_encode("").empty());
    CHECK(percent_decode(percent_encode(every_byte())) == every_byte());
    CHECK(percent_decode("%41%c3%A4+%4") == "A\xc3\xa4+%4");
    for (const char* odd : {"%", "%%", "%4", "%g1", "%1g", "100%", "% 41"}) {
        CHECK(percent_decode(odd) == odd);
    }
}

TEST_CASE("parameters are encoded as by URLSearchParams") {
    const auto name = [](const std::string& one) {
        const std::string text = Parameters{{one, ""}}.to_string();
        return text.substr(0, text.size() - 1);
    };
    CHECK(unchanged(name) == "*-." + letters);
    const std::vector<std::pair<Parameters, std::string>> cases{
        {{}, ""},
        {{{"q", "a b"}}, "q=a+b"},
        {{{"q", "a&b=c+d"}, {"q", ""}, {"", "~"}}, "q=a%26b%3Dc%2Bd&q=&=%7E"},
        {{{"\xc3\xa4", "1\r\n2"}}, "%C3%A4=1%0D%0A2"},
        {{{"", ""}, {"", ""}}, "=&="},
    };
    for (const auto& [parameters, text] : cases) {
        CHECK(parameters.to_string() == text);
        CHECK(Parameters::parse(text) == parameters);
    }
    const Parameters all{{every_byte(), every_byte()}};
    CHECK(Parameters::parse(all.to_string()) == all);
}

TEST_CASE("everything is a list of parameters") {
    const std::vector<std::pair<std::string, Parameters>> cases{
        {"", {}},
        {"&&&", {}},
        {"a", {{"a", ""}}},
        {"a&b=", {{"a", ""}, {"b", ""}}},
        {"=", {{"", ""}}},
        {"=x&&y=z&", {{"", "x"}, {"y", "z"}}},
        {"a=b=c", {{"a", "b=c"}}},
        {"a+b=c%20d%2b%2B", {{"a b", "c d++"}}},
        {"a=%&b=%zz&c=%4&d=100%", {{"a", "%"}, {"b", "%zz"}, {"c", "%4"}, {"d", "100%"}}},
        {"%26=%3D", {{"&", "="}}},
        {"a;b=c", {{"a;b", "c"}}},
    };
    for (const auto& [text, parameters] : cases) {
        CAPTURE(text);
        CHECK(Parameters::parse(text) == parameters);
    }
}

TEST_CASE("a parameter is found by its exact name") {
    Parameters parameters{{"a", "1"}, {"b", "2"}};
    parameters.add("a", "3").add("A", "4");
    CHECK(parameters.size() == 4);
    CHECK(parameters.get("a") == "1");
    CHECK(parameters.get("A") == "4");
    CHECK_FALSE(parameters.get("c"));
    CHECK(parameters.values("a") == std::vector<std::string_view>{"1", "3"});
    CHECK(parameters.contains("b"));
    CHECK_FALSE(parameters.contains("B"));
    for (int i = 0; i < 10; ++i) {
        parameters.add(parameters.begin()->first, parameters.begin()->second);  // views into itself
    }
    CHECK(parameters.values("a").size() == 12);
    CHECK(parameters.values("a").back() == "1");
}

TEST_CASE("a map makes parameters") {
    const std::map<std::string, std::string> map{{"b", "2"}, {"a", "1 1"}};
    CHECK(with_query("http://h/", map) == "http://h/?a=1+1&b=2");
    const std::vector<std::pair<const char*, std::string_view>> list{{"x", "y"}};
    CHECK(Parameters(list).to_string() == "x=y");
    CHECK(Parameters().add("x", "y") == Parameters{{"x", "y"}});
}

TEST_CASE("parameters are added to a query, which otherwise stays as it was") {
    CHECK(with_query("http://h", {{"q", "a&b"}}) == "http://h/?q=a%26b");
    CHECK(with_query("http://h/p?", {{"q", "1"}, {"r", "2"}}) == "http://h/p?q=1&r=2");
    CHECK(with_query("http://h/p?a=%7e+b#f?g", {{"q", "1"}}) == "http://h/p?a=%7e+b&q=1#f?g");
    CHECK(with_query("http://h/?a&", {{"q", "1"}}) == "http://h/?a&q=1");
    CHECK(with_query("http://h/p#f", {}) == "http://h/p#f");
    CHECK(with_query("http://h/p?#f", {}) == "http://h/p?#f");
    const Url url = Url("https://u:p@[fe80::1%eth0]:81/").with_query({{"q", "1"}});
    CHECK(url.userinfo() == "u:p");
    CHECK(url.host() == "fe80::1%eth0");
    CHECK(url.target() == "/?q=1");
    CHECK(Url("http://h/?q=a+b&r=%26").parameters() == Parameters{{"q", "a b"}, {"r", "&"}});
    CHECK(Url("http://h/?").parameters().empty());
    CHECK(Url().parameters().empty());
}

TEST_CASE("without a URL, or with too long a query, there is a reason") {
    std::error_code ec;
    CHECK(Url().with_query({{"a", "b"}}, ec).refusal().starts_with("parameters without a URL"));
    CHECK(ec == hawser::error::invalid_url);
    const Url refused = Url::parse("ftp://h", ec);
    CHECK(refused.with_query({{"a", "b"}}, ec).refusal() == refused.refusal());
    CHECK(ec == hawser::error::invalid_url);
    const std::string much(70'000, 'a');
    CHECK(Url("http://h").with_query({{"a", much}}, ec).refusal().starts_with("longer than"));
    CHECK(ec == hawser::error::invalid_url);
    CHECK_THROWS_AS(Url("http://h").with_query({{"a", much}}), std::system_error);
    CHECK(Url("http://h").with_query({{"a", "b"}}, ec).target() == "/?a=b");
    CHECK_FALSE(ec);
}
