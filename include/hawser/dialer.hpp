// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/config.hpp>
#include <hawser/detail/intrusive_ptr.hpp>
#include <hawser/detail/io/native_socket.hpp>
#include <hawser/detail/rt/guest_call.hpp>

#include <asio/cancellation_signal.hpp>
#include <asio/generic/stream_protocol.hpp>

#include <cstdint>
#include <string>
#include <system_error>
#include <utility>

namespace hawser::inline HAWSER_ABI {

namespace detail {
struct Access;
}

/// Where a Dialer connects to.
struct DialTarget {
    /// Of the URL, or of the proxy that the request uses; lower case, IPv6 without brackets.
    std::string host;
    /// Of the same.
    std::uint16_t port = 0;
    /// TLS follows on the connection, with this host.
    bool https = false;
};

/// What a Dialer calls with its result, once. Move-only. If it is destroyed without having been
/// called, the dial fails with error::connect_failed.
///
/// @par Thread safety
/// May be called and destroyed on any thread, but only on one at a time; also within start_dial(),
/// and after the client is gone, which closes the socket.
class DialHandler {
public:
    DialHandler(DialHandler&& other) noexcept = default;
    DialHandler& operator=(DialHandler&& other) noexcept;
    ~DialHandler();

    /// Completes the dial; never runs other code of the client within this call. An error fails it
    /// with error::connect_failed, and `ec` as its cause.
    ///
    /// @param socket connected, of any family: an asio::ip::tcp::socket, an
    ///     asio::local::stream_protocol::socket and so on. Its executor does not matter: the client
    ///     takes the descriptor out of it and runs it on its own. Nothing else may be pending on
    ///     it, and no byte that belongs to the connection may have been read from it.
    void operator()(std::error_code ec, asio::generic::stream_protocol::socket socket);
    /// Fails the dial.
    void operator()(std::error_code ec);

    /// Emits when the result is not wanted anymore: the request was canceled or timed out. On the
    /// thread that found this out, with no lock held, and not before start_dial() has returned.
    [[nodiscard]] asio::cancellation_slot get_cancellation_slot() const noexcept;

private:
    friend struct detail::Access;
    using Call = detail::GuestCall<detail::DialedSocket>;

    explicit DialHandler(detail::IntrusivePtr<Call> call) noexcept : call_(std::move(call)) {}
    void fail(std::error_code ec, const char* reason) noexcept;

    detail::IntrusivePtr<Call> call_;
};

/// Makes the connections of a transport, in place of a name lookup and TCP: see
/// TransportOptions::dialer. TLS, the handshake with a proxy, and HTTP follow on what it returns.
/// Go: http.Transport.DialContext.
///
///     struct MyDialer : hawser::Dialer {
///         void start_dial(hawser::DialTarget target, hawser::DialHandler handler) override;
///     };
///
/// For a stream that is no socket, such as one that is wrapped in a protocol of its own, make a
/// pair of connected sockets and copy between them and the stream.
///
/// @par Thread safety
/// start_dial() may be called concurrently, on threads that run the client's executor and on those
/// of blocking calls, with no lock held.
class Dialer {
public:
    virtual ~Dialer() = default;

    /// Starts to connect, and returns soon: a blocking call may be waiting on this thread.
    ///
    /// @param handler called once, now or later
    /// @throws anything: the dial fails as if the handler had been called with the code of a
    ///     std::system_error; otherwise with error::connect_failed, and what() as its reason
    virtual void start_dial(DialTarget target, DialHandler handler) = 0;
};

}  // namespace hawser::inline HAWSER_ABI

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/impl/dialer.ipp>
#endif
