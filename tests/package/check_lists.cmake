# SPDX-FileCopyrightText: 2026 The hawser authors
# SPDX-License-Identifier: BSL-1.0
cmake_minimum_required(VERSION 3.25)

# The lists written by hand name every file there is: headers (what is installed), tests, examples,
# and the bodies in src.hpp.
include("${SOURCE_DIR}/cmake/headers.cmake")
set(missing "")

file(GLOB_RECURSE headers RELATIVE "${SOURCE_DIR}"
    "${SOURCE_DIR}/include/*.hpp" "${SOURCE_DIR}/include/*.ipp")
foreach(header IN LISTS headers)
    if(NOT header IN_LIST HAWSER_HEADERS)
        string(APPEND missing "cmake/headers.cmake:      ${header}\n")
    endif()
endforeach()
foreach(header IN LISTS HAWSER_HEADERS)
    if(NOT header IN_LIST headers)
        string(APPEND missing "no such file:             ${header}\n")
    endif()
endforeach()

file(READ "${SOURCE_DIR}/include/hawser/src.hpp" bodies)
foreach(header IN LISTS headers)
    string(REPLACE "include/" "" spelled "${header}")
    string(FIND "${bodies}" "#include <${spelled}>" found)
    if(header MATCHES "\\.ipp$" AND found EQUAL -1)
        string(APPEND missing "include/hawser/src.hpp:   #include <${spelled}>\n")
    endif()
endforeach()

file(READ "${SOURCE_DIR}/tests/list.cmake" tests_listed)
foreach(set rules loops wire)
    file(GLOB files RELATIVE "${SOURCE_DIR}/tests/${set}" "${SOURCE_DIR}/tests/${set}/*_test.cpp")
    foreach(file IN LISTS files)
        string(REGEX REPLACE "_test\\.cpp$" "" name "${file}")
        string(FIND "${tests_listed}" "\nhawser_test(${set} ${name})" found)
        if(found EQUAL -1)
            string(APPEND missing "tests/list.cmake:         hawser_test(${set} ${name})\n")
        endif()
        # Catch2's CMake module cuts such a name in two tests that are not there.
        file(READ "${SOURCE_DIR}/tests/${set}/${file}" text)
        if(text MATCHES "TEST_CASE\\(\"[^\"]*;")
            string(APPEND missing "tests/${set}/${file}: a test's name has a semicolon\n")
        endif()
    endforeach()
endforeach()

file(READ "${SOURCE_DIR}/examples/CMakeLists.txt" examples_listed)
file(GLOB files RELATIVE "${SOURCE_DIR}/examples" "${SOURCE_DIR}/examples/*.cpp")
foreach(file IN LISTS files)
    string(REGEX REPLACE "\\.cpp$" "" name "${file}")
    string(FIND "${examples_listed}" "\nhawser_example(${name}" found)
    if(found EQUAL -1)
        string(APPEND missing "examples/CMakeLists.txt:  hawser_example(${name} /path)\n")
    endif()
endforeach()

if(missing)
    message(FATAL_ERROR "missing from a list:\n${missing}")
endif()
