# SPDX-FileCopyrightText: 2026 The hawser authors
# SPDX-License-Identifier: BSL-1.0

# Install rules and the CMake package. Dependencies that we provided ourselves (a compiled llhttp, a
# fetched Asio) are installed under include/hawser-bundled; a consumer looks up the system's again.

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
set(hawser_installed hawser)
if(HAWSER_BUNDLED_LLHTTP)
    set(hawser_data_dir "${CMAKE_INSTALL_LIBDIR}")
else() # headers only: the same for every processor
    set(hawser_data_dir "${CMAKE_INSTALL_DATADIR}")
    set(hawser_any_processor ARCH_INDEPENDENT)
endif()
set(hawser_package_dir "${hawser_data_dir}/cmake/hawser")

if(HAWSER_BUNDLED_LLHTTP)
    list(APPEND hawser_installed hawser_llhttp)
    install(FILES "${llhttp_INCLUDE_DIR}/llhttp.h" DESTINATION include/hawser-bundled)
endif()
if(HAWSER_BUNDLED_ASIO)
    list(APPEND hawser_installed hawser_asio)
    install(FILES "${hawser_asio_include}/asio.hpp" DESTINATION include/hawser-bundled)
    install(DIRECTORY "${hawser_asio_include}/asio" DESTINATION include/hawser-bundled
        FILES_MATCHING PATTERN "*.hpp" PATTERN "*.ipp")
endif()

install(TARGETS ${hawser_installed} EXPORT hawserTargets FILE_SET HEADERS)
install(FILES include/hawser/hawser.cppm DESTINATION include/hawser)
install(EXPORT hawserTargets NAMESPACE hawser:: DESTINATION "${hawser_package_dir}")

configure_package_config_file(cmake/hawserConfig.cmake.in hawserConfig.cmake
    INSTALL_DESTINATION "${hawser_package_dir}")
write_basic_package_version_file(hawserConfigVersion.cmake COMPATIBILITY SameMinorVersion
    ${hawser_any_processor})
install(FILES
    "${CMAKE_CURRENT_BINARY_DIR}/hawserConfig.cmake"
    "${CMAKE_CURRENT_BINARY_DIR}/hawserConfigVersion.cmake"
    cmake/asio_version.cmake
    cmake/compiled.cmake
    cmake/compiled.cpp
    cmake/Findasio.cmake
    cmake/Findbrotlidec.cmake
    cmake/Findlibpsl.cmake
    cmake/Findlibzstd.cmake
    cmake/Findllhttp.cmake
    DESTINATION "${hawser_package_dir}")
# For builds without CMake: g++ -std=c++20 main.cpp $(pkg-config --cflags --libs hawser)
set(hawser_pc_dir "${hawser_data_dir}/pkgconfig")
file(RELATIVE_PATH hawser_prefix_from_pc "/${hawser_pc_dir}" "/")
string(REGEX REPLACE "/$" "" hawser_prefix_from_pc "${hawser_prefix_from_pc}")
set(hawser_pc_requires "openssl >= 3.0")
set(hawser_pc_cflags "-DASIO_STANDALONE")
if(HAWSER_BUNDLED_ASIO OR HAWSER_BUNDLED_LLHTTP)
    string(APPEND hawser_pc_cflags " -I\${includedir}/hawser-bundled")
endif()
if(HAWSER_BUNDLED_LLHTTP)
    set(hawser_pc_libs "-L\${prefix}/${CMAKE_INSTALL_LIBDIR} -lhawser_llhttp")
else()
    set(hawser_pc_libs "-lllhttp")
endif()
foreach(library ZLIB=zlib LIBPSL=libpsl BROTLI=libbrotlidec ZSTD=libzstd)
    string(REGEX MATCH "^(.*)=(.*)$" _ "${library}")
    if(HAWSER_WITH_${CMAKE_MATCH_1})
        string(APPEND hawser_pc_requires ", ${CMAKE_MATCH_2}")
        string(APPEND hawser_pc_cflags " -DHAWSER_HAS_${CMAKE_MATCH_1}=1")
    endif()
endforeach()
configure_file(cmake/hawser.pc.in hawser.pc @ONLY)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/hawser.pc" DESTINATION "${hawser_pc_dir}")

install(FILES LICENSE DESTINATION "${CMAKE_INSTALL_DOCDIR}")
