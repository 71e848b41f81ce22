# SPDX-FileCopyrightText: 2026 The hawser authors
# SPDX-License-Identifier: BSL-1.0
cmake_minimum_required(VERSION 3.25)

# What repeats the version that config.hpp has: README.md, the newest change, the recipes of package
# managers.
include("${SOURCE_DIR}/cmake/version.cmake")
if(NOT HAWSER_VERSION MATCHES "^([0-9]+\\.[0-9]+)\\.[0-9]+$")
    message(FATAL_ERROR "config.hpp: no version")
endif()
set(minor ${CMAKE_MATCH_1})
set(wrong "")
function(expect file text)
    file(READ "${SOURCE_DIR}/${file}" content)
    string(FIND "${content}" "${text}" at)
    if(at EQUAL -1)
        set(wrong "${wrong}${file} lacks: ${text}\n" PARENT_SCOPE)
    endif()
endfunction()

expect(README.md "find_package(hawser ${minor} ")
expect(cmake/packaging/vcpkg/vcpkg.json "\"version-semver\": \"${HAWSER_VERSION}\"")
expect(.github/CHANGELOG.md "\n## ${HAWSER_VERSION}")
if(wrong)
    message(FATAL_ERROR "the version is ${HAWSER_VERSION}, but\n${wrong}")
endif()
