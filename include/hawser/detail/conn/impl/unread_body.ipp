// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/conn/decoded_body.hpp>
#include <hawser/detail/conn/exchange.hpp>
#include <hawser/detail/conn/progress_body.hpp>
#include <hawser/detail/conn/tapped_body.hpp>
#include <hawser/detail/conn/unread_body.hpp>
#include <hawser/detail/rt/task.hpp>
#include <hawser/detail/rt/thread_cancel.hpp>
#include <hawser/error.hpp>

#include <asio/error.hpp>

#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

HAWSER_DECL void UnreadBody::fill(std::string&& held,
                                  std::unique_ptr<Headers> trailers,
                                  BodyStreamPtr rest) noexcept {
    held_.hold(std::move(held));
    end_.arrived(std::move(trailers));
    rest_ = std::move(rest);
}

HAWSER_DECL void UnreadBody::decode(asio::any_io_executor executor,
                                    const CodingPlan& plan,
                                    const DecodeLimits& limits,
                                    BodyOrigin origin) {
    rest_ = make_body_stream<DecodedBody>(
        plan, limits, held_.take(), std::move(rest_), std::move(executor), std::move(origin));
}

HAWSER_DECL void UnreadBody::count(asio::any_io_executor executor,
                                   IntrusivePtr<ProgressMeter> meter,
                                   std::optional<std::uint64_t> total,
                                   BodyOrigin origin) {
    meter->begin_receiving(rest_ ? total : held_.size());
    rest_ = make_body_stream<ProgressBody>(
        std::move(meter), held_.take(), std::move(rest_), std::move(executor), std::move(origin));
}

HAWSER_DECL void UnreadBody::remember(BodyOrigin&& origin, bool request_sent) noexcept {
    origin_ = std::move(origin);
    end_.set_request_sent(request_sent);
}

HAWSER_DECL void UnreadBody::tap(std::unique_ptr<BodyTap> tap) {
    tap->bytes(held_.unread());
    if (rest_) {
        rest_ = make_body_stream<TappedBody>(std::move(rest_), std::move(tap));
    } else {
        tap->ended(asio::error::eof);
    }
}

HAWSER_DECL std::size_t UnreadBody::read_some(std::span<char> out, std::error_code& ec) {
    if (!held_.empty() || out.empty()) {
        return held_.read(out);
    }
    if (closed_) {
        ec = error::body_closed;
        tell(ec);
        return 0;
    }
    if (!rest_) {
        ec = asio::error::eof;
        return 0;
    }
    const std::size_t n = rest_->read_some(out, ec);
    if (ec == asio::error::eof) {
        drop_rest();
    }
    return n;
}

HAWSER_DECL void UnreadBody::read(BodyRead& read, asio::cancellation_slot slot) {
    if (is_streamed() && !closed_) {
        rest_->read(read, slot);
        return;
    }
    std::error_code end;
    std::size_t n = 0;
    if (!held_.empty()) {
        n = held_.read(read.space());
    } else {
        end = closed_ ? make_error_code(error::body_closed) : std::error_code(asio::error::eof);
    }
    Task* const done = read.received(n, end);
    if (read.failed) {
        read.set_failure(tell(read.error(), read.reason()));
    }
    done->run(CalledFrom::user);
}

HAWSER_DECL std::string_view UnreadBody::peek(std::size_t most) {
    if (held_.size() < most && rest_ && !closed_) {
        const NoThreadCancel no_cancel;
        std::string bytes = held_.take();
        std::size_t size = bytes.size();
        bytes.resize(most);
        std::error_code ec;
        while (!ec && size < most) {
            size += rest_->read_some(std::span(bytes).subspan(size), ec);
        }
        bytes.resize(size);
        held_.hold(std::move(bytes));
        if (ec == asio::error::eof) {
            drop_rest();
        }
    }
    return held_.unread().substr(0, most);
}

HAWSER_DECL void UnreadBody::close() {
    closed_ = true;
    held_.hold({});
    if (rest_) {
        rest_->close();
    }
}

HAWSER_DECL void UnreadBody::drop_rest() noexcept {
    if (Exchange* const exchange = rest_->exchange()) {
        if (exchange->response.upgraded) {
            return;  // the other direction may continue
        }
        end_.take_from(*exchange);
    }
    rest_ = nullptr;
}

// The layer that knows most stores the failure for failure().
HAWSER_DECL Failure UnreadBody::tell(std::error_code ec, const char* reason) {
    if (rest_) {
        return rest_->tell(ec, reason);
    }
    return failure_ = origin_.describe(ec, {}, reason);
}

HAWSER_DECL void UnreadBody::throw_failure(std::error_code ec) {
    if (ec == asio::error::eof) {
        throw std::system_error(ec);
    }
    const Failure known = failure();
    throw_error(ec, known.code() == ec ? known : tell(ec));
}

}  // namespace hawser::inline HAWSER_ABI::detail
