# SPDX-FileCopyrightText: 2026 The hawser authors
# SPDX-License-Identifier: BSL-1.0

# Standalone Asio, which has no CMake package of its own. Uses a package manager's if there is one,
# else the system's headers. Sets asio::asio and asio_VERSION.

find_package(asio CONFIG QUIET)
if(TARGET asio::asio)
    set(asio_FOUND TRUE)
    return()
endif()

include(${CMAKE_CURRENT_LIST_DIR}/asio_version.cmake)
find_path(asio_INCLUDE_DIR asio.hpp)
mark_as_advanced(asio_INCLUDE_DIR)
if(asio_INCLUDE_DIR)
    hawser_asio_version(asio_VERSION "${asio_INCLUDE_DIR}")
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(asio
    REQUIRED_VARS asio_INCLUDE_DIR VERSION_VAR asio_VERSION)

if(asio_FOUND)
    find_package(Threads REQUIRED)
    add_library(asio::asio INTERFACE IMPORTED GLOBAL)
    target_include_directories(asio::asio INTERFACE "${asio_INCLUDE_DIR}")
    target_compile_definitions(asio::asio INTERFACE ASIO_STANDALONE)
    target_link_libraries(asio::asio INTERFACE Threads::Threads)
endif()
