// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// A socket as a Stream, TCP or another one that carries a stream: Asio reports readiness; reads and
// writes are direct non-blocking calls.

#include <hawser/config.hpp>
#include <hawser/detail/intrusive_ptr.hpp>
#include <hawser/detail/io/read_wait.hpp>
#include <hawser/detail/io/socket_loop.hpp>
#include <hawser/detail/io/stream.hpp>
#include <hawser/detail/rt/context_work.hpp>

#include <asio/generic/stream_protocol.hpp>
#include <asio/ip/tcp.hpp>

#include <cstdint>
#include <memory>
#include <new>

namespace hawser::inline HAWSER_ABI::detail {

/// The two endpoints of a TCP connection, recorded when it is made, so that no system call asks for
/// them later.
struct TcpEnds {
    asio::ip::tcp::endpoint local;
    asio::ip::tcp::endpoint remote;
};

/// The endpoint as one of TCP; unspecified if it is of another family.
asio::ip::tcp::endpoint to_tcp(const asio::generic::stream_protocol::endpoint& generic);
/// The local end of a connected socket.
asio::ip::tcp::endpoint local_end(StreamSocket& socket);
/// The ends of a connected socket.
TcpEnds ends_of(const StreamSocket& socket);

/// Hands a descriptor to Asio, and closes it if Asio refuses it.
void assign(StreamSocket& socket,
            const asio::generic::stream_protocol& protocol,
            StreamSocket::native_handle_type handle,
            std::error_code& ec);

void close_handle(StreamSocket::native_handle_type handle) noexcept;

class TcpStream final : public Stream {
public:
    /// Its socket is yet to be opened and connected.
    static std::unique_ptr<TcpStream> make(SocketLoop& loop);
    /// Takes a connected socket.
    static std::unique_ptr<TcpStream> make(SocketLoop& loop,
                                           StreamSocket socket,
                                           const TcpEnds& ends);
    TcpStream(const TcpStream&) = delete;
    TcpStream& operator=(const TcpStream&) = delete;
    HAWSER_DECL ~TcpStream() override;
    /// An armed wait for bytes is a part that outlives the rest.
    static void operator delete(TcpStream* stream, std::destroying_delete_t) noexcept;

    HAWSER_DECL bool wait(Direction direction, Watcher& watcher) override;
    HAWSER_DECL bool wait_read_to_write(Watcher& watcher) override;
    HAWSER_DECL std::size_t read_some(char* data, std::size_t size, std::error_code& ec) override;
    HAWSER_DECL std::size_t write_some(std::span<const std::string_view> pieces,
                                       std::error_code& ec) override;
    bool prefers_large_reads() const noexcept override { return true; }
    HAWSER_DECL Idle probe() override;
    HAWSER_DECL void describe(ConnectionInfo& info) const override;
    HAWSER_DECL void close_write() noexcept override;
    HAWSER_DECL int pollable() noexcept override;
    ContextWork* work() noexcept override { return &read_wait_.loop().work; }
    HAWSER_DECL void close() noexcept override;

    ReactorSocket& socket() noexcept { return socket_; }
    const TcpEnds& ends() const noexcept { return ends_; }
    /// Its socket is connected now.
    void connected(const TcpEnds& ends) noexcept { ends_ = ends; }

private:
    explicit TcpStream(SocketLoop& loop);
    TcpStream(SocketLoop& loop, StreamSocket socket, const TcpEnds& ends);

    /// Whether each read tells if it emptied the socket (Linux: TCP_INQ).
    enum class Telling { no, worthwhile, yes, unsupported };

    void make_reads_tell() noexcept;
    void note_read(std::uint64_t events_before, bool emptied) noexcept;

    ReactorSocket socket_;
    TcpEnds ends_;
    union {
        ReadWait read_wait_;  // released by operator delete
    };
    std::uint64_t empty_after_ = ReadWait::unknown;  // for read_wait_
    Telling telling_ = Telling::no;
};

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/io/impl/tcp_stream.ipp>
#endif
