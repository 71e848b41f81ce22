# SPDX-FileCopyrightText: 2026 The hawser authors
# SPDX-License-Identifier: BSL-1.0

# The Debian package libhawser-dev, made by cpack: what is installed, and the packages that a
# program needs which uses it. Configure with CMAKE_INSTALL_PREFIX=/usr.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME libhawser-dev)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "HTTP/1.1 client for C++20 on Asio: headers")
set(CPACK_PACKAGE_CONTACT "The hawser authors <hawser@localhost>")
set(CPACK_PACKAGING_INSTALL_PREFIX ${CMAKE_INSTALL_PREFIX})
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)

set(hawser_deb_depends "libssl-dev (>= 3.0)")
if(NOT HAWSER_BUNDLED_ASIO)
    string(APPEND hawser_deb_depends ", libasio-dev (>= 1:1.22)")
endif()
foreach(library ZLIB=zlib1g-dev BROTLI=libbrotli-dev ZSTD=libzstd-dev LIBPSL=libpsl-dev)
    string(REGEX MATCH "^(.*)=(.*)$" _ "${library}")
    if(HAWSER_WITH_${CMAKE_MATCH_1})
        string(APPEND hawser_deb_depends ", ${CMAKE_MATCH_2}")
    endif()
endforeach()
if(NOT HAWSER_BUNDLED_LLHTTP) # otherwise it contains a static library, for one architecture
    string(APPEND hawser_deb_depends ", libllhttp-dev (>= 8.1)")
    set(CPACK_DEBIAN_PACKAGE_ARCHITECTURE all)
endif()
set(CPACK_DEBIAN_PACKAGE_DEPENDS "${hawser_deb_depends}")
include(CPack)
