// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/config.hpp>
#include <hawser/transport_stats.hpp>

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace hawser::inline HAWSER_ABI {

/// The statistics of a transport in the text format of Prometheus (version 0.0.4), for the page
/// that a program's `/metrics` shows:
///
///     page += hawser::prometheus_text(client.stats(), {{"client", "billing"}});
///
/// Metrics begin with `hawser_`; counters end in `_total` and begin with 0 when the transport is
/// made. A page may contain the text of one transport only, because each metric must appear once.
///
/// @param labels are attached to each sample. Names must match `[a-zA-Z_][a-zA-Z0-9_]*` and not be
///     `state`, `result` or `reason`; others are left out. Values may be any UTF-8.
[[nodiscard]] std::string prometheus_text(
    const TransportStats& stats,
    std::initializer_list<std::pair<std::string_view, std::string_view>> labels = {});

}  // namespace hawser::inline HAWSER_ABI

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/impl/prometheus.ipp>
#endif
