// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// What a test of the set wire begins with: a scripted server, threads that run an io_context, and a
// look at the descriptors afterwards.

#include "asio_tokens.hpp"
#include "fd_guard.hpp"
#include "io_thread.hpp"
#include "names.hpp"
#include "script_server.hpp"

#include <catch2/catch.hpp>
