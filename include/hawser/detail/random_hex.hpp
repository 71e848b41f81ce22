// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Unpredictable text from the system's random generator. Include it only in .ipp files, because it
// includes system headers.

#include <hawser/config.hpp>

#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <string>
#include <system_error>
#if defined(_WIN32)
extern "C" __declspec(dllimport) int __cdecl rand_s(unsigned* value);
#else
#include <unistd.h>
#if __has_include(<sys/random.h>)
#include <sys/random.h>
#endif
#endif

namespace hawser::inline HAWSER_ABI::detail {

#if defined(_WIN32)
inline bool fill_random(unsigned char* bytes, std::size_t size) noexcept {
    for (std::size_t i = 0; i < size; ++i) {
        unsigned value = 0;
        if (rand_s(&value) != 0) {
            return false;
        }
        bytes[i] = static_cast<unsigned char>(value);
    }
    return true;
}
#else
/// Fills at most 256 bytes. If an old kernel or a sandbox refuses the system call, it reads
/// /dev/urandom.
inline bool fill_random(unsigned char* bytes, std::size_t size) noexcept {
    if (::getentropy(bytes, size) == 0) {
        return true;
    }
    std::FILE* const device = std::fopen("/dev/urandom", "rbe");
    if (device == nullptr) {
        return false;
    }
    const bool complete = std::fread(bytes, 1, size, device) == size;
    std::fclose(device);
    return complete;
}
#endif

/// `Bytes` random bytes, as lower-case hex digits.
/// @throws std::system_error if the system provides none
template <std::size_t Bytes>
std::string random_hex() {
    static_assert(Bytes <= 256);
    unsigned char bytes[Bytes];
    if (!fill_random(bytes, Bytes)) {
        throw std::system_error(errno, std::generic_category(), "hawser: no random bytes");
    }
    std::string out;
    for (const unsigned char byte : bytes) {
        out.push_back("0123456789abcdef"[byte / 16]);
        out.push_back("0123456789abcdef"[byte % 16]);
    }
    return out;
}

}  // namespace hawser::inline HAWSER_ABI::detail
