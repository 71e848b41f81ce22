// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/conn/tapped_body.hpp>
#include <hawser/detail/middleware/middleware_operation.hpp>
#include <hawser/detail/middleware/record_round_tripper.hpp>
#include <hawser/detail/time_of_day.hpp>

#include <asio/error.hpp>

#include <algorithm>
#include <exception>
#include <mutex>
#include <string_view>

namespace hawser::inline HAWSER_ABI::detail {

HAWSER_DECL std::chrono::milliseconds time_since(TimePoint began) noexcept {
    return std::chrono::floor<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began);
}

HAWSER_DECL void set_har_error(HarEntry& entry, const std::error_code& ec) {
    entry.error = ec.message();
    entry.error_code = ec.category() == error_category() ? ec.value() : 0;
}

/// Collects the body of a response, and writes the entry once it has ended.
class RecordRoundTripper::Tap final : public BodyTap {
public:
    Tap(std::shared_ptr<HarFile> file, HarEntry&& entry, std::size_t most)
        : file_(std::move(file)), entry_(std::move(entry)), most_(most) {}
    ~Tap() override { ended(error::body_closed); }

    void bytes(std::string_view text) noexcept override {
        const std::lock_guard lock(mutex_);
        HarBody& body = entry_.response_body;
        try {
            if (body.complete() && !over_) {
                body.text.append(text.substr(0, most_ - std::min(most_, body.text.size())));
            }
        } catch (const std::exception&) {  // memory is short: the rest is missing
        }
        body.size += text.size();
    }
    void ended(std::error_code why) noexcept override {
        HarEntry entry;
        {
            const std::lock_guard lock(mutex_);
            if (std::exchange(over_, true)) {
                return;
            }
            entry = std::move(entry_);
        }
        entry.reading = time_since(began_);
        try {
            if (why != asio::error::eof && why != error::body_closed) {
                set_har_error(entry, why);
            }
        } catch (const std::exception&) {  // memory is short: the file does not say why
        }
        file_->add(entry);
    }

private:
    const std::shared_ptr<HarFile> file_;
    const TimePoint began_ = std::chrono::steady_clock::now();
    std::mutex mutex_;
    HarEntry entry_;
    const std::size_t most_;
    bool over_ = false;
};

class RecordRoundTripper::Operation final : public MiddlewareOperation {
public:
    Operation(CompletionPtr<Response> completion, const RecordRoundTripper& by, Request&& sent)
        : MiddlewareOperation(std::move(completion), by, std::move(sent)),
          file_(by.file_),
          options_(by.options_) {}

private:
    HAWSER_DECL void prepare() override;
    HAWSER_DECL bool answered(Outcome<Response>& got) override;
    HarEntry begin_entry() const;
    void add_response(const Response& response);
    Headers fields(const Headers& all) const {
        return options_.credentials ? all : without_credentials(all);
    }

    const std::shared_ptr<HarFile> file_;
    const RecordOptions options_;
    HarEntry entry_;
    TimePoint began_;
};

HAWSER_DECL void RecordRoundTripper::Operation::prepare() {
    entry_ = begin_entry();
    began_ = std::chrono::steady_clock::now();
}

HAWSER_DECL bool RecordRoundTripper::Operation::answered(Outcome<Response>& got) {
    entry_.until_head = time_since(began_);
    if (got.ec) {
        set_har_error(entry_, got.ec);
        if (!entry_.url.empty()) {  // a HAR file must have valid URLs
            file_->add(entry_);
        }
        return true;
    }
    add_response(got.result);
    if (got.result.upgraded) {
        file_->add(entry_);
    } else {
        Access::tap(
            got.result.body,
            std::unique_ptr<BodyTap>(new Tap(file_, std::move(entry_), options_.max_body_bytes)));
    }
    return true;
}

HAWSER_DECL HarEntry RecordRoundTripper::Operation::begin_entry() const {
    const RequestBody& body = request().body;
    HarEntry entry;
    entry.started = time_of_day();
    entry.method = request().method;
    entry.url = har_url(request().url);
    entry.request_headers = fields(request().headers);
    entry.body_unknown = Access::source(body) != nullptr;
    if (!body.empty() && !entry.body_unknown) {
        const std::string_view text = body.content();
        HarBody& recorded = entry.request_body.emplace();
        recorded.type = request().headers.get("Content-Type").value_or(body.content_type());
        recorded.text = text.substr(0, options_.max_body_bytes);
        recorded.size = text.size();
    }
    return entry;
}

HAWSER_DECL void RecordRoundTripper::Operation::add_response(const Response& response) {
    entry_.status = response.status;
    entry_.reason = response.reason;
    entry_.version = response.version == Version::http_1_0 ? "HTTP/1.0" : "HTTP/1.1";
    entry_.response_headers = fields(response.headers);
    entry_.response_body.type = response.headers.get("Content-Type").value_or("");
}

HAWSER_DECL void RecordRoundTripper::start_round_trip(Request request, RoundTripHandler handler) {
    begin_middleware<Operation>(handler, *this, std::move(request));
}

}  // namespace hawser::inline HAWSER_ABI::detail
