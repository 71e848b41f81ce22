# SPDX-FileCopyrightText: 2026 The hawser authors
# SPDX-License-Identifier: BSL-1.0
cmake_minimum_required(VERSION 3.25)

# No header includes a header of a higher floor, and each header of floors 0 and 1 compiles alone
# without reaching a header of Asio or OpenSSL (its dependency file would list it).
include("${SOURCE_DIR}/cmake/headers.cmake")
include("${CMAKE_CURRENT_LIST_DIR}/floors.cmake")
set(wrong "")

string(REPLACE "|" ";-isystem;" llhttp "-isystem;${LLHTTP_INCLUDE}")
list(TRANSFORM llhttp REPLACE "^\\$<BUILD_INTERFACE:(.*)>$" "\\1")
file(MAKE_DIRECTORY "${BUILD_DIR}")

function(check_lines header floor)
    file(STRINGS "${SOURCE_DIR}/${header}" lines REGEX "^[ \t]*#[ \t]*include[ \t]*<")
    foreach(line IN LISTS lines)
        string(REGEX MATCH "<([^>]*)>" _ "${line}")
        set(included "${CMAKE_MATCH_1}")
        if(included MATCHES "^hawser/")
            hawser_floor(other "${included}")
            if(other GREATER floor)
                string(APPEND wrong "${header} (floor ${floor}): ${included} (floor ${other})\n")
            endif()
        elseif(floor LESS 2 AND included MATCHES "^(asio|openssl)[/.]")
            string(APPEND wrong "${header} (floor ${floor}): ${included}\n")
        endif()
    endforeach()
    set(wrong "${wrong}" PARENT_SCOPE)
endfunction()

function(check_alone header)
    string(REPLACE "include/" "" spelled "${header}")
    string(MAKE_C_IDENTIFIER "${spelled}" unit)
    file(WRITE "${BUILD_DIR}/${unit}.cpp" "#include <${spelled}>\n#include <${spelled}>\n")
    execute_process(
        COMMAND "${CXX}" -std=c++20 -Wall -Wextra -fsyntax-only -I "${SOURCE_DIR}/include" ${llhttp}
            -MD -MF "${BUILD_DIR}/${unit}.d" "${BUILD_DIR}/${unit}.cpp"
        RESULT_VARIABLE result ERROR_VARIABLE errors)
    if(NOT result EQUAL 0)
        string(APPEND wrong "${header} does not compile alone:\n${errors}\n")
    else()
        file(READ "${BUILD_DIR}/${unit}.d" reached)
        if(reached MATCHES "[^ ]*/(asio|openssl)[/.][^ ]*")
            string(APPEND wrong "${header} reaches ${CMAKE_MATCH_0}\n")
        endif()
    endif()
    set(wrong "${wrong}" PARENT_SCOPE)
endfunction()

set(compiled 0)
foreach(header IN LISTS HAWSER_HEADERS)
    string(REPLACE "include/" "" spelled "${header}")
    hawser_floor(floor "${spelled}")
    check_lines("${header}" ${floor})
    if(floor LESS 2 AND header MATCHES "\\.hpp$" AND NOT header MATCHES "/impl/")
        check_alone("${header}")
        math(EXPR compiled "${compiled} + 1")
    endif()
endforeach()

if(wrong)
    message(FATAL_ERROR "floors broken:\n${wrong}")
endif()
message(STATUS "${compiled} headers of floors 0 and 1 compile without Asio and OpenSSL")
