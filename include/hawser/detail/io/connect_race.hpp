// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Connects to the addresses of a host, one after another but overlapping (Happy Eyeballs, RFC
// 8305): the first connection wins, and the others are closed. When each attempt begins and ends is
// decided by ConnectAttempts. All functions are called in turns of the dial.

#include <hawser/config.hpp>
#include <hawser/detail/io/connect_wait.hpp>
#include <hawser/detail/io/endpoint_list.hpp>
#include <hawser/detail/io/socket_settings.hpp>
#include <hawser/detail/io/tcp_stream.hpp>
#include <hawser/detail/policy/connect_attempts.hpp>
#include <hawser/failure.hpp>

#include <asio/ip/tcp.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

namespace hawser::inline HAWSER_ABI::detail {

class ConnectRace {
public:
    using Endpoint = asio::ip::tcp::endpoint;

    /// The dial.
    class Owner : public ConnectWatcher {  // which calls it not in a turn: call ended() in one
    public:
        virtual void connect_started(const Endpoint& address) = 0;
        virtual void connect_done(const Endpoint& address, std::error_code ec) = 0;

    protected:
        ~Owner() = default;
    };

    ConnectRace(const SocketSettings& settings, SocketLoop& loop, Owner& owner) noexcept
        : settings_(settings), loop_(&loop), owner_(owner) {}

    /// The limits of all races of the dial: see ConnectAttempts.
    ConnectAttempts attempts;

    /// Begins a race. With a Unix socket in the options there is one address, which is ignored.
    void start(const EndpointList& addresses);
    /// Begins the attempts that are due, and gives up on those whose time is over. Returns when to
    /// do so again, unless one ends before; nothing: the race is over.
    std::optional<TimePoint> advance(TimePoint now);
    /// An attempt has ended. False: it was given up before.
    bool ended(unsigned race, unsigned attempt, std::error_code ec);
    /// Whether advance() has not said that it is over.
    bool running() const noexcept { return running_; }
    /// Why nobody won; clear if somebody did.
    std::error_code error() const { return won_ ? std::error_code() : attempts.error(); }
    /// Lives as long as the race.
    SocketLoop& loop() const noexcept { return *loop_; }
    /// Gives up.
    void stop() noexcept {
        close_all();
        running_ = false;
    }

    /// The connection that won.
    std::unique_ptr<TcpStream> take_stream() noexcept { return std::move(winner_); }

private:
    struct Attempt {
        Endpoint address{};
        std::unique_ptr<TcpStream> stream{};  // while it runs
        TimePoint until{};
        std::string reason{};  // what the error code of its failure does not say

        void reset(const Endpoint& to) noexcept {
            address = to;
            reason.clear();
        }
    };

    void begin(unsigned number, TimePoint now);
    void open(Attempt& attempt, const SocketSettings::Endpoint& target, std::error_code& ec);
    void settle(Attempt& attempt, std::error_code ec);
    void failed(Attempt& attempt, std::error_code ec);
    void close_all() noexcept;
    void connected(Attempt& attempt, std::error_code& ec);
    SocketSettings::Endpoint target_of(const Attempt& attempt) const;
    std::string name_of(const Attempt& attempt) const;

    const SocketSettings& settings_;
    const IntrusivePtr<SocketLoop> loop_;
    Owner& owner_;
    Attempt& attempt(unsigned number) noexcept {
        return number == 0 ? first_ : others_[number - 1];
    }
    Attempt first_;  // one for each address
    std::vector<Attempt> others_;
    unsigned begun_ = 0;
    unsigned race_ = 0;
    bool running_ = false;
    bool won_ = false;
    std::unique_ptr<TcpStream> winner_;
};

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/io/impl/connect_race.ipp>
#endif
