// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// What the three hawser clients share.

#include "bench_client.hpp"
#include <hawser/hawser.hpp>

#include <asio/steady_timer.hpp>

#include <chrono>
#include <memory>

namespace bench {

inline hawser::ClientOptions client_options(const Args& args) {
    hawser::ClientOptions options;
    options.transport.max_idle_conns = 0;  // thousands of hosts and idle connections
    options.transport.disable_keep_alives = args.fresh;
    options.transport.tls.ca_file = args.ca;
    return options;
}

inline std::vector<hawser::Url> parsed_urls(const Args& args) {
    const auto texts = args.urls();
    return {texts.begin(), texts.end()};
}

inline hawser::RequestBody upload_body(const Args& args) {
    const auto source = [from = PatternSource(args.bytes)](asio::mutable_buffer to) mutable {
        return from(static_cast<char*>(to.data()), to.size());
    };
    return args.chunked ? hawser::RequestBody::stream(source)
                        : hawser::RequestBody::stream(source, args.bytes);
}

/// Ends an asynchronous client's work: measures the heap with idle connections at rest.
inline void finish(hawser::Client client, Run& run, const Args& args) {
    auto timer = std::make_shared<asio::steady_timer>(client.get_executor());
    timer->expires_after(std::chrono::milliseconds{args.mode == bench::Mode::idle ? 1500 : 0});
    timer->async_wait([timer, client, &run](std::error_code) mutable {
        run.heap();
        client.close_idle_connections();
    });
}

}  // namespace bench
