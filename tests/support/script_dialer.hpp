// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// A detail::Dialer that hands out scripted streams: at once (one executor step later), when told
// to, or never.

#include "script_stream.hpp"
#include <hawser/detail/io/dialer.hpp>
#include <hawser/error.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/post.hpp>

#include <deque>
#include <memory>
#include <system_error>
#include <utility>
#include <vector>

namespace hawser::test {

class ScriptDial;

/// The scripted network. Shared by the test and the dialer, which belongs to a transport.
struct ScriptNet {
    explicit ScriptNet(asio::any_io_executor io) : executor(std::move(io)) {}

    asio::any_io_executor executor;
    std::shared_ptr<Fault> fault = std::make_shared<Fault>();
    /// One script per connection, in order; after these, `otherwise`.
    std::deque<WireScript> scripts;
    WireScript otherwise{{{"\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"}}, true};
    bool hold = false;  // dials wait until the test ends them
    std::error_code refuse{};
    std::vector<detail::IntrusivePtr<ScriptDial>> held;

    std::vector<std::shared_ptr<Wire>> wires;  // all that ever existed
    std::shared_ptr<int> streams = std::make_shared<int>(0);
    int dials = 0;  // in existence
    int dialed = 0;

    std::unique_ptr<detail::Stream> connect() {
        const EnoughMemory enough;
        WireScript script = otherwise;
        if (!scripts.empty()) {
            script = std::move(scripts.front());
            scripts.pop_front();
        }
        wires.push_back(std::make_shared<Wire>(executor, std::move(script), fault));
        return std::make_unique<ScriptStream>(wires.back(), streams);
    }
};

class ScriptDial final : public detail::Dial {
public:
    ScriptDial(std::shared_ptr<ScriptNet> net, detail::DialOwner& owner)
        : net_(std::move(net)), owner_(owner) {
        ++net_->dials;
        ++net_->dialed;
    }
    ~ScriptDial() override { --net_->dials; }

    void run(detail::CalledFrom) override {
        const EnoughMemory enough;
        if (net_->hold) {
            net_->held.emplace_back(this);
        } else if (net_->fault->strikes()) {
            end_later(make_error_code(error::connect_failed));
        } else {
            end_later(net_->refuse);
        }
    }
    void cancel(std::error_code cause, detail::CalledFrom context) override { end(cause, context); }

    /// Ends the dial, connected or with an error.
    void end_later(std::error_code ec = {}) {
        asio::post(net_->executor, [self = detail::IntrusivePtr<ScriptDial>(this), ec] {
            self->end(ec, detail::CalledFrom::executor);
        });
    }

private:
    void end(std::error_code ec, detail::CalledFrom context) {
        const detail::IntrusivePtr<ScriptDial> self(this);
        if (std::exchange(ended_, true)) {
            return;
        }
        ec ? owner_.dial_failed(*this, ec, context)
           : owner_.dialed(*this, net_->connect(), context);
    }

    std::shared_ptr<ScriptNet> net_;
    detail::DialOwner& owner_;
    bool ended_ = false;
};

class ScriptDialer final : public detail::Dialer {
public:
    explicit ScriptDialer(std::shared_ptr<ScriptNet> net) : net_(std::move(net)) {}
    detail::IntrusivePtr<detail::Dial> make(const detail::ConnectKey&,
                                            detail::DialOwner& owner) override {
        return detail::IntrusivePtr<detail::Dial>(new ScriptDial(net_, owner));
    }

private:
    std::shared_ptr<ScriptNet> net_;
};

}  // namespace hawser::test
