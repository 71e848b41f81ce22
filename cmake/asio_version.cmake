# SPDX-FileCopyrightText: 2026 The hawser authors
# SPDX-License-Identifier: BSL-1.0

# hawser_asio_version(<out> <target or directory>...): for example "1.22.1"; empty if unknown.
function(hawser_asio_version out)
    set(dirs ${ARGN})
    if(TARGET "${ARGV1}")
        get_target_property(dirs ${ARGV1} INTERFACE_INCLUDE_DIRECTORIES)
    endif()
    set(${out} "" PARENT_SCOPE)
    list(APPEND dirs /usr/include)
    foreach(dir IN LISTS dirs)
        string(REGEX REPLACE "^\\$<BUILD_INTERFACE:(.*)>$" "\\1" dir "${dir}")
        if(EXISTS "${dir}/asio/version.hpp")
            file(STRINGS "${dir}/asio/version.hpp" line REGEX "define ASIO_VERSION [0-9]+")
            string(REGEX MATCH "[0-9]+" number "${line}")
            # 102201 is 1.22.1: major * 100000 + minor * 100 + patch.
            math(EXPR major "${number} / 100000")
            math(EXPR minor "${number} / 100 % 1000")
            math(EXPR patch "${number} % 100")
            set(${out} "${major}.${minor}.${patch}" PARENT_SCOPE)
            return()
        endif()
    endforeach()
endfunction()
