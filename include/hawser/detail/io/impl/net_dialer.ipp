// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/io/net_dialer.hpp>
#include <hawser/detail/io/translate_error.hpp>
#include <hawser/detail/message/request_writer.hpp>
#include <hawser/detail/message/response_reader.hpp>
#include <hawser/detail/policy/localhost.hpp>
#include <hawser/detail/policy/session_retry.hpp>
#include <hawser/error.hpp>

#include <asio/ip/address.hpp>

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

namespace hawser::detail {

/// For example "127.0.0.1:80" or "[::1]:443".
inline std::string to_text(const asio::ip::tcp::endpoint& endpoint) {
    const std::string address = endpoint.address().to_string();
    const std::string port = ':' + std::to_string(endpoint.port());
    return endpoint.address().is_v6() ? '[' + address + ']' + port : address + port;
}

/// The endpoint as one of TCP, which it must be.
inline asio::ip::tcp::endpoint to_tcp(const asio::generic::stream_protocol::endpoint& generic) {
    asio::ip::tcp::endpoint endpoint;
    std::memcpy(endpoint.data(), generic.data(), std::min(generic.size(), endpoint.capacity()));
    return endpoint;
}

/// Connections with equal keys may resume each other's TLS sessions.
inline std::string session_key(const ConnectKey& key) {
    return key.host + ':' + std::to_string(key.port) + ' ' + key.tag;
}

HAWSER_DECL NetDialer::NetDialer(asio::any_io_executor executor,
                                 const TransportOptions& options,
                                 Deadlines& deadlines,
                                 DigestSessions& proxy_nonces)
    : counting_executor_(std::move(executor)),
      executor_(untracked(counting_executor_)),
      work_(asio::query(executor_, asio::execution::context)),
      deadlines_(deadlines),
      timeouts_{options.resolve_timeout,
                options.connect_timeout,
                options.connect_total_timeout,
                options.tls_handshake_timeout},
      tls_(std::make_shared<TlsContext>(options.tls, options.thread_safe)),
      tunnels_{options.user_agent.value_or(std::string(default_user_agent)),
               head_limits(options.max_response_header_bytes, options.max_response_header_fields),
               &proxy_nonces},
      known_hosts_(options.resolve),
      address_filter_(options.address_filter),
      thread_safe_(options.thread_safe) {}

/// For a connection to a proxy that forwards requests, the key of a connection to its host.
inline ConnectKey first_hop(const ConnectKey& key) {
    ConnectKey hop = key;
    if (key.proxy && key.proxy->kind == ProxyKind::http && key.host.empty()) {
        hop.host = key.proxy->host;
        hop.port = key.proxy->port;
        hop.proxy = nullptr;
    }
    return hop;
}

HAWSER_DECL IntrusivePtr<Dial> NetDialer::make(const ConnectKey& key, DialOwner& owner) {
    return IntrusivePtr<Dial>(new NetDial(*this, first_hop(key), owner));
}

HAWSER_DECL NetDial::NetDial(NetDialer& dialer, const ConnectKey& key, DialOwner& owner)
    : dialer_(dialer),
      owner_(owner),
      key_(key),
      monitor_(dialer.thread_safe()),
      step_(monitor_, dialer.deadlines(), *this),
      route_(key.proxy ? std::make_unique<ProxyRoute>(key_, dialer.tunnels()) : nullptr),
      remote_mutex_(dialer.thread_safe()) {}

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
        if (needs_resolver()) {
            if (begin_resolve()) {
                co_await step_.wait(after(dialer_.timeouts().resolve), error::resolve_timeout);
            }
            tell([ec = ec_, found = addresses_](ClientTrace& to) { to.dns_done(ec, found); });
        }
        if (begin_filter()) {
            co_await step_.wait(TimePoint::max(), error::connect_timeout);
        }
    } while (looks_up_another());
    attempts_.limit(dialer_.timeouts().connect, after(dialer_.timeouts().connect_total));
    do {
        attempts_.start(addresses_.size());
        for (const Endpoint& endpoint : std::exchange(addresses_, {})) {
            if (gave_up_) {
                break;
            }
            const TimePoint until = attempts_.next(dialer_.deadlines().now());
            if (begin_connect(endpoint)) {
                co_await step_.wait(until, error::connect_timeout);
            }
            const bool done = !gave_up_ && connected();
            tell([=, ec = ec_](ClientTrace& to) { to.connect_done(endpoint, ec); });
            if (done) {
                break;
            }
            note_failed_connect();
        }
        if (!ec_ && !gave_up_ && begin_tunnel()) {
            while (const auto direction = route_->step(*stream_, ec_)) {
                co_await ready(*direction);
                if (gave_up_ || ec_) {
                    break;
                }
            }
            end_tunnel();
        }
        if (!ec_ && !gave_up_ && begin_tls()) {
            while (const auto direction = tls_->handshake(ec_)) {
                co_await ready(*direction);
                if (gave_up_) {
                    break;
                }
            }
            if (begin_verify()) {
                co_await step_.wait(stage_.until, stage_.timeout);
            }
            tell([ec = ec_](ClientTrace& to) { to.tls_handshake_done(ec); });
        }
    } while (connects_again());
    finish();
}

