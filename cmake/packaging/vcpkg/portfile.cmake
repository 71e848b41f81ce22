# SPDX-FileCopyrightText: 2026 The hawser authors
# SPDX-License-Identifier: BSL-1.0

# An overlay port: vcpkg install hawser --overlay-ports=<this folder>. It installs the sources that
# the folder is part of.
cmake_path(SET source NORMALIZE "${CMAKE_CURRENT_LIST_DIR}/../../..")
vcpkg_check_features(OUT_FEATURE_OPTIONS features
    FEATURES
        zlib HAWSER_ZLIB
        brotli HAWSER_BROTLI
        zstd HAWSER_ZSTD
        libpsl HAWSER_LIBPSL)
vcpkg_cmake_configure(
    SOURCE_PATH "${source}"
    OPTIONS
        -DHAWSER_BUILD_TESTS=OFF
        -DHAWSER_BUILD_EXAMPLES=OFF
        -DHAWSER_INSTALL=ON
        ${features})
vcpkg_cmake_install()
vcpkg_cmake_config_fixup(CONFIG_PATH share/cmake/hawser)
foreach(build "" debug/) # vcpkg wants it beside the libraries that it names
    set(folder "${CURRENT_PACKAGES_DIR}/${build}")
    if(EXISTS "${folder}share/pkgconfig")
        file(MAKE_DIRECTORY "${folder}lib")
        file(RENAME "${folder}share/pkgconfig" "${folder}lib/pkgconfig")
    endif()
endforeach()
vcpkg_fixup_pkgconfig()
file(REMOVE_RECURSE "${CURRENT_PACKAGES_DIR}/debug/include" "${CURRENT_PACKAGES_DIR}/debug/share")
vcpkg_install_copyright(FILE_LIST "${source}/LICENSE")
