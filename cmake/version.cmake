# SPDX-FileCopyrightText: 2026 The hawser authors
# SPDX-License-Identifier: BSL-1.0

# HAWSER_VERSION: as config.hpp has it, the only place where it is written down.
file(READ "${CMAKE_CURRENT_LIST_DIR}/../include/hawser/config.hpp" HAWSER_VERSION)
string(REGEX MATCH
    "VERSION_MAJOR ([0-9]+)\n#define HAWSER_VERSION_MINOR ([0-9]+)\n#define HAWSER_VERSION_PATCH ([0-9]+)"
    _ "${HAWSER_VERSION}")
set(HAWSER_VERSION "${CMAKE_MATCH_1}.${CMAKE_MATCH_2}.${CMAKE_MATCH_3}")
