// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// A socket as a Stream, TCP or another one that carries a stream: Asio reports readiness; reads and
// writes are direct non-blocking calls.

#include <hawser/config.hpp>
#include <hawser/detail/intrusive_ptr.hpp>
#include <hawser/detail/io/read_wait.hpp>
#include <hawser/detail/io/stream.hpp>
#include <hawser/detail/rt/context_work.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/generic/stream_protocol.hpp>
#include <asio/ip/tcp.hpp>

namespace hawser::detail {

/// The two endpoints of a TCP connection, recorded when it is made, so that no system call asks for
/// them later.
struct TcpEnds {
    asio::ip::tcp::endpoint local;
    asio::ip::tcp::endpoint remote;
};

/// The endpoint as one of TCP; unspecified if it is of another family.
asio::ip::tcp::endpoint to_tcp(const asio::generic::stream_protocol::endpoint& generic);
/// The ends of a connected socket.
TcpEnds ends_of(const StreamSocket& socket);

/// Hands a descriptor to Asio, and closes it if Asio refuses it.
void assign(StreamSocket& socket,
            const asio::generic::stream_protocol& protocol,
            StreamSocket::native_handle_type handle,
            std::error_code& ec);

void close_handle(StreamSocket::native_handle_type handle) noexcept;

/// A close-on-exec socket, registered with the executor.
StreamSocket open_socket(const asio::any_io_executor& executor,
                         const asio::generic::stream_protocol& protocol,
                         std::error_code& ec);

/// An asynchronous connect leaves the socket registered for writability, which would wake the
/// reactor once more for every request. This registers it anew. On failure it closes the socket.
void reregister(StreamSocket& socket,
                const asio::generic::stream_protocol& protocol,
                std::error_code& ec);

class TcpStream final : public Stream {
public:
    /// Takes a connected socket; `work` is the work count of its context.
    TcpStream(StreamSocket socket, const TcpEnds& ends, const ContextWork& work);

    HAWSER_DECL void wait(Direction direction, Watcher& watcher) override;
    HAWSER_DECL void wait_read_to_write(Watcher& watcher) override;
    HAWSER_DECL std::size_t read_some(char* data, std::size_t size, std::error_code& ec) override;
    HAWSER_DECL std::size_t write_some(std::span<const std::string_view> pieces,
                                       std::error_code& ec) override;
    bool prefers_large_reads() const noexcept override { return true; }
    HAWSER_DECL Idle probe() override;
    HAWSER_DECL void describe(ConnectionInfo& info) const override;
    HAWSER_DECL void close_write() noexcept override;
    ContextWork* work() noexcept override { return &work_; }
    HAWSER_DECL void close() noexcept override;

    StreamSocket& socket() noexcept { return socket_; }

private:
    /// Whether each read tells if it emptied the socket (Linux: TCP_INQ).
    enum class Telling { no, worthwhile, yes, unsupported };

    void make_reads_tell() noexcept;
    void note_read(std::uint64_t events_before, bool emptied) noexcept;

    ReactorSocket socket_;
    const TcpEnds ends_;
    ContextWork work_;
    IntrusivePtr<ReadWait> read_wait_;
    std::uint64_t empty_after_ = ReadWait::unknown;  // for read_wait_
    Telling telling_ = Telling::no;
};

}  // namespace hawser::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/io/impl/tcp_stream.ipp>
#endif
