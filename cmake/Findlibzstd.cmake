# SPDX-FileCopyrightText: 2026 The hawser authors
# SPDX-License-Identifier: BSL-1.0

# libzstd, whose CMake package Debian 12 does not have: gives libzstd::libzstd from header and
# library.

find_path(libzstd_INCLUDE_DIR zstd.h)
find_library(libzstd_LIBRARY zstd)
mark_as_advanced(libzstd_INCLUDE_DIR libzstd_LIBRARY)

if(libzstd_INCLUDE_DIR)
    set(libzstd_VERSION)
    foreach(part MAJOR MINOR RELEASE)
        file(STRINGS "${libzstd_INCLUDE_DIR}/zstd.h" line
            REGEX "define ZSTD_VERSION_${part} +[0-9]+")
        string(REGEX MATCH "[0-9]+" number "${line}")
        list(APPEND libzstd_VERSION "${number}")
    endforeach()
    list(JOIN libzstd_VERSION "." libzstd_VERSION)
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(libzstd
    REQUIRED_VARS libzstd_LIBRARY libzstd_INCLUDE_DIR VERSION_VAR libzstd_VERSION)

if(libzstd_FOUND AND NOT TARGET libzstd::libzstd)
    add_library(libzstd::libzstd UNKNOWN IMPORTED GLOBAL)
    set_target_properties(libzstd::libzstd PROPERTIES
        IMPORTED_LOCATION "${libzstd_LIBRARY}"
        INTERFACE_INCLUDE_DIRECTORIES "${libzstd_INCLUDE_DIR}")
endif()
