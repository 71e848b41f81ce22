// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/rt/blocking_loop.hpp>
#include <hawser/response_body.hpp>

namespace hawser::inline HAWSER_ABI {

HAWSER_DECL ResponseBody::ResponseBody(asio::any_io_executor executor, std::string content)
    : unread_(std::move(content)),
      loop_(std::make_shared<detail::ExecutorLoop>(std::move(executor))) {}

HAWSER_DECL ResponseBody::executor_type ResponseBody::get_executor() const noexcept {
    return loop_ ? loop_->executor() : executor_type();
}

HAWSER_DECL detail::LoopUse ResponseBody::use_loop() const {
    return unread_.exchange() != nullptr && loop_->has_background()
               ? detail::LoopUse(*loop_, detail::Pending::read)
               : detail::LoopUse();
}

HAWSER_DECL void ResponseBody::start(detail::ReadSome& read, std::span<char> buffer) {
    read.read_into(buffer);
    unread_.read(read, read.cancellation_slot());
}

HAWSER_DECL void ResponseBody::start(detail::ReadAll& read, std::size_t max) {
    read.collect(unread_.take_held(), max);
    unread_.read(read, read.cancellation_slot());
}

HAWSER_DECL std::string ResponseBody::read_all(std::size_t max) {
    std::error_code ec;
    std::string text = read_all(max, ec);
    if (ec) {
        unread_.throw_failure(ec);
    }
    return text;
}

}  // namespace hawser::inline HAWSER_ABI
