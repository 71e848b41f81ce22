// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// A download as an asynchronous operation. DownloadJob decides; this waits.

#include <hawser/config.hpp>
#include <hawser/detail/client/download_job.hpp>
#include <hawser/detail/client/planned_operation.hpp>
#include <hawser/download.hpp>
#include <hawser/request.hpp>

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

/// Sends one request as the client does. Does not keep its transport alive: once that is gone, it
/// completes with error::client_closed.
using SendFunction = std::function<void(Request&&, CompletionPtr<Response>)>;

class Download final : public PlannedOperation<DownloadResult> {
public:
    Download(CompletionPtr<DownloadResult> completion,
             asio::any_io_executor executor,
             SendFunction send,
             Request&& request,
             std::string&& path,
             DownloadOptions&& options);

private:
    NextStep begin_plan() override { return job_.open(); }
    HAWSER_DECL void send(CompletionPtr<Response> completion) override;
    HAWSER_DECL NextStep answered(Outcome<Response>&& got) override;
    ResponseBody& body() override { return job_.body(); }
    std::span<char> space() override { return job_.space(); }
    HAWSER_DECL NextStep received(const Outcome<std::size_t>& got) override;
    HAWSER_DECL void end_plan() override;
    template <class Action>
    NextStep guarded(Action action);

    const SendFunction send_;
    DownloadJob job_;
};

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/client/impl/download.ipp>
#endif
