// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/access.hpp>
#include <hawser/detail/io/guest_dial.hpp>
#include <hawser/detail/io/guest_fault.hpp>
#include <hawser/detail/io/translate_error.hpp>
#include <hawser/error.hpp>

#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

HAWSER_COLD_DECL void GuestDial::begin(DialTarget target, const asio::any_io_executor& executor) {
    target_ = std::move(target);
    call_ = new GuestCall<DialedSocket>(executor, *this);
}

// The dialer may destroy the client, so this owns what it needs.
HAWSER_COLD_DECL void GuestDial::run(CalledFrom) {
    struct End {
        ~End() { owner.keep_alive(false); }
        Owner& owner;
    } const end{owner_};
    const auto dialer = dialer_;
    const auto call = call_;
    try {
        call->start(
            [&] { dialer->start_dial(std::move(target_), Access::make<DialHandler>(call)); });
    }
    HAWSER_CATCH_FORCED_UNWIND
    catch (...) {
        GuestFault thrown = guest_fault("the dialer", error::connect_failed);
        DialedSocket failed;
        failed.ec = thrown.ec;
        failed.reason = std::move(thrown.reason);
        call->deliver(std::move(failed));
    }
}

HAWSER_COLD_DECL void GuestDial::handed_over(DialedSocket dialed) {
    dialed_ = std::move(dialed);
    owner_.guest_dialed();
}

HAWSER_COLD_DECL std::optional<StreamSocket> GuestDial::take(const asio::any_io_executor& executor,
                                                             std::error_code& ec,
                                                             Fault& fault) {
    call_ = nullptr;
    std::optional<StreamSocket> socket;
    ec = dialed_.ec;
    if (!ec) {
        socket.emplace(std::move(dialed_.socket).open(executor, ec));
    }
    if (ec) {
        const bool ours = error_of(ec) != hawser::error{};
        fault = {.cause = ours ? cause_of(ec) : in_std_category(ec),
                 .reason = std::move(dialed_.reason)};
        ec = ours ? ec : lost_in_connect(ec);
    }
    return socket;
}

HAWSER_COLD_DECL void GuestDial::forget() noexcept {
    if (call_) {
        call_->forget();
    }
}

}  // namespace hawser::inline HAWSER_ABI::detail
