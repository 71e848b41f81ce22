# SPDX-FileCopyrightText: 2026 The hawser authors
# SPDX-License-Identifier: BSL-1.0
cmake_minimum_required(VERSION 3.25)

# Rewrites headers.cmake from the files in include/:  cmake -P cmake/update_headers.cmake
# Run it by hand: a build never guesses what belongs to the library.
get_filename_component(root "${CMAKE_CURRENT_LIST_DIR}" DIRECTORY)
file(GLOB_RECURSE headers RELATIVE "${root}" "${root}/include/*.hpp" "${root}/include/*.ipp")
list(SORT headers)
list(JOIN headers "\n    " lines)
file(WRITE "${root}/cmake/headers.cmake" "# SPDX-FileCopyrightText: 2026 The hawser authors
# SPDX-License-Identifier: BSL-1.0

# Every header, one per line: what is installed, and what the header tests check. Written by
# cmake/update_headers.cmake; the test package.lists fails if one is missing.
set(HAWSER_HEADERS
    ${lines}
)
")
