// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/io/socket_loop.hpp>

#include <asio/execution/context.hpp>
#include <asio/execution_context.hpp>
#include <asio/io_context.hpp>
#include <asio/query.hpp>

#include <typeinfo>

#if defined(HAWSER_HAS_READ_WAIT)
#include <unistd.h>
#endif

namespace hawser::inline HAWSER_ABI::detail {

#if defined(HAWSER_HAS_READ_WAIT)

HAWSER_DECL SocketLoop::SocketLoop(const asio::any_io_executor& its_executor)
    : executor(its_executor),
      work(asio::query(executor, asio::execution::context)),
      reactor(asio::use_service<asio::detail::reactor>(
          asio::query(executor, asio::execution::context))),
      runs_handlers(executor.target_type() == typeid(asio::io_context::executor_type)) {}

HAWSER_DECL void ReactorSocket::adopt(const asio::generic::stream_protocol& protocol,
                                      int handle,
                                      std::error_code& ec) {
    assign(protocol, handle, ec);
    if (ec) {
        ::close(handle);
        return;
    }
    using namespace asio::detail;
    impl_.get_implementation().state_ = socket_ops::stream_oriented | socket_ops::non_blocking;
}

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

HAWSER_DECL void ReactorSocket::start_write(asio::detail::reactor& reactor,
                                            asio::detail::reactor_op& operation) {
    auto& socket = impl_.get_implementation();
    reactor.start_op(asio::detail::reactor::write_op,
                     socket.socket_,
                     socket.reactor_data_,
                     &operation,
                     false,
                     false);
}

#else

HAWSER_DECL SocketLoop::SocketLoop(const asio::any_io_executor& its_executor)
    : executor(its_executor), work(asio::query(executor, asio::execution::context)) {}

#endif

}  // namespace hawser::inline HAWSER_ABI::detail
