// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/pool/conn_pool.hpp>

namespace hawser::detail {

HAWSER_DECL PoolHost& ConnPool::host(const ConnectKeyView& key) {
    if (last_host_ != nullptr && last_host_->key.view() == key) {
        return *last_host_;
    }
    if (auto found = hosts_.find(key); found != hosts_.end()) {
        last_host_ = found->second.get();
        return *last_host_;
    }
    auto fresh = std::make_unique<PoolHost>();
    fresh->key = ConnectKey(key);
    PoolHost& host = *fresh;
    hosts_.emplace(host.key, std::move(fresh));
    return host;
}

HAWSER_DECL ConnPool::Acquired ConnPool::acquire(PoolWant& want,
                                                 const ConnectKeyView& key,
                                                 TimePoint now,
                                                 Victims& victims) {
    PoolHost& host = this->host(key);
    want.host = &host;
    closing_idle_ = false;
    if (!want.fresh_only) {
        if (PoolConn* conn = take_idle(host, now, victims)) {
            return {Next::lend, conn};
        }
    }
    host.wants.push_back(want);
    ++waiting_;
    if (PoolDial* dial = host.abandoned.pop_front()) {
        dial->want = &want;
        want.dial = dial;
        return {Next::wait};
    }
    if (host.unpermitted.empty() && may_open(host)) {
        ++host.open;
        return {Next::dial};
    }
    host.unpermitted.push_back(want);
    if (PoolConn* oldest = host.idle.front()) {
        evict(*oldest, victims);  // only a retry gets here: it needs the permit, not the connection
    }
    update_starved(host);
    return {Next::wait};
}

HAWSER_DECL void ConnPool::dialing(PoolDial& dial, PoolWant& want) {
    dial.host = want.host;
    dial.want = &want;
    want.dial = &dial;
    dials_.push_back(dial);
}

HAWSER_DECL PoolHost* ConnPool::may_dial_ahead(const ConnectKeyView& key) {
    PoolHost& host = this->host(key);
    if (!host.unpermitted.empty() || !may_open(host)) {
        forget_if_unused(host);
        return nullptr;
    }
    closing_idle_ = false;
    ++host.open;
    return &host;
}

HAWSER_DECL void ConnPool::dialing_ahead(PoolDial& dial, PoolHost& host) {
    dial.host = &host;
    host.abandoned.push_back(dial);
    dials_.push_back(dial);
}

HAWSER_DECL PoolWant* ConnPool::dialed(PoolDial& dial, PoolConn& conn) {
    PoolHost& host = *dial.host;
    conn.host = &host;
    open_conns_.push_back(conn);
    dials_.erase(dial);
    PoolWant* served = oldest_want(host, true);
    if (served != nullptr) {
        hand_over(dial, *served);
        satisfied(*served);
    } else if (dial.ListHook<AbandonedDials>::linked()) {
        host.abandoned.erase(dial);
    }
    return served;
}

// The connection of `dial` goes to `served`. If it was dialled for another request, that one takes
// over what `served` had coming: its dial, or its place in the queue for a permit.
HAWSER_DECL void ConnPool::hand_over(PoolDial& dial, PoolWant& served) noexcept {
    PoolHost& host = *dial.host;
    PoolWant* owner = dial.want;
    if (owner == &served) {
        served.dial = nullptr;
        return;
    }
    PoolDial* other = served.dial;
    served.dial = nullptr;
    if (owner == nullptr) {
        host.abandoned.erase(dial);
        if (other != nullptr) {
            other->want = nullptr;
            host.abandoned.push_back(*other);
        }
        return;
    }
    owner->dial = other;
    if (other != nullptr) {
        other->want = owner;
    } else {
        host.unpermitted.push_back(*owner);
        update_starved(host);
    }
}

HAWSER_DECL PoolWant* ConnPool::dial_failed(PoolDial& dial) {
    PoolHost& host = *dial.host;
    dials_.erase(dial);
    PoolWant* want = dial.want;
    if (want != nullptr) {
        want->dial = nullptr;
        satisfied(*want);
    } else {
        host.abandoned.erase(dial);
    }
    release_permit(host);
    return want;
}

HAWSER_DECL bool ConnPool::cancel(PoolWant& want) {
    if (!want.waiting()) {
        return false;
    }
    PoolHost& host = *want.host;
    satisfied(want);
    if (PoolDial* dial = std::exchange(want.dial, nullptr)) {
        dial->want = nullptr;
        host.abandoned.push_back(*dial);
    }
    forget_if_unused(host);
    return true;
}

HAWSER_DECL ConnPool::Returned ConnPool::put(PoolConn& conn,
                                             TimePoint now,
                                             TimePoint expires,
                                             Victims& victims) {
    PoolHost& host = *conn.host;
    if (!limits_.keep_alives) {
        return {Put::refused};
    }
    conn.reused = true;
    if (PoolWant* want = oldest_want(host, false)) {
        satisfied(*want);
        if (PoolDial* dial = std::exchange(want->dial, nullptr)) {
            dial->want = nullptr;
            host.abandoned.push_back(*dial);
        }
        return {Put::lent, want};
    }
    if (closing_idle_ || !host.unpermitted.empty() ||  // a retry waits for the permit
        (limits_.max_idle_per_host != 0 && host.idle.size() >= limits_.max_idle_per_host)) {
        return {Put::refused};
    }
    enter_idle(conn, now, expires);
    if (limits_.max_idle != 0 && idle_.size() > limits_.max_idle) {
        evict(*idle_.front(), victims);
    }
    return {Put::idle};
}

HAWSER_DECL void ConnPool::closed(PoolConn& conn) {
    if (!conn.ListHook<OpenConns>::linked()) {
        return;
    }
    open_conns_.erase(conn);
    if (conn.idle) {
        leave_idle(conn);
    }
    release_permit(*conn.host);
}

HAWSER_DECL PoolWant* ConnPool::permit() {
    PoolHost* host = starved_.pop_front();
    if (host == nullptr) {
        return nullptr;
    }
    PoolWant* want = host->unpermitted.pop_front();
    ++host->open;
    update_starved(*host);
    return want;
}

HAWSER_DECL TimePoint ConnPool::expire(TimePoint now, Victims& victims) {
    TimePoint next = TimePoint::max();
    for (PoolConn* conn = idle_.front(); conn != nullptr;) {
        PoolConn* following = idle_.after(*conn);
        if (conn->expires <= now) {
            evict(*conn, victims);
        } else if (conn->expires < next) {
            next = conn->expires;
        }
        conn = following;
    }
    return next;
}

HAWSER_DECL void ConnPool::close_idle(Victims& victims) {
    closing_idle_ = true;
    while (PoolConn* conn = idle_.front()) {
        evict(*conn, victims);
    }
}

HAWSER_DECL PoolWant* ConnPool::any_want() noexcept {
    for (const auto& [key, host] : hosts_) {
        if (PoolWant* want = host->wants.front()) {
            return want;
        }
    }
    return nullptr;
}

// Newest first (LIFO): the warmest connection serves, the coldest ones may expire.
HAWSER_DECL PoolConn* ConnPool::take_idle(PoolHost& host, TimePoint now, Victims& victims) {
    while (PoolConn* conn = host.idle.back()) {
        if (conn->expires > now) {
            leave_idle(*conn);
            return conn;
        }
        evict(*conn, victims);
    }
    return nullptr;
}

HAWSER_DECL void ConnPool::enter_idle(PoolConn& conn, TimePoint now, TimePoint expires) {
    conn.idle = true;
    conn.idle_since = now;
    conn.expires = expires;
    conn.host->idle.push_back(conn);
    idle_.push_back(conn);
}

HAWSER_DECL void ConnPool::leave_idle(PoolConn& conn) noexcept {
    conn.idle = false;
    conn.host->idle.erase(conn);
    idle_.erase(conn);
}

HAWSER_DECL void ConnPool::evict(PoolConn& conn, Victims& victims) {
    leave_idle(conn);
    victims.push_back(conn);
}

// A freshly dialled connection suits everybody, a used one not those that retry.
HAWSER_DECL PoolWant* ConnPool::oldest_want(PoolHost& host, bool fresh) noexcept {
    PoolWant* want = host.wants.front();
    while (want != nullptr && want->fresh_only && !fresh) {
        want = host.wants.after(*want);
    }
    return want;
}

HAWSER_DECL void ConnPool::satisfied(PoolWant& want) noexcept {
    PoolHost& host = *want.host;
    host.wants.erase(want);
    --waiting_;
    if (want.ListHook<UnpermittedWants>::linked()) {
        host.unpermitted.erase(want);
        update_starved(host);
    }
}

HAWSER_DECL bool ConnPool::may_open(const PoolHost& host) const noexcept {
    return limits_.max_open_per_host == 0 || host.open < limits_.max_open_per_host;
}

HAWSER_DECL void ConnPool::update_starved(PoolHost& host) noexcept {
    const bool starved = !host.unpermitted.empty() && may_open(host);
    if (starved == host.linked()) {
        return;
    }
    if (starved) {
        starved_.push_back(host);
    } else {
        starved_.erase(host);
    }
}

HAWSER_DECL void ConnPool::release_permit(PoolHost& host) {
    --host.open;
    update_starved(host);
    forget_if_unused(host);
}

HAWSER_DECL void ConnPool::forget_if_unused(PoolHost& host) {
    if (host.open == 0 && host.wants.empty()) {
        last_host_ = nullptr;
        hosts_.erase(hosts_.find(host.key.view()));
    }
}

}  // namespace hawser::detail
