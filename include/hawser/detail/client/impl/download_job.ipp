// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/bounded_options.hpp>
#include <hawser/detail/client/download_job.hpp>
#include <hawser/detail/conn/body_origin.hpp>
#include <hawser/detail/exceptions.hpp>
#include <hawser/detail/message/content_range.hpp>
#include <hawser/detail/time_left.hpp>
#include <hawser/status_error.hpp>

#include <asio/error.hpp>

#include <algorithm>
#include <chrono>
#include <string_view>

namespace hawser::inline HAWSER_ABI::detail {

HAWSER_DECL bool DownloadJob::may_resume(const Request& request,
                                         const DownloadOptions& options) noexcept {
    return options.resume && request.method == "GET" && request.body.empty();
}

HAWSER_DECL DownloadJob::DownloadJob(Request request, std::string path, DownloadOptions options)
    : url_(request.url),
      method_(request.method),
      options_(std::move(options)),
      resume_(may_resume(request, options_)),
      request_(std::move(request)),
      file_(std::move(path), resume_ ? failing_url(url_) : std::string()) {
    const auto limit = request_.options.timeout.value_or(std::chrono::milliseconds{0});
    if (limit.count() > 0) {
        ends_by_ = std::chrono::steady_clock::now() + bounded(limit);
    }
}

HAWSER_DECL auto DownloadJob::open() -> Next {
    for (const char* const name : {"Range", "If-Range"}) {
        if (request_.headers.contains(name)) {
            return fail_because(hawser::error::invalid_request,
                                std::string(name) + " belongs to the download");
        }
    }
    if (method_ == "HEAD") {
        return fail_because(hawser::error::invalid_request, "a response to HEAD has no body");
    }
    return file_.open() ? Next::send : fail_file();
}

// Only requests that may be sent again are kept.
HAWSER_DECL Request DownloadJob::request() {
    Request next = resume_ ? request_ : std::move(request_);
    asked_from_ = file_.size();
    if (resume_ && !next.headers.contains("Accept-Encoding")) {
        next.headers.set("Accept-Encoding", "identity");
    }
    if (asked_from_ != 0) {
        std::string range("bytes=");
        next.headers.set("Range", range.append(std::to_string(asked_from_)).append(1, '-'));
        next.headers.set("If-Range", file_.validator());
    }
    set_time_left(next.options, ends_by_, std::chrono::steady_clock::now());
    return next;
}

// ── Answers ──────────────────────────────────────────────────────────────────────────────────────

HAWSER_DECL auto DownloadJob::answered(std::error_code ec, Response&& response) -> Next {
    result_.response = std::move(response);
    return ec ? fail(ec, result_.response.failure) : judge();
}

HAWSER_DECL auto DownloadJob::judge() -> Next {
    const Response& response = result_.response;
    switch (judge_file_answer(asked_from_, file_.validator(), response.status, response.headers)) {
        case FileAnswer::whole:
            return begin_whole();
        case FileAnswer::rest:
            return begin_rest();
        case FileAnswer::complete:
            total_ = asked_from_;
            body().close();
            report();
            return finish();
        case FileAnswer::changed:
            return start_again();
        case FileAnswer::bad_status:
            return fail_because(hawser::error::bad_status,
                                status_text(response.status, response.reason));
        case FileAnswer::wrong_range:
            break;
    }
    return fail_because(hawser::error::bad_response, "these are not the bytes asked for");
}

HAWSER_DECL auto DownloadJob::begin_whole() -> Next {
    if (!file_.start_again(resume_ ? strong_validator(result_.response.headers) : std::string())) {
        return fail_file();
    }
    total_ = result_.response.content_length;
    report();
    return Next::read;
}

HAWSER_DECL auto DownloadJob::begin_rest() -> Next {
    const auto range =
        parse_content_range(result_.response.headers.get("Content-Range").value_or(""));
    const auto length = result_.response.content_length;
    if (!range ||
        length.value_or(range->last - range->first + 1) != range->last - range->first + 1) {
        return fail_because(hawser::error::bad_response, "Content-Range and Content-Length differ");
    }
    total_ = range->last + 1;
    report();
    return Next::read;
}

HAWSER_DECL auto DownloadJob::start_again() -> Next {
    body().close();
    if (std::exchange(started_again_, true)) {
        return fail_because(hawser::error::bad_response, "the file changes all the time");
    }
    return file_.start_again({}) ? Next::send : fail_file();
}

// ── The body ─────────────────────────────────────────────────────────────────────────────────────

HAWSER_DECL std::span<char> DownloadJob::space() {
    if (!piece_) {
        piece_ = std::make_unique<char[]>(piece_size);
    }
    return {piece_.get(), piece_size};
}

HAWSER_DECL auto DownloadJob::received(std::error_code ec, std::size_t size, const Failure& failure)
    -> Next {
    if (size != 0) {
        if (total_ && size > *total_ - file_.size()) {
            return fail_because(hawser::error::bad_response, "more bytes than announced");
        }
        if (!file_.write({piece_.get(), size})) {
            return fail_file();
        }
        result_.received += size;
        report();
    }
    if (ec == asio::error::eof) {
        return finish();
    }
    return ec ? fail(ec, failure) : Next::read;
}

HAWSER_DECL auto DownloadJob::finish() -> Next {
    if (total_ && file_.size() != *total_) {
        return fail_because(hawser::error::incomplete_body, "fewer bytes than announced");
    }
    if (!file_.commit(options_.sync)) {
        return fail_file();
    }
    result_.size = file_.size();
    return Next::end;
}

HAWSER_DECL void DownloadJob::report() const {
    if (options_.on_progress) {
        options_.on_progress({.received = file_.size(), .receive_total = total_});
    }
}

// ── Failures ─────────────────────────────────────────────────────────────────────────────────────

HAWSER_DECL auto DownloadJob::fail(std::error_code ec, Failure failure) -> Next {
    file_.abandon();
    if (ec != hawser::error::bad_status) {
        body().close();
    }
    error_ = ec;
    failure_ = std::move(failure);
    return Next::end;
}

HAWSER_DECL auto DownloadJob::fail_because(hawser::error code, std::string reason) -> Next {
    return fail(code, describe(code, Fault{{}, std::move(reason), {}}));
}

HAWSER_DECL auto DownloadJob::fail_file() -> Next {
    return fail(file_.error(), describe(file_.error(), file_.fault()));
}

HAWSER_DECL void DownloadJob::fail_with_exception() {
    try {
        throw;
    }
    HAWSER_CATCH_FORCED_UNWIND
    catch (const std::system_error& e) {
        const std::error_code ec = e.code() ? e.code() : make_error_code(hawser::error::canceled);
        fail(ec, describe(ec, Fault{{}, "on_progress threw: " + printable(e.what()), {}}));
    }
    catch (const std::exception& e) {
        fail_because(hawser::error::canceled, "on_progress threw: " + printable(e.what()));
    }
    catch (...) {
        fail_because(hawser::error::canceled, "on_progress threw");
    }
}

HAWSER_DECL Failure DownloadJob::describe(std::error_code ec, Fault fault) const {
    FailureData data;
    data.code = ec;
    data.phase = result_.response.status != 0 ? Failure::Phase::body : Failure::Phase::request;
    data.fault = std::move(fault);
    data.method = method_;
    data.url = failing_url(url_);
    data.attempt = 1;
    return FailureData::make(std::move(data));
}

}  // namespace hawser::inline HAWSER_ABI::detail
