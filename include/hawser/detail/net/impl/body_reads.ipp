// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/net/body_decoder.hpp>
#include <hawser/detail/net/body_reads.hpp>

namespace hawser::detail {

// ── Reads of a coded body ───────────────────────────────────────────────────────────────────────

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
    while (!code) {
        const std::size_t decoded = decoder_->read(room(), code);
        made += decoded;
        count(decoded, code);
    }
    if (code == asio::error::would_block) {
        return nullptr;
    }
    let_go();
    return complete(code);
}

}  // namespace hawser::detail
