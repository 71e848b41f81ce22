// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// For the tests of programs that use hawser; not part of <hawser/hawser.hpp>.
//
// MockTransport replaces the network: it answers requests as a test expects them. Server is a real
// server on the loopback interface, http or https, that a test scripts, also to misbehave. Both use
// the same replies and the same received requests.
//
// These headers are never compiled separately: a program that links hawser::compiled does not carry
// a test server.

#include <hawser/testing/expectation.hpp>
#include <hawser/testing/mock_transport.hpp>
#include <hawser/testing/received_request.hpp>
#include <hawser/testing/reply.hpp>
#include <hawser/testing/server.hpp>
#include <hawser/testing/server_connection.hpp>
