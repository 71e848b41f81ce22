# SPDX-FileCopyrightText: 2026 The hawser authors
# SPDX-License-Identifier: BSL-1.0

# llhttp: its CMake package, else header and library, else (Debian 12, package node-llhttp) header
# and C sources. Sets llhttp::llhttp, or only llhttp_SOURCES and llhttp_INCLUDE_DIR to compile.

find_package(llhttp CONFIG QUIET)
foreach(candidate llhttp::llhttp_shared llhttp::llhttp_static)
    if(TARGET ${candidate} AND NOT TARGET llhttp::llhttp)
        add_library(llhttp::llhttp INTERFACE IMPORTED GLOBAL)
        target_link_libraries(llhttp::llhttp INTERFACE ${candidate})
    endif()
endforeach()
if(TARGET llhttp::llhttp)
    set(llhttp_FOUND TRUE)
    return()
endif()

find_path(llhttp_INCLUDE_DIR llhttp.h
    PATHS /usr/share/include/llhttp PATH_SUFFIXES llhttp)
find_library(llhttp_LIBRARY llhttp)
find_path(llhttp_SOURCE_PATH llhttp.c PATHS /usr/share/llhttp NO_DEFAULT_PATH)
mark_as_advanced(llhttp_INCLUDE_DIR llhttp_LIBRARY llhttp_SOURCE_PATH)

set(llhttp_SOURCES)
set(llhttp_HOW llhttp_LIBRARY)
if(NOT llhttp_LIBRARY AND llhttp_SOURCE_PATH)
    set(llhttp_HOW llhttp_SOURCE_PATH)
    foreach(file api http llhttp)
        list(APPEND llhttp_SOURCES "${llhttp_SOURCE_PATH}/${file}.c")
    endforeach()
endif()

if(llhttp_INCLUDE_DIR)
    set(llhttp_VERSION)
    foreach(part MAJOR MINOR PATCH)
        file(STRINGS "${llhttp_INCLUDE_DIR}/llhttp.h" line
            REGEX "define LLHTTP_VERSION_${part} [0-9]+")
        string(REGEX MATCH "[0-9]+" number "${line}")
        list(APPEND llhttp_VERSION "${number}")
    endforeach()
    list(JOIN llhttp_VERSION "." llhttp_VERSION)
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(llhttp
    REQUIRED_VARS ${llhttp_HOW} llhttp_INCLUDE_DIR VERSION_VAR llhttp_VERSION)

if(NOT llhttp_FOUND)
    set(llhttp_SOURCES)
elseif(NOT llhttp_SOURCES)
    add_library(llhttp::llhttp UNKNOWN IMPORTED GLOBAL)
    set_target_properties(llhttp::llhttp PROPERTIES
        IMPORTED_LOCATION "${llhttp_LIBRARY}"
        INTERFACE_INCLUDE_DIRECTORIES "${llhttp_INCLUDE_DIR}")
endif()
