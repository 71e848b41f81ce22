# SPDX-FileCopyrightText: 2026 The hawser authors
# SPDX-License-Identifier: BSL-1.0

# Warnings and sanitizers for our own tests and examples. They link it PRIVATE; hawser itself never
# does, because a consumer's flags are the consumer's business.

add_library(hawser_dev_flags INTERFACE)
set(hawser_gnu "$<CXX_COMPILER_ID:GNU>")
set(hawser_clang "$<CXX_COMPILER_ID:Clang,AppleClang>")
target_compile_options(hawser_dev_flags INTERFACE
    -Wall -Wextra -Wpedantic -Wnon-virtual-dtor -Woverloaded-virtual -Wconversion
    -Wno-sign-conversion
    # Constructor parameters are named like the public members they set.
    "$<${hawser_gnu}:-Wshadow=local>" "$<${hawser_clang}:-Wshadow>"
    # g++ 12 mistakes Asio's deallocation of a coroutine frame for that of something else.
    "$<${hawser_gnu}:-Wno-mismatched-new-delete>"
    "$<$<BOOL:${HAWSER_WERROR}>:-Werror>")

# More warnings that users turn on, for the headers only.
add_library(hawser_user_flags INTERFACE)
target_compile_options(hawser_user_flags INTERFACE -Wshadow -Wsign-conversion -Wold-style-cast)

if(HAWSER_SANITIZE)
    set(hawser_sanitize -fsanitize=${HAWSER_SANITIZE})
    target_compile_options(hawser_dev_flags INTERFACE
        ${hawser_sanitize} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_link_options(hawser_dev_flags INTERFACE ${hawser_sanitize})
    # g++ mistakes what a sanitizer inserts for uses of uninitialized variables.
    target_compile_options(hawser_dev_flags INTERFACE
        "$<${hawser_gnu}:-Wno-maybe-uninitialized>")
    if(HAWSER_SANITIZE MATCHES "undefined")
        # clang objects to the C function types of llhttp's and OpenSSL's callbacks.
        target_compile_options(hawser_dev_flags INTERFACE
            "$<${hawser_clang}:-fno-sanitize=function>")
    endif()
    if(HAWSER_SANITIZE MATCHES "thread")
        # "atomic_thread_fence is not supported": Asio has some but does not depend on them.
        target_compile_options(hawser_dev_flags INTERFACE "$<${hawser_gnu}:-Wno-tsan>")
    endif()
    if(HAWSER_SANITIZE MATCHES "address" AND CMAKE_CXX_COMPILER_ID STREQUAL "Clang"
            AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 15)
        message(WARNING "hawser: clang 14 with AddressSanitizer cannot assemble coroutines; use g++")
    endif()
endif()
