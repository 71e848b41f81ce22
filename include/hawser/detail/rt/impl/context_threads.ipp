// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/rt/any_handler.hpp>
#include <hawser/detail/rt/context_threads.hpp>

#include <asio/execution.hpp>
#include <asio/execution_context.hpp>
#include <asio/io_context.hpp>
#include <asio/thread_pool.hpp>

#include <atomic>
#include <thread>

namespace hawser::inline HAWSER_ABI::detail {

/// What is known of a context. Outlives the context.
struct ContextThreads::Context {
    // Set for thread_pool, system_context and io_context (on Windows, io_context has its own).
    std::atomic<asio::detail::scheduler*> pool{nullptr};
    std::atomic<asio::detail::io_context_impl*> loop{nullptr};
    bool asio_runs_it = false;
    std::atomic<bool> gone{false};
};

/// Created in the context with the first client, before the client's own sockets add a scheduler to
/// a context that had none and is therefore run by other means.
class ContextThreads::Service final : public asio::execution_context::service {
public:
    using key_type = Service;
    inline static asio::execution_context::id id;

    explicit Service(asio::execution_context& context)
        : asio::execution_context::service(context), context_(std::make_shared<Context>()) {
        if (asio::has_service<asio::detail::scheduler>(context)) {
            context_->pool = &asio::use_service<asio::detail::scheduler>(context);
        }
        if (asio::has_service<asio::detail::io_context_impl>(context)) {
            context_->loop = &asio::use_service<asio::detail::io_context_impl>(context);
        }
        context_->asio_runs_it = context_->pool != nullptr || context_->loop != nullptr;
    }

    const std::shared_ptr<Context>& known() const noexcept { return context_; }

private:
    // From Asio 1.27 on, an io_context calls it twice.
    HAWSER_DECL void shutdown() noexcept override;

    std::shared_ptr<Context> context_;
};

HAWSER_DECL void ContextThreads::Service::shutdown() noexcept {
    context_->gone = true;
    context_->pool = nullptr;
    context_->loop = nullptr;
}

/// Whether the executor runs a function at once, as executors do on their own threads. An executor
/// that only ever queues is left with a function that does nothing.
HAWSER_DECL bool runs_at_once(const asio::any_io_executor& executor) {
    const auto ran = std::make_shared<bool>(false);
    const auto here = std::this_thread::get_id();
    asio::prefer(executor, asio::execution::blocking.possibly).execute(AnyHandler([ran, here] {
        if (std::this_thread::get_id() == here) {
            *ran = true;
        }
    }));
    return *ran;
}

HAWSER_DECL ContextThreads::ContextThreads(const asio::any_io_executor& executor) {
    if (executor) {
        asio::execution_context& context = asio::query(executor, asio::execution::context);
        context_ = asio::use_service<Service>(context).known();
    }
}

HAWSER_DECL bool ContextThreads::include_this(const asio::any_io_executor& executor) const {
    if (context_ == nullptr || context_->gone) {
        return false;
    }
    if (!context_->asio_runs_it) {
        return runs_at_once(executor);
    }
    asio::detail::scheduler* const pool = context_->pool;
    asio::detail::io_context_impl* const loop = context_->loop;
    return (pool != nullptr && pool->can_dispatch()) || (loop != nullptr && loop->can_dispatch());
}

}  // namespace hawser::inline HAWSER_ABI::detail
