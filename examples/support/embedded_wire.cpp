// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

#include "embedded_wire.hpp"

#include <charconv>
#include <strings.h>
#include <sys/socket.h>
#include <system_error>
#include <utility>

namespace {

constexpr std::size_t max_head = 64 * 1024;
constexpr std::size_t max_body = 64 * 1024 * 1024;

}  // namespace

std::optional<std::size_t> number_after(std::string_view prefix, std::string_view path) {
    if (!path.starts_with(prefix)) {
        return std::nullopt;
    }
    std::size_t number = 0;
    std::from_chars(path.data() + prefix.size(), path.data() + path.size(), number);
    return number;
}

std::string_view EmbeddedRequest::field(std::string_view name) const {
    // The head ends with an empty line, so every line except the last is followed by another.
    for (std::size_t at = head.find("\r\n"); at + 2 < head.size(); at = head.find("\r\n", at)) {
        at += 2;
        const bool found = head.size() - at > name.size() && head[at + name.size()] == ':' &&
                           strncasecmp(&head[at], name.data(), name.size()) == 0;
        if (found) {
            const std::size_t begin = head.find_first_not_of(' ', at + name.size() + 1);
            return std::string_view{head}.substr(begin, head.find("\r\n", begin) - begin);
        }
    }
    return {};
}

bool EmbeddedWire::send(std::string_view text) {
    while (!text.empty()) {
        const long count = tls_ ? tls_->write(text.data(), text.size())
                                : ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
        if (count <= 0) {
            return false;
        }
        text.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
}

std::string EmbeddedWire::read_some() {
    if (buffer_.empty()) {
        fill();
    }
    return std::exchange(buffer_, {});
}

std::optional<EmbeddedRequest> EmbeddedWire::read_request() {
    EmbeddedRequest in;
    in.head = take_until("\r\n\r\n");
    const std::string_view line = std::string_view{in.head}.substr(0, in.head.find("\r\n"));
    const std::size_t first = line.find(' ');
    const std::size_t last = line.rfind(' ');
    if (first == last) {
        return std::nullopt;
    }
    in.method = line.substr(0, first);
    in.path = line.substr(first + 1, last - first - 1);
    if (!in.field("Expect").empty() && !send("HTTP/1.1 100 Continue\r\n\r\n")) {
        return std::nullopt;
    }
    const std::size_t length = number_after("", in.field("Content-Length")).value_or(0);
    const bool chunked = !in.field("Transfer-Encoding").empty();
    if (chunked ? !read_chunks(in.body) : !take_into(in.body, length)) {
        return std::nullopt;
    }
    return in;
}

/// Everything up to and including `mark`; empty at the end of the connection or if it is too long.
std::string EmbeddedWire::take_until(std::string_view mark) {
    std::size_t end = 0;
    while ((end = buffer_.find(mark)) == std::string::npos) {
        if (buffer_.size() > max_head || !fill()) {
            return {};
        }
    }
    return take(end + mark.size());
}

std::string EmbeddedWire::take(std::size_t size) {
    std::string taken = buffer_.substr(0, size);
    buffer_.erase(0, size);
    return taken;
}

bool EmbeddedWire::take_into(std::string& out, std::size_t size) {
    while (buffer_.size() < size) {
        if (size > max_body || !fill()) {
            return false;
        }
    }
    out += take(size);
    return true;
}

bool EmbeddedWire::read_chunks(std::string& body) {
    for (;;) {
        const std::string line = take_until("\r\n");
        std::size_t size = 0;
        if (std::from_chars(line.data(), line.data() + line.size(), size, 16).ec != std::errc{}) {
            return false;
        }
        if (size == 0) {
            std::string trailer;
            do {
                trailer = take_until("\r\n");
            } while (trailer.size() > 2);
            return !trailer.empty();
        }
        if (body.size() + size > max_body || !take_into(body, size) ||
            take_until("\r\n") != "\r\n") {
            return false;
        }
    }
}

bool EmbeddedWire::fill() {
    char piece[16 * 1024];
    const long count =
        tls_ ? tls_->read(piece, sizeof piece) : ::recv(socket_, piece, sizeof piece, 0);
    if (count > 0) {
        buffer_.append(piece, static_cast<std::size_t>(count));
    }
    return count > 0;
}
