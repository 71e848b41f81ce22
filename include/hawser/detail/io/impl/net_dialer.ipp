// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/io/endpoint_text.hpp>
#include <hawser/detail/io/net_dialer.hpp>
#include <hawser/detail/io/translate_error.hpp>
#include <hawser/detail/message/request_writer.hpp>
#include <hawser/detail/message/response_reader.hpp>
#include <hawser/error.hpp>

#include <new>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

HAWSER_COLD_DECL NetDialer::NetDialer(asio::any_io_executor executor,
                                      const TransportOptions& options,
                                      Deadlines& deadlines,
                                      DigestSessions& proxy_nonces)
    : counting_executor_(std::move(executor)),
      loop_(new SocketLoop(untracked(counting_executor_))),
      deadlines_(deadlines),
      timeouts_{options.resolve_timeout,
                options.connect_timeout,
                options.connect_total_timeout,
                options.connect_attempt_delay,
                options.tls_handshake_timeout},
      tls_(std::make_shared<TlsContext>(options.tls, options.thread_safe)),
      tunnels_{options.user_agent.value_or(std::string(default_user_agent)),
               head_limits(options.max_response_header_bytes, options.max_response_header_fields),
               &proxy_nonces},
      search_(options),
      sockets_(options),
      guest_(options.dialer),
      thread_safe_(options.thread_safe) {}

HAWSER_DECL IntrusivePtr<Dial> NetDialer::make(const ConnectKey& key, DialOwner& owner) {
    if (!key.proxy || !key.proxy->speaks_http() || !key.host.empty()) {
        return IntrusivePtr<Dial>(loop_->dials.make(*this, key, nullptr, owner));
    }
    ConnectKey hop = key;  // no further than to the proxy
    hop.host = key.proxy->host;
    hop.port = key.proxy->port;
    hop.proxy = nullptr;
    return IntrusivePtr<Dial>(loop_->dials.make(*this, hop, key.proxy, owner));
}

/// Null: neither the server nor the proxy speaks TLS.
inline std::unique_ptr<TlsDial> tls_dial(const NetDialer& dialer,
                                         const ConnectKey& key,
                                         const ProxyPtr& proxy,
                                         TlsDial::Owner& owner) {
    const bool with_proxy = proxy && proxy->kind == ProxyKind::https;
    return key.https || with_proxy
               ? std::make_unique<TlsDial>(dialer.tls(), key, with_proxy ? proxy : nullptr, owner)
               : nullptr;
}

HAWSER_DECL NetDial::NetDial(NetDialer& dialer,
                             const ConnectKey& key,
                             ProxyPtr forwarder,
                             DialOwner& owner)
    : dialer_(dialer),
      owner_(owner),
      key_(key),
      proxy_(forwarder ? std::move(forwarder) : key.proxy),
      monitor_(dialer.thread_safe()),
      step_(monitor_, dialer.deadlines(), *this),
      route_(key.proxy ? std::make_unique<ProxyRoute>(key_, dialer.tunnels()) : nullptr),
      search_(dialer.search(), dialer.counting_executor(), *this),
      race_(dialer.sockets(), dialer.loop(), *this),
      guest_(dialer.guest() ? new GuestDial(dialer.guest(), *this) : nullptr),
      remote_(dialer.thread_safe()),
      tls_(tls_dial(dialer, key_, proxy_, *this)) {}

HAWSER_DECL void NetDial::dispose() noexcept {
    SocketLoop& loop = race_.loop();
    loop.add_ref();  // an IntrusivePtr asks whether it is null: g++ 12 would warn of that case
    this->~NetDial();
    loop.dials.keep(this);
    loop.release();
}

HAWSER_DECL void NetDial::run(CalledFrom from) {
    monitor_.turn(from, [&] {
        try {
            dial();
        } catch (...) {
            loop_failed();
        }
    });
}

// The caller of this turn keeps the dial alive.
HAWSER_DECL void NetDial::loop_failed() {
    ec_ = error_of_exception();
    finish();
}

