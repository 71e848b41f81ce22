// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// What EventStream and LineReader have in common: next(), in all its forms. Their headers document
// it.

#include <hawser/detail/access.hpp>
#include <hawser/detail/client/body_items.hpp>
#include <hawser/detail/intrusive_ptr.hpp>
#include <hawser/detail/rt/initiation.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/async_result.hpp>
#include <asio/awaitable.hpp>
#include <asio/use_awaitable.hpp>

#include <cstddef>
#include <optional>
#include <system_error>
#include <type_traits>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

template <class Parser>
class ItemStream {
public:
    using executor_type = asio::any_io_executor;
    using Next = std::optional<typename Parser::Item>;

    executor_type get_executor() const noexcept {
        return items_ ? items_->body().get_executor() : executor_type();
    }

    template <
        asio::completion_token_for<void(std::error_code, Next)> Token = asio::use_awaitable_t<>>
    auto async_next(Token&& token = {}) {
        if constexpr (std::is_same_v<std::decay_t<Token>, asio::use_awaitable_t<>>) {
            return await_next();
        } else {
            return initiate<Completion<Next>>(*this, std::forward<Token>(token));
        }
    }

    Next next(std::error_code& ec) {
        if (!items_) {
            ec = error::body_closed;
            return std::nullopt;
        }
        return items_->next(ec);
    }
    Next next() {
        std::error_code ec;
        Next item = next(ec);
        if (ec) {
            throw_error(ec, failure());
        }
        return item;
    }

    Failure failure() const { return items_ ? items_->failure() : Failure(); }

    void close() noexcept {
        if (items_) {
            items_->body().close();
        }
    }

protected:
    using Items = BodyItems<Parser>;

    ItemStream(ResponseBody&& body, std::size_t max_bytes)
        : items_(new Items(std::move(body), max_bytes)) {}
    ItemStream(ItemStream&&) noexcept = default;
    ItemStream& operator=(ItemStream&& other) noexcept {
        if (this != &other) {
            close();
            items_ = std::move(other.items_);
        }
        return *this;
    }
    ~ItemStream() { close(); }

    Items& items() noexcept { return *items_; }
    /// Null once moved from.
    const Parser* parser() const noexcept { return items_ ? &items_->parser() : nullptr; }

private:
    friend struct Access;

    LoopUse use_loop() const { return items_ ? items_->use_loop() : LoopUse(); }
    void start(Completion<Next>& completion) {
        if (items_) {
            items_->start(completion);
            return;
        }
        completion.ec = error::body_closed;
        completion.run(CalledFrom::user);
    }
    asio::awaitable<Next> await_next() {
        Next item;
        if (items_ && items_->take_now(item)) {
            co_return item;
        }
        co_return co_await initiate<Completion<Next>>(*this, asio::use_awaitable);
    }

    IntrusivePtr<Items> items_;
};

}  // namespace hawser::inline HAWSER_ABI::detail
