// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Which recorded exchange answers a request: the first one that has not been used, with the same
// method, URL and, where both are known, body.

#include <hawser/config.hpp>
#include <hawser/detail/har/har.hpp>

#include <list>
#include <optional>
#include <string_view>
#include <vector>

namespace hawser::inline HAWSER_ABI::detail {

class HarTape {
public:
    HarTape() noexcept = default;
    HAWSER_DECL explicit HarTape(std::vector<HarEntry> entries);

    /// `url` as har_url() writes it; `body` is unset if it is not known.
    [[nodiscard]] std::optional<HarEntry> take(std::string_view method,
                                               std::string_view url,
                                               std::optional<std::string_view> body);

private:
    std::list<HarEntry> entries_;  // not used yet, in the order of the file
};

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/har/impl/har_tape.ipp>
#endif
