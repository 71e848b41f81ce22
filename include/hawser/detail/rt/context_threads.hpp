// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Which threads run an executor. A thread that runs an executor and blocks on that executor's work
// deadlocks. The executor's type says little, as it may be a strand, a tracking executor, or a
// user's own. Its context knows: Asio's scheduler, a service of the context, knows the threads that
// run it.

#include <hawser/config.hpp>

#include <asio/any_io_executor.hpp>

#include <memory>

namespace hawser::inline HAWSER_ABI::detail {

class ContextThreads {
public:
    explicit ContextThreads(const asio::any_io_executor& executor);

    /// Whether this thread is currently running the executor's context. False once the context is
    /// gone; it is not touched then.
    bool include_this(const asio::any_io_executor& executor) const;

private:
    class Service;
    struct Context;

    std::shared_ptr<const Context> context_;  // null: the executor has no context
};

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/rt/impl/context_threads.ipp>
#endif