HAWSER_DECL LoopCoroutine NetDial::dial() {
    const IntrusivePtr<NetDial> self(this);
    do {
        if (begin_search()) {
            co_await step_.wait(dialer_.after(dialer_.timeouts().resolve), error::resolve_timeout);
            end_search();
        }
        if (goes_on() && search_.begin_filter()) {
            co_await step_.wait(TimePoint::max(), error::connect_timeout);
        }
    } while (searches_on());
    const TimePoint all_until = dialer_.after(dialer_.timeouts().connect_total);
    race_.attempts.limit(dialer_.timeouts().connect, all_until, dialer_.timeouts().attempt_delay);
    do {
        if (begin_guest_dial()) {
            co_await step_.wait(all_until, error::connect_timeout);
        }
        for (begin_connecting(); const auto until = connecting();) {
            co_await step_.wait(*until, error::connect_timeout);
        }
        if (begin_proxy_tls() || begin_tunnel()) {
            while (const auto direction = proxying()) {
                co_await ready(*direction);
            }
        }
        if (begin_tls()) {
            while (const auto direction = shaking_hands()) {
                co_await ready(*direction);
            }
            if (goes_on() && tls_->begin_verify()) {
                co_await step_.wait_in_stage();
            }
            tell([ec = ec_](ClientTrace& to) { to.tls_handshake_done(ec); });
        }
    } while (connects_again());
    finish();
}

// ── The addresses ────────────────────────────────────────────────────────────────────────────────

// True: wait for a resolver.
HAWSER_DECL bool NetDial::begin_search() {
    const bool needs_none = guest_ || dialer_.sockets().unix_endpoint();
    if (gave_up_ || (needs_none && !(route_ && route_->wants_target()))) {
        search_.addresses.clear();
        return false;
    }
    using Source = AddressSearch::Source;
    const Source source = search_.begin(host(), port(), dialer_.deadlines());
    if (source != Source::known) {
        tell([name = host()](ClientTrace& to) { to.dns_start(name); });
    }
    search_.take_error(ec_, fault);
    const bool waits = source == Source::resolver && !ec_;
    if (source != Source::known && !waits) {
        end_search();
    }
    return waits;
}

HAWSER_DECL void NetDial::end_search() {
    tell([ec = ec_, found = search_.addresses.copy()](ClientTrace& to) { to.dns_done(ec, found); });
}

// A SOCKS5 proxy gets the address of the target; then its own is needed.
HAWSER_DECL bool NetDial::searches_on() {
    return route_ && goes_on() && !search_.addresses.empty() &&
           route_->found(search_.addresses.front().address());
}

// ── The connection ───────────────────────────────────────────────────────────────────────────────

// True: wait for the user's dialer.
HAWSER_DECL bool NetDial::begin_guest_dial() {
    if (!guest_ || !goes_on()) {
        return false;
    }
    phase = Failure::Phase::connect;
    connect_started({});
    guest_->begin({host(), port(), key_.https}, dialer_.counting_executor());
    run_after_turn(*guest_);
    return true;
}

HAWSER_DECL void NetDial::guest_dialed() {
    step_done([this] {
        std::optional<StreamSocket> socket = guest_->take(dialer_.loop().executor, ec_, fault);
        if (!ec_) {
            const TcpEnds ends = ends_of(*socket);
            stream_ = TcpStream::make(dialer_.loop(), std::move(*socket), ends);
            remote_.set(ends.remote);
        }
        connect_done(remote_.get(), ec_);
    });
}

HAWSER_DECL void NetDial::begin_connecting() {
    if (guest_ || !goes_on()) {
        return;
    }
    phase = Failure::Phase::connect;
    if (dialer_.sockets().unix_endpoint()) {
        search_.addresses.set({});
    }
    race_.start(search_.addresses);
    search_.addresses.clear();
}

// Nothing: connected, failed, or given up.
HAWSER_DECL std::optional<TimePoint> NetDial::connecting() {
    if (!race_.running()) {
        return std::nullopt;
    }
    if (gave_up_) {
        race_.stop();
        return std::nullopt;
    }
    const auto until = race_.advance(dialer_.deadlines().now());
    if (until) {
        return until;
    }
    ec_ = race_.error();
    if (ec_) {
        search_.were_useless();
    } else {
        std::unique_ptr<TcpStream> stream = race_.take_stream();
        remote_.set(stream->ends().remote);
        stream_ = std::move(stream);
    }
    return std::nullopt;
}

HAWSER_DECL void NetDial::connect_started(const asio::ip::tcp::endpoint& address) {
    tell([=](ClientTrace& to) { to.connect_start(address); });
    remote_.set(address);
}

