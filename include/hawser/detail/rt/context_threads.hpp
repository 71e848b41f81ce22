// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Which threads run an executor: whoever waits on one of them for the executor's work waits for
// ever. An executor's type says little (it may be a strand, a tracked one, or of the user's own),
// its context says it: Asio's scheduler, a service of the context, knows the threads that run it.

#include <hawser/config.hpp>

#include <asio/any_io_executor.hpp>

#include <memory>

namespace hawser::detail {

class ContextThreads {
public:
    explicit ContextThreads(const asio::any_io_executor& executor);

    /// Whether this thread is one of those that run the executor's context just now. False once the
    /// context is gone: nothing of it is touched then.
    bool include_this(const asio::any_io_executor& executor) const;

private:
    class Service;
    struct Context;

    std::shared_ptr<const Context> context_;  // null: the executor has none
};

}  // namespace hawser::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/rt/impl/context_threads.ipp>
#endif
