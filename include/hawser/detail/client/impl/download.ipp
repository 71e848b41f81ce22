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
    : PlannedOperation<DownloadResult>(std::move(executor), std::move(completion)),
      send_(std::move(send)),
      job_(std::move(request), std::move(path), std::move(options)) {}

/// on_progress may throw.
template <class Action>
NextStep Download::guarded(Action action) {
    try {
        return action();
    }
    HAWSER_CATCH_FORCED_UNWIND
    catch (...) {
        job_.fail_with_exception();
        return NextStep::end;
    }
}

HAWSER_DECL void Download::send(CompletionPtr<Response> completion) {
    send_(job_.request(), std::move(completion));
}

HAWSER_DECL NextStep Download::answered(Outcome<Response>&& got) {
    return guarded([&] { return job_.answered(got.ec, std::move(got.result)); });
}

HAWSER_DECL NextStep Download::received(const Outcome<std::size_t>& got) {
    return guarded([&] { return job_.received(got.ec, got.result, got.failure); });
}

HAWSER_DECL void Download::end_plan() {
    finish(job_.error(), job_.result(), job_.failure());
}

}  // namespace hawser::inline HAWSER_ABI::detail
