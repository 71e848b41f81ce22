# SPDX-FileCopyrightText: 2026 The hawser authors
# SPDX-License-Identifier: BSL-1.0
cmake_minimum_required(VERSION 3.25)

# A program is built with one line, by what pkg-config says of the installed library.
file(GLOB_RECURSE pc "${PREFIX}/hawser.pc")
get_filename_component(directory "${pc}" DIRECTORY)
set(ENV{PKG_CONFIG_PATH} "${directory}")
execute_process(COMMAND "${PKG_CONFIG}" --cflags --libs hawser
    OUTPUT_VARIABLE flags OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
separate_arguments(flags UNIX_COMMAND "${flags}")
execute_process(COMMAND "${CXX}" -std=c++20 -Wall -Wextra "${SOURCE_DIR}/examples/01_hello.cpp"
        ${flags} -o "${PROGRAM}"
    ERROR_VARIABLE said COMMAND_ERROR_IS_FATAL ANY)
if(NOT said STREQUAL "")
    message(FATAL_ERROR "the compiler said:\n${said}")
endif()
execute_process(COMMAND "${PROGRAM}" "http://127.0.0.1:1/" RESULT_VARIABLE failed ERROR_VARIABLE said)
if(NOT failed EQUAL 1 OR NOT said MATCHES "refused")
    message(FATAL_ERROR "01_hello did not say that it was refused: ${failed}\n${said}")
endif()
