// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/conn/body_origin.hpp>
#include <hawser/detail/conn/conn_body.hpp>
#include <hawser/error.hpp>

namespace hawser::inline HAWSER_ABI::detail {

HAWSER_DECL void ConnBody::close() {
    if (process_.inherited()) {  // the connection belongs to the parent process: touch nothing
        keep_for_ever(std::make_shared<IntrusivePtr<PersistConn>>(conn_));
        keep_for_ever(std::make_shared<IntrusivePtr<Exchange>>(exchange_));
        return;
    }
    const NoThreadCancel no_cancel;
    conn_->body.close(*exchange_);
}

HAWSER_DECL Failure ConnBody::failure() const {
    return process_.inherited() ? describe_inherited(error::forked)
                                : conn_->body.failure(*exchange_);
}

HAWSER_DECL Failure ConnBody::tell(std::error_code code, const char* reason) {
    return process_.inherited() ? describe_inherited(code)
                                : conn_->body.tell(*exchange_, code, reason);
}

HAWSER_DECL Failure ConnBody::describe(std::error_code code) const {
    return process_.inherited() ? describe_inherited(code) : conn_->body.describe(*exchange_, code);
}

// Without the connection's lock, which the parent may have held.
HAWSER_DECL Failure ConnBody::describe_inherited(std::error_code code) const noexcept {
    const Request& request = exchange_->request.message;
    return BodyOrigin{request.url, known_method(request.method)}.describe(code, {}, "");
}

}  // namespace hawser::inline HAWSER_ABI::detail