// ── The steps ────────────────────────────────────────────────────────────────────────────────────

HAWSER_DECL bool NetDial::needs_resolver() {
    if (route_ && !route_->refusal().empty()) {  // nothing goes out directly that should not
        ec_ = error::connect_failed;
        fault.reason = route_->refusal();
        return false;
    }
    if (const auto* const known = dialer_.known_hosts().find(host(), port())) {
        addresses_ = *known;
        return false;
    }
    std::error_code not_an_address;
    const auto address = asio::ip::make_address(host(), not_an_address);
    if (not_an_address) {
        return !gave_up_;
    }
    const std::size_t zone = host().find('%');
    if (zone != std::string::npos && address.is_v6() && address.to_v6().scope_id() == 0) {
        ec_ = lost_in_resolve({ENODEV, std::system_category()});
        fault.cause = cause_of(ec_);
        fault.reason = "no network interface is \"" + host().substr(zone + 1) + '"';
    } else {
        addresses_.emplace_back(address, port());
    }
    return false;
}

// False: there is no filter, or nothing to ask it about.
HAWSER_DECL bool NetDial::begin_filter() {
    if (!dialer_.address_filter() || addresses_.empty() || ec_ || gave_up_) {
        return false;
    }
    filter_.ec = {};
    filter_.asked = std::exchange(addresses_, {});
    filter_.accepted.clear();
    filter_.refused = {};
    add_ref();  // released by the task
    monitor_.after(filter_);
    return true;
}

/// "::ffff:127.0.0.1" leads to 127.0.0.1, and a filter must see that.
inline asio::ip::address unmapped(const asio::ip::address& address) {
    return address.is_v6() && address.to_v6().is_v4_mapped()
               ? asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6())
               : address;
}

HAWSER_DECL void NetDial::Filter::ask() {
    for (const Endpoint& endpoint : asked) {
        const asio::ip::address address = unmapped(endpoint.address());
        if (AddressFilterCall::accepts(dial.dialer_.address_filter(), address)) {
            accepted.push_back(endpoint);
        } else {
            refused.reason.append(refused.reason.empty() ? "address_filter refused " : ", ")
                .append(address.to_string());
        }
    }
    if (accepted.empty()) {
        ec = error::connect_failed;
    }
}

/// What a filter threw; if memory is short, the code must suffice.
HAWSER_DECL void NetDial::Filter::note(const char* what) noexcept try {
    ec = error::connect_failed;
    refused.reason = std::string("address_filter threw").append(*what != '\0' ? ": " : "");
    refused.reason.append(printable(what));
} catch (const std::bad_alloc&) {
}

// Ends the step, whatever the filter does. If all addresses are refused, the dial ends.
HAWSER_DECL void NetDial::Filter::run(CalledFrom) {
    const auto self = IntrusivePtr<NetDial>::adopt(&dial);
    struct End {
        ~End() { filter.dial.filtered(); }
        Filter& filter;
    } const end{*this};
    try {
        ask();
    }
    HAWSER_CATCH_FORCED_UNWIND
    catch (const std::system_error& e) {
        ec = e.code() ? e.code() : make_error_code(error::connect_failed);
    }
    catch (const std::bad_alloc&) {
        ec = error::resource_exhausted;
    }
    catch (const std::exception& e) {
        note(e.what());
    }
    catch (...) {
        note("");
    }
}

HAWSER_DECL void NetDial::filtered() {
    step_done(std::nullopt, [this] {
        ec_ = filter_.ec;
        if (ec_) {
            fault = std::move(filter_.refused);
        } else {
            addresses_ = std::move(filter_.accepted);
        }
    });
}

// A SOCKS5 proxy gets the address of the target; then its own is needed.
HAWSER_DECL bool NetDial::looks_up_another() {
    if (!route_ || ec_ || gave_up_ || addresses_.empty() ||
        !route_->found(addresses_.front().address())) {
        return false;
    }
    addresses_.clear();
    return true;
}

