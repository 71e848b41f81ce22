// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Reads a body through a parser that makes items of it: events, lines. EventStream and LineReader
// are thin shells around this.

#include <hawser/detail/client/client_operation.hpp>
#include <hawser/detail/intrusive_ptr.hpp>
#include <hawser/error.hpp>
#include <hawser/response_body.hpp>

#include <asio/buffer.hpp>
#include <asio/error.hpp>
#include <asio/execution/bad_executor.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <system_error>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

/// Used by one thread at a time. A pending operation keeps it alive.
template <class Parser>
class BodyItems final : public RefCounted {
public:
    using Item = typename Parser::Item;
    /// None is the end of the body.
    using Next = std::optional<Item>;
    class ReadNext;

    BodyItems(ResponseBody&& body, std::size_t max_bytes)
        : body_(std::move(body)), parser_(max_bytes) {}

    ResponseBody& body() noexcept { return body_; }
    const Parser& parser() const noexcept { return parser_; }
    Parser& parser() noexcept { return parser_; }
    /// Why reading failed; none after the end.
    std::error_code error() const noexcept { return error_; }
    const Failure& failure() const noexcept { return failure_; }

    /// Every read fails from now on.
    void fail(std::error_code ec, const char* reason) {
        error_ = ec;
        failure_ = Access::unread(body_).tell(ec, reason);
        ended_ = true;
        body_.close();
    }

    /// Blocks until there is an item, or the body has ended or failed.
    Next next(std::error_code& ec);
    /// Takes the next item if no read is needed for it. True: that is the answer, or error() is.
    bool take(Next& item);
    /// The same, if no operation is pending; only for an item.
    bool take_now(Next& item) { return !reading_ && take(item) && item; }
    void start(Completion<Next>& completion);
    LoopUse use_loop() const {
        const auto& loop = Access::loop(body_);
        return loop && loop->has_background() ? LoopUse(*loop, Pending::read) : LoopUse();
    }

    // Until take() knows the answer: read into space(), and report what was received().

    std::span<char> space() {
        if (!piece_) {
            piece_ = std::make_unique<char[]>(piece_size);
        }
        return {piece_.get(), piece_size};
    }
    void received(std::error_code ec, std::size_t size, Failure failure);

private:
    static constexpr std::size_t piece_size = 16 * 1024;

    ResponseBody body_;
    Parser parser_;
    std::unique_ptr<char[]> piece_;
    std::string_view unparsed_;  // of the piece
    bool reading_ = false;
    bool ended_ = false;
    std::error_code error_;
    Failure failure_;
};

template <class Parser>
bool BodyItems<Parser>::take(Next& item) {
    while (!parser_.ready() && !unparsed_.empty() && !ended_) {
        unparsed_.remove_prefix(parser_.feed(unparsed_));
        if (parser_.failed()) {
            fail(hawser::error::body_too_large, Parser::too_long);
        }
    }
    if (parser_.ready()) {
        item = parser_.take();
    }
    return item.has_value() || ended_;
}

template <class Parser>
void BodyItems<Parser>::received(std::error_code ec, std::size_t size, Failure failure) {
    unparsed_ = {piece_.get(), size};
    ended_ = static_cast<bool>(ec);
    if (ec == asio::error::eof) {
        parser_.end();
    } else if (ec) {
        error_ = ec;
        failure_ = std::move(failure);
    }
}

template <class Parser>
auto BodyItems<Parser>::next(std::error_code& ec) -> Next {
    Next item;
    ec = reading_ ? make_error_code(hawser::error::concurrent_read) : std::error_code{};
    if (ec) {
        return item;
    }
    while (!take(item)) {
        const std::span<char> into = space();
        const std::size_t size = body_.read_some(asio::buffer(into.data(), into.size()), ec);
        if (ec == hawser::error::would_deadlock) {
            return item;  // an asynchronous read may still succeed
        }
        received(ec, size, ec ? body_.failure() : Failure());
    }
    ec = item ? std::error_code{} : error_;
    return item;
}

/// The asynchronous form of next().
template <class Parser>
class BodyItems<Parser>::ReadNext final : public ClientOperation<Next> {
    using typename OperationCore::Steps;

public:
    ReadNext(CompletionPtr<Next> completion, IntrusivePtr<BodyItems> items)
        : ClientOperation<Next>(items->body_.get_executor(), std::move(completion)),
          items_(std::move(items)) {}

private:
    struct Reading {
        explicit Reading(bool& flag) noexcept : reading(flag) { reading = true; }
        Reading(const Reading&) = delete;
        ~Reading() { reading = false; }
        bool& reading;
    };

    Steps run() override {
        if (items_->reading_) {
            this->finish(hawser::error::concurrent_read);
            co_return;
        }
        const Reading reading(items_->reading_);
        Next item;
        while (!items_->take(item)) {
            const Outcome<std::size_t> got =
                co_await this->read_some(items_->body_, items_->space());
            items_->received(got.ec, got.result, got.failure);
        }
        const bool failed = !item && items_->error_;
        this->finish(failed ? items_->error_ : std::error_code{},
                     std::move(item),
                     failed ? items_->failure_ : Failure());
    }

    const IntrusivePtr<BodyItems> items_;
};

template <class Parser>
void BodyItems<Parser>::start(Completion<Next>& completion) {
    CompletionPtr<Next> owner(&completion);
    if (!body_.get_executor()) {
        throw asio::execution::bad_executor();
    }
    begin_operation<ReadNext>(std::move(owner), CalledFrom::user, IntrusivePtr<BodyItems>(this));
}

}  // namespace hawser::inline HAWSER_ABI::detail
