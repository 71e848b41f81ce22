# SPDX-FileCopyrightText: 2026 The hawser authors
# SPDX-License-Identifier: BSL-1.0

# hawser::compiled is hawser::hawser with its bodies in a static library, which is built where it is
# linked, once, with the flags of that project. Everything that links it compiles much faster. All
# of a program links the one or the other.
if(NOT TARGET hawser_compiled)
    add_library(hawser_compiled STATIC EXCLUDE_FROM_ALL "${CMAKE_CURRENT_LIST_DIR}/compiled.cpp")
    add_library(hawser::compiled ALIAS hawser_compiled)
    # It may become part of a shared library.
    set_target_properties(hawser_compiled PROPERTIES POSITION_INDEPENDENT_CODE ON)
    target_link_libraries(hawser_compiled PUBLIC hawser::hawser)
    target_compile_definitions(hawser_compiled PUBLIC HAWSER_SEPARATE_COMPILATION)
endif()
