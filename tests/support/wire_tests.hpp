// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// What tests of the set wire start with: a scripted server, threads that run an io_context, and a
// check of the descriptors at the end.

#include "asio_tokens.hpp"
#include "fd_guard.hpp"
#include "io_thread.hpp"
#include "names.hpp"
#include "script_server.hpp"

#include <catch2/catch.hpp>
