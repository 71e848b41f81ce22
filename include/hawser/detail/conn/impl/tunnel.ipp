// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/conn/failure_notes.hpp>
#include <hawser/detail/conn/persist_conn.hpp>
#include <hawser/detail/conn/tunnel.hpp>
#include <hawser/detail/io/translate_error.hpp>
#include <hawser/error.hpp>

#include <asio/error.hpp>

#include <string_view>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

HAWSER_DECL bool Tunnel::begin(Exchange& exchange) {
    const ResponseHead& head = conn_.in_.response().head();
    const bool answers = exchange.request.traits.upgrade && (head.status != 101 || head.upgrade);
    exchange.response.upgraded =
        answers && exchange.attempt.outgoing.progress() == Writing::complete;
    if (exchange.response.upgraded) {
        conn_.in_.response().body().begin_tunnel();
    }
    return exchange.response.upgraded;
}

HAWSER_DECL void Tunnel::write(Exchange& exchange, TunnelWrite& write) {
    conn_.turn(CalledFrom::user, [&] {
        const ResponseState& response = exchange.response;
        if (!conn_.body.serves(exchange) || response.body == BodyState::closed) {
            const bool failed = response.body == BodyState::failed;
            complete(exchange, write, failed ? response.body_error : error::body_closed);
        } else if (write_ != nullptr) {
            complete(exchange, write, error::concurrent_write);
        } else {
            exchange_ = &exchange;
            write_ = &write;
            serve();
        }
    });
}

HAWSER_DECL void Tunnel::cancel(Exchange& exchange, TunnelWrite& write, std::error_code cause) {
    conn_.turn(CalledFrom::user, [&] {
        if (conn_.body.serves(exchange) && write_ == &write) {
            conn_.close_now(cause);
        }
    });
}

HAWSER_DECL void Tunnel::close_write(Exchange& exchange) {
    conn_.turn(CalledFrom::user, [&] {
        if (conn_.body.serves(exchange)) {
            conn_.wire_.stream().close_write();
        }
    });
}

HAWSER_DECL void Tunnel::serve() {
    while (write_ != nullptr) {
        const std::string_view bytes = write_->to_take();
        std::error_code ec;
        if (!write_->taken() || conn_.wire_.stream().has_unsent()) {
            write_->took(conn_.wire_.stream().write_some({&bytes, bytes.empty() ? 0u : 1u}, ec));
        }
        if (ec == asio::error::would_block) {
            return conn_.wire_.arm_write();
        }
        if (ec) {
            note_lost(*exchange_, conn_.wire_, conn_.in_, ec, lost_in_body(ec));
            end(lost_in_body(ec));
        } else if (write_->taken() && !conn_.wire_.stream().has_unsent()) {
            end({});
        }
    }
}

HAWSER_DECL void Tunnel::end(std::error_code ec) {
    if (write_ != nullptr) {
        complete(*exchange_, *std::exchange(write_, nullptr), ec);
    }
}

HAWSER_DECL void Tunnel::complete(Exchange& exchange, TunnelWrite& write, std::error_code ec) {
    if (ec) {
        write.slot.failure() = exchange.tell(ec);
    }
    conn_.after_turn(write.ended(ec));
}

}  // namespace hawser::inline HAWSER_ABI::detail
