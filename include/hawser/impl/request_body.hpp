// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/error.hpp>
#include <hawser/request_body.hpp>

#include <exception>
#include <type_traits>
#include <utility>

namespace hawser::detail {

inline std::error_code source_error(std::exception_ptr failure) noexcept {
    try {
        std::rethrow_exception(std::move(failure));
    } catch (const std::system_error& e) {
        return e.code();
    } catch (...) {
        return error::request_body_error;
    }
}

/// A callable of the user's as source and reader in one: it has no position but its own.
template <class Source, class Rewind>
class CallableSource final : public BodySource,
                             public BodyReader,
                             public std::enable_shared_from_this<CallableSource<Source, Rewind>> {
    using Result = std::invoke_result_t<Source&, BodyBuffer>;
    static constexpr bool can_rewind = !std::is_same_v<Rewind, std::nullptr_t>;

public:
    CallableSource(Source source, Rewind rewind)
        : source_(std::move(source)), rewind_(std::move(rewind)) {}

    bool replayable() const noexcept override { return can_rewind; }

    std::shared_ptr<BodyReader> open(std::error_code& ec) override {
        ec = {};
        if (std::exchange(touched_, true)) {
            try {
                if constexpr (can_rewind) {
                    rewind_();
                } else {
                    ec = error::request_body_error;
                }
            } catch (...) {
                ec = source_error(std::current_exception());
            }
        }
        return ec ? nullptr : this->shared_from_this();
    }

    void read(std::shared_ptr<BodyReadSink> sink) override {
        if constexpr (std::is_convertible_v<Result, std::size_t>) {
            read_now(*sink);
        } else {
            read_later(std::move(sink));
        }
    }

private:
    void read_now(BodyReadSink& sink) {
        std::error_code ec;
        std::size_t n = 0;
        try {
            n = source_(sink.buffer());
        } catch (...) {
            ec = source_error(std::current_exception());
        }
        sink.on_body_read(ec, n);
    }

    // co_spawn is found when the user's file instantiates this, so that no header of ours needs it.
    void read_later(std::shared_ptr<BodyReadSink> sink) {
        using Executor = typename Result::executor_type;
        const auto executor = *static_cast<const Executor*>(sink->executor());
        co_spawn(executor,
                 read_awaitable(this->shared_from_this(), sink),
                 [sink](std::exception_ptr failure, std::size_t n) {
                     sink->on_body_read(failure ? source_error(failure) : std::error_code{}, n);
                 });
    }

    static Result read_awaitable(std::shared_ptr<CallableSource> self,
                                 std::shared_ptr<BodyReadSink> sink) {
        co_return co_await self->source_(sink->buffer());
    }

    Source source_;
    Rewind rewind_;
    bool touched_ = false;
};

}  // namespace hawser::detail

namespace hawser {

template <class Source, class Rewind>
RequestBody RequestBody::stream(Source source, std::optional<std::uint64_t> length, Rewind rewind) {
    RequestBody body;
    body.present_ = true;
    body.length_ = length;
    body.source_ = std::make_shared<detail::CallableSource<Source, Rewind>>(std::move(source),
                                                                            std::move(rewind));
    return body;
}

}  // namespace hawser
