# SPDX-FileCopyrightText: 2026 The hawser authors
# SPDX-License-Identifier: BSL-1.0

# Every dependency: the parent project's target if there is one, else the system's, else a pinned
# release (except OpenSSL, which must get the system's security updates). Sets
# HAWSER_ASIO_DEFINITIONS, and HAWSER_WITH_ZLIB, _BROTLI, _ZSTD and _LIBPSL. Sets
# HAWSER_BUNDLED_ASIO / HAWSER_BUNDLED_LLHTTP if we provide it ourselves; then we also install it.

include(FetchContent)
set(HAWSER_BUNDLED_ASIO OFF)
set(HAWSER_BUNDLED_LLHTTP OFF)

find_package(Threads REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)

# Optional: hawser_optional(<name> <package> <find_package-word>...) sets HAWSER_WITH_<name> by the
# option HAWSER_<name>.
macro(hawser_optional name package)
    set(HAWSER_WITH_${name} OFF)
    if(HAWSER_${name} STREQUAL "AUTO")
        find_package(${package} ${ARGN} QUIET)
    elseif(HAWSER_${name})
        find_package(${package} ${ARGN} REQUIRED)
    endif()
    if(HAWSER_${name})
        set(HAWSER_WITH_${name} ${${package}_FOUND})
    endif()
endmacro()

hawser_optional(ZLIB ZLIB)
hawser_optional(BROTLI brotlidec MODULE)
hawser_optional(ZSTD libzstd MODULE)
hawser_optional(LIBPSL libpsl MODULE)

if(NOT TARGET asio::asio)
    find_package(asio 1.22 MODULE QUIET)
endif()
if(NOT TARGET asio::asio)
    message(STATUS "hawser: no Asio on this system, fetching 1.38.2")
    FetchContent_Declare(asio SYSTEM
        URL https://github.com/chriskohlhoff/asio/archive/refs/tags/asio-1-38-2.tar.gz
        URL_HASH SHA256=9f2648fa483e58a6bf848d970ee0ea650ca19ed7769dfa520ed4f7b8d27af1db
        DOWNLOAD_EXTRACT_TIMESTAMP OFF
        SOURCE_SUBDIR no-cmake-project-here)
    FetchContent_MakeAvailable(asio)
    # In 1.38 the headers moved from asio/include to include; the old place is a symbolic link.
    set(hawser_asio_include "${asio_SOURCE_DIR}/include")
    if(NOT EXISTS "${hawser_asio_include}/asio.hpp")
        set(hawser_asio_include "${asio_SOURCE_DIR}/asio/include")
    endif()
    add_library(hawser_asio INTERFACE)
    add_library(asio::asio ALIAS hawser_asio)
    set_target_properties(hawser_asio PROPERTIES EXPORT_NAME asio)
    target_include_directories(hawser_asio SYSTEM INTERFACE
        "$<BUILD_INTERFACE:${hawser_asio_include}>")
    target_include_directories(hawser_asio INTERFACE
        "$<INSTALL_INTERFACE:include/hawser-bundled>")
    target_compile_definitions(hawser_asio INTERFACE ASIO_STANDALONE)
    target_link_libraries(hawser_asio INTERFACE Threads::Threads)
    set(HAWSER_BUNDLED_ASIO ON)
endif()

# With clang, Asio before 1.24 looks for <experimental/coroutine>, does not find it in libstdc++,
# and lacks asio::awaitable. With these macros it uses <coroutine>. Newer versions need no help.
set(HAWSER_ASIO_DEFINITIONS)
include(${CMAKE_CURRENT_LIST_DIR}/asio_version.cmake)
hawser_asio_version(hawser_asio_found asio::asio)
if(hawser_asio_found AND hawser_asio_found VERSION_LESS 1.24)
    set(HAWSER_ASIO_DEFINITIONS
        "$<$<CXX_COMPILER_ID:Clang,AppleClang>:ASIO_HAS_CO_AWAIT=1;ASIO_HAS_STD_COROUTINE=1>")
    # Its allocation functions also depend on which standard headers precede it, so that one file of
    # a program could free what another allocated differently.
    list(APPEND HAWSER_ASIO_DEFINITIONS "$<$<PLATFORM_ID:Linux>:ASIO_HAS_STD_ALIGNED_ALLOC=1>")
endif()

if(NOT TARGET llhttp::llhttp)
    find_package(llhttp 8.1 MODULE QUIET)
    if(NOT TARGET llhttp::llhttp AND NOT llhttp_SOURCES)
        message(STATUS "hawser: no llhttp on this system, fetching 9.3.1")
        # Do not enter llhttp's own CMake project: it writes CMAKE_BUILD_TYPE into the cache.
        FetchContent_Declare(llhttp SYSTEM
            URL https://github.com/nodejs/llhttp/archive/refs/tags/release/v9.3.1.tar.gz
            URL_HASH SHA256=c14a93f287d3dbd6580d08af968294f8bcc61e1e1e3c34301549d00f3cf09365
            DOWNLOAD_EXTRACT_TIMESTAMP OFF
            SOURCE_SUBDIR no-cmake-project-here)
        FetchContent_MakeAvailable(llhttp)
        set(llhttp_INCLUDE_DIR "${llhttp_SOURCE_DIR}/include")
        foreach(file api http llhttp)
            list(APPEND llhttp_SOURCES "${llhttp_SOURCE_DIR}/src/${file}.c")
        endforeach()
    endif()
endif()
if(NOT TARGET llhttp::llhttp)
    # Three C files, in our own static library: always optimized, whatever the build type.
    add_library(hawser_llhttp STATIC ${llhttp_SOURCES})
    add_library(llhttp::llhttp ALIAS hawser_llhttp)
    set_target_properties(hawser_llhttp PROPERTIES
        EXPORT_NAME llhttp POSITION_INDEPENDENT_CODE ON C_VISIBILITY_PRESET hidden)
    target_compile_options(hawser_llhttp PRIVATE
        "$<$<C_COMPILER_ID:GNU,Clang,AppleClang>:-O2>")
    if(HAWSER_LLHTTP_SSE42 AND CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|amd64)$")
        target_compile_options(hawser_llhttp PRIVATE
            "$<$<C_COMPILER_ID:GNU,Clang,AppleClang>:-msse4.2>")
    endif()
    target_include_directories(hawser_llhttp SYSTEM PUBLIC
        "$<BUILD_INTERFACE:${llhttp_INCLUDE_DIR}>")
    target_include_directories(hawser_llhttp PUBLIC
        "$<INSTALL_INTERFACE:include/hawser-bundled>")
    set(HAWSER_BUNDLED_LLHTTP ON)
endif()
