// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/client_trace.hpp>
#include <hawser/transport_stats.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

/// What is known of one connection.
struct Row {
    std::string host{};
    bool busy = false;
    std::chrono::steady_clock::time_point since{};
    unsigned requests = 0;
    std::string request{};  ///< the one that it serves, or served last
};

/// The connections of a pool, as the events of its requests tell them. For one thread.
class PoolModel {
public:
    void lent(std::uint64_t id, const std::string& host, const std::string& request) {
        Row& row = rows_[id];
        row.host = host;
        row.busy = true;
        row.since = std::chrono::steady_clock::now();
        ++row.requests;
        row.request = request;
    }
    void returned(std::uint64_t id, bool idle) {
        const auto row = rows_.find(id);
        if (row == rows_.end()) {
            return;
        }
        if (!idle) {
            rows_.erase(row);
            return;
        }
        row->second.busy = false;
        row->second.since = std::chrono::steady_clock::now();
    }
    /// A trace tells nothing of a connection that is closed while it is idle, but the statistics
    /// count it: then the one that has been idle for longest is gone, as a rule.
    void match(const hawser::TransportStats& stats) {
        while (idle() > stats.idle) {
            auto oldest = rows_.end();
            for (auto row = rows_.begin(); row != rows_.end(); ++row) {
                if (!row->second.busy &&
                    (oldest == rows_.end() || row->second.since < oldest->second.since)) {
                    oldest = row;
                }
            }
            rows_.erase(oldest);
        }
    }

    const std::map<std::uint64_t, Row>& rows() const { return rows_; }

private:
    std::uint64_t idle() const {
        return static_cast<std::uint64_t>(std::count_if(
            rows_.begin(), rows_.end(), [](const auto& row) { return !row.second.busy; }));
    }

    std::map<std::uint64_t, Row> rows_;  // by the id of the connection
};

/// Tells the model about one request.
class PoolTrace final : public hawser::ClientTrace {
public:
    PoolTrace(std::shared_ptr<PoolModel> model, std::string request)
        : model_(std::move(model)), request_(std::move(request)) {}

    void get_conn(std::string_view host, std::uint16_t port) override {
        host_ = std::string(host) + ':' + std::to_string(port);
    }
    void got_conn(const hawser::ConnectionInfo& connection, std::chrono::nanoseconds) override {
        model_->lent(connection.id, host_, request_);
    }
    void put_idle_conn(std::uint64_t id, hawser::Reuse reuse) override {
        model_->returned(id, reuse == hawser::Reuse::yes);
    }

private:
    std::shared_ptr<PoolModel> model_;
    std::string request_;
    std::string host_;
};
