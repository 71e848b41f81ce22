# SPDX-FileCopyrightText: 2026 The hawser authors
# SPDX-License-Identifier: BSL-1.0
cmake_minimum_required(VERSION 3.25)

# What our headers promise: license lines, a guard, no include that costs every includer dearly, at
# most 300 lines (except bodies), no tabs. Also: no peer makes them abort (L22), no change of the
# wall clock makes them wait (X13), no parser is set to lenient (F12).
include("${SOURCE_DIR}/cmake/headers.cmake")
set(costly regex iostream filesystem random future sstream iomanip asio.hpp
    asio/co_spawn.hpp asio/use_future.hpp asio/ssl.hpp asio/experimental/channel.hpp)
set(wrong "")

foreach(header IN LISTS HAWSER_HEADERS)
    file(READ "${SOURCE_DIR}/${header}" text)
    if(NOT text MATCHES "^// SPDX-FileCopyrightText: 2026 The hawser authors\n// SPDX-License-Identifier: BSL-1.0\n")
        string(APPEND wrong "${header}: the two SPDX lines are missing\n")
    endif()
    if(NOT text MATCHES "\n#pragma once\n")
        string(APPEND wrong "${header}: #pragma once is missing\n")
    endif()
    if(text MATCHES "\t")
        string(APPEND wrong "${header}: a tab\n")
    endif()
    foreach(name IN LISTS costly)
        string(FIND "${text}" "#include <${name}>" found)
        # Exempts optional headers, whose purpose it is, and the code that awaits sources.
        if(NOT found EQUAL -1 AND NOT header MATCHES "/coroutine_|hawser/(detail/)?testing/" AND
                NOT "${header} ${name}" MATCHES "/source_awaiter.hpp asio/co_spawn.hpp")
            string(APPEND wrong "${header}: includes <${name}>\n")
        endif()
    endforeach()
    foreach(word "[^_]assert *\\(" "system_clock" "gettimeofday" "llhttp_set_lenient" "LENIENT_")
        # Servers say in the time of day when a cookie is over. Nothing waits for that.
        if(text MATCHES "${word}" AND
                NOT "${header} ${word}" STREQUAL "include/hawser/detail/time_of_day.hpp system_clock")
            string(APPEND wrong "${header}: ${CMAKE_MATCH_0}\n")
        endif()
    endforeach()
    if(text MATCHES "\nnamespace hawser(::[a-z]+)* {")
        string(APPEND wrong "${header}: opens ${CMAKE_MATCH_0} without `inline HAWSER_ABI`\n")
    endif()
    if(text MATCHES "HAWSER_ABI {" AND header MATCHES "\\.hpp$" AND NOT text MATCHES "#include <hawser/")
        string(APPEND wrong "${header}: includes nothing that defines HAWSER_ABI\n")
    endif()
    string(REGEX REPLACE "[^\n]" "" newlines "${text}")
    string(LENGTH "${newlines}" lines)
    if(header MATCHES "\\.hpp$" AND lines GREATER 300)
        string(APPEND wrong "${header}: ${lines} lines\n")
    endif()
endforeach()

if(wrong)
    message(FATAL_ERROR "house rules broken:\n${wrong}")
endif()
