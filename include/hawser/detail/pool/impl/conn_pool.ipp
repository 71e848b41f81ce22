// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/pool/conn_pool.hpp>

// g++ warns about impossible paths through inlined code, such as one through an empty list.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wnull-dereference"

namespace hawser::inline HAWSER_ABI::detail {

HAWSER_DECL PoolHost& ConnPool::host(const ConnectKeyView& key) {
    if (last_host_ != nullptr && last_host_->key.view() == key) {
        return *last_host_;
    }
    return look_up(key);
}

HAWSER_DECL PoolHost& ConnPool::look_up(const ConnectKeyView& key) {
    if (spare_ != nullptr && spare_->key.view() == key) {
        last_host_ = std::exchange(spare_, nullptr);
        return *last_host_;
    }
    if (auto found = hosts_.find(key); found != hosts_.end()) {
        last_host_ = found->second.get();
        return *last_host_;
    }
    return new_host(key);
}

HAWSER_DECL PoolHost& ConnPool::new_host(const ConnectKeyView& key) {
    starved_.make_room(hosts_.size() + 1);
    if (spare_ != nullptr) {
        auto node = hosts_.extract(hosts_.find(std::exchange(spare_, nullptr)->key.view()));
        PoolHost& host = *node.mapped();
        host.key = ConnectKey(key);
        node.key() = host.key;
        hosts_.insert(std::move(node));
        return host;
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
    if (PoolDial* dial = host.abandoned.front()) {
        leave_abandoned(*dial);
        enter(want);
        adopt(*dial, want);
        return {Next::wait};
    }
    if (may_dial(host)) {
        enter(want);
        take_permit(host);
        return {Next::dial};
    }
    if (limits_.max_queued != 0 && queued_.size() >= limits_.max_queued) {
        forget_if_unused(host);
        return {Next::full};
    }
    enter(want);
    queue(want, now);
    if (has_room(host)) {
        make_room(victims);
    } else if (PoolConn* oldest = host.idle.front()) {
        evict(*oldest, victims);  // only a retry gets here: it needs the permit, not the connection
    }
    return {Next::wait};
}

HAWSER_DECL void ConnPool::dialing(PoolDial& dial, PoolWant& want) {
    dial.host = want.host;
    dial.want = &want;
    want.dial = &dial;
    dials_.push_back(dial);
}

HAWSER_DECL void ConnPool::not_dialed(PoolWant& want) {
    leave(want);
    release_permit(*want.host);
}

HAWSER_DECL PoolHost* ConnPool::may_dial_ahead(const ConnectKeyView& key) {
    PoolHost& host = this->host(key);
    if (!may_dial(host)) {
        forget_if_unused(host);
        return nullptr;
    }
    closing_idle_ = false;
    take_permit(host);
    return &host;
}

HAWSER_DECL void ConnPool::dialing_ahead(PoolDial& dial, PoolHost& host) {
    dial.host = &host;
    dial.ahead = true;
    host.abandoned.push_back(dial);
    dials_.push_back(dial);
}

HAWSER_DECL PoolWant* ConnPool::dialed(PoolDial& dial, PoolConn& conn, TimePoint now) {
    PoolHost& host = *dial.host;
    conn.host = &host;
    open_conns_.push_back(conn);
    dials_.erase(dial);
    leave_abandoned(dial);
    PoolWant* served = oldest_want(host);
    if (served == nullptr) {
        return nullptr;
    }
    PoolDial* other = std::exchange(served->dial, nullptr);
    leave(*served);
    if (other != nullptr && other != &dial) {  // now dials for the request that `dial` was for
        dial.want != nullptr ? adopt(*other, *dial.want) : abandon(*other, now);
    }
    return served;
}

HAWSER_DECL PoolWant* ConnPool::dial_failed(PoolDial& dial) {
    PoolHost& host = *dial.host;
    dials_.erase(dial);
    leave_abandoned(dial);
    PoolWant* want = dial.want;
    if (want != nullptr) {
        want->dial = nullptr;
        leave(*want);
    }
    release_permit(host);
    return want;
}

HAWSER_DECL void ConnPool::dial_again(PoolDial& failed, PoolDial& next) {
    dials_.erase(failed);
    dialing(next, *failed.want);
}

HAWSER_DECL bool ConnPool::cancel(PoolWant& want, TimePoint now) {
    if (!want.waiting()) {
        return false;
    }
    leave(want);
    if (PoolDial* dial = std::exchange(want.dial, nullptr)) {
        abandon(*dial, now);
    }
    forget_if_unused(*want.host);
    return true;
}

HAWSER_DECL PoolWant* ConnPool::overdue(TimePoint now) {
    PoolWant* want = queued_.front();
    if (want == nullptr || overdue_at() > now) {
        return nullptr;
    }
    leave(*want);
    forget_if_unused(*want->host);
    return want;
}

HAWSER_DECL TimePoint ConnPool::overdue_at() noexcept {
    const PoolWant* oldest = limits_.max_wait.count() > 0 ? queued_.front() : nullptr;
    return oldest == nullptr ? TimePoint::max() : oldest->queued_since + limits_.max_wait;
}

HAWSER_DECL PoolDial* ConnPool::lingered_out(TimePoint now) {
    PoolDial* dial = lingering_.front();
    if (dial == nullptr || dial->lingers_until > now) {
        return nullptr;
    }
    leave_abandoned(*dial);
    dial->given_up = true;
    return dial;
}

HAWSER_DECL TimePoint ConnPool::lingered_out_at() noexcept {
    const PoolDial* next = lingering_.front();
    return next == nullptr ? TimePoint::max() : next->lingers_until;
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
    if (PoolWant* want = host.wants.front(); want != nullptr && !must_yield(*want)) {
        PoolDial* dial = std::exchange(want->dial, nullptr);
        leave(*want);
        if (dial != nullptr) {
            abandon(*dial, now);
        }
        return {Put::lent, want};
    }
    if (closing_idle_ || !host.queued.empty() || !starved_.empty() ||  // others wait for its permit
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

HAWSER_DECL PoolWant* ConnPool::permit(Victims& victims) {
    auto* host = static_cast<PoolHost*>(starved_.front());
    if (host == nullptr) {
        return nullptr;
    }
    if (full()) {
        make_room(victims);
        return nullptr;
    }
    PoolWant* want = host->queued.front();
    overtakes_ = 0;
    take_permit(*host);
    leave_queue(*want);
    return want;
}

HAWSER_DECL bool ConnPool::evict_oldest(Victims& victims) {
    if (idle_.empty()) {
        return false;
    }
    evict(*idle_.front(), victims);
    return true;
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
    while (evict_oldest(victims)) {
    }
    for (PoolDial* dial = lingering_.front(); dial != nullptr; dial = lingering_.after(*dial)) {
        dial->lingers_until = {};
    }
}

HAWSER_DECL PoolWant* ConnPool::any_want() noexcept {
    for (const auto& [key, host] : hosts_) {
        if (PoolWant* want = oldest_want(*host)) {
            return want;
        }
    }
    return nullptr;
}

// Newest first (LIFO) by default: the warmest connection serves, and the coldest ones may expire.
HAWSER_DECL PoolConn* ConnPool::take_idle(PoolHost& host, TimePoint now, Victims& victims) {
    while (PoolConn* conn = limits_.oldest_idle_first ? host.idle.front() : host.idle.back()) {
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

// ── Waiting requests ─────────────────────────────────────────────────────────────────────────────

// Considers both lists: a freshly dialed connection suits every request.
HAWSER_DECL PoolWant* ConnPool::oldest_want(PoolHost& host) noexcept {
    PoolWant* any = host.wants.front();
    PoolWant* fresh = host.fresh_wants.front();
    if (any == nullptr || fresh == nullptr) {
        return any != nullptr ? any : fresh;
    }
    return any->ticket < fresh->ticket ? any : fresh;
}

HAWSER_DECL void ConnPool::enter(PoolWant& want) noexcept {
    want.ticket = ++last_ticket_;
    (want.fresh_only ? want.host->fresh_wants : want.host->wants).push_back(want);
    ++waiting_;
}

HAWSER_DECL void ConnPool::leave(PoolWant& want) noexcept {
    (want.fresh_only ? want.host->fresh_wants : want.host->wants).erase(want);
    --waiting_;
    if (want.ListHook<QueuedWants>::linked()) {
        leave_queue(want);
    }
}

HAWSER_DECL void ConnPool::queue(PoolWant& want, TimePoint now) {
    want.queued_since = now;
    queued_.push_back(want);
    want.host->queued.push_back(want);
    update_starved(*want.host);
}

HAWSER_DECL void ConnPool::leave_queue(PoolWant& want) {
    queued_.erase(want);
    want.host->queued.erase(want);
    update_starved(*want.host);
}

// ── Dials without a request ──────────────────────────────────────────────────────────────────────

HAWSER_DECL void ConnPool::adopt(PoolDial& dial, PoolWant& want) noexcept {
    dial.want = &want;
    want.dial = &dial;
}

// While requests queue, an abandoned dial goes to one of its own host, or its permit to one of
// another host.
HAWSER_DECL void ConnPool::abandon(PoolDial& dial, TimePoint now) {
    PoolHost& host = *dial.host;
    if (PoolWant* next = host.queued.front()) {
        leave_queue(*next);
        adopt(dial, *next);
        return;
    }
    dial.want = nullptr;
    host.abandoned.push_back(dial);
    if (!dial.ahead) {
        dial.lingers_until = now + limits_.linger;
        lingering_.push_back(dial);
        if (!starved_.empty()) {
            lingering_.front()->lingers_until = {};
        }
    }
}

HAWSER_DECL void ConnPool::leave_abandoned(PoolDial& dial) noexcept {
    if (dial.ListHook<AbandonedDials>::linked()) {
        dial.host->abandoned.erase(dial);
    }
    if (dial.ListHook<LingeringDials>::linked()) {
        lingering_.erase(dial);
    }
}

// ── Permits ──────────────────────────────────────────────────────────────────────────────────────

HAWSER_DECL bool ConnPool::has_room(const PoolHost& host) const noexcept {
    return limits_.max_open_per_host == 0 || host.open < limits_.max_open_per_host;
}

// Overtakes nobody: permit() has already served everyone who could use a permit.
HAWSER_DECL bool ConnPool::may_dial(const PoolHost& host) const noexcept {
    return has_room(host) && !full();
}

HAWSER_DECL void ConnPool::take_permit(PoolHost& host) noexcept {
    ++host.open;
    ++permits_;
}

HAWSER_DECL void ConnPool::release_permit(PoolHost& host) {
    --host.open;
    --permits_;
    update_starved(host);
    forget_if_unused(host);
}

// A connection returned and could serve `want`, but an older request may be due the permit.
HAWSER_DECL bool ConnPool::must_yield(const PoolWant& want) noexcept {
    return !starved_.empty() && starved_.front()->at < want.ticket &&
           ++overtakes_ > limits_.max_overtakes;
}

// All permits are in use, and a request queues for one: gives up what is least needed. Its permit
// is free once it is closed.
HAWSER_DECL void ConnPool::make_room(Victims& victims) {
    if (!evict_oldest(victims) && !lingering_.empty()) {
        lingering_.front()->lingers_until = {};
    }
}

HAWSER_DECL void ConnPool::update_starved(PoolHost& host) {
    if (!host.queued.empty() && has_room(host)) {
        if (!host.in_heap() || host.at != host.queued.front()->ticket) {
            starved_.push_or_move(host, host.queued.front()->ticket);
        }
    } else if (host.in_heap()) {
        starved_.clear(host);
    }
}

HAWSER_DECL void ConnPool::forget_if_unused(PoolHost& host) {
    if (host.open == 0 && !host.wanted()) {
        last_host_ = nullptr;
        if (spare_ != nullptr) {
            hosts_.erase(hosts_.find(spare_->key.view()));
        }
        spare_ = &host;
    }
}

}  // namespace hawser::inline HAWSER_ABI::detail

#pragma GCC diagnostic pop
