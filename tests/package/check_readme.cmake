# SPDX-FileCopyrightText: 2026 The hawser authors
# SPDX-License-Identifier: BSL-1.0
cmake_minimum_required(VERSION 3.25)

# README's first ```cpp block is identical to examples/01_hello.cpp.
file(READ "${SOURCE_DIR}/README.md" readme)
file(READ "${SOURCE_DIR}/examples/01_hello.cpp" hello)

set(opening "```cpp\n")
string(FIND "${readme}" "${opening}" begin)
if(begin EQUAL -1)
    message(FATAL_ERROR "README.md has no \`\`\`cpp block")
endif()
string(LENGTH "${opening}" length)
math(EXPR begin "${begin} + ${length}")
string(SUBSTRING "${readme}" ${begin} -1 block)
string(FIND "${block}" "```" end)
string(SUBSTRING "${block}" 0 ${end} block)

if(NOT block STREQUAL hello)
    message(FATAL_ERROR
        "README.md's first program differs from examples/01_hello.cpp. README.md has:\n${block}")
endif()
