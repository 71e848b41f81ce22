// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// After an upgrade, or a CONNECT that was granted: the connection carries the bytes of another
// protocol. They are read as a body without an end; here is what is written.

#include <hawser/detail/conn/persist_conn.hpp>
#include <hawser/detail/io/translate_error.hpp>
#include <hawser/error.hpp>

#include <asio/error.hpp>

namespace hawser::detail {

// False: not an answer to what was asked.
HAWSER_DECL bool PersistConn::begin_tunnel(Exchange& exchange) {
    const ResponseHead& head = reader_->head();
    const bool answers = head.status != 101 || head.upgrade;
    exchange.response.upgraded =
        exchange.request.traits.upgrade && answers && writing_ == Writing::complete;
    if (exchange.response.upgraded) {
        reader_->begin_tunnel();
    }
    return exchange.response.upgraded;
}

HAWSER_DECL void PersistConn::write_tunnel(Exchange& exchange, TunnelWrite& write) {
    turn(CalledFrom::user, [&] {
        if (exchange_.get() != &exchange || exchange.response.body == BodyState::closed) {
            const bool failed = exchange.response.body == BodyState::failed;
            fail_tunnel_write(
                exchange, write, failed ? exchange.response.body_error : error::body_closed);
        } else if (tunnel_write_ != nullptr) {
            fail_tunnel_write(exchange, write, error::concurrent_write);
        } else {
            tunnel_write_ = &write;
            serve_tunnel_write();
        }
    });
}

HAWSER_DECL void PersistConn::cancel_write(Exchange& exchange,
                                           TunnelWrite& write,
                                           std::error_code cause) {
    turn(CalledFrom::user, [&] {
        if (exchange_.get() == &exchange && tunnel_write_ == &write) {
            close_now(cause);
        }
    });
}

HAWSER_DECL void PersistConn::close_write(Exchange& exchange) {
    turn(CalledFrom::user, [&] {
        if (exchange_.get() == &exchange && !closed_) {
            stream_->close_write();
        }
    });
}

HAWSER_DECL void PersistConn::serve_tunnel_write() {
    while (tunnel_write_ != nullptr) {
        const std::string_view bytes = tunnel_write_->to_take();
        std::error_code ec;
        if (!tunnel_write_->taken() || stream_->has_unsent()) {
            tunnel_write_->took(stream_->write_some({&bytes, bytes.empty() ? 0u : 1u}, ec));
        }
        if (ec == asio::error::would_block) {
            return arm_write_wait();
        }
        if (ec || (tunnel_write_->taken() && !stream_->has_unsent())) {
            if (ec) {
                note_lost(*exchange_, ec, lost_in_body(ec));
            }
            end_tunnel_write(*exchange_, ec ? lost_in_body(ec) : ec);
        }
    }
}

HAWSER_DECL void PersistConn::end_tunnel_write(Exchange& exchange, std::error_code ec) {
    if (tunnel_write_ != nullptr) {
        fail_tunnel_write(exchange, *std::exchange(tunnel_write_, nullptr), ec);
    }
}

// Or not, if there is no error.
HAWSER_DECL void PersistConn::fail_tunnel_write(Exchange& exchange,
                                                TunnelWrite& write,
                                                std::error_code ec) {
    if (ec) {
        write.slot.failure() = exchange.tell(ec);
    }
    monitor_.after(write.ended(ec));
}

}  // namespace hawser::detail
