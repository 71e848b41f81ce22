// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// A download as an asynchronous operation. DownloadJob decides; this waits.

#include <hawser/config.hpp>
#include <hawser/detail/client/client_operation.hpp>
#include <hawser/detail/client/download_job.hpp>
#include <hawser/download.hpp>
#include <hawser/request.hpp>

#include <functional>
#include <string>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

/// Sends one request as the client does. Does not keep its transport alive: once that is gone, it
/// completes with error::client_closed.
using SendFunction = std::function<void(Request&&, CompletionPtr<Response>)>;

class Download final : public ClientOperation<DownloadResult> {
public:
    Download(CompletionPtr<DownloadResult> completion,
             asio::any_io_executor executor,
             SendFunction send,
             Request&& request,
             std::string&& path,
             DownloadOptions&& options);

private:
    using Next = DownloadJob::Next;

    HAWSER_DECL Steps run() override;
    auto send_next();
    auto read_next();
    template <class Action>
    Next guarded(Action action);

    const SendFunction send_;
    DownloadJob job_;
};

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/client/impl/download.ipp>
#endif
