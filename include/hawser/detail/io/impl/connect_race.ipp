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

namespace hawser::detail {

/// Reports the end of an attempt; keeps the dial alive while Asio holds it.
class ConnectRace::Handler {
public:
    Handler(Owner& owner, unsigned race, std::size_t attempt) noexcept
        : owner_(&owner), race_(race), attempt_(attempt) {
        owner_->keep_alive(true);
    }
    Handler(Handler&& other) noexcept
        : owner_(std::exchange(other.owner_, nullptr)),
          race_(other.race_),
          attempt_(other.attempt_) {}
    Handler& operator=(Handler&&) = delete;
    ~Handler() {
        if (owner_ != nullptr) {
            owner_->keep_alive(false);
        }
    }

    void operator()(std::error_code ec) { owner_->attempt_ended(race_, attempt_, ec); }

private:
    Owner* owner_;
    unsigned race_;
    std::size_t attempt_;
};

HAWSER_DECL void ConnectRace::start(std::vector<Endpoint> addresses) {
    attempts.start(addresses.size());
    tried_.clear();
    tried_.reserve(addresses.size());
    for (const Endpoint& address : addresses) {
        tried_.push_back({address});
    }
    begun_ = 0;
    ++race_;
    running_ = true;
    won_ = false;
}

HAWSER_DECL std::optional<TimePoint> ConnectRace::advance(TimePoint now) {
    for (std::size_t i = 0; i < begun_; ++i) {
        if (tried_[i].socket && now >= tried_[i].until) {
            failed(tried_[i], hawser::error::connect_timeout);
        }
    }
    while (!won_ && attempts.due(now)) {
        begin(begun_++, now);
    }
    TimePoint next = attempts.begins_at();
    bool waits = false;
    for (std::size_t i = 0; i < begun_; ++i) {
        if (tried_[i].socket) {
            waits = true;
            next = std::min(next, tried_[i].until);
        }
    }
    running_ = waits && !won_;
    return running_ ? std::optional(next) : std::nullopt;
}

HAWSER_DECL void ConnectRace::begin(std::size_t number, TimePoint now) {
    Attempt& attempt = tried_[number];
    attempt.until = attempts.next(now);
    owner_.connect_started(attempt.address);
    std::error_code ec;
    open(attempt, ec);
    if (ec) {
        failed(attempt, lost_in_connect(ec));
        return;
    }
    attempt.socket->async_connect(target_of(attempt), Handler(owner_, race_, number));
}

HAWSER_DECL SocketSettings::Endpoint ConnectRace::target_of(const Attempt& attempt) const {
    const auto& unix_socket = settings_.unix_endpoint();
    return unix_socket ? *unix_socket : SocketSettings::Endpoint(attempt.address);
}

HAWSER_DECL void ConnectRace::open(Attempt& attempt, std::error_code& ec) {
    const SocketSettings::Endpoint target = target_of(attempt);
    attempt.socket.emplace(open_socket(executor_, target.protocol(), ec));
    if (!ec) {
        settings_.apply(*attempt.socket, target, ec, attempt.reason);
    }
}

HAWSER_DECL bool ConnectRace::ended(unsigned race, std::size_t number, std::error_code ec) {
    if (race != race_ || won_ || !tried_[number].socket) {
        return false;
    }
    Attempt& attempt = tried_[number];
    if (ec || !won(attempt, ec)) {
        failed(attempt, lost_in_connect(ec));
        return true;
    }
    won_ = true;
    winner_ = std::move(attempt.socket);
    attempt.socket.reset();
    owner_.connect_done(attempt.address, {});
    close_all();
    return true;
}

// False: it cannot be used.
HAWSER_DECL bool ConnectRace::won(Attempt& attempt, std::error_code& ec) {
    std::error_code ignored;
    const auto local = attempt.socket->local_endpoint(ignored);
    ends_ = {to_tcp(local), settings_.unix_endpoint() ? Endpoint() : attempt.address};
    if (ends_.local == ends_.remote && !settings_.unix_endpoint()) {
        ec = std::make_error_code(std::errc::connection_refused);  // TCP self-connect: nobody
                                                                   // listens on this port
    } else {
        reregister(*attempt.socket, local.protocol(), ec);
    }
    return !ec;
}

HAWSER_DECL void ConnectRace::failed(Attempt& attempt, std::error_code ec) {
    attempt.socket.reset();
    attempts.failed(name_of(attempt), ec, attempt.reason);
    owner_.connect_done(attempt.address, ec);
}

HAWSER_DECL void ConnectRace::close_all() noexcept {
    for (Attempt& attempt : tried_) {
        if (attempt.socket) {
            attempt.socket.reset();
            owner_.connect_done(attempt.address, asio::error::operation_aborted);
        }
    }
}

HAWSER_DECL std::string ConnectRace::name_of(const Attempt& attempt) const {
    return settings_.unix_endpoint() ? settings_.unix_path() : endpoint_text(attempt.address);
}

}  // namespace hawser::detail
