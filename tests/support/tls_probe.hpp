// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// One handshake of a TlsStream with a scripted server, without a client: how it ended, and what the
// stream says about that.

#include "tls_setup.hpp"
#include <hawser/detail/io/tls_context.hpp>
#include <hawser/detail/io/tls_stream.hpp>

#include <asio/io_context.hpp>

#include <functional>
#include <memory>
#include <poll.h>

namespace hawser::test {

struct Probed {
    std::error_code ec;
    detail::Fault fault;
};

/// `connected` is called between the TCP and the TLS handshake.
inline Probed probe(
    const TlsOptions& options,
    std::uint16_t port,
    std::string_view host,
    const std::function<void()>& connected = [] {}) {
    const auto context = std::make_shared<detail::TlsContext>(options, false);
    Probed probed;
    auto ssl =
        context->make_ssl(host, "key", detail::TlsContext::Resume::yes, probed.ec, probed.fault);
    if (!ssl) {
        return probed;
    }
    asio::io_context io;
    asio::ip::tcp::socket socket(io);
    socket.connect({asio::ip::make_address("127.0.0.1"), port});
    const detail::TcpEnds ends{socket.local_endpoint(), socket.remote_endpoint()};
    pollfd fd{socket.native_handle(), 0, 0};
    auto& loop = *new detail::SocketLoop(io.get_executor());  // kept by the stream
    detail::TlsStream stream(
        detail::TcpStream::make(loop, std::move(socket), ends), std::move(ssl), {context, "key"});
    connected();
    using Direction = detail::Stream::Direction;
    while (const auto direction = stream.handshake(probed.ec)) {
        fd.events = *direction == Direction::read ? POLLIN : POLLOUT;
        if (::poll(&fd, 1, static_cast<int>(patience.count())) != 1) {
            throw TimedOut{"handshake"};
        }
    }
    probed.fault = stream.fault();
    stream.close();
    return probed;
}

/// Connects to a server with this certificate, as a client that trusts test_ca() and asks for
/// `host`.
inline Probed probe(const TestCert& cert, std::string_view host) {
    ScriptServer server{[](Peer& peer) { peer.wait_for_eof(); }, {.tls = ServerTls{.cert = cert}}};
    return probe(trusting().tls, server.port(), host);
}

}  // namespace hawser::test
