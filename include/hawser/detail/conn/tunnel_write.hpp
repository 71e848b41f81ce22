// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// A write of the caller's to an upgraded connection.

#include <hawser/detail/rt/completion.hpp>

#include <cstddef>
#include <string_view>
#include <system_error>

namespace hawser::inline HAWSER_ABI::detail {

/// Completes when some of its bytes have been sent.
class TunnelWrite : public Completion<std::size_t> {
public:
    void send(std::string_view bytes) noexcept { bytes_ = bytes; }

    /// Empty once the stream has accepted some bytes, which then only have to be sent.
    std::string_view to_take() const noexcept { return taken_ == 0 ? bytes_ : std::string_view(); }
    void took(std::size_t n) noexcept { taken_ += n; }
    bool taken() const noexcept { return taken_ != 0 || bytes_.empty(); }

    Task& ended(std::error_code code) noexcept {
        ec = code;
        result() = code ? 0 : taken_;
        return *this;
    }

private:
    std::string_view bytes_;
    std::size_t taken_ = 0;
};

}  // namespace hawser::inline HAWSER_ABI::detail
