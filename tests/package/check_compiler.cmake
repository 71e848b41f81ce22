# SPDX-FileCopyrightText: 2026 The hawser authors
# SPDX-License-Identifier: BSL-1.0
cmake_minimum_required(VERSION 3.25)

# What compilers print to users who include the headers without CMake. CHECK selects the section
# below. CXX is the compiler, INCLUDES and LINKS are lists separated by '|', BUILD_DIR is for the
# output.
string(REPLACE "|" ";" includes "${INCLUDES}")
list(TRANSFORM includes REPLACE "^\\$<BUILD_INTERFACE:(.*)>$" "\\1")
list(FILTER includes EXCLUDE REGEX "^\\$|^/usr/include$|^$") # searched last anyway
list(TRANSFORM includes PREPEND "-isystem;")
string(REPLACE "|" ";" links "${LINKS}")
set(here "${CMAKE_CURRENT_LIST_DIR}")
get_filename_component(compiler "${CXX}" NAME)
set(made "${BUILD_DIR}/${CHECK}_${compiler}")
file(MAKE_DIRECTORY "${BUILD_DIR}")

# compile(<word>...): sets `failed` and `said`. Defines no hawser macro other than those given.
function(compile)
    execute_process(
        COMMAND "${CXX}" -std=c++20 -I "${SOURCE_DIR}/include" ${includes} ${ARGN}
        RESULT_VARIABLE failed OUTPUT_VARIABLE said ERROR_VARIABLE said)
    set(failed ${failed} PARENT_SCOPE)
    string(REPLACE ";" "," said "${said}")
    set(said "${said}" PARENT_SCOPE)
endfunction()

# expect_count(<number> <expression>): checks how often the output matches.
function(expect_count number expression)
    string(REGEX MATCHALL "${expression}" found "${said}")
    list(LENGTH found count)
    if(NOT count EQUAL number)
        message(FATAL_ERROR "${count} times \"${expression}\", not ${number}:\n${said}")
    endif()
endfunction()

if(CHECK STREQUAL "warnings")
    # Ignores lines of Asio: g++ reports some of them from inlined code.
    compile(-O2 -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast
        -Wnull-dereference -c "${here}/uses.cpp" -o "${made}.o")
    expect_count(0 "error:")
    expect_count(0 "include/hawser/[^\n]*warning:[^\n]*")
elseif(CHECK STREQUAL "by_hand")
    compile("${SOURCE_DIR}/examples/01_hello.cpp" -o "${made}" ${links})
    expect_count(0 "error|warning|undefined")
    execute_process(COMMAND "${made}" "http://127.0.0.1:1/"
        RESULT_VARIABLE failed ERROR_VARIABLE said)
    if(NOT failed EQUAL 1 OR said STREQUAL "")
        message(FATAL_ERROR "01_hello did not say that it was refused: ${failed}\n${said}")
    endif()
elseif(CHECK STREQUAL "needs")
    file(WRITE "${made}.cpp" "#include <hawser/hawser.hpp>\n")
    foreach(needed "-fno-exceptions|exceptions" "-fno-rtti|run-time type information"
            "-std=c++17|C\\+\\+20")
        string(REGEX MATCH "^(.*)\\|(.*)$" _ "${needed}")
        compile("${CMAKE_MATCH_1}" -fsyntax-only "${made}.cpp")
        expect_count(1 "error: [^\n]*hawser needs ${CMAKE_MATCH_2}")
        expect_count(2 "error: ")  # ours, and the one that ends the compilation
    endforeach()
elseif(CHECK STREQUAL "mixed")
    foreach(main "" -DMAIN)
        compile(${main} -c "${here}/mixed.cpp" -o "${made}${main}.o")
        compile(${main} -DHAWSER_SEPARATE_COMPILATION -c "${here}/mixed.cpp"
            -o "${made}${main}_separate.o")
    endforeach()
    foreach(pair "_separate|" "|_separate")
        string(REGEX MATCH "^(.*)\\|(.*)$" _ "${pair}")
        compile("${made}-DMAIN${CMAKE_MATCH_1}.o" "${made}${CMAKE_MATCH_2}.o" -o "${made}")
        if(NOT failed OR NOT said MATCHES "link_all_with_hawser_or_all_with_hawser_compiled")
            message(FATAL_ERROR "both ways in one program, and the linker said:\n${said}")
        endif()
    endforeach()
    foreach(way "" _separate)
        compile("${made}-DMAIN${way}.o" "${made}${way}.o" -o "${made}")
        expect_count(0 ".")
    endforeach()
elseif(CHECK STREQUAL "handlers")
    compile(-Wall -Wextra -DHAWSER_SEPARATE_COMPILATION -DRIGHT -fsyntax-only "${here}/mistakes.cpp")
    expect_count(0 "error|warning")
    compile(-DHAWSER_SEPARATE_COMPILATION -fsyntax-only "${here}/mistakes.cpp")
    # The signature is in the type: a constraint that is not met names it.
    expect_count(12 "error: no matching (member )?function for call to [^\n]*async_")
    expect_count(6 "completion_token_for<[^\n]*, void ?\\(std::error_code, hawser::Response\\)>")
    set(unmet "(satisfaction of|because) [^ ]*completion_token_for<[^\n]*, void ?\\(std::error_code, ")
    expect_count(2 "${unmet}std::[^\n]*string")
    expect_count(2 "${unmet}(std::size_t|long unsigned int|unsigned long)")
    expect_count(2 "(satisfaction of|because) [^ ]*completion_token_for<[^\n]*, void ?\\(std::error_code\\)>")
    expect_count(4 "error: static[^\n]*hawser: a (source|source's awaitable|rewind) ")
    expect_count(1 "error: no matching [^\n]*hawser::Client(::Client\\(|')")
    expect_count(17 "error: ")
elseif(CHECK STREQUAL "dangling")
    compile(-DHAWSER_SEPARATE_COMPILATION -fsyntax-only "${here}/dangling.cpp")
    expect_count(4 "dangling.cpp:[0-9:]* warning: temporary")
else()
    message(FATAL_ERROR "CHECK=${CHECK}?")
endif()
