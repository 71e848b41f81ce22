// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// libcurl's blocking interface: one easy handle for everything.
#include "curl_common.hpp"

int main(int argc, char** argv) {
    const bench::Args args = bench::parse(argc, argv);
    if (args.inflight > 1) {
        bench::unsupported();
    }
    bench::Run run;
    curl_global_init(CURL_GLOBAL_ALL);
    {
        bench::CurlTransfer transfer{args};
        const auto urls = args.urls();
        for (std::size_t i = 0; i < args.requests; ++i) {
            transfer.prepare(urls[i % urls.size()]);
            const CURLcode code = curl_easy_perform(transfer.easy());
            transfer.finish(code, run);
        }
    }
    curl_global_cleanup();
    return run.report();
}
