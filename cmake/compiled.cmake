# SPDX-FileCopyrightText: 2026 The hawser authors
# SPDX-License-Identifier: BSL-1.0

# hawser::compiled is hawser::hawser with its function bodies in a static library. That is built
# once, in the project that links it, with the project's flags. Everything that links it compiles
# much faster. All files of a program must link the same one of the two.
if(NOT TARGET hawser_compiled)
    add_library(hawser_compiled STATIC EXCLUDE_FROM_ALL "${CMAKE_CURRENT_LIST_DIR}/compiled.cpp")
    add_library(hawser::compiled ALIAS hawser_compiled)
    # It may become part of a shared library.
    set_target_properties(hawser_compiled PROPERTIES POSITION_INDEPENDENT_CODE ON)
    target_link_libraries(hawser_compiled PUBLIC hawser::hawser)
    target_compile_definitions(hawser_compiled PUBLIC HAWSER_SEPARATE_COMPILATION)
endif()
