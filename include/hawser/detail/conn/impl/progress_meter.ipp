// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/conn/progress_meter.hpp>
#include <hawser/detail/exceptions.hpp>
#include <hawser/error.hpp>

#include <chrono>
#include <exception>
#include <new>
#include <string>

namespace hawser::inline HAWSER_ABI::detail {

HAWSER_DECL void ProgressMeter::begin_sending(std::optional<std::uint64_t> total) noexcept {
    const std::lock_guard lock(mutex_);
    sent_ = {.total = total};
}

HAWSER_DECL void ProgressMeter::begin_receiving(std::optional<std::uint64_t> total) noexcept {
    const std::lock_guard lock(mutex_);
    received_ = {.total = total};
}

HAWSER_DECL std::error_code ProgressMeter::add(Transferred& direction,
                                               std::size_t n,
                                               bool end,
                                               Fault& fault) {
    struct Telling {
        Telling(ProgressMeter& of, std::unique_lock<std::mutex>& held) : meter(of), lock(held) {
            meter.telling_ = true;
            lock.unlock();
        }
        Telling(const Telling&) = delete;
        ~Telling() {
            lock.lock();
            meter.telling_ = false;
        }
        ProgressMeter& meter;
        std::unique_lock<std::mutex>& lock;
    };
    const TimePoint now = std::chrono::steady_clock::now();
    std::unique_lock lock(mutex_);
    const bool edge = direction.add(n, end);
    due_ = due_ || edge || progress_due(told_, now);
    std::error_code ec;
    while (due_ && !telling_ && !ec) {
        due_ = false;
        told_ = now;
        const Progress progress{sent_.bytes, sent_.total, received_.bytes, received_.total};
        const Telling telling(*this, lock);
        ec = call(progress, fault);
    }
    return ec;
}

/// Why a call failed, if there is memory for it.
inline void note_thrown(Fault& fault, const char* what) noexcept {
    try {
        fault.reason = "on_progress threw";
        if (what != nullptr) {
            fault.reason.append(": ").append(printable(what));
        }
    } catch (const std::bad_alloc&) {  // then the code must suffice
    }
}

HAWSER_DECL std::error_code ProgressMeter::call(const Progress& progress, Fault& fault) const {
    try {
        function_(progress);
        return {};
    }
    HAWSER_CATCH_FORCED_UNWIND
    catch (const std::system_error& e) {
        note_thrown(fault, e.what());
        return e.code() ? e.code() : make_error_code(error::canceled);
    }
    catch (const std::exception& e) {
        note_thrown(fault, e.what());
    }
    catch (...) {
        note_thrown(fault, nullptr);
    }
    return error::canceled;
}

}  // namespace hawser::inline HAWSER_ABI::detail
