// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// The names that a test uses without saying where they come from: those of the library that users
// see, and those of durations. They come with `using namespace hawser::test`.

#include <hawser/hawser.hpp>

#include <chrono>

namespace hawser::test {

using hawser::Client;
using hawser::ClientOptions;
using hawser::condition;
using hawser::error;
using hawser::Failure;
using hawser::Headers;
using hawser::IdlePick;
using hawser::Request;
using hawser::RequestBody;
using hawser::RequestError;
using hawser::Response;
using hawser::RoundTripper;
using hawser::TlsOptions;
using hawser::Transport;
using hawser::TransportOptions;
using hawser::UpgradedStream;
using hawser::Url;

using namespace std::chrono_literals;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

}  // namespace hawser::test
