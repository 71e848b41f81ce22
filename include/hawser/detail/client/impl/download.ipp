// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/client/download.hpp>

namespace hawser::inline HAWSER_ABI::detail {

HAWSER_DECL Download::Download(CompletionPtr<DownloadResult> completion,
                               asio::any_io_executor executor,
                               SendFunction send,
                               Request&& request,
                               std::string&& path,
                               DownloadOptions&& options)
    : ClientOperation<DownloadResult>(std::move(executor), std::move(completion)),
      send_(std::move(send)),
      job_(std::move(request), std::move(path), std::move(options)) {}

inline auto Download::send_next() {
    return step<Completion<Response>>(
        [this, request = job_.request()](Completion<Response>& completion) mutable {
            send_(std::move(request), CompletionPtr<Response>(&completion));
        });
}

inline auto Download::read_next() {
    return read_some(job_.body(), job_.space());
}

HAWSER_DECL auto Download::run() -> Steps {
    Next next = job_.open();
    while (next == Next::send) {
        Outcome<Response> answer = co_await send_next();
        next = guarded([&] { return job_.answered(answer.ec, std::move(answer.result)); });
        while (next == Next::read) {
            const Outcome<std::size_t> piece = co_await read_next();
            next = guarded([&] { return job_.received(piece.ec, piece.result, piece.failure); });
        }
    }
    finish(job_.error(), job_.result(), job_.failure());
}

/// on_progress may throw.
template <class Action>
auto Download::guarded(Action action) -> Next {
    try {
        return action();
    }
    HAWSER_CATCH_FORCED_UNWIND
    catch (...) {
        job_.fail_with_exception();
        return Next::end;
    }
}

}  // namespace hawser::inline HAWSER_ABI::detail
