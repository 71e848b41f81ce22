// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Plain TCP as a Stream: readiness from Asio, reads and writes by direct non-blocking calls.

#include <hawser/config.hpp>
#include <hawser/detail/io/stream.hpp>
#include <hawser/detail/rt/context_work.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/ip/tcp.hpp>

namespace hawser::detail {

/// The two endpoints of a connection, known once it is made: later they are not asked for again.
struct TcpEnds {
    asio::ip::tcp::endpoint local;
    asio::ip::tcp::endpoint remote;
};

/// A socket that programs which this one starts do not inherit, registered with the executor.
asio::ip::tcp::socket open_socket(const asio::any_io_executor& executor,
                                  const asio::ip::tcp& protocol,
                                  std::error_code& ec);

/// An asynchronous connect leaves the socket registered for writability, which then ends the
/// reactor's wait once more for every request. A fresh registration has none of it. On failure the
/// socket is closed.
void reregister(asio::ip::tcp::socket& socket, const asio::ip::tcp& protocol, std::error_code& ec);

class TcpStream final : public Stream {
public:
    /// Takes a connected socket; `work` is the count of its context.
    TcpStream(asio::ip::tcp::socket socket, const TcpEnds& ends, const ContextWork& work);

    void wait(Direction direction, Watcher& watcher) override {
        wait(direction, direction, watcher);
    }
    /// Waits for one direction and reports the other.
    void wait(Direction direction, Direction reported, Watcher& watcher);
    HAWSER_DECL std::size_t read_some(char* data, std::size_t size, std::error_code& ec) override;
    HAWSER_DECL std::size_t write_some(std::span<const std::string_view> pieces,
                                       std::error_code& ec) override;
    HAWSER_DECL Idle probe() override;
    HAWSER_DECL void describe(ConnectionInfo& info) const override;
    HAWSER_DECL void close_write() noexcept override;
    ContextWork* work() noexcept override { return &work_; }
    HAWSER_DECL void close() noexcept override;

    asio::ip::tcp::socket& socket() noexcept { return socket_; }

private:
    asio::ip::tcp::socket socket_;
    const TcpEnds ends_;
    ContextWork work_;
};

}  // namespace hawser::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/io/impl/tcp_stream.ipp>
#endif
