// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/client.hpp>
#include <hawser/detail/client/download.hpp>

#include <asio/buffer.hpp>

#include <memory>
#include <string>
#include <utility>

namespace hawser::inline HAWSER_ABI {

HAWSER_DECL detail::LoopUse Client::use_loop() const {
    return loop_->has_background() ? detail::LoopUse(*loop_, detail::Pending::read)
                                   : detail::LoopUse();
}

// Sends one request as the client does. Does not keep the transport alive.
HAWSER_DECL detail::SendFunction Client::sender() const {
    return [core = core_](Request&& request, detail::CompletionPtr<Response> response) {
        const std::shared_ptr<RoundTripper> next = core->next();
        if (!next) {
            response->ec = error::client_closed;
            return response.release()->run(detail::CalledFrom::user);
        }
        auto trip = detail::Access::new_trip(*next);
        trip->to_send = std::move(request);
        core->prepare(trip);
        trip.release()->start(std::move(response));
    };
}

HAWSER_DECL void Client::start(detail::Completion<DownloadResult>& completion,
                               DownloadSource&& source,
                               std::string&& path,
                               DownloadOptions&& options) {
    detail::CompletionPtr<DownloadResult> owner(&completion);
    if (loop_->inherited()) {
        throw_forked();
    }
    core_->complete(source.request);
    detail::begin_operation<detail::Download>(std::move(owner),
                                              detail::CalledFrom::user,
                                              get_executor(),
                                              sender(),
                                              std::move(source.request),
                                              std::move(path),
                                              std::move(options));
}

HAWSER_DECL DownloadResult Client::download(DownloadSource source,
                                            const std::string& path,
                                            DownloadOptions options,
                                            std::error_code& ec) {
    using Next = detail::DownloadJob::Next;
    core_->complete(source.request);
    detail::DownloadJob job(std::move(source.request), path, std::move(options));
    Next next = job.open();
    while (next == Next::send) {
        std::error_code sent;
        Response response = send(job.request(), sent);
        next = job.answered(sent, std::move(response));
        while (next == Next::read) {
            const std::span<char> into = job.space();
            std::error_code read;
            const std::size_t size =
                job.body().read_some(asio::buffer(into.data(), into.size()), read);
            next = job.received(read, size, read ? job.body().failure() : Failure());
        }
    }
    ec = job.error();
    return job.result();
}

HAWSER_DECL DownloadResult Client::download(DownloadSource source,
                                            const std::string& path,
                                            std::error_code& ec) {
    return download(std::move(source), path, {}, ec);
}

HAWSER_DECL DownloadResult Client::download(DownloadSource source,
                                            const std::string& path,
                                            DownloadOptions options) {
    std::error_code ec;
    DownloadResult result = download(std::move(source), path, std::move(options), ec);
    if (ec == error::bad_status) {
        result.response.throw_unless_ok();
    }
    if (ec) {
        detail::throw_error(ec, result.response.failure);
    }
    return result;
}

}  // namespace hawser::inline HAWSER_ABI
