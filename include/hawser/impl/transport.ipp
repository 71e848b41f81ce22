// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/bounded_options.hpp>
#include <hawser/detail/io/net_dialer.hpp>
#include <hawser/detail/io/timer_alarm.hpp>
#include <hawser/detail/option_text.hpp>
#include <hawser/detail/transport/transport_core.hpp>
#include <hawser/failure.hpp>
#include <hawser/transport.hpp>

#include <asio/cancellation_signal.hpp>

#include <utility>

namespace hawser::inline HAWSER_ABI {

namespace detail {

/// Whether an option is set that may turn out to be unusable when the context is made.
inline bool needs_loading(const TlsOptions& tls) noexcept {
    const auto set = [](const auto&... options) { return (!text_of(options).empty() || ...); };
    return set(tls.ca_file, tls.ca_path, tls.ca_pem, tls.certificate_file, tls.certificate_pem) ||
           set(tls.private_key_file, tls.private_key_pem, tls.key_log_file) ||
           set(tls.ciphers, tls.cipher_suites, tls.groups) || !tls.pins.empty() || tls.configure;
}

/// A core with real sockets and the real clock.
inline TransportCore* make_net_core(asio::any_io_executor executor, TransportOptions options) {
    IntrusivePtr<TransportCore> core(new TransportCore(executor, std::move(options)));
    auto dialer = std::make_unique<NetDialer>(
        executor, core->options(), core->deadlines(), core->proxies.nonces());
    const TlsOptions& tls = core->options().tls;
    Fault fault;
    if (const std::error_code ec =
            needs_loading(tls) ? dialer->tls()->load(fault) : check_options(tls, fault)) {
        throw std::system_error(ec, "hawser: " + fault.reason);
    }
    auto alarm = std::make_unique<TimerAlarm>(executor, core->deadlines(), *core);
    core->use(std::move(dialer), std::move(alarm));
    core->watch_context();
    return core.detach();
}

}  // namespace detail

HAWSER_COLD_DECL Transport::Transport(asio::any_io_executor executor, TransportOptions options)
    : Transport(std::make_shared<detail::ExecutorLoop>(std::move(executor)), std::move(options)) {}

HAWSER_COLD_DECL Transport::Transport(std::shared_ptr<detail::BlockingLoop> loop,
                                      TransportOptions options)
    : loop_(std::move(loop)), core_(detail::make_net_core(loop_->executor(), std::move(options))) {
    core_->loop.set(loop_);
}

HAWSER_COLD_DECL Transport::~Transport() {
    if (loop_->inherited()) {  // it belongs to the parent process: touch nothing
        detail::keep_for_ever(std::shared_ptr<void>(core_.release(), [](void*) {}));
        detail::keep_for_ever(std::move(loop_));
        return;
    }
    const detail::NoThreadCancel no_cancel;
    core_.reset();
    loop_->let_trips_end();
}

HAWSER_COLD_DECL void Transport::ShutDown::operator()(detail::TransportCore* core) const noexcept {
    const auto last = detail::IntrusivePtr<detail::TransportCore>::adopt(core);
    last->stop();
}

HAWSER_DECL Transport::executor_type Transport::get_executor() const noexcept {
    return core_->executor();
}

HAWSER_DECL void Transport::start_round_trip(Request request, RoundTripHandler handler) {
    auto trip = new_trip();
    trip->to_send = std::move(request);
    trip.release()->start(detail::Access::take_completion(handler));
}

HAWSER_DECL detail::StartableTripPtr Transport::new_trip() {
    detail::RoundTrip* const trip = core_->trips.make(*core_);
    trip->add_ref();  // for start() or give_back()
    return detail::StartableTripPtr(trip);
}

HAWSER_DECL detail::LoopUse Transport::use_loop() const {
    return core_->loop.use();
}

HAWSER_COLD_DECL void Transport::close_idle_connections() {
    if (!loop_->inherited()) {
        const detail::NoThreadCancel no_cancel;
        core_->close_idle_connections();
    }
}

namespace detail {

/// Runs a preconnect() or shutdown() and blocks until it has completed.
template <class Start>
Failure wait_for_all(BlockingLoop& loop, std::error_code& ec, Start start) {
    ec = loop.refusal();
    if (ec) {
        return {};
    }
    struct Operation final : Awaited {
        void give_up(std::error_code) override { signal.emit(asio::cancellation_type::terminal); }
        asio::cancellation_signal signal;
    };
    Operation operation;
    BlockingCompletion<Completion<NoResult>> completion(loop);
    completion.cancel_by(operation.signal.slot());
    completion.await(operation, [&] { start(completion); });
    ec = completion.ec;
    return std::move(completion.slot.failure());
}

}  // namespace detail

HAWSER_COLD_DECL Failure Transport::wait_for_preconnect(const Url& url,
                                                        std::size_t n,
                                                        std::error_code& ec) {
    return detail::wait_for_all(*loop_, ec, [&](detail::Completion<detail::NoResult>& completion) {
        start(completion, url, n);
    });
}

HAWSER_COLD_DECL void Transport::preconnect(UrlArg url, std::size_t n, std::error_code& ec) {
    wait_for_preconnect(Url(std::move(url)), n, ec);
}

HAWSER_COLD_DECL void Transport::preconnect(UrlArg url, std::size_t n) {
    std::error_code ec;
    if (Failure failure = wait_for_preconnect(Url(std::move(url)), n, ec); ec) {
        detail::throw_error(ec, std::move(failure));
    }
}

HAWSER_COLD_DECL void Transport::shutdown(std::chrono::milliseconds grace, std::error_code& ec) {
    detail::wait_for_all(*loop_, ec, [&](detail::Completion<detail::NoResult>& completion) {
        start(completion, grace);
    });
}

HAWSER_COLD_DECL void Transport::shutdown(std::chrono::milliseconds grace) {
    std::error_code ec;
    shutdown(grace, ec);
    if (ec) {
        throw std::system_error(ec);
    }
}

HAWSER_DECL void Transport::start(detail::Completion<detail::NoResult>& completion,
                                  const Url& url,
                                  std::size_t n) {
    core_->preconnect(url, n, detail::CompletionPtr<detail::NoResult>(&completion));
}

HAWSER_DECL void Transport::start(detail::Completion<detail::NoResult>& completion,
                                  std::chrono::milliseconds grace) {
    core_->shutdown(detail::bounded(grace), detail::CompletionPtr<detail::NoResult>(&completion));
}

HAWSER_COLD_DECL TransportStats Transport::stats() const {
    return core_->stats();
}

}  // namespace hawser::inline HAWSER_ABI
