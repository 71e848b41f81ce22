// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// A client with default options on a ScriptTransport: from now on its calls follow redirects.
//
//     ScriptTransport t;
//     follow_redirects(t);

#include "script_transport.hpp"
#include <hawser/detail/client/client_core.hpp>
#include <hawser/round_tripper.hpp>

namespace hawser::test {

class ScriptRoundTripper final : public RoundTripper {
public:
    explicit ScriptRoundTripper(ScriptTransport& t) : t_(t), executor_(t.io->get_executor()) {}

    executor_type get_executor() const noexcept override { return executor_; }
    void start_round_trip(Request, RoundTripHandler) override {}  // its trips start themselves

private:
    detail::StartableTripPtr new_trip() override { return t_.new_trip(); }

    ScriptTransport& t_;
    const asio::any_io_executor executor_;
};

inline void follow_redirects(ScriptTransport& t) {
    const auto next = std::make_shared<ScriptRoundTripper>(t);
    const detail::IntrusivePtr<detail::ClientCore> client(new detail::ClientCore({}));
    client->send_through(next, true);
    t.filter = client;
    t.round_tripper = next;
}

}  // namespace hawser::test
