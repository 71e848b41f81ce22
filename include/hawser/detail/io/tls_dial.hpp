// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// The part of a dial that speaks TLS: with a proxy, and with the server, whom the user may want to
// verify. A server that refuses the session it is offered gets a second handshake without one.

#include <hawser/config.hpp>
#include <hawser/detail/io/tls_stream.hpp>
#include <hawser/detail/pool/connect_key.hpp>
#include <hawser/detail/rt/task.hpp>
#include <hawser/failure.hpp>

#include <memory>
#include <optional>
#include <system_error>

namespace hawser::inline HAWSER_ABI::detail {

class TlsDial final : private Task {
public:
    /// The dial. All functions are called in its turns.
    class Owner {
    public:
        /// A task for which no lock may be held, because it runs user code. Keeps the owner alive;
        /// the task ends that with keep_alive(false).
        virtual void run_after_turn(Task& task) = 0;
        /// The user has seen the server: call take_verdict() in a turn. Called with no lock held.
        virtual void server_verified() = 0;
        virtual void keep_alive(bool on) noexcept = 0;

    protected:
        ~Owner() = default;
    };

    /// `proxy`: the one that TLS is spoken with; null if there is none.
    TlsDial(std::shared_ptr<TlsContext> context,
            const ConnectKey& key,
            ProxyPtr proxy,
            Owner& owner) noexcept
        : context_(std::move(context)), key_(key), proxy_(std::move(proxy)), owner_(owner) {}

    /// Puts TLS above the stream. False: it failed.
    bool begin_with_proxy(std::unique_ptr<Stream>& stream, std::error_code& ec, Fault& fault);
    bool begin_with_server(std::unique_ptr<Stream>& stream, std::error_code& ec, Fault& fault);
    const ProxyPtr& proxy() const noexcept { return proxy_; }
    /// Whether a handshake has begun and not been ended.
    bool begun() const noexcept { return stream_ != nullptr; }
    /// What it waits for; nothing: it has ended.
    std::optional<Stream::Direction> handshake(std::error_code& ec) {
        return stream_->handshake(ec);
    }
    /// `fault`: set if it failed.
    void end_with_proxy(bool failed, Fault& fault);

    /// False: the user does not ask to see the server.
    bool begin_verify();
    void take_verdict(std::error_code& ec);

    /// The handshake with the server has ended. True: it failed because of the session it offered,
    /// so connect to the same address once more.
    bool retries_without_session(std::error_code ec, Fault& fault);
    bool without_session() const noexcept { return without_session_; }

private:
    HAWSER_DECL void run(CalledFrom from) override;
    bool put_above(std::unique_ptr<Stream>& stream, SslPtr ssl, TlsSessionOwner owner);

    const std::shared_ptr<TlsContext> context_;  // the dialer may be gone once the dial has ended
    const ConnectKey& key_;
    const ProxyPtr proxy_;
    Owner& owner_;
    TlsStream* stream_ = nullptr;   // the dial's
    bool without_session_ = false;  // the server refused a session in this dial
    TlsPeer server_;                // to be verified
    std::error_code verdict_;
    Fault refused_;
};

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/io/impl/tls_dial.ipp>
#endif
