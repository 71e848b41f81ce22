// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

#include <hawser/detail/grammar.hpp>
#include <hawser/headers.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <iterator>
#include <string>
#include <type_traits>
#include <vector>

using hawser::Headers;

namespace {

std::string text(const Headers& headers) {
    std::string out;
    for (const auto& [name, value] : headers) {
        out.append(name).append("=").append(value).append(";");
    }
    return out;
}

}  // namespace

static_assert(!std::is_aggregate_v<Headers>);
static_assert(std::random_access_iterator<Headers::Iterator>);
static_assert(std::is_nothrow_move_constructible_v<Headers>);

TEST_CASE("fields keep their order and spelling, and lookup ignores case") {
    const Headers headers{{"Content-TYPE", "a"}, {"set-cookie", "1"}, {"Set-Cookie", "2"}};
    CHECK(text(headers) == "Content-TYPE=a;set-cookie=1;Set-Cookie=2;");
    CHECK(headers.get("content-type") == "a");
    CHECK(headers.get("SET-COOKIE") == "1");
    CHECK_FALSE(headers.get("cookie"));
    CHECK(headers.values("Set-cookie") == std::vector<std::string_view>{"1", "2"});
    CHECK(headers.values("x").empty());
    CHECK(headers.contains("CONTENT-type"));
    CHECK(headers.size() == 3);
    CHECK_FALSE(headers.empty());
}

TEST_CASE("set replaces the first and removes the others") {
    Headers headers{{"A", "1"}, {"B", "2"}, {"a", "3"}, {"C", "4"}};
    headers.set("a", "a much longer value than before").set("b", "").set("D", "5");
    CHECK(text(headers) == "a=a much longer value than before;b=;C=4;D=5;");
    headers.set("b", "x");
    CHECK(headers.get("B") == "x");
}

TEST_CASE("set gives the field the new spelling") {
    Headers headers{{"accept", "1"}};
    headers.set("Accept", "2");
    CHECK(text(headers) == "Accept=2;");
}

TEST_CASE("erase removes every field with a name and returns how many") {
    Headers headers{{"A", "1"}, {"B", "2"}, {"a", "3"}};
    CHECK(headers.erase("A") == 2);
    CHECK(headers.erase("A") == 0);
    CHECK(text(headers) == "B=2;");
    headers.clear();
    CHECK(headers.empty());
    CHECK(headers.begin() == headers.end());
}

TEST_CASE("arguments may be views into the object") {
    Headers headers{{"A", "some value that is longer than sixteen"}, {"B", "b"}};
    for (int i = 0; i < 20; ++i) {
        headers.add(headers.begin()->name, *headers.get("A"));
        headers.set("B", *headers.get("A"));
        headers.set(headers.begin()[1].name, headers.begin()[0].value);
    }
    CHECK(headers.size() == 22);
    CHECK(headers.get("B") == "some value that is longer than sixteen");
    CHECK(headers.values("A").back() == "some value that is longer than sixteen");
    CHECK(headers.erase(headers.begin()->name) == 21);
}

TEST_CASE("a field set again and again does not grow the object", "[X09]") {
    Headers headers{{"A", "1"}};
    const char* low = nullptr;
    const char* high = nullptr;
    for (int i = 0; i < 100000; ++i) {
        headers.set("A", std::string(static_cast<std::size_t>(i % 50 + 1), 'x')).set("B", "1");
        headers.erase("B");
        headers.add("C", "12345678");
        headers.erase("C");
    }
    // All bytes are in one block: the distance between fields shows how large it became.
    headers.add("Z", "end");
    for (const auto& field : headers) {
        low = low == nullptr ? field.name.data() : std::min(low, field.name.data());
        high = std::max(high, field.value.data() + field.value.size());
    }
    CHECK(high - low < 1000);
    CHECK(headers.size() == 2);
}

TEST_CASE("after any operations, an object holds what a list of pairs would", "[X09]") {
    std::vector<std::pair<std::string, std::string>> model;
    Headers headers;
    unsigned random = 1;
    const auto next = [&random](unsigned below) {
        random = random * 1103515245 + 12345;
        return (random >> 16) % below;
    };
    for (int step = 0; step < 20000; ++step) {
        const std::string name(1 + next(3), static_cast<char>('a' + next(3)));
        const std::string value(next(60), static_cast<char>('0' + next(10)));
        const auto named = [&name](const auto& field) { return field.first == name; };
        const auto first = std::find_if(model.begin(), model.end(), named);
        const unsigned action = next(model.size() > 20 ? 8 : 4);
        if (action < 2) {
            headers.add(name, value);
            model.emplace_back(name, value);
        } else if (action < 4 && first != model.end()) {
            headers.set(name, value);
            first->second = value;
            model.erase(std::remove_if(first + 1, model.end(), named), model.end());
        } else if (action < 7) {
            headers.erase(name);
            model.erase(std::remove_if(model.begin(), model.end(), named), model.end());
        } else {
            headers = Headers(headers);
        }
        std::string expected;
        for (const auto& [known, its] : model) {
            expected.append(known).append("=").append(its).append(";");
        }
        REQUIRE(text(headers) == expected);
    }
}

