// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// What comes in on a connection: the bytes of its stream become the head and the body of one
// response. Never waits; knows nothing of whoever wants the response.

#include <hawser/config.hpp>
#include <hawser/detail/conn/wire.hpp>
#include <hawser/detail/message/response_reader.hpp>
#include <hawser/detail/policy/retry.hpp>

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <system_error>
#include <utility>

namespace hawser::detail {

class Incoming {
public:
    explicit Incoming(Wire& wire) noexcept : wire_(wire) {}

    /// The next byte is the first of a response to `method`. Counts what it receives as the
    /// attempt's.
    void begin(std::unique_ptr<ResponseReader> reader, std::string_view method, Attempt& attempt);
    /// The response is over: its reader.
    std::unique_ptr<ResponseReader> end() noexcept { return std::move(reader_); }
    /// Whether a response is being read.
    bool begun() const noexcept { return reader_ != nullptr; }
    ResponseReader& response() const noexcept { return *reader_; }

    /// Fills the reader's buffer. asio::error::would_block: nothing is there.
    void receive(std::error_code& ec);
    /// Bytes of the body. 0 without an error: it ended, or response().error() says why not. An
    /// error other than asio::error::would_block: the connection is lost.
    std::size_t read_body(std::span<char> out, std::error_code& ec);
    /// Throws away what is buffered of the body. True: that was the end.
    bool discard_buffered();
    /// Whether the response is followed by bytes that nobody asked for, or by the end.
    bool followed() const;

private:
    std::size_t receive_body(std::span<char> out, std::error_code& ec);
    std::size_t receive(std::span<char> space, std::error_code& ec);

    Wire& wire_;
    std::unique_ptr<ResponseReader> reader_;  // from the first byte of a response to its verdict
    Attempt* attempt_ = nullptr;
    bool filled_ = false;  // the last read took all it had room for: there may be more
};

}  // namespace hawser::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/conn/impl/incoming.ipp>
#endif
