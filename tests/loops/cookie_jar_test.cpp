// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// One jar in many threads. ThreadSanitizer watches this set.

#include "../support/temp_dir.hpp"
#include <hawser/cookie_jar.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <atomic>
#include <string>
#include <thread>
#include <vector>

using hawser::Cookie;
using hawser::CookieJar;

TEST_CASE("threads share a jar, its clock and its file", "[K17]") {
    const hawser::test::TempDir folder;
    const std::string path = folder.file("cookies.txt");
    std::atomic<int> seconds{1000};
    CookieJar jar({.now = [&] { return std::chrono::sys_seconds(std::chrono::seconds(++seconds)); },
                   .max_per_domain = 50});
    std::atomic<int> wrong{0};
    const auto work = [&](int thread) {
        const hawser::Url url("https://h" + std::to_string(thread % 2) + ".example.com/");
        for (int i = 0; i < 200; ++i) {
            const std::string name = std::to_string(i % 60);
            (void)jar.set(url, name + "=1; domain=example.com");
            (void)jar.set(url, name + "=2; max-age=100000");
            for (const Cookie& cookie : jar.cookies(url)) {
                wrong += cookie.value == (cookie.host_only ? "2" : "1") ? 0 : 1;
            }
            if (i % 50 == 0) {
                std::error_code ec;
                jar.save(path, ec);
                wrong += ec ? 1 : 0;
                jar.load(path, ec);  // written by any of the threads, but whole
                wrong += ec ? 1 : 0;
                jar.end_session();
                jar.erase(Cookie{.name = name, .value = "", .domain = "example.com"});
            }
        }
    };
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back(work, i);
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    CHECK(wrong == 0);
    CHECK(jar.all().size() <= 150);
    CHECK(folder.files() == 1);
}

TEST_CASE("two jars are independent", "[K17]") {
    CookieJar a;
    CookieJar b;
    (void)a.set("https://h.example/", "a=1");
    CHECK(b.header("https://h.example/").empty());
    CHECK(a.header("https://h.example/") == "a=1");
}

TEST_CASE("the functions of a jar's options may use the jar", "[K17]") {
    CookieJar* self = nullptr;
    CookieJar jar(
        {.now =
             [&] {
                 if (self != nullptr) {
                     CookieJar* const once = std::exchange(self, nullptr);
                     (void)once->header("https://h.example/");
                     self = once;
                 }
                 return std::chrono::sys_seconds(std::chrono::seconds(1));
             },
         .is_public_suffix = [&](std::string_view) { return self->all().size() == 100; }});
    self = &jar;
    CHECK(jar.set("https://h.example/", "a=1; domain=h.example") == hawser::CookieVerdict::kept);
    CHECK(jar.header("https://h.example/") == "a=1");
}
