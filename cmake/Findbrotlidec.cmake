# SPDX-FileCopyrightText: 2026 The hawser authors
# SPDX-License-Identifier: BSL-1.0

# The decoder of Brotli, which has no CMake package: gives brotlidec::brotlidec from header and
# library.

find_path(brotlidec_INCLUDE_DIR brotli/decode.h)
find_library(brotlidec_LIBRARY brotlidec)
find_library(brotlicommon_LIBRARY brotlicommon)
mark_as_advanced(brotlidec_INCLUDE_DIR brotlidec_LIBRARY brotlicommon_LIBRARY)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(brotlidec
    REQUIRED_VARS brotlidec_LIBRARY brotlicommon_LIBRARY brotlidec_INCLUDE_DIR)

if(brotlidec_FOUND AND NOT TARGET brotlidec::brotlidec)
    add_library(brotlidec::brotlidec UNKNOWN IMPORTED GLOBAL)
    set_target_properties(brotlidec::brotlidec PROPERTIES
        IMPORTED_LOCATION "${brotlidec_LIBRARY}"
        INTERFACE_INCLUDE_DIRECTORIES "${brotlidec_INCLUDE_DIR}"
        INTERFACE_LINK_LIBRARIES "${brotlicommon_LIBRARY}")
endif()
