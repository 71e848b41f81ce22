// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// libcurl's blocking interface: one easy handle for everything that a thread does.
#include "curl_common.hpp"

#include <atomic>

int main(int argc, char** argv) {
    const bench::Args args = bench::parse(argc, argv);
    if (args.inflight > 1 && args.threads == 0) {
        bench::unsupported();
    }
    bench::Run run;
    curl_global_init(CURL_GLOBAL_ALL);
    const auto urls = args.urls();
    std::atomic<std::size_t> started{0};
    bench::on_threads(args.blocking_threads(), [&] {
        bench::CurlTransfer transfer{args};
        for (std::size_t i; (i = started++) < args.requests;) {
            transfer.prepare(urls[i % urls.size()]);
            const CURLcode code = curl_easy_perform(transfer.easy());
            transfer.finish(code, run);
        }
    });
    curl_global_cleanup();
    return run.report();
}