TEST_CASE("fields beyond 4 GiB are refused and change nothing") {
    Headers headers{{"A", "1"}};
    const std::string_view huge("never looked at", std::size_t{UINT32_MAX});
    CHECK_THROWS_AS(headers.add("B", huge), std::length_error);
    CHECK_THROWS_AS(headers.set("A", huge), std::length_error);
    CHECK(text(headers) == "A=1;");
}

TEST_CASE("rvalue chains and copies work") {
    const Headers headers = Headers().add("A", "1").set("B", "2");
    Headers copy = headers;
    copy.set("A", "9");
    CHECK(text(headers) == "A=1;B=2;");
    CHECK(text(copy) == "A=9;B=2;");
    const Headers moved = std::move(copy);
    CHECK(text(moved) == "A=9;B=2;");
}

TEST_CASE("equality ignores only the case of names") {
    CHECK(Headers{{"A", "x"}} == Headers{{"a", "x"}});
    CHECK_FALSE(Headers{{"A", "x"}} == Headers{{"A", "X"}});
    CHECK_FALSE(Headers{{"A", "x"}, {"B", "y"}} == Headers{{"B", "y"}, {"A", "x"}});
    CHECK_FALSE(Headers{{"A", "x"}} == Headers());
}

TEST_CASE("a parsed block is taken over whole and can be changed") {
    Headers headers{{"Old", "1"}};
    const std::string block = "Aa: one\r\nBb: two\r\n";
    const hawser::detail::FieldSpan spans[] = {{0, 2, 4, 3}, {9, 2, 13, 3}};
    hawser::detail::Access::assign(headers, block, spans);
    CHECK(text(headers) == "Aa=one;Bb=two;");
    headers.set("aa", "a longer one");
    headers.erase("bb");
    CHECK(text(headers) == "aa=a longer one;");
}

TEST_CASE("iterators are random access") {
    const Headers headers{{"A", "1"}, {"B", "2"}, {"C", "3"}};
    CHECK((headers.end() - headers.begin()) == 3);
    CHECK(headers.begin()[2].value == "3");
    CHECK((--headers.end())->name == "C");
    const auto found = std::find_if(headers.begin(),
                                    headers.end(),
                                    [](const Headers::Field& field) { return field.value == "2"; });
    CHECK(found - headers.begin() == 1);
}

TEST_CASE("the byte classes are those of the RFCs", "[F12][U03]") {
    using namespace hawser::detail;
    for (int c = 0; c < 256; ++c) {
        INFO(c);
        const char byte = static_cast<char>(c);
        const bool alnum =
            (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        const bool token =
            alnum || (c != 0 && std::string("!#$%&'*+-.^_`|~").find(byte) != std::string::npos);
        const bool value = c == '\t' || (c >= 32 && c != 127);
        CHECK(is(token_char, byte) == token);
        CHECK(is(value_char, byte) == value);
        CHECK(is(host_char, byte) == (alnum || c == '-' || c == '_' || c == '.'));
        for (std::size_t size = 1; size < 40; ++size) {
            for (std::size_t at = 0; at < size; ++at) {
                std::string text(size, 'v');
                text[at] = byte;
                const bool control = c < 32 || c == 127;
                if (is_field_value(text) != value || is_visible(text) != (c > 32 && c < 127) ||
                    count_controls(text) != (control ? 1u : 0u)) {
                    FAIL("size " << size << " at " << at);
                }
            }
        }
    }
    CHECK_FALSE(is_token(""));
    CHECK(is_field_value(""));
    CHECK(count_controls(std::string(100000, '\x01')) == 100000);
}

TEST_CASE("case is ignored only for letters, at every offset") {
    using hawser::detail::iequals;
    for (int c = 0; c < 256; ++c) {
        for (int d : {c ^ 0x20, c, c ^ 0x80, c + 1}) {
            const bool same = c == (d & 255) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z' &&
                                                 c < 128 && (c ^ 0x20) == d);
            for (std::size_t at : {0u, 7u, 8u, 12u}) {
                std::string a(13, 'q');
                std::string b(13, 'Q');
                a[at] = static_cast<char>(c);
                b[at] = static_cast<char>(d);
                if (iequals(a, b) != same) {
                    FAIL(c << " " << d << " at " << at);
                }
            }
        }
    }
    CHECK_FALSE(iequals("a", "ab"));
    CHECK(iequals("", ""));
}

TEST_CASE("lists are split at commas, trimmed, and empty elements skipped") {
    const auto has_token = [](std::string_view list, std::string_view token) {
        bool found = false;
        hawser::detail::for_each_token(list, [&](std::string_view element) {
            found |= hawser::detail::iequals(element, token);
        });
        return found;
    };
    CHECK(has_token("a, Close ,b", "close"));
    CHECK(has_token("\tclose\t", "close"));
    CHECK(has_token(",,close", "close"));
    CHECK_FALSE(has_token("closed, xclose, clo se", "close"));
    CHECK_FALSE(has_token("", "close"));
    CHECK_FALSE(has_token(",", ""));
}
