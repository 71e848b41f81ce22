# SPDX-FileCopyrightText: 2026 The hawser authors
# SPDX-License-Identifier: BSL-1.0
cmake_minimum_required(VERSION 3.25)

# The consumer's build directory must have exactly COUNT tests, one for each of its programs. They
# must pass.
execute_process(COMMAND ${CTEST} -N OUTPUT_VARIABLE listing COMMAND_ERROR_IS_FATAL ANY)
if(NOT listing MATCHES "Total Tests: ${COUNT}[^0-9]")
    message(FATAL_ERROR "the consumer should see its own tests only:\n${listing}")
endif()
execute_process(COMMAND ${CTEST} --output-on-failure COMMAND_ERROR_IS_FATAL ANY)
