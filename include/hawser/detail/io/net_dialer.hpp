// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Resolves a name, tries its addresses in turn, has a proxy make a tunnel, and performs the TLS
// handshake, each step with its own deadline and error. A dial is one coroutine. A call that may
// stay stuck (getaddrinfo) is left behind, never waited for.

#include <hawser/config.hpp>
#include <hawser/detail/io/address_filter_call.hpp>
#include <hawser/detail/io/dial_step.hpp>
#include <hawser/detail/io/dialer.hpp>
#include <hawser/detail/io/known_hosts.hpp>
#include <hawser/detail/io/name_lookup.hpp>
#include <hawser/detail/io/proxy_route.hpp>
#include <hawser/detail/io/tls_stream.hpp>
#include <hawser/detail/policy/connect_attempts.hpp>
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

namespace hawser::detail {

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
        std::chrono::milliseconds tls_handshake;
    };

    const asio::any_io_executor& executor() const noexcept { return executor_; }
    /// The same executor, but one that counts work.
    const asio::any_io_executor& counting_executor() const noexcept { return counting_executor_; }
    Deadlines& deadlines() noexcept { return deadlines_; }
    const Timeouts& timeouts() const noexcept { return timeouts_; }
    const std::shared_ptr<TlsContext>& tls() const noexcept { return tls_; }
    const TunnelSettings& tunnels() const noexcept { return tunnels_; }
    const KnownHosts& known_hosts() const noexcept { return known_hosts_; }
    const AddressFilter& address_filter() const noexcept { return address_filter_; }
    const ContextWork& work() const noexcept { return work_; }
    bool thread_safe() const noexcept { return thread_safe_; }

private:
    asio::any_io_executor counting_executor_;
    asio::any_io_executor executor_;
    ContextWork work_;
    Deadlines& deadlines_;
    Timeouts timeouts_;
    std::shared_ptr<TlsContext> tls_;
    TunnelSettings tunnels_;
    KnownHosts known_hosts_;
    AddressFilter address_filter_;
    bool thread_safe_;
};

class NetDial final : public Dial,
                      private Stream::Watcher,
                      private Deadlines::Node,
                      private NameLookup::Owner {
public:
    NetDial(NetDialer& dialer, const ConnectKey& key, DialOwner& owner);

    HAWSER_DECL void run(CalledFrom from) override;
    HAWSER_DECL void cancel(std::error_code cause, CalledFrom from) override;
    HAWSER_DECL std::string address() const override;

    /// Called by LoopCoroutine.
    void loop_failed();

private:
    using Endpoint = asio::ip::tcp::endpoint;

    LoopCoroutine dial();
    const std::string& host() const noexcept { return route_ ? route_->host() : key_.host; }
    std::uint16_t port() const noexcept { return route_ ? route_->port() : key_.port; }
    bool needs_resolver();
    bool begin_filter();
    void filtered();
    bool looks_up_another();
    bool begin_resolve();
    bool begin_connect(const Endpoint& endpoint);
    bool connected();
    void note_failed_connect();
    bool begin_tunnel();
    void end_tunnel();
    bool begin_tls();
    bool begin_verify();
    void verified();
    bool connects_again();
    bool retries_without_session();
    Event::Wait ready(Stream::Direction direction);
    void describe_failure() noexcept;
    void finish();

    template <class Step>
    void step_done(std::optional<unsigned> number, Step&& step);  // none: the current one
    TimePoint after(std::chrono::milliseconds timeout) const;
    HAWSER_DECL void on_ready(Stream::Direction direction) override;
    HAWSER_DECL void resolved(const LookupResult& result) override;
    HAWSER_DECL void expired(CalledFrom from) override;
    HAWSER_DECL void keep_alive(bool on) noexcept override;
    template <class Tell>
    void tell(Tell tell);
    void give_up(std::error_code cause);

    /// Asks the user's filter about the addresses, with no lock held.
    struct Filter final : Task {
        explicit Filter(NetDial& filtered) noexcept : dial(filtered) {}
        HAWSER_DECL void run(CalledFrom from) override;
        void ask();
        void note(const char* what) noexcept;
        NetDial& dial;
        std::vector<Endpoint> asked{};
        std::vector<Endpoint> accepted{};
        Fault refused{};
        std::error_code ec{};
    };

    /// Asks the user about the server, with no lock held. It needs nothing of the dialer, which may
    /// be gone once the dial was given up.
    struct Verify final : Task {
        explicit Verify(NetDial& verified) noexcept : dial(verified) {}
        HAWSER_DECL void run(CalledFrom from) override;
        NetDial& dial;
        std::shared_ptr<TlsContext> context{};
        TlsPeer server{};
        Fault fault{};
        std::error_code ec{};
    };

    /// Reports the end of the dial, with no lock held.
    struct Report final : Task {
        explicit Report(NetDial& reported) noexcept : dial(reported) {}
        HAWSER_DECL void run(CalledFrom from) override;
        NetDial& dial;
    };

    NetDialer& dialer_;
    DialOwner& owner_;
    const ConnectKey key_;
    Monitor monitor_;
    DialStep step_;
    Report report_{*this};
    Filter filter_{*this};
    Verify verify_{*this};

    std::unique_ptr<ProxyRoute> route_;  // null: it needs no tunnel
    IntrusivePtr<NameLookup> lookup_;    // until it reports
    std::optional<StreamSocket> socket_;
    mutable OptionalMutex remote_mutex_;  // held while ends_.remote changes; see address()
    TcpEnds ends_;                        // of the socket
    std::vector<Endpoint> addresses_;
    ConnectAttempts attempts_;
    TlsStream* tls_ = nullptr;  // stream_, if it is a TLS stream
    std::unique_ptr<Stream> stream_;
    std::error_code ec_;  // result of the last step
    struct {
        TimePoint until{};
        hawser::error timeout{};
    } stage_;  // the tunnel, or TLS: one deadline for all its steps
    bool gave_up_ = false;
    bool without_session_ = false;  // the server refused a session in this dial
};

}  // namespace hawser::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/io/impl/net_dialer.ipp>
#endif
