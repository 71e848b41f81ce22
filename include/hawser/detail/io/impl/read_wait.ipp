// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/io/read_wait.hpp>

#if defined(HAWSER_HAS_READ_WAIT)

#include <asio/dispatch.hpp>
#include <asio/execution/context.hpp>
#include <asio/execution_context.hpp>
#include <asio/io_context.hpp>
#include <asio/query.hpp>

#include <typeinfo>

namespace hawser::detail {

HAWSER_DECL void ReactorSocket::start_read(asio::detail::reactor& reactor,
                                           asio::detail::reactor_op& operation,
                                           bool ask) {
    auto& socket = impl_.get_implementation();
    reactor.start_op(asio::detail::reactor::read_op,
                     socket.socket_,
                     socket.reactor_data_,
                     &operation,
                     false,
                     !ask);
}

HAWSER_DECL ReadWait::ReadWait(const asio::any_io_executor& executor)
    : asio::detail::reactor_op({}, &ReadWait::perform, &ReadWait::complete),
      reactor_(asio::use_service<asio::detail::reactor>(
          asio::query(executor, asio::execution::context))) {
    if (executor.target_type() != typeid(asio::io_context::executor_type)) {
        executor_ = executor;
    }
}

HAWSER_DECL void ReadWait::start(ReactorSocket& socket,
                                 std::uint64_t empty_after,
                                 Stream::Watcher& watcher) {
    add_ref();  // released by complete()
    call_.emplace(watcher, Stream::Direction::read);
    shared_.store(false, std::memory_order_relaxed);
    socket.start_read(reactor_, *this, empty_after != events());
}

/// Called by the reactor, for each event.
HAWSER_DECL ReadWait::status ReadWait::perform(asio::detail::reactor_op* base) {
    auto& self = *static_cast<ReadWait*>(base);
    self.events_.fetch_add(1, std::memory_order_relaxed);
    return self.shared_.load(std::memory_order_relaxed) ? done : done_and_exhausted;
}

/// `owner` is null if the execution context is being destroyed.
HAWSER_DECL void ReadWait::complete(void* owner,
                                    asio::detail::operation* base,
                                    const asio::error_code&,
                                    std::size_t) {
    const auto self = IntrusivePtr<ReadWait>::adopt(static_cast<ReadWait*>(base));
    WatcherCall call(*std::exchange(self->call_, std::nullopt));
    if (owner == nullptr) {
        return;
    }
    if (self->executor_) {
        asio::dispatch(self->executor_, [call = std::move(call)]() mutable { call({}); });
    } else {
        call({});
    }
}

}  // namespace hawser::detail

#endif
