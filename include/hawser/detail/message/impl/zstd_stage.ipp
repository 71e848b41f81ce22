// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// zstd, by libzstd (RFC 8878).

#include <hawser/detail/message/coding_stage.hpp>
#include <hawser/detail/owned.hpp>
#include <hawser/error.hpp>

#include <memory>
#include <new>
#include <string>

#if defined(HAWSER_HAS_ZSTD)
#include <zstd.h>
#include <zstd_errors.h>
#endif

namespace hawser::inline HAWSER_ABI::detail {

#if defined(HAWSER_HAS_ZSTD)

class ZstdStage final : public CodingStage {
public:
    HAWSER_DECL Step run(std::string_view in, std::span<char> out) noexcept override;
    bool complete() const noexcept override { return !within_ && !error_; }
    std::error_code error() const noexcept override { return error_; }
    HAWSER_DECL std::string fault() const override;

private:
    // 8 MiB: servers may not require more (RFC 9659).
    static constexpr int max_window_log = 23;

    struct Free {
        void operator()(ZSTD_DStream* stream) const noexcept { ::ZSTD_freeDStream(stream); }
    };

    bool begin() noexcept;
    void fail(std::size_t result) noexcept;

    Owned<ZSTD_DStream, Free> stream_;
    bool within_ = false;  // a frame
    std::error_code error_;
    std::string reason_;
};

// Frames may follow each other (RFC 8878 section 3.1). Each pass consumes or produces, or is the
// last.
HAWSER_DECL CodingStage::Step ZstdStage::run(std::string_view in, std::span<char> out) noexcept {
    if (error_ || out.empty() || (complete() && in.empty()) || !begin()) {
        return {};
    }
    ZSTD_inBuffer from{in.data(), in.size(), 0};
    ZSTD_outBuffer to{out.data(), out.size(), 0};
    for (;;) {
        const std::size_t before = from.pos + to.pos;
        const std::size_t result = ::ZSTD_decompressStream(stream_.get(), &to, &from);
        if (::ZSTD_isError(result) != 0) {
            fail(result);
            break;
        }
        within_ = result != 0;
        if (to.pos == to.size || from.pos + to.pos == before ||
            (!within_ && from.pos == from.size)) {
            break;
        }
    }
    return {from.pos, to.pos};
}

// False: it failed.
HAWSER_DECL bool ZstdStage::begin() noexcept {
    if (!stream_) {
        stream_.reset(::ZSTD_createDStream());
        if (!stream_) {
            error_ = make_error_code(hawser::error::resource_exhausted);
            return false;
        }
        ::ZSTD_DCtx_setParameter(stream_.get(), ZSTD_d_windowLogMax, max_window_log);
    }
    return true;
}

HAWSER_DECL void ZstdStage::fail(std::size_t result) noexcept {
    switch (::ZSTD_getErrorCode(result)) {
        case ZSTD_error_memory_allocation:
            error_ = make_error_code(hawser::error::resource_exhausted);
            break;
        case ZSTD_error_frameParameter_windowTooLarge:
            error_ = make_error_code(hawser::error::decode_limit);
            break;
        default:
            error_ = make_error_code(hawser::error::decode_error);
    }
    try {
        reason_ = ::ZSTD_getErrorName(result);
    } catch (const std::bad_alloc&) {
    }
}

HAWSER_DECL std::string ZstdStage::fault() const {
    if (!error_) {
        return "zstd: the data ends too early";
    }
    if (error_ == hawser::error::decode_limit) {
        return "zstd: a window of more than 8 MiB";
    }
    return std::string("zstd: ").append(reason_.empty() ? "out of memory" : reason_);
}

HAWSER_DECL std::unique_ptr<CodingStage> make_zstd_stage() {
    return std::make_unique<ZstdStage>();
}

#else

HAWSER_DECL std::unique_ptr<CodingStage> make_zstd_stage() {
    return nullptr;
}

#endif

}  // namespace hawser::inline HAWSER_ABI::detail
