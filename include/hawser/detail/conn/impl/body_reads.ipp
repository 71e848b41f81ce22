// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/conn/body_decoder.hpp>
#include <hawser/detail/conn/body_reads.hpp>
#include <hawser/detail/conn/exchange.hpp>

#include <asio/post.hpp>

#include <utility>

namespace hawser::detail {

// ── Reads of a coded body ────────────────────────────────────────────────────────────────────────

HAWSER_DECL DecodingWait::DecodingWait() noexcept = default;
HAWSER_DECL DecodingWait::~DecodingWait() = default;

HAWSER_DECL void DecodingWait::decode_with(BodyDecoder& decoder) noexcept {
    decoder_ = &decoder;
}

HAWSER_DECL std::span<char> DecodingWait::coded_space() {
    return or_exhausted([this] { return decoder_->space(); });
}

HAWSER_DECL std::size_t DecodingWait::read_decoded(std::span<char> out,
                                                   std::error_code& code) noexcept {
    std::size_t n = 0;
    or_exhausted([&] {
        n = decoder_->read(out, code);
        return out;
    });
    code = refused ? refused : code;
    return n;
}

// The read is over: the decoder belongs to the body again.
HAWSER_DECL void DecodingWait::let_go() noexcept {
    refused = refused ? refused : decoder_->refused();
    decoder_->set_busy(false);
}

HAWSER_DECL Fault DecodingWait::refusal() const noexcept {
    return decoder_ ? decoder_->fault() : Fault();
}

HAWSER_DECL void ReadSome::explain(Exchange& exchange) noexcept {
    slot.failure() = exchange.tell(ec);
}

HAWSER_DECL void ReadAll::explain(Exchange& exchange) noexcept {
    slot.failure() = exchange.tell(ec, reason());
}

HAWSER_DECL Task* ReadSome::decode(std::size_t n, std::error_code code) {
    decoder_->received(n, code);
    code = refused;
    const std::size_t decoded = code ? 0 : read_decoded(buffer_, code);
    if (code == asio::error::would_block) {
        return nullptr;
    }
    let_go();
    complete(decoded, code);
    if (failed) {  // whoever knows the exchange may know better
        slot.failure() = decoder_->describe(ec);
    }
    return this;
}

HAWSER_DECL Task* ReadAll::decode(std::size_t n, std::error_code code) {
    decoder_->received(n, code);
    code = refused;
    if (!code) {
        decode_some(code);
    }
    if (code == asio::error::would_block) {
        return nullptr;
    }
    if (!code) {
        return decoder_->ended() ? &rest_ : nullptr;
    }
    let_go();
    complete(code);
    if (failed) {
        slot.failure() = decoder_->describe(ec, reason());
    }
    return this;
}

HAWSER_DECL void ReadAll::decode_some(std::error_code& code) {
    const std::size_t before = made;
    while (!code && made - before < budget) {
        const std::span<char> out = or_exhausted([this] { return room(); });
        code = refused;
        if (!code) {
            const std::size_t decoded =
                read_decoded(out.first(std::min<std::size_t>(out.size(), budget)), code);
            made += decoded;
            count(decoded, code);
        }
    }
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
    void operator()() { std::exchange(read_, nullptr)->received(0, {})->run(CalledFrom::executor); }

private:
    ReadAll* read_;
};

HAWSER_DECL void ReadAll::Rest::run(CalledFrom) {
    asio::post(read->decoder_->executor(), DecodeOn(*read));
}

}  // namespace hawser::detail
