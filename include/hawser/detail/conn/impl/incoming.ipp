// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/conn/exchange.hpp>
#include <hawser/detail/conn/incoming.hpp>

#include <asio/error.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>

namespace hawser::inline HAWSER_ABI::detail {

HAWSER_DECL void Incoming::begin(std::unique_ptr<ResponseReader> reader,
                                 std::string_view method,
                                 CurrentAttempt& attempt) {
    reader_ = std::move(reader);
    reader_->start(method);
    attempt_ = &attempt;
}

HAWSER_DECL std::size_t Incoming::receive(std::span<char> space, std::error_code& ec) {
    const std::size_t n = wire_.stream().read_some(space.data(), space.size(), ec);
    attempt_->received += n;
    filled_ = n == space.size();
    return n;
}

HAWSER_DECL void Incoming::receive(std::error_code& ec) {
    reader_->received(receive(reader_->space(), ec));
}

/// Whether more than `wanted` bytes of the body are to be received at once, because much arrives:
/// each read of a socket also tells the server that there is room again, which costs more than
/// copying the bytes.
HAWSER_DECL bool Incoming::reads_ahead(std::size_t wanted) const noexcept {
    const std::optional<std::uint64_t> rest = reader_->body().rest();
    const bool much = filled_ || reader_->is_large();
    return much && wanted < ReceiveBuffer::large_size && reader_->leftover().empty() &&
           rest.value_or(ReceiveBuffer::large_size) >
               std::max(wanted, ReceiveBuffer::normal_size) &&
           wire_.stream().prefers_large_reads();
}

HAWSER_DECL std::size_t Incoming::receive_body(std::span<char> out, std::error_code& ec) {
    BodyParser& body = reader_->body();
    if (reads_ahead(out.size())) {
        reader_->enlarge();
    } else if (const std::size_t direct = body.direct(out.size())) {
        const std::size_t n = receive(out.first(direct), ec);
        body.received_directly(n);
        return n;
    }
    receive(ec);
    return body.read(out);
}

/// A system tells of a reset once. If a write was told, a read finds what came before, and then an
/// end that the server did not send.
HAWSER_DECL bool Incoming::was_reset() const noexcept {
    return attempt_->outgoing.error() == asio::error::connection_reset;
}

HAWSER_DECL std::size_t Incoming::read_body(std::span<char> out, std::error_code& ec) {
    BodyParser& body = reader_->body();
    std::size_t n = body.read(out);
    while (n == 0 && !body.ended() && !body.error()) {
        ec.clear();
        n = receive_body(out, ec);
        if (ec == asio::error::eof && was_reset()) {
            ec = asio::error::connection_reset;
        }
        if (ec == asio::error::eof) {
            body.connection_ended();
        } else if (ec && (ec != asio::error::shut_down || !body.connection_cut())) {
            return 0;
        }
    }
    ec.clear();
    return n;
}

HAWSER_DECL bool Incoming::discard_buffered() {
    BodyParser& body = reader_->body();
    char bytes[4096];
    while (body.read(bytes) != 0) {
    }
    return body.ended() || body.error();
}

HAWSER_DECL bool Incoming::followed() const {
    const bool maybe_more = filled_ || wire_.stream().has_buffered();
    return !reader_->leftover().empty() || (maybe_more && wire_.stream().probe() == Idle::stale);
}

}  // namespace hawser::inline HAWSER_ABI::detail