HAWSER_DECL void NetDial::connect_done(const asio::ip::tcp::endpoint& address, std::error_code ec) {
    tell([=](ClientTrace& to) { to.connect_done(address, ec); });
}

HAWSER_DECL void NetDial::attempt_ended(unsigned race, unsigned attempt, std::error_code ec) {
    monitor_.turn(CalledFrom::executor, [&] {
        if (race_.running() && race_.ended(race, attempt, ec)) {
            step_.end();
        }
    });
}

HAWSER_DECL std::string NetDial::address() const {
    return endpoint_text(remote_.get());
}

// ── What is spoken on it ─────────────────────────────────────────────────────────────────────────

// Nothing: the way through the proxy stands, or it failed.
HAWSER_DECL std::optional<Stream::Direction> NetDial::proxying() {
    if (tls_ && tls_->begun()) {
        if (const auto direction = shaking_hands()) {
            return direction;
        }
        tls_->end_with_proxy(!goes_on(), fault);
        tell([ec = ec_](ClientTrace& to) { to.tls_handshake_done(ec); });
        if (!begin_tunnel()) {
            return std::nullopt;
        }
    }
    const auto direction = goes_on() ? route_->step(*stream_, ec_) : std::nullopt;
    if (!direction && !goes_on()) {
        fault = route_->fault();
    }
    return direction;
}

// False: no TLS is spoken with a proxy, or it failed.
HAWSER_DECL bool NetDial::begin_proxy_tls() {
    if (!tls_ || !tls_->proxy() || !goes_on()) {
        return false;
    }
    phase = Failure::Phase::proxy;
    fault = {};
    if (!tls_->begin_with_proxy(stream_, ec_, fault)) {
        return false;
    }
    tell([](ClientTrace& to) { to.tls_handshake_start(); });
    step_.begin_stage(dialer_.after(dialer_.timeouts().tls_handshake), error::tls_timeout);
    return true;
}

// False: there is no tunnel to make.
HAWSER_DECL bool NetDial::begin_tunnel() {
    if (!route_ || !goes_on()) {
        return false;
    }
    phase = Failure::Phase::proxy;
    fault = {};
    step_.begin_stage(dialer_.after(dialer_.timeouts().connect), error::connect_timeout);
    route_->begin();
    return true;
}

// False: plain TCP, or it failed.
HAWSER_DECL bool NetDial::begin_tls() {
    if (!goes_on()) {
        return false;
    }
    if (!key_.https) {
        return false;
    }
    fault = {};
    phase = Failure::Phase::tls;
    const bool first = !tls_->without_session();
    if (!tls_->begin_with_server(stream_, ec_, fault)) {
        return false;
    }
    tell([](ClientTrace& to) { to.tls_handshake_start(); });
    if (first || route_) {
        step_.begin_stage(dialer_.after(dialer_.timeouts().tls_handshake), error::tls_timeout);
    }
    return true;
}

// Nothing: it has ended, or was given up.
HAWSER_DECL std::optional<Stream::Direction> NetDial::shaking_hands() {
    return gave_up_ ? std::nullopt : tls_->handshake(ec_);
}

HAWSER_DECL void NetDial::server_verified() {
    step_done([this] { tls_->take_verdict(ec_); });
}

// True: the proxy gets an answer to its challenge, or the server a handshake without a session, on
// a new connection to the same address. Call when TLS has ended or was never reached.
HAWSER_DECL bool NetDial::connects_again() {
    const bool answers = route_ && !gave_up_ && route_->takes_answer();
    const bool retries =
        !answers && tls_ && tls_->begun() && !gave_up_ && tls_->retries_without_session(ec_, fault);
    if (answers || retries) {
        ec_ = {};
        stream_->close();
        stream_.reset();
        search_.addresses.set(remote_.get());
    }
    return answers || retries;
}

// All steps of a stage have one deadline. Both TLS handshakes of a dial share it.
HAWSER_DECL Event::Wait NetDial::ready(Stream::Direction direction) {
    stream_->wait(direction, *this);
    return step_.wait_in_stage();
}

