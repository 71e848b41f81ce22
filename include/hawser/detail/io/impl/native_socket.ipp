// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/io/native_socket.hpp>

namespace hawser::inline HAWSER_ABI::detail {

HAWSER_DECL NativeSocket::~NativeSocket() {
    if (handle_) {
        close_handle(*handle_);
    }
}

HAWSER_DECL NativeSocket NativeSocket::take(StreamSocket& socket, std::error_code& ec) {
    NativeSocket taken;
    const auto here = socket.local_endpoint(ec);
    if (!ec) {
        taken.family_ = here.protocol().family();
        const Handle handle = socket.release(ec);
        if (!ec) {
            taken.handle_ = handle;
        }
    }
    return taken;
}

HAWSER_DECL StreamSocket NativeSocket::open(const asio::any_io_executor& executor,
                                            std::error_code& ec) && {
    StreamSocket socket(executor);
    if (const auto handle = std::exchange(handle_, std::nullopt)) {
        assign(socket, {family_, 0}, *handle, ec);
    }
    return socket;
}

}  // namespace hawser::inline HAWSER_ABI::detail
