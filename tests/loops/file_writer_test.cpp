// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// The files that downloads write, where no server is needed to show it.

#include "../support/temp_dir.hpp"
#include <hawser/detail/io/file_writer.hpp>

#include <catch2/catch.hpp>

#include <cstdint>
#include <fstream>
#include <string>

using hawser::detail::FileTarget;
using hawser::detail::FileWriter;
using hawser::test::TempDir;

TEST_CASE("a file beyond 2 GiB is replaced or continued like any other", "[B16]") {
    const TempDir folder;
    const std::string path = folder.file("large");
    constexpr std::uint64_t three_gib = 3ull << 30;
    std::ofstream(path).seekp(three_gib - 1).put('x');  // takes one block of the disk

    FileTarget target;
    CHECK_FALSE(hawser::detail::find_file_target(path, target));
    CHECK(target.kind == FileTarget::Kind::regular);
    {
        FileWriter writer;
        REQUIRE_FALSE(writer.open_alone(path));
        CHECK(writer.size() == three_gib);
        CHECK_FALSE(writer.write("more"));
    }
    FileWriter writer;
    REQUIRE_FALSE(writer.open_alone(path));
    CHECK(writer.size() == three_gib + 4);
    CHECK_FALSE(writer.truncate());
    writer.close();
    REQUIRE_FALSE(writer.open_alone(path));
    CHECK(writer.size() == 0);
}
