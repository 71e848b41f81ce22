# SPDX-FileCopyrightText: 2026 The hawser authors
# SPDX-License-Identifier: BSL-1.0
cmake_minimum_required(VERSION 3.25)

# The guide names each member of the options, and each error with its condition.
file(READ "${SOURCE_DIR}/include/hawser/GUIDE.md" guide)
set(wrong "")

foreach(header client_options transport_options request_options tls_options middleware_options
        download event_source)
    file(STRINGS "${SOURCE_DIR}/include/hawser/${header}.hpp" lines
        REGEX "^    [A-Za-z][^()]* [a-z0-9_]+({.*}| = .*);$")
    foreach(line IN LISTS lines)
        string(REGEX MATCH "^    [^={(]* ([a-z0-9_]+)({| =)" _ "${line}")
        set(member "${CMAKE_MATCH_1}")
        if(NOT line MATCHES "^ *using " AND NOT guide MATCHES "[`.]${member}[`} ]")
            string(APPEND wrong "GUIDE.md lacks the option ${member} of ${header}.hpp\n")
        endif()
    endforeach()
endforeach()

file(READ "${SOURCE_DIR}/include/hawser/impl/error.ipp" rows)
string(REGEX MATCHALL "{error::[a-z_]+,[ \n]*condition::[a-z_]+" rows "${rows}")
list(LENGTH rows count)
foreach(row IN LISTS rows)
    string(REGEX MATCH "error::([a-z_]+),[ \n]*condition::([a-z_]+)" _ "${row}")
    set(error "${CMAKE_MATCH_1}")
    set(condition "${CMAKE_MATCH_2}")
    if(NOT guide MATCHES "\n\\| `${condition}` \\|[^\n]*`${error}`")
        string(APPEND wrong "GUIDE.md: ${error} is not in the row of ${condition}\n")
    endif()
endforeach()
if(count LESS 30)
    string(APPEND wrong "error.ipp: only ${count} rows were found\n")
endif()

if(NOT wrong STREQUAL "")
    message(FATAL_ERROR "${wrong}")
endif()
