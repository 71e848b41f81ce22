// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// The completion tokens as_tuple and deferred, which were in Asio's namespace `experimental` before
// 1.24.

#include <asio/version.hpp>

#if ASIO_VERSION < 102400
#include <asio/experimental/as_tuple.hpp>
#include <asio/experimental/deferred.hpp>
namespace hawser::test {
using asio::experimental::as_tuple;
using asio::experimental::deferred;
}  // namespace hawser::test
#else
#include <asio/as_tuple.hpp>
#include <asio/deferred.hpp>
namespace hawser::test {
using asio::as_tuple;
using asio::deferred;
}  // namespace hawser::test
#endif
