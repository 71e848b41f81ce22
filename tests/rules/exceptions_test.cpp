// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// Steps that must all happen although some throw: what is rethrown at the end.

#include <hawser/detail/exceptions.hpp>

#include <catch2/catch.hpp>

#include <cstddef>
#include <exception>
#include <functional>
#include <new>
#include <stdexcept>
#include <string>
#include <vector>

using hawser::detail::Thrown;

namespace {

struct BadAlloc : std::bad_alloc {};

struct Row {
    const char* what;
    std::vector<std::function<void()>> steps;
    std::string rethrown;
};

void nothing() {}
[[noreturn]] void short_memory() {
    throw std::bad_alloc();
}
[[noreturn]] void derived() {
    throw BadAlloc();
}
[[noreturn]] void other() {
    throw std::runtime_error("other");
}

const std::vector<Row> rows{
    {"no exception", {nothing, nothing}, "nothing"},
    {"lack of memory", {nothing, short_memory, nothing}, "bad_alloc"},
    {"a class derived from it", {derived, nothing}, "derived"},
    {"another exception", {nothing, other}, "other"},
    {"lack of memory, then another exception", {short_memory, other, derived}, "bad_alloc"},
    {"another exception, then lack of memory", {other, short_memory}, "other"},
    {"a derived class, then lack of memory", {derived, short_memory}, "derived"},
};

std::string name_of(const std::function<void()>& rethrow) {
    try {
        rethrow();
    } catch (const BadAlloc&) {
        return "derived";
    } catch (const std::bad_alloc&) {
        return "bad_alloc";
    } catch (const std::runtime_error& e) {
        return e.what();
    }
    return "nothing";
}

void keep_all(Thrown& thrown, const std::vector<std::function<void()>>& steps) {
    std::size_t ran = 0;
    for (const auto& step : steps) {
        thrown.keep([&] {
            ++ran;
            step();
        });
    }
    CHECK(ran == steps.size());
}

}  // namespace

TEST_CASE("every step runs, and the first exception is rethrown once", "[X16]") {
    for (const Row& row : rows) {
        INFO(row.what);
        Thrown thrown;
        keep_all(thrown, row.steps);
        CHECK(static_cast<bool>(thrown) == (row.rethrown != "nothing"));
        CHECK(name_of([&] { thrown.rethrow(); }) == row.rethrown);
        CHECK_FALSE(thrown);
        CHECK(name_of([&] { thrown.rethrow(); }) == "nothing");
    }
}

TEST_CASE("the first exception can be taken instead", "[X16]") {
    for (const Row& row : rows) {
        INFO(row.what);
        Thrown thrown;
        keep_all(thrown, row.steps);
        const std::exception_ptr first = thrown.take();
        CHECK_FALSE(thrown);
        CHECK(name_of([&] {
                  if (first) {
                      std::rethrow_exception(first);
                  }
              }) == row.rethrown);
    }
}
