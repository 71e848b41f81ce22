# SPDX-FileCopyrightText: 2026 The hawser authors
# SPDX-License-Identifier: BSL-1.0

# hawser_catch2 (<catch2/catch.hpp>: Catch2 version 2, or version 3 under that name), from the
# system or fetched, and hawser_add_catch_tests(<executable> <label>).

find_path(HAWSER_CATCH2_INCLUDE catch2/catch.hpp)
mark_as_advanced(HAWSER_CATCH2_INCLUDE)
set(hawser_catch2_dirs ${HAWSER_CATCH2_INCLUDE})
set(hawser_catch2_library)
set(hawser_catch2_strict -w NoTests)
if(HAWSER_CATCH2_INCLUDE)
    find_package(Catch2 2 CONFIG QUIET)
    set(hawser_catch2_modules ${Catch2_DIR})
else()
    find_package(Catch2 3 CONFIG QUIET)
    if(TARGET Catch2::Catch2WithMain)
        set(hawser_catch2_dirs ${CMAKE_CURRENT_LIST_DIR}/support/catch2_v3)
        set(hawser_catch2_library Catch2::Catch2WithMain)
        set(hawser_catch2_strict -w UnmatchedTestSpec)
        set(hawser_catch2_modules ${Catch2_DIR})
    endif()
endif()
if(NOT hawser_catch2_dirs)
    message(STATUS "hawser: no Catch2 on this system, fetching 2.13.10")
    FetchContent_Declare(hawser_catch2_source SYSTEM
        URL https://github.com/catchorg/Catch2/archive/refs/tags/v2.13.10.tar.gz
        URL_HASH SHA256=d54a712b7b1d7708bc7a819a8e6e47b2fde9536f487b89ccbca295072a7d9943
        DOWNLOAD_EXTRACT_TIMESTAMP OFF
        SOURCE_SUBDIR no-cmake-project-here)
    FetchContent_MakeAvailable(hawser_catch2_source)
    set(hawser_catch2_dirs "${hawser_catch2_source_SOURCE_DIR}/single_include")
    set(hawser_catch2_modules "${hawser_catch2_source_SOURCE_DIR}/contrib")
endif()

add_library(hawser_catch2 INTERFACE)
target_compile_features(hawser_catch2 INTERFACE cxx_std_20)
target_include_directories(hawser_catch2 SYSTEM INTERFACE ${hawser_catch2_dirs})
target_link_libraries(hawser_catch2 INTERFACE ${hawser_catch2_library})
# Catch2's signal handler does not compile with newer C libraries, and hides a sanitizer's output.
target_compile_definitions(hawser_catch2 INTERFACE CATCH_CONFIG_NO_POSIX_SIGNALS)

list(APPEND CMAKE_MODULE_PATH ${hawser_catch2_modules})
include(Catch OPTIONAL RESULT_VARIABLE hawser_catch_module)

# One CTest per test case; without Catch2's module, one per executable. A name that matches no test
# is a failure. UBSan prints the stack.
function(hawser_add_catch_tests executable label)
    set(properties LABELS ${label} TIMEOUT 300
        ENVIRONMENT "UBSAN_OPTIONS=print_stacktrace=1")
    if(hawser_catch_module)
        catch_discover_tests(${executable}
            TEST_PREFIX "${label}/" EXTRA_ARGS ${hawser_catch2_strict} PROPERTIES ${properties})
    else()
        add_test(NAME ${label} COMMAND ${executable} ${hawser_catch2_strict})
        set_tests_properties(${label} PROPERTIES ${properties})
    endif()
endfunction()