// What failed may be the proxy: its name comes before the reason.
HAWSER_COLD_DECL void NetDial::name_proxy() {
    const bool reached = phase > Failure::Phase::connect;
    const bool of_target = phase == Failure::Phase::resolve && route_ && route_->wants_target();
    if (!proxy_ || reached || of_target) {
        return;
    }
    std::string reason = "the proxy ";
    reason.append(proxy_->name).append(fault.reason.empty() ? "" : ": ").append(fault.reason);
    fault.reason = std::move(reason);
}

// Adds details that the steps did not record. If memory is short, the code must suffice.
HAWSER_COLD_DECL void NetDial::describe_failure() noexcept try {
    if (phase == Failure::Phase::resolve) {
        if (ec_ == error::resolve_timeout && search_.waits_for_thread()) {
            fault.reason = "all threads that look up names are waiting for answers";
        }
        name_proxy();
        return;
    }
    if (phase == Failure::Phase::connect && !guest_) {
        fault = race_.attempts.fault();
    }
    if (gave_up_) {
        fault.cause = {};
    }
    if (gave_up_ || fault.address.empty()) {
        fault.address = endpoint_text(remote_.get());
    }
    name_proxy();
} catch (const std::bad_alloc&) {
}

HAWSER_DECL void NetDial::finish() {
    step_.end();
    if (race_.running()) {  // an exception has ended the dial
        race_.stop();
    }
    if (ec_ || gave_up_) {
        describe_failure();
        if (stream_) {
            stream_->close();
        }
    }
    gave_up_ = true;  // the report owns ec_ from now on
    add_ref();        // released by the report
    monitor_.after(report_);
}

// Forgets an abandoned lookup before the owner may release the executor, and outside the monitor:
// an executor that runs everything at once may need the monitor meanwhile.
HAWSER_DECL void NetDial::Report::run(CalledFrom from) {
    const auto self = IntrusivePtr<NetDial>::adopt(&dial);
    dial.search_.forget();
    if (dial.guest_) {
        dial.guest_->forget();
    }
    if (dial.ec_) {
        dial.owner_.dial_failed(dial, dial.ec_, from);
    } else {
        dial.owner_.dialed(dial, std::move(dial.stream_), from);
    }
}

// Tells the trace of the request that this dials for, after this turn.
template <class Tell>
void NetDial::tell(Tell tell) {
    if (trace && trace->add(std::move(tell))) {
        monitor_.after(*trace);
    }
}

// ── Waiting ──────────────────────────────────────────────────────────────────────────────────────

// The step that is being waited for has ended, unless it was given up or timed out.
template <class Step>
void NetDial::step_done(Step&& step) {
    monitor_.turn(CalledFrom::executor, [&] {
        if (!step_.pending()) {
            return;
        }
        step_.end();
        try {
            step();
        } catch (...) {
            ec_ = error_of_exception();
        }
    });
}

HAWSER_DECL void NetDial::run_after_turn(Task& task) {
    add_ref();  // released by the task
    monitor_.after(task);
}

HAWSER_DECL void NetDial::search_continues() {
    step_done([this] {
        search_.take(dialer_.deadlines().now());
        search_.take_error(ec_, fault);
    });
}

// Only the tunnel and the TLS handshake wait like this.
HAWSER_DECL void NetDial::on_ready(Stream::Direction) {
    monitor_.turn(CalledFrom::executor, [&] {
        if (step_.pending()) {
            step_.end();
        }
    });
}

HAWSER_DECL void NetDial::keep_alive(bool on) noexcept {
    on ? add_ref() : release();
}

// Any timeout but that of a connect ends the dial.
HAWSER_DECL void NetDial::expired(CalledFrom from) {
    monitor_.turn(from, [&] {
        const TimePoint now = dialer_.deadlines().now();
        if (!step_.overdue(now)) {
            return;
        }
        const bool talks = phase == Failure::Phase::proxy && !(tls_ && tls_->begun());
        if (race_.running() || (talks && route_->ends_early())) {
            step_.end();  // connecting() and tunneling() know what to do
        } else {
            give_up(step_.timeout());
        }
    });
}

HAWSER_DECL void NetDial::cancel(std::error_code cause, CalledFrom from) {
    monitor_.turn(from, [&] { give_up(cause); });
}

HAWSER_DECL void NetDial::give_up(std::error_code cause) {
    if (!std::exchange(gave_up_, true)) {
        ec_ = cause;
        step_.end();
    }
}

}  // namespace hawser::inline HAWSER_ABI::detail
