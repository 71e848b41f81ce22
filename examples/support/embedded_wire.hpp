// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// The HTTP half of EmbeddedServer: requests read from a socket, plain or TLS.
#pragma once

#include "embedded_tls.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

/// One complete request.
struct EmbeddedRequest {
    std::string head;  // as received, including the empty line
    std::string method;
    std::string path;
    std::string body;  // chunks already joined

    /// The value of the first field with that name; empty if there is none.
    std::string_view field(std::string_view name) const;
};

/// Bytes to and from one client, including those read ahead.
class EmbeddedWire {
public:
    /// Plain if `tls` is null.
    EmbeddedWire(int socket, EmbeddedTlsSession* tls) : socket_{socket}, tls_{tls} {}

    /// False if the client has gone.
    bool send(std::string_view text);

    /// At least one received byte; nothing if the client has gone.
    std::string read_some();

    /// The next request; nothing at the end of the connection or if it is not a request.
    std::optional<EmbeddedRequest> read_request();

private:
    std::string take_until(std::string_view mark);
    std::string take(std::size_t size);
    bool take_into(std::string& out, std::size_t size);
    bool read_chunks(std::string& body);
    bool fill();

    int socket_;
    EmbeddedTlsSession* tls_;
    std::string buffer_;
};

/// The number after `prefix`, as in "/bytes/1000"; nothing if the path differs.
std::optional<std::size_t> number_after(std::string_view prefix, std::string_view path);