// False: the addresses are already known, or it failed.
HAWSER_DECL bool NetDial::begin_resolve() {
    tell([name = host()](ClientTrace& to) { to.dns_start(name); });
    if (is_localhost(host())) {  // most servers listen on IPv4, some on both, few on IPv6 only
        addresses_.emplace_back(asio::ip::address_v4::loopback(), port());
        addresses_.emplace_back(asio::ip::address_v6::loopback(), port());
        return false;
    }
    try {
        lookup_ =
            NameLookup::start(host(), dialer_.counting_executor(), *this, LookupPool::of_process());
        return true;
    } catch (const std::system_error& failure) {
        ec_ = lost_in_resolve(failure.code());
        fault.cause = cause_of(ec_);
        fault.reason = "no thread for looking up the name";
    }
    return false;
}

HAWSER_DECL void NetDial::resolved(const LookupResult& result) {
    step_done(std::nullopt, [&] {  // it was given up, or its step still waits
        lookup_ = nullptr;
        ec_ = result.ec ? lost_in_resolve(result.ec) : std::error_code();
        fault.cause = result.ec;
        addresses_ = result.addresses;
        for (Endpoint& address : addresses_) {
            address.port(port());
        }
    });
}

// False: it failed at once.
HAWSER_DECL bool NetDial::begin_connect(const Endpoint& endpoint) {
    phase = Failure::Phase::connect;
    tell([=](ClientTrace& to) { to.connect_start(endpoint); });
    {
        std::lock_guard lock(remote_mutex_);
        ends_.remote = endpoint;
    }
    ec_ = {};
    socket_.reset();
    socket_.emplace(open_socket(dialer_.executor(), endpoint.protocol(), ec_));
    if (ec_) {
        return false;
    }
    socket_->async_connect(
        endpoint,
        [self = IntrusivePtr<NetDial>(this), number = step_.number()](std::error_code ec) {
            self->step_done(number, [&] { self->ec_ = ec; });
        });
    return true;
}

HAWSER_DECL std::string NetDial::address() const {
    std::lock_guard lock(remote_mutex_);
    return ends_.remote.port() == 0 ? std::string() : to_text(ends_.remote);
}

HAWSER_DECL bool NetDial::connected() {
    if (!ec_) {
        std::error_code ignored;
        ends_.local = to_tcp(socket_->local_endpoint(ignored));
        if (ends_.local == ends_.remote) {  // TCP self-connect: nobody listens on this port
            ec_ = std::make_error_code(std::errc::connection_refused);
        } else {
            reregister(*socket_, ends_.local.protocol(), ec_);
        }
    }
    if (ec_ && ec_ != error::connect_timeout) {
        ec_ = lost_in_connect(ec_);
    }
    return !ec_;
}

// Until the dial ends, the result is the most telling failure.
HAWSER_DECL void NetDial::note_failed_connect() {
    attempts_.failed(to_text(ends_.remote), ec_);
    ec_ = gave_up_ ? ec_ : attempts_.error();
}

// False: there is no proxy. The stream then owns the socket.
HAWSER_DECL bool NetDial::begin_tunnel() {
    if (!route_) {
        return false;
    }
    phase = Failure::Phase::proxy;
    fault = {};
    stream_ = std::make_unique<TcpStream>(std::move(*socket_), ends_, dialer_.work());
    socket_.reset();
    stage_ = {after(dialer_.timeouts().connect), error::connect_timeout};
    route_->begin();
    return true;
}

HAWSER_DECL void NetDial::end_tunnel() {
    if (ec_ || gave_up_) {
        fault = route_->fault();
    } else if (key_.https) {
        socket_ = std::move(static_cast<TcpStream&>(*stream_).socket());
        stream_.reset();
    }
}

// False: plain TCP, or it failed. The stream then owns the socket.
HAWSER_DECL bool NetDial::begin_tls() {
    fault = {};
    if (!key_.https) {
        if (!stream_) {
            stream_ = std::make_unique<TcpStream>(std::move(*socket_), ends_, dialer_.work());
            socket_.reset();
        }
        return false;
    }
    phase = Failure::Phase::tls;
    using Resume = TlsContext::Resume;
    SslPtr ssl = dialer_.tls()->make_ssl(
        key_.host, session_key(key_), without_session_ ? Resume::no : Resume::yes, ec_, fault);
    if (!ssl) {
        return false;
    }
    auto stream = std::make_unique<TlsStream>(std::move(*socket_),
                                              ends_,
                                              dialer_.work(),
                                              std::move(ssl),
                                              TlsSessionOwner{dialer_.tls(), session_key(key_)});
    socket_.reset();
    tell([](ClientTrace& to) { to.tls_handshake_start(); });
    tls_ = stream.get();
    stream_ = std::move(stream);
    if (!without_session_ || route_) {
        stage_ = {after(dialer_.timeouts().tls_handshake), error::tls_timeout};
    }
    return true;
}

