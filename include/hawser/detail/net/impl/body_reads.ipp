// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/net/body_decoder.hpp>
#include <hawser/detail/net/body_reads.hpp>

#include <asio/post.hpp>

#include <utility>

namespace hawser::detail {

// ── Reads of a coded body ───────────────────────────────────────────────────────────────────────

HAWSER_DECL DecodingWait::DecodingWait() noexcept = default;
HAWSER_DECL DecodingWait::~DecodingWait() = default;

HAWSER_DECL void DecodingWait::decode_with(BodyDecoder& decoder) noexcept {
    decoder_ = &decoder;
}

HAWSER_DECL std::span<char> DecodingWait::coded_space() {
    return decoder_->space();
}

// The read is over: the decoder belongs to the body again.
HAWSER_DECL void DecodingWait::let_go() noexcept {
    refused = decoder_->refused();
    decoder_->set_busy(false);
}

HAWSER_DECL Task* ReadSome::decode(std::size_t n, std::error_code code) {
    decoder_->received(n, code);
    code = {};
    const std::size_t decoded = decoder_->read(buffer_, code);
    if (code == asio::error::would_block) {
        return nullptr;
    }
    let_go();
    return complete(decoded, code);
}

HAWSER_DECL Task* ReadAll::decode(std::size_t n, std::error_code code) {
    decoder_->received(n, code);
    code = {};
    const std::size_t before = made;
    while (!code && made - before < budget) {
        const std::span<char> out = room();
        const std::size_t decoded =
            decoder_->read(out.first(std::min<std::size_t>(out.size(), budget)), code);
        made += decoded;
        count(decoded, code);
    }
    if (code == asio::error::would_block) {
        return nullptr;
    }
    if (!code) {
        return decoder_->ended() ? &rest_ : nullptr;
    }
    let_go();
    return complete(code);
}

/// Owns the read on its way through the executor.
class ReadAll::DecodeOn {
public:
    explicit DecodeOn(ReadAll& read) noexcept : read_(&read) {}
    DecodeOn(DecodeOn&& other) noexcept : read_(std::exchange(other.read_, nullptr)) {}
    DecodeOn& operator=(DecodeOn&&) = delete;
    ~DecodeOn() {
        if (read_ != nullptr) {
            read_->discard();
        }
    }
    void operator()() { std::exchange(read_, nullptr)->received(0, {})->run(Context::io); }

private:
    ReadAll* read_;
};

HAWSER_DECL void ReadAll::Rest::run(Context) {
    asio::post(read->decoder_->executor(), DecodeOn(*read));
}

}  // namespace hawser::detail
