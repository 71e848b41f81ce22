// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/io/connect_race.hpp>
#include <hawser/detail/io/endpoint_text.hpp>
#include <hawser/detail/io/translate_error.hpp>
#include <hawser/error.hpp>

#include <asio/error.hpp>

#include <algorithm>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

HAWSER_DECL void ConnectRace::start(const EndpointList& addresses) {
    attempts.start(addresses.size());
    others_.resize(addresses.empty() ? 0 : addresses.size() - 1);
    unsigned number = 0;
    for (const Endpoint& address : addresses) {
        attempt(number++).reset(address);
    }
    begun_ = 0;
    ++race_;
    running_ = true;
    won_ = false;
}

HAWSER_DECL std::optional<TimePoint> ConnectRace::advance(TimePoint now) {
    for (unsigned i = 0; i < begun_; ++i) {
        if (attempt(i).stream && now >= attempt(i).until) {
            failed(attempt(i), hawser::error::connect_timeout);
        }
    }
    while (!won_ && attempts.due(now)) {
        begin(begun_++, now);
    }
    TimePoint next = attempts.begins_at();
    bool waits = false;
    for (unsigned i = 0; i < begun_; ++i) {
        if (attempt(i).stream) {
            waits = true;
            next = std::min(next, attempt(i).until);
        }
    }
    running_ = waits && !won_;
    return running_ ? std::optional(next) : std::nullopt;
}

HAWSER_DECL void ConnectRace::begin(unsigned number, TimePoint now) {
    Attempt& attempt = this->attempt(number);
    attempt.until = attempts.next(now);
    owner_.connect_started(attempt.address);
    const SocketSettings::Endpoint target = target_of(attempt);
    std::error_code ec;
    open(attempt, target, ec);
    if (ec) {
        failed(attempt, lost_in_connect(ec));
        return;
    }
    const bool loopback = attempt.address.address().is_loopback();
    if (start_connect(*loop_,
                      attempt.stream->socket(),
                      target,
                      loopback,
                      ConnectCall(owner_, race_, number))) {
        attempt.until = TimePoint::max();  // a timer would cost as much as the connect
    }
}

HAWSER_DECL SocketSettings::Endpoint ConnectRace::target_of(const Attempt& attempt) const {
    const auto& unix_socket = settings_.unix_endpoint();
    return unix_socket ? *unix_socket : SocketSettings::Endpoint(attempt.address);
}

HAWSER_DECL void ConnectRace::open(Attempt& attempt,
                                   const SocketSettings::Endpoint& target,
                                   std::error_code& ec) {
    attempt.stream = TcpStream::make(*loop_);
    open_socket(attempt.stream->socket(), target.protocol(), ec);
    if (!ec) {
        settings_.apply(attempt.stream->socket(), target, ec, attempt.reason);
    }
}

HAWSER_DECL bool ConnectRace::ended(unsigned race, unsigned number, std::error_code ec) {
    if (race != race_ || won_ || !attempt(number).stream) {
        return false;
    }
    settle(attempt(number), ec);
    return true;
}

HAWSER_DECL void ConnectRace::settle(Attempt& attempt, std::error_code ec) {
    if (!ec) {
        connected(attempt, ec);
    }
    if (ec) {
        failed(attempt, lost_in_connect(ec));
        return;
    }
    won_ = true;
    winner_ = std::move(attempt.stream);
    owner_.connect_done(attempt.address, {});
    close_all();
}

HAWSER_DECL void ConnectRace::connected(Attempt& attempt, std::error_code& ec) {
    ReactorSocket& socket = attempt.stream->socket();
    const bool tcp = !settings_.unix_endpoint();
    const TcpEnds ends{local_end(socket), tcp ? attempt.address : Endpoint()};
    if (tcp && ends.local == ends.remote) {
        ec = std::make_error_code(std::errc::connection_refused);  // TCP self-connect: nobody
                                                                   // listens on this port
        return;
    }
    attempt.stream->connected(ends);
    end_connect(socket, target_of(attempt), ec);
}

HAWSER_DECL void ConnectRace::failed(Attempt& attempt, std::error_code ec) {
    attempt.stream.reset();
    attempts.failed(name_of(attempt), ec, attempt.reason);
    owner_.connect_done(attempt.address, ec);
}

HAWSER_DECL void ConnectRace::close_all() noexcept {
    for (unsigned i = 0; i < begun_; ++i) {
        Attempt& loser = attempt(i);
        if (loser.stream) {
            loser.stream.reset();
            owner_.connect_done(loser.address, asio::error::operation_aborted);
        }
    }
}

HAWSER_DECL std::string ConnectRace::name_of(const Attempt& attempt) const {
    return settings_.unix_endpoint() ? settings_.unix_path() : endpoint_text(attempt.address);
}

}  // namespace hawser::inline HAWSER_ABI::detail