// False: the handshake failed, or the user does not ask to see the server.
HAWSER_DECL bool NetDial::begin_verify() {
    if (ec_ || gave_up_ || !dialer_.tls()->asks_user()) {
        return false;
    }
    ConnectionInfo info;
    tls_->describe(info);
    verify_.context = dialer_.tls();
    verify_.server = std::move(info.tls_peer);
    verify_.ec = error::cert_error;  // unless it is asked to the end
    add_ref();                       // released by the task
    monitor_.after(verify_);
    return true;
}

// Ends the step, whatever the user's function does.
HAWSER_DECL void NetDial::Verify::run(CalledFrom) {
    const auto self = IntrusivePtr<NetDial>::adopt(&dial);
    struct End {
        ~End() { verify.dial.verified(); }
        Verify& verify;
    } const end{*this};
    ec = context->ask_user(dial.key_.host, server, fault);
}

HAWSER_DECL void NetDial::verified() {
    step_done(std::nullopt, [this] {
        ec_ = verify_.ec;
        if (ec_) {
            tls_->refuse(std::move(verify_.fault));
        }
    });
}

// True: the proxy gets an answer to its challenge, or the server a handshake without a session, on
// a new connection to the same address.
HAWSER_DECL bool NetDial::connects_again() {
    if (!route_ || gave_up_ || !route_->takes_answer()) {
        return retries_without_session();
    }
    ec_ = {};
    stream_->close();
    stream_.reset();
    addresses_ = {ends_.remote};
    return true;
}

// Call when TLS has ended or was never reached. True: the handshake failed because of the session
// it offered, so connect to the same address once more.
HAWSER_DECL bool NetDial::retries_without_session() {
    if (tls_ == nullptr || gave_up_) {
        return false;
    }
    fault = tls_->fault();
    if (without_session_) {
        if (!ec_) {
            dialer_.tls()->refused(session_key(key_));
        }
        return false;
    }
    without_session_ = dials_without_session(tls_->handshake_end(), tls_->offers_session());
    if (without_session_) {
        tls_ = nullptr;
        stream_->close();
        addresses_ = {ends_.remote};
    }
    return without_session_;
}

// One deadline for all steps of a stage. Both TLS handshakes of a dial share it.
HAWSER_DECL Event::Wait NetDial::ready(Stream::Direction direction) {
    stream_->wait(direction, *this);
    return step_.wait(stage_.until, stage_.timeout);
}

// Adds details that the steps did not record. If memory is short, the code must suffice.
HAWSER_DECL void NetDial::describe_failure() noexcept try {
    if (phase == Failure::Phase::resolve) {
        if (ec_ == error::resolve_timeout && lookup_ && lookup_->waits_for_thread()) {
            fault.reason = "all threads that look up names are waiting for answers";
        } else if (route_ && fault.reason.empty()) {
            fault.reason = route_->fault().reason;
        }
        return;
    }
    if (phase == Failure::Phase::connect) {
        fault = attempts_.fault();
    }
    if (gave_up_) {
        fault.cause = {};
    }
    if (gave_up_ || fault.address.empty()) {
        fault.address = to_text(ends_.remote);
    }
    if (route_ && phase == Failure::Phase::connect && fault.reason.empty()) {
        fault = {fault.cause, route_->fault().reason, fault.address};
    }
} catch (const std::bad_alloc&) {
}

HAWSER_DECL void NetDial::finish() {
    step_.end();
    if (ec_ || gave_up_) {
        describe_failure();
        socket_.reset();
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
    if (dial.lookup_) {
        dial.lookup_->forget();
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

template <class Step>
void NetDial::step_done(std::optional<unsigned> number, Step&& step) {
    monitor_.turn(CalledFrom::executor, [&] {
        if (!step_.end(number.value_or(step_.number()))) {
            return;  // too late: given up or timed out
        }
        try {
            step();
        } catch (...) {
            ec_ = error_of_exception();
        }
    });
}

HAWSER_DECL TimePoint NetDial::after(std::chrono::milliseconds timeout) const {
    return timeout.count() > 0 ? dialer_.deadlines().now() + timeout : TimePoint::max();
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

// A connect that takes too long yields to the next address, if time is left. Any other timeout ends
// the dial.
HAWSER_DECL void NetDial::expired(CalledFrom from) {
    monitor_.turn(from, [&] {
        const TimePoint now = dialer_.deadlines().now();
        if (!step_.overdue(now)) {
            return;
        }
        if (phase == Failure::Phase::proxy && route_->ends_early()) {
            step_.end();
        } else if (step_.timeout() == error::connect_timeout && attempts_.in_time(now)) {
            ec_ = step_.timeout();
            step_.end();
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

}  // namespace hawser::detail
