# SPDX-FileCopyrightText: 2026 The hawser authors
# SPDX-License-Identifier: BSL-1.0
cmake_minimum_required(VERSION 3.25)

# A Meson project with hawser as a subproject builds a program, which runs.
set(packaging "${SOURCE_DIR}/cmake/packaging/meson")
set(subprojects "${BUILD_DIR}/subprojects")
file(REMOVE_RECURSE "${BUILD_DIR}")
file(COPY "${SOURCE_DIR}/include" "${SOURCE_DIR}/cmake" "${packaging}/packagefiles/hawser/meson.build"
    DESTINATION "${subprojects}/hawser")
file(COPY "${packaging}/hawser.wrap" DESTINATION "${subprojects}")
file(COPY "${SOURCE_DIR}/examples/01_hello.cpp" DESTINATION "${BUILD_DIR}")
file(WRITE "${BUILD_DIR}/meson.build" "project('app', 'cpp', default_options: ['cpp_std=c++20'])
executable('app', '01_hello.cpp', dependencies: dependency('hawser', version: '>=0.1'))
")

set(ENV{CXX} "${CXX}")
set(ENV{CC} "${CC}")
function(run)
    execute_process(COMMAND ${ARGN} WORKING_DIRECTORY "${BUILD_DIR}"
        RESULT_VARIABLE failed OUTPUT_VARIABLE said ERROR_VARIABLE said)
    if(failed)
        message(FATAL_ERROR "${ARGN}:\n${said}")
    endif()
endfunction()
run("${MESON}" setup build --buildtype=plain)
run("${MESON}" compile -C build app)
execute_process(COMMAND "${BUILD_DIR}/build/app" "http://127.0.0.1:1/"
    RESULT_VARIABLE failed ERROR_VARIABLE said)
if(NOT failed EQUAL 1 OR NOT said MATCHES "refused")
    message(FATAL_ERROR "01_hello did not say that it was refused: ${failed}\n${said}")
endif()
