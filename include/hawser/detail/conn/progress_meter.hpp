// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Counts the bytes of a request's and a response's body, and calls RequestOptions::on_progress. The
// two may be counted on different threads: a call that is in progress tells of what is counted
// meanwhile, so that calls neither overlap nor wait. No lock is held during a call.

#include <hawser/config.hpp>
#include <hawser/detail/intrusive_ptr.hpp>
#include <hawser/detail/policy/progress_due.hpp>
#include <hawser/detail/time_point.hpp>
#include <hawser/failure.hpp>
#include <hawser/progress.hpp>

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <system_error>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

class ProgressMeter final : public RefCounted {
public:
    explicit ProgressMeter(ProgressFunction function) noexcept : function_(std::move(function)) {}

    /// An attempt begins.
    void begin_sending(std::optional<std::uint64_t> total) noexcept;
    void begin_receiving(std::optional<std::uint64_t> total) noexcept;
    /// A piece of the request's body; 0 is its end. Returns what the function threw, as an error.
    std::error_code sent(std::size_t n, Fault& fault) { return add(sent_, n, n == 0, fault); }
    /// A piece of the response's body, or its end.
    std::error_code received(std::size_t n, bool end, Fault& fault) {
        return add(received_, n, end, fault);
    }

private:
    std::error_code add(Transferred& direction, std::size_t n, bool end, Fault& fault);
    std::error_code call(const Progress& progress, Fault& fault) const;

    const ProgressFunction function_;
    std::mutex mutex_;  // guards the following
    Transferred sent_;
    Transferred received_;
    TimePoint told_;
    bool due_ = false;
    bool telling_ = false;
};

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/conn/impl/progress_meter.ipp>
#endif
