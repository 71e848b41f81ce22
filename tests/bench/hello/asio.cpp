// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// Only includes Asio: the unit for the other programs.
#include <asio.hpp>

int main() {
    asio::io_context io;
    io.run();
}
