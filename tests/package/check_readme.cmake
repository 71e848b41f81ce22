# SPDX-FileCopyrightText: 2026 The hawser authors
# SPDX-License-Identifier: BSL-1.0
cmake_minimum_required(VERSION 3.25)

# The code that pages show is the code that runs. The first ```cpp block of README.md is
# examples/01_hello.cpp to the letter, without the lines about its license. The blocks of the inside's
# README.md that begin with a strand of a connection are those functions.
file(READ "${SOURCE_DIR}/README.md" readme)
file(READ "${SOURCE_DIR}/include/hawser/detail/README.md" inside)
file(READ "${SOURCE_DIR}/examples/01_hello.cpp" hello)
file(READ "${SOURCE_DIR}/include/hawser/detail/conn/impl/persist_conn.ipp" conn)

# cut(<out> <text> <begin> <end>): from `begin` to the next `end` after it, both left out.
function(cut out text begin end)
    set(${out} "" PARENT_SCOPE)
    string(FIND "${text}" "${begin}" at)
    if(at EQUAL -1)
        return()
    endif()
    string(LENGTH "${begin}" length)
    math(EXPR at "${at} + ${length}")
    string(SUBSTRING "${text}" ${at} -1 rest)
    string(FIND "${rest}" "${end}" at)
    if(NOT at EQUAL -1)
        string(SUBSTRING "${rest}" 0 ${at} rest)
        set(${out} "${rest}" PARENT_SCOPE)
    endif()
endfunction()

cut(block "${readme}" "```cpp\n" "```")
string(REGEX REPLACE "^(// SPDX[^\n]*\n)+" "" hello "${hello}")
if(NOT block STREQUAL hello)
    message(FATAL_ERROR
        "README.md's first program differs from examples/01_hello.cpp. README.md has:\n${block}")
endif()

foreach(strand read_loop write_loop)
    set(head "LoopCoroutine PersistConn::${strand}() {\n")
    cut(shown "${inside}" "```cpp\n${head}" "\n}\n```")
    cut(source "${conn}" "HAWSER_DECL ${head}" "\n}\n")
    if(source STREQUAL "")
        message(FATAL_ERROR "persist_conn.ipp has no ${strand}")
    endif()
    if(NOT shown STREQUAL source)
        message(FATAL_ERROR "detail/README.md's ${strand} differs from persist_conn.ipp, which has:\n${source}")
    endif()
endforeach()
