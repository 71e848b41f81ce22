// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// The options of all levels: of a Client, of its Transport and the Transport's TLS, and of one
// request.

#include <hawser/client_options.hpp>
#include <hawser/request_options.hpp>
#include <hawser/tls_options.hpp>
#include <hawser/transport_options.hpp>
