// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Finds the addresses of a host, connects to one of them, has a proxy make a tunnel, and performs
// the TLS handshake, each step with its own deadline and error. A dial is one coroutine. A call
// that may stay stuck (getaddrinfo, user code) is left behind, never waited for.

#include <hawser/config.hpp>
#include <hawser/detail/io/address_search.hpp>
#include <hawser/detail/io/connect_race.hpp>
#include <hawser/detail/io/dial_step.hpp>
#include <hawser/detail/io/dialer.hpp>
#include <hawser/detail/io/guest_dial.hpp>
#include <hawser/detail/io/proxy_route.hpp>
#include <hawser/detail/io/shared_endpoint.hpp>
#include <hawser/detail/io/socket_settings.hpp>
#include <hawser/detail/io/tls_dial.hpp>
#include <hawser/detail/rt/deadlines.hpp>
#include <hawser/detail/rt/loop_coroutine.hpp>
#include <hawser/detail/rt/monitor.hpp>
#include <hawser/transport_options.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/ip/tcp.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

namespace hawser::inline HAWSER_ABI::detail {

class NetDialer final : public Dialer {
public:
    NetDialer(asio::any_io_executor executor,
              const TransportOptions& options,
              Deadlines& deadlines,
              DigestSessions& proxy_nonces);

    HAWSER_DECL IntrusivePtr<Dial> make(const ConnectKey& key, DialOwner& owner) override;

    struct Timeouts {
        std::chrono::milliseconds resolve;
        std::chrono::milliseconds connect;
        std::chrono::milliseconds connect_total;
        std::chrono::milliseconds attempt_delay;
        std::chrono::milliseconds tls_handshake;
    };

    SocketLoop& loop() const noexcept { return *loop_; }
    /// The executor of the loop, but one that counts work.
    const asio::any_io_executor& counting_executor() const noexcept { return counting_executor_; }
    Deadlines& deadlines() noexcept { return deadlines_; }
    const Timeouts& timeouts() const noexcept { return timeouts_; }
    /// The end of a time that begins now; zero means that it has no end.
    TimePoint after(std::chrono::milliseconds timeout) const noexcept {
        return timeout.count() > 0 ? deadlines_.now() + timeout : TimePoint::max();
    }
    const std::shared_ptr<TlsContext>& tls() const noexcept { return tls_; }
    const TunnelSettings& tunnels() const noexcept { return tunnels_; }
    SearchSettings& search() noexcept { return search_; }
    const SocketSettings& sockets() const noexcept { return sockets_; }
    /// Connects in our place; may be null.
    const std::shared_ptr<hawser::Dialer>& guest() const noexcept { return guest_; }
    bool thread_safe() const noexcept { return thread_safe_; }

private:
    asio::any_io_executor counting_executor_;
    const IntrusivePtr<SocketLoop> loop_;
    Deadlines& deadlines_;
    Timeouts timeouts_;
    std::shared_ptr<TlsContext> tls_;
    TunnelSettings tunnels_;
    SearchSettings search_;
    const SocketSettings sockets_;
    const std::shared_ptr<hawser::Dialer> guest_;
    bool thread_safe_;
};

class NetDial final : public Dial,
                      public FrameSpace,
                      private Stream::Watcher,
                      private Deadlines::Node,
                      private AddressSearch::Owner,
                      private ConnectRace::Owner,
                      private GuestDial::Owner,
                      private TlsDial::Owner {
public:
    /// `forwarder`: the key is that of a connection to this proxy, which forwards requests.
    NetDial(NetDialer& dialer, const ConnectKey& key, ProxyPtr forwarder, DialOwner& owner);

    HAWSER_DECL void run(CalledFrom from) override;
    HAWSER_DECL void cancel(std::error_code cause, CalledFrom from) override;
    HAWSER_DECL std::string address() const override;

    // For LoopCoroutine.
    void loop_failed();

private:
    HAWSER_DECL void dispose() noexcept override;
    LoopCoroutine dial();
    const std::string& host() const noexcept { return route_ ? route_->host() : key_.host; }
    std::uint16_t port() const noexcept { return route_ ? route_->port() : key_.port; }
    /// No step has failed, and nobody has given up.
    bool goes_on() const noexcept { return !ec_ && !gave_up_; }
    bool begin_search();
    bool searches_on();
    void end_search();
    bool begin_guest_dial();
    void begin_connecting();
    std::optional<TimePoint> connecting();
    std::optional<Stream::Direction> proxying();
    bool begin_proxy_tls();
    bool begin_tunnel();
    bool begin_tls();
    std::optional<Stream::Direction> shaking_hands();
    bool connects_again();
    Event::Wait ready(Stream::Direction direction);
    void name_proxy();
    void describe_failure() noexcept;
    void finish();

    template <class Step>
    void step_done(Step&& step);
    HAWSER_DECL void on_ready(Stream::Direction direction) override;
    HAWSER_DECL void run_after_turn(Task& task) override;
    HAWSER_DECL void search_continues() override;
    HAWSER_DECL void connect_started(const asio::ip::tcp::endpoint& address) override;
    HAWSER_DECL void connect_done(const asio::ip::tcp::endpoint& address,
                                  std::error_code ec) override;
    HAWSER_DECL void attempt_ended(unsigned race, unsigned attempt, std::error_code ec) override;
    HAWSER_DECL void guest_dialed() override;
    HAWSER_DECL void server_verified() override;
    HAWSER_DECL void expired(CalledFrom from) override;
    HAWSER_DECL void keep_alive(bool on) noexcept override;
    template <class Tell>
    void tell(Tell tell);
    void give_up(std::error_code cause);

    /// Reports the end of the dial, with no lock held.
    struct Report final : Task {
        explicit Report(NetDial& reported) noexcept : dial(reported) {}
        HAWSER_DECL void run(CalledFrom from) override;
        NetDial& dial;
    };

    NetDialer& dialer_;
    DialOwner& owner_;
    const ConnectKey key_;
    const ProxyPtr proxy_;  // a part of the way, or the host that it dials; null if there is none
    Monitor monitor_;
    DialStep step_;
    Report report_{*this};

    std::unique_ptr<ProxyRoute> route_;  // null: it needs no tunnel
    AddressSearch search_;
    ConnectRace race_;
    std::unique_ptr<GuestDial> guest_;  // null: it connects itself
    SharedEndpoint remote_;             // being tried, or connected to
    std::unique_ptr<TlsDial> tls_;      // null: it speaks no TLS
    std::unique_ptr<Stream> stream_;
    std::error_code ec_;  // result of the last step
    bool gave_up_ = false;
};

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/io/impl/net_dialer.ipp>
#endif
