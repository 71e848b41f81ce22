# SPDX-FileCopyrightText: 2026 The hawser authors
# SPDX-License-Identifier: BSL-1.0

# libpsl, which has no CMake package: gives libpsl::libpsl from header and library.

find_path(libpsl_INCLUDE_DIR libpsl.h)
find_library(libpsl_LIBRARY psl)
mark_as_advanced(libpsl_INCLUDE_DIR libpsl_LIBRARY)

if(libpsl_INCLUDE_DIR)
    file(STRINGS "${libpsl_INCLUDE_DIR}/libpsl.h" line REGEX "define PSL_VERSION \"")
    string(REGEX MATCH "[0-9.]+" libpsl_VERSION "${line}")
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(libpsl
    REQUIRED_VARS libpsl_LIBRARY libpsl_INCLUDE_DIR VERSION_VAR libpsl_VERSION)

if(libpsl_FOUND AND NOT TARGET libpsl::libpsl)
    add_library(libpsl::libpsl UNKNOWN IMPORTED GLOBAL)
    set_target_properties(libpsl::libpsl PROPERTIES
        IMPORTED_LOCATION "${libpsl_LIBRARY}"
        INTERFACE_INCLUDE_DIRECTORIES "${libpsl_INCLUDE_DIR}")
endif()
