// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Includes everything: a pooling HTTP/1.1 client on Asio. Start with Client; see README.md and
// examples/.

#include <hawser/address_filter.hpp>
#include <hawser/client.hpp>
#include <hawser/client_options.hpp>
#include <hawser/client_trace.hpp>
#include <hawser/cookie.hpp>
#include <hawser/cookie_jar.hpp>
#include <hawser/credentials.hpp>
#include <hawser/dialer.hpp>
#include <hawser/download.hpp>
#include <hawser/error.hpp>
#include <hawser/event.hpp>
#include <hawser/event_source.hpp>
#include <hawser/event_stream.hpp>
#include <hawser/failure.hpp>
#include <hawser/full_response.hpp>
#include <hawser/headers.hpp>
#include <hawser/line_reader.hpp>
#include <hawser/middleware.hpp>
#include <hawser/middleware_options.hpp>
#include <hawser/multipart.hpp>
#include <hawser/options.hpp>
#include <hawser/parameters.hpp>
#include <hawser/progress.hpp>
#include <hawser/prometheus.hpp>
#include <hawser/proxy.hpp>
#include <hawser/redirect.hpp>
#include <hawser/request.hpp>
#include <hawser/request_body.hpp>
#include <hawser/request_options.hpp>
#include <hawser/resolver.hpp>
#include <hawser/response.hpp>
#include <hawser/response_body.hpp>
#include <hawser/round_tripper.hpp>
#include <hawser/socket_options.hpp>
#include <hawser/status_error.hpp>
#include <hawser/timings.hpp>
#include <hawser/tls_options.hpp>
#include <hawser/tls_peer.hpp>
#include <hawser/tls_session_cache.hpp>
#include <hawser/transport.hpp>
#include <hawser/transport_options.hpp>
#include <hawser/transport_stats.hpp>
#include <hawser/upgraded_stream.hpp>
#include <hawser/url.hpp>
