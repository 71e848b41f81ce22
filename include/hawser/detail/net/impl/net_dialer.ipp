// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/net/net_dialer.hpp>
#include <hawser/detail/net/translate_error.hpp>
#include <hawser/detail/policy/connect_budget.hpp>
#include <hawser/error.hpp>

#include <asio/ip/address.hpp>

#include <algorithm>
#include <utility>

namespace hawser::detail {

HAWSER_DECL NetDialer::NetDialer(asio::any_io_executor executor,
                                 const TransportOptions& options,
                                 Deadlines& deadlines)
    : executor_(untracked(executor)),
      work_(asio::query(executor_, asio::execution::context)),
      deadlines_(deadlines),
      timeouts_{options.resolve_timeout,
                options.connect_timeout,
                options.connect_total_timeout,
                options.tls_handshake_timeout},
      tls_(std::make_shared<TlsContext>(options.tls, options.thread_safe)),
      thread_safe_(options.thread_safe) {}

HAWSER_DECL IntrusivePtr<Dial> NetDialer::make(const ConnectKey& key, DialOwner& owner) {
    return IntrusivePtr<Dial>(new NetDial(*this, key, owner));
}

HAWSER_DECL NetDial::NetDial(NetDialer& dialer, const ConnectKey& key, DialOwner& owner)
    : dialer_(dialer),
      owner_(owner),
      key_(key),
      monitor_(dialer.thread_safe()),
      step_(monitor_),
      resolver_(dialer.executor()),
      socket_(dialer.executor()) {}

HAWSER_DECL void NetDial::run(Context context) {
    monitor_.turn(context, [&] { dial(); });
}

HAWSER_DECL Strand NetDial::dial() {
    const IntrusivePtr<NetDial> self(this);
    if (needs_resolver()) {
        co_await resolve();
        tell([ec = ec_, addresses = addresses_](ClientTrace& trace) {
            trace.dns_done(ec, addresses);
        });
    }
    connect_until_ = after(dialer_.timeouts().connect_total);
    std::size_t left = addresses_.size();
    for (const Endpoint& endpoint : std::exchange(addresses_, {})) {
        if (gave_up_) {
            break;
        }
        co_await connect(endpoint, left--);
        const bool done = !gave_up_ && connected();
        tell([=, ec = ec_](ClientTrace& trace) { trace.connect_done(endpoint, ec); });
        if (done) {
            break;
        }
    }
    if (!ec_ && !gave_up_ && begin_tls()) {
        while (const auto direction = tls_->handshake(ec_)) {
            co_await ready(*direction);
            if (gave_up_) {
                break;
            }
        }
        tell([ec = ec_](ClientTrace& trace) { trace.tls_handshake_done(ec); });
    }
    finish();
}

// ── The steps ───────────────────────────────────────────────────────────────────────────────────

HAWSER_DECL bool NetDial::needs_resolver() {
    std::error_code not_an_address;
    const auto address = asio::ip::make_address(key_.host, not_an_address);
    if (!not_an_address) {
        addresses_.emplace_back(address, key_.port);
    }
    return addresses_.empty() && !gave_up_;
}

HAWSER_DECL Event::Wait NetDial::resolve() {
    using Results = asio::ip::tcp::resolver::results_type;
    tell([host = key_.host](ClientTrace& trace) { trace.dns_start(host); });
    resolver_.async_resolve(
        key_.host,
        std::to_string(key_.port),
        asio::ip::resolver_base::numeric_service | asio::ip::resolver_base::address_configured,
        [self = IntrusivePtr<NetDial>(this), number = step_number_](std::error_code ec,
                                                                    const Results& results) {
            self->step_done(number, [&] {
                constexpr std::size_t most = 16;
                for (const auto& entry : results) {
                    auto& known = self->addresses_;
                    if (known.size() < most &&
                        std::find(known.begin(), known.end(), entry.endpoint()) == known.end()) {
                        known.push_back(entry.endpoint());
                    }
                }
                self->ec_ = ec || results.empty() ? lost_in_resolve(ec) : ec;
            });
        });
    return wait_until(after(dialer_.timeouts().resolve), error::resolve_timeout);
}

// One of the `left` addresses that were not tried.
HAWSER_DECL Event::Wait NetDial::connect(const Endpoint& endpoint, std::size_t left) {
    tell([=](ClientTrace& trace) { trace.connect_start(endpoint); });
    std::error_code ignored;
    socket_.close(ignored);
    socket_ = asio::ip::tcp::socket(dialer_.executor());
    ends_.remote = endpoint;
    ec_ = {};
    socket_.async_connect(
        endpoint, [self = IntrusivePtr<NetDial>(this), number = step_number_](std::error_code ec) {
            self->step_done(number, [&] { self->ec_ = ec; });
        });
    const TimePoint until =
        connect_until(dialer_.deadlines().now(), dialer_.timeouts().connect, connect_until_, left);
    return wait_until(until, error::connect_timeout);
}

HAWSER_DECL bool NetDial::connected() {
    std::error_code ec;
    if (ec_) {
        ec_ = ec_ == error::connect_timeout ? ec_ : lost_in_connect(ec_);
    } else if (ends_.local = socket_.local_endpoint(ec); ends_.local == ends_.remote) {
        ec_ = error::connect_failed;  // a port that nobody listens on, connected to itself
    }
    return !ec_;
}

// False: plain, or failed. The socket is in the stream afterwards.
HAWSER_DECL bool NetDial::begin_tls() {
    if (!key_.https) {
        stream_ = std::make_unique<TcpStream>(std::move(socket_), ends_, dialer_.work());
        return false;
    }
    const std::string session_key = key_.host + ':' + std::to_string(key_.port) + ' ' + key_.tag;
    SslPtr ssl = dialer_.tls()->make_ssl(key_.host, session_key, ec_);
    if (!ssl) {
        return false;
    }
    auto stream = std::make_unique<TlsStream>(
        std::move(socket_), ends_, dialer_.work(), std::move(ssl), TlsSessionOwner{dialer_.tls(), session_key});
    tell([](ClientTrace& trace) { trace.tls_handshake_start(); });
    tls_ = stream.get();
    stream_ = std::move(stream);
    deadline_at_ = after(dialer_.timeouts().tls_handshake);
    return true;
}

// One deadline for the whole handshake.
HAWSER_DECL Event::Wait NetDial::ready(Stream::Direction direction) {
    stream_->wait(direction, *this);
    return wait_until(deadline_at_, error::tls_timeout);
}

HAWSER_DECL void NetDial::finish() {
    dialer_.deadlines().clear(*this);
    if (ec_ || gave_up_) {
        std::error_code ignored;
        socket_.close(ignored);
        if (stream_) {
            stream_->close();
        }
    }
    gave_up_ = true;  // ec_ is the report's now
    add_ref();        // for the report
    monitor_.after(report_);
}

HAWSER_DECL void NetDial::Report::run(Context context) {
    const auto self = IntrusivePtr<NetDial>::adopt(&dial);
    if (dial.ec_) {
        dial.owner_.dial_failed(dial, dial.ec_, context);
    } else {
        dial.owner_.dialed(dial, std::move(dial.stream_), context);
    }
}

// For the trace of the request that it is made for, after this turn.
template <class Tell>
void NetDial::tell(Tell tell) {
    if (trace && trace->add(std::move(tell))) {
        monitor_.after(*trace);
    }
}

// ── Waiting ─────────────────────────────────────────────────────────────────────────────────────

template <class Step>
void NetDial::step_done(unsigned number, Step&& step) {
    monitor_.turn(Context::io, [&] {
        if (!waiting_ || number != step_number_) {
            return;  // too late: given up, or timed out
        }
        step_ended();
        dialer_.deadlines().clear(*this);
        step();
        step_.notify();
    });
}

HAWSER_DECL TimePoint NetDial::after(std::chrono::milliseconds timeout) const {
    return timeout.count() > 0 ? dialer_.deadlines().now() + timeout : TimePoint::max();
}

HAWSER_DECL Event::Wait NetDial::wait_until(TimePoint deadline, error reason) {
    timeout_ = reason;
    waiting_ = true;
    deadline_at_ = deadline;
    if (deadline != TimePoint::max()) {
        dialer_.deadlines().set(*this, deadline);
    }
    return step_.wait();
}

HAWSER_DECL void NetDial::on_ready(Stream::Direction) {
    monitor_.turn(Context::io, [&] {
        if (waiting_) {  // else too late; only the handshake waits like this
            step_ended();
            dialer_.deadlines().clear(*this);
            step_.notify();
        }
    });
}

HAWSER_DECL void NetDial::keep_alive(bool on) noexcept {
    on ? add_ref() : release();
}

// A connect that takes too long gives the next address a chance, if there is time for one; the rest
// end the dial.
HAWSER_DECL void NetDial::expired(Context context) {
    monitor_.turn(context, [&] {
        const TimePoint now = dialer_.deadlines().now();
        if (!waiting_ || now < deadline_at_) {
            return;
        }
        if (timeout_ == error::connect_timeout && now < connect_until_) {
            step_ended();
            ec_ = timeout_;
            step_.notify();
        } else {
            give_up(timeout_);
        }
    });
}

HAWSER_DECL void NetDial::abort(std::error_code cause, Context context) {
    monitor_.turn(context, [&] { give_up(cause); });
}

HAWSER_DECL void NetDial::step_ended() noexcept {
    waiting_ = false;
    ++step_number_;
}

HAWSER_DECL void NetDial::give_up(std::error_code cause) {
    if (std::exchange(gave_up_, true)) {
        return;
    }
    step_ended();
    ec_ = cause;
    resolver_.cancel();
    step_.notify();
}

}  // namespace hawser::detail
