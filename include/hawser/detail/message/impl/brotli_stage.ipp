// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// br, by libbrotlidec (RFC 7932).

#include <hawser/detail/message/coding_stage.hpp>
#include <hawser/detail/owned.hpp>
#include <hawser/error.hpp>

#include <cstdint>
#include <memory>
#include <string>

#if defined(HAWSER_HAS_BROTLI)
#include <brotli/decode.h>
#endif

namespace hawser::inline HAWSER_ABI::detail {

#if defined(HAWSER_HAS_BROTLI)

class BrotliStage final : public CodingStage {
public:
    HAWSER_DECL Step run(std::string_view in, std::span<char> out) noexcept override;
    bool complete() const noexcept override { return place_ != Place::within && !error_; }
    std::error_code error() const noexcept override { return error_; }
    HAWSER_DECL std::string fault() const override;

private:
    enum class Place { before, within, after };

    struct Destroy {
        void operator()(BrotliDecoderState* state) const noexcept {
            ::BrotliDecoderDestroyInstance(state);
        }
    };

    bool begin() noexcept;
    std::error_code failure() const noexcept;

    Owned<BrotliDecoderState, Destroy> state_;
    Place place_ = Place::before;
    std::error_code error_;
};

HAWSER_DECL CodingStage::Step BrotliStage::run(std::string_view in, std::span<char> out) noexcept {
    if (error_ || out.empty() || (complete() && in.empty()) || !begin()) {
        return {};
    }
    auto next_in = reinterpret_cast<const std::uint8_t*>(in.data());
    auto next_out = reinterpret_cast<std::uint8_t*>(out.data());
    std::size_t unread = in.size();
    std::size_t room = out.size();
    const BrotliDecoderResult result =
        ::BrotliDecoderDecompressStream(state_.get(), &unread, &next_in, &room, &next_out, nullptr);
    if (result == BROTLI_DECODER_RESULT_ERROR) {
        error_ = failure();
    } else if (result == BROTLI_DECODER_RESULT_SUCCESS) {
        place_ = Place::after;
        if (unread != 0) {
            error_ = make_error_code(hawser::error::decode_error);
        }
    }
    return {in.size() - unread, out.size() - room};
}

// False: it failed. Nothing may follow the end (RFC 7932 section 9.1).
HAWSER_DECL bool BrotliStage::begin() noexcept {
    if (place_ == Place::before) {
        state_.reset(::BrotliDecoderCreateInstance(nullptr, nullptr, nullptr));
        place_ = Place::within;
        if (!state_) {
            error_ = make_error_code(hawser::error::resource_exhausted);
        }
    } else if (place_ == Place::after) {
        error_ = make_error_code(hawser::error::decode_error);
    }
    return !error_;
}

HAWSER_DECL std::error_code BrotliStage::failure() const noexcept {
    const int code = ::BrotliDecoderGetErrorCode(state_.get());
    const bool memory = code <= BROTLI_DECODER_ERROR_ALLOC_CONTEXT_MODES &&
                        code >= BROTLI_DECODER_ERROR_ALLOC_BLOCK_TYPE_TREES;
    return memory ? hawser::error::resource_exhausted : hawser::error::decode_error;
}

HAWSER_DECL std::string BrotliStage::fault() const {
    if (!error_) {
        return "br: the data ends too early";
    }
    if (place_ == Place::after) {
        return "br: bytes behind its end";
    }
    if (!state_) {
        return "br: out of memory";
    }
    return std::string("br: ").append(
        ::BrotliDecoderErrorString(::BrotliDecoderGetErrorCode(state_.get())));
}

HAWSER_DECL std::unique_ptr<CodingStage> make_brotli_stage() {
    return std::make_unique<BrotliStage>();
}

#else

HAWSER_DECL std::unique_ptr<CodingStage> make_brotli_stage() {
    return nullptr;
}

#endif

}  // namespace hawser::inline HAWSER_ABI::detail
