// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// The receiving side of a connection: turns the bytes of its stream into the head and body of one
// response. Never waits, and does not know who wants the response.

#include <hawser/config.hpp>
#include <hawser/detail/conn/wire.hpp>
#include <hawser/detail/message/response_reader.hpp>

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <system_error>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

struct CurrentAttempt;

class Incoming {
public:
    explicit Incoming(Wire& wire) noexcept : wire_(wire) {}

    /// The next byte is the first of a response to `method`. Adds received bytes to the attempt's
    /// count.
    void begin(std::unique_ptr<ResponseReader> reader,
               std::string_view method,
               CurrentAttempt& attempt);
    /// The response is finished; returns its reader.
    std::unique_ptr<ResponseReader> end() noexcept { return std::move(reader_); }
    /// Whether a response is being read.
    bool begun() const noexcept { return reader_ != nullptr; }
    ResponseReader& response() const noexcept { return *reader_; }

    /// Fills the reader's buffer. asio::error::would_block: no bytes yet.
    void receive(std::error_code& ec);
    /// Reads bytes of the body. 0 without an error: it ended, or it failed with response().error().
    /// Any error except asio::error::would_block means that the connection is lost.
    std::size_t read_body(std::span<char> out, std::error_code& ec);
    /// Discards the buffered bytes of the body. True: it has ended.
    bool discard_buffered();
    /// Whether unsolicited bytes, or the end of the connection, follow the response.
    bool followed() const;

private:
    bool reads_ahead(std::size_t wanted) const noexcept;
    bool was_reset() const noexcept;
    std::size_t receive_body(std::span<char> out, std::error_code& ec);
    std::size_t receive(std::span<char> space, std::error_code& ec);

    Wire& wire_;
    std::unique_ptr<ResponseReader> reader_;  // from the first byte of a response to its verdict
    CurrentAttempt* attempt_ = nullptr;
    bool filled_ = false;  // the last read filled its buffer: there may be more
};

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/conn/impl/incoming.ipp>
#endif
