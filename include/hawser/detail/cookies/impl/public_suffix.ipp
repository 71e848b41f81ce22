// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/cookies/public_suffix.hpp>

#include <string>

#if defined(HAWSER_HAS_LIBPSL)
#include <libpsl.h>
#endif

namespace hawser::inline HAWSER_ABI::detail {

HAWSER_DECL bool is_public_suffix(std::string_view domain) {
#if defined(HAWSER_HAS_LIBPSL)
    // The newer of the system's list and libpsl's own. It is never freed: a jar may be a static
    // object.
    static const psl_ctx_t* const list = ::psl_latest(nullptr);
    if (list != nullptr) {
        return ::psl_is_public_suffix(list, std::string(domain).c_str()) != 0;
    }
#endif
    return domain.find('.') == std::string_view::npos;
}

}  // namespace hawser::inline HAWSER_ABI::detail
