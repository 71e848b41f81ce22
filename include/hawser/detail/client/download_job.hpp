// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// A download, without the waiting: what to send, what the answer means, where its bytes go. The
// blocking and the asynchronous form drive it in the same way:
//
//     DownloadJob job(…);
//     auto next = job.open();
//     while (next == DownloadJob::Next::send) {
//         … send job.request() …
//         next = job.answered(ec, std::move(response));
//         while (next == DownloadJob::Next::read) {
//             … read some of job.body() into job.space() …
//             next = job.received(ec, size, failure);
//         }
//     }
//     … job.error(), job.failure(), job.result() …

#include <hawser/config.hpp>
#include <hawser/detail/client/download_file.hpp>
#include <hawser/detail/client/next_step.hpp>
#include <hawser/detail/time_point.hpp>
#include <hawser/download.hpp>
#include <hawser/request.hpp>
#include <hawser/response.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <system_error>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

class DownloadJob {
public:
    using Next = NextStep;  // never a pause

    /// `request` has its timeout, if it has one.
    DownloadJob(Request request, std::string path, DownloadOptions options);

    Next open();
    /// The next request to send.
    Request request();
    /// Calls on_progress, which may throw.
    Next answered(std::error_code ec, Response&& response);
    ResponseBody& body() noexcept { return result_.response.body; }
    std::span<char> space();
    /// Calls on_progress, which may throw.
    Next received(std::error_code ec, std::size_t size, const Failure& failure);
    /// Ends it.
    Next fail(std::error_code ec, Failure failure);
    /// Ends it with the exception in progress, which on_progress threw.
    void fail_with_exception();

    std::error_code error() const noexcept { return error_; }
    const Failure& failure() const noexcept { return failure_; }
    DownloadResult result() {
        result_.response.failure = failure_;
        return std::move(result_);
    }

private:
    static constexpr std::size_t piece_size = std::size_t{256} * 1024;

    static bool may_resume(const Request& request, const DownloadOptions& options) noexcept;
    Next judge();
    Next begin_whole();
    Next begin_rest();
    Next start_again();
    Next finish();
    Next fail_file();
    Next fail_because(hawser::error code, std::string reason);
    Failure describe(std::error_code ec, Fault fault) const;
    void report() const;

    const Url url_;
    const std::string method_;
    const DownloadOptions options_;
    const bool resume_;
    Request request_;
    DownloadFile file_;
    TimePoint ends_by_ = TimePoint::max();
    bool started_again_ = false;
    std::uint64_t asked_from_ = 0;        // the first byte that the last request asked for
    std::optional<std::uint64_t> total_;  // of the file
    std::unique_ptr<char[]> piece_;
    DownloadResult result_;
    std::error_code error_;
    Failure failure_;
};

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/client/impl/download_job.ipp>
#endif
