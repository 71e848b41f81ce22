// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/net/tcp_stream.hpp>

#include <asio/buffer.hpp>
#include <asio/error.hpp>

#include <array>
#include <utility>

namespace hawser::detail {

/// The handler of an armed wait: keeps the watcher alive for as long as Asio holds it.
class WatcherCall {
public:
    WatcherCall(Stream::Watcher& watcher, Stream::Direction direction) noexcept
        : watcher_(&watcher), direction_(direction) {
        watcher_->keep_alive(true);
    }
    WatcherCall(WatcherCall&& other) noexcept
        : watcher_(std::exchange(other.watcher_, nullptr)), direction_(other.direction_) {}
    WatcherCall(const WatcherCall&) = delete;
    WatcherCall& operator=(const WatcherCall&) = delete;
    ~WatcherCall() {
        if (watcher_ != nullptr) {
            watcher_->keep_alive(false);
        }
    }

    // Whatever the wait ended with, the next read or write finds out.
    void operator()(std::error_code) { watcher_->on_ready(direction_); }

private:
    Stream::Watcher* watcher_;
    Stream::Direction direction_;
};

// An asynchronous connect leaves the socket registered for writability, which then ends the
// reactor's wait once more for every request. A fresh registration has none of it.
inline asio::ip::tcp::socket reregister(asio::ip::tcp::socket socket, asio::ip::tcp protocol) {
    std::error_code ec;
    const auto executor = socket.get_executor();
    const auto handle = socket.release(ec);
    if (ec) {
        return socket;
    }
    asio::ip::tcp::socket fresh(executor);
    fresh.assign(protocol, handle, ec);
    return fresh;
}

HAWSER_DECL TcpStream::TcpStream(asio::ip::tcp::socket socket,
                                 const TcpEnds& ends,
                                 const ContextWork& work)
    : socket_(reregister(std::move(socket), ends.local.protocol())),
      ends_(ends),
      work_(work) {
    std::error_code ignored;
    socket_.non_blocking(true, ignored);
    socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
}

HAWSER_DECL void TcpStream::wait(Direction direction, Direction reported, Watcher& watcher) {
    const auto what = direction == Direction::read ? asio::ip::tcp::socket::wait_read
                                                   : asio::ip::tcp::socket::wait_write;
    socket_.async_wait(what, WatcherCall(watcher, reported));
}

HAWSER_DECL std::size_t TcpStream::read_some(char* data, std::size_t size, std::error_code& ec) {
    return socket_.read_some(asio::mutable_buffer(data, size), ec);
}

HAWSER_DECL std::size_t TcpStream::write_some(std::span<const std::string_view> pieces,
                                              std::error_code& ec) {
    if (pieces.size() == 1) {
        return socket_.write_some(asio::const_buffer(pieces[0].data(), pieces[0].size()), ec);
    }
    std::array<asio::const_buffer, 4> buffers;  // what does not fit goes with the next call
    for (std::size_t i = 0; i < pieces.size() && i < buffers.size(); ++i) {
        buffers[i] = asio::const_buffer(pieces[i].data(), pieces[i].size());
    }
    return socket_.write_some(buffers, ec);
}

HAWSER_DECL Idle TcpStream::look() {
    char byte = 0;
    std::error_code ec;
    socket_.receive(asio::mutable_buffer(&byte, 1), asio::socket_base::message_peek, ec);
    return ec == asio::error::would_block ? Idle::quiet : Idle::stale;
}

HAWSER_DECL void TcpStream::describe(ConnectionInfo& info) const {
    info.local_endpoint = ends_.local;
    info.remote_endpoint = ends_.remote;
}

HAWSER_DECL void TcpStream::close_write() noexcept {
    std::error_code ignored;
    socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
}

HAWSER_DECL void TcpStream::count_as_work(bool on) noexcept {
    if (is_work_ != on) {
        is_work_ = on;
        on ? work_.started() : work_.finished();
    }
}

// The wait that this ends is work again: somebody has to take its end.
HAWSER_DECL void TcpStream::close() noexcept {
    count_as_work(true);
    std::error_code ignored;
    socket_.close(ignored);
}

}  // namespace hawser::detail
