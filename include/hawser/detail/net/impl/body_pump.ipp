// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/net/body_pump.hpp>
#include <hawser/detail/net/persist_conn.hpp>
#include <hawser/error.hpp>

namespace hawser::detail {

HAWSER_DECL BodyPump::BodyPump(IntrusivePtr<PersistConn> conn,
                               asio::any_io_executor executor,
                               std::shared_ptr<BodyReader> reader)
    : conn_(std::move(conn)),
      executor_(std::move(executor)),
      reader_(std::move(reader)),
      data_(new char[buffer_size]) {}

HAWSER_DECL BodyPump::~BodyPump() = default;

HAWSER_DECL void BodyPump::request() {
    if (outstanding_.exchange(true)) {
        return;
    }
    State fetching = State::fetching;
    if (!state_.compare_exchange_strong(fetching, State::fetch_again)) {
        state_ = State::fetching;
        self_ = shared_from_this();
        conn_->after_turn(*this);
    }
}

HAWSER_DECL void BodyPump::run(Context) {
    const std::shared_ptr<BodyPump> self = std::move(self_);
    State again = State::fetching;
    do {
        state_ = State::fetching;
        reader_->read(self);
        if (outstanding_) {
            conn_->piece_delayed(*this);
        }
        again = State::fetching;
    } while (!state_.compare_exchange_strong(again, State::resting));
}

HAWSER_DECL void BodyPump::on_body_read(std::error_code ec, std::size_t n) {
    outstanding_ = false;
    if (!ec && n > buffer_size) {
        ec = error::request_body_error;
    }
    conn_->piece_arrived(*this, {data_.get(), ec ? 0 : n}, ec);
}

}  // namespace hawser::detail
