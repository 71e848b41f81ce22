// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/conn/awaited_on.hpp>
#include <hawser/detail/conn/blocking_reads.hpp>
#include <hawser/detail/conn/body_reads.hpp>
#include <hawser/detail/conn/progress_body.hpp>
#include <hawser/detail/conn/unread_body.hpp>
#include <hawser/detail/rt/blocking_loop.hpp>
#include <hawser/detail/rt/thread_cancel.hpp>
#include <hawser/error.hpp>

#include <asio/error.hpp>

#include <algorithm>
#include <exception>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

/// Has `stream` serve the read, and waits for its end. If the upload is still running, its source
/// is called here meanwhile.
template <class Read>
void await_read(BodyStream& stream, BlockingLoop& loop, BlockingCompletion<Read>& read) {
    AwaitedOn<BodyStream, BodyRead> awaited(stream, read);
    if (BlockingLoop::Mailbox* const mailbox = mailbox_of(stream)) {
        loop.attach(*mailbox, read.caller());
    }
    read.caller().polled.set_exchange(stream.exchange());
    read.await(awaited, [&] { stream.read(read, {}); });
}

/// Serves the read within this call: the whole body has arrived.
inline void read_here(BodyStream& stream, BodyRead& read) {
    Task* done = nullptr;
    while (done == nullptr) {
        std::error_code ec;
        const std::size_t n = stream.read_some(read.space(), ec);
        done = read.received(n, ec);
    }
    if (read.failed) {
        read.set_failure(stream.tell(read.error(), read.reason()));
    }
}

HAWSER_DECL std::size_t read_some_blocking(UnreadBody& body,
                                           BlockingLoop* loop,
                                           std::span<char> out,
                                           std::error_code& ec) {
    ec = {};
    if (!body.is_streamed()) {
        return body.read_some(out, ec);
    }
    {
        const NoThreadCancel no_cancel{NoThreadCancel::LookFirst{}};
        const std::size_t n = body.read_some(out, ec);
        if (ec != asio::error::would_block) {
            if (loop != nullptr) {
                loop->note_direct_read();
            }
            return n;
        }
    }
    ec = loop->refusal();
    if (ec) {
        body.tell(ec);
        return 0;
    }
    ProgressBody* const progress = body.rest()->progress();
    if (progress != nullptr) {
        progress->read_silently();
    }
    BlockingCompletion<ReadSome> read(*loop);
    read.read_into(out);
    await_read(*body.rest(), *loop, read);
    ec = progress != nullptr ? progress->tell_read(read.ec) : read.ec;
    if (ec == asio::error::eof) {
        body.drop_rest();
    }
    return read.result();
}

/// Makes room beyond the first `size` bytes. False if memory is short.
inline bool grow(std::string& text, std::size_t size) {
    constexpr std::size_t least = 16 * 1024;
    try {
        if (size == text.size()) {
            text.resize(std::max(text.capacity(), std::max(size * 2, least)));
        }
        return true;
    } catch (const std::exception&) {
        return false;
    }
}

/// Reads the rest piece by piece, so that the caller's thread can tell of each.
inline std::string read_pieces(UnreadBody& body,
                               BlockingLoop& loop,
                               std::size_t max,
                               std::error_code& ec) {
    std::string text;
    std::size_t size = 0;
    while (!ec) {
        if (!grow(text, size)) {
            ec = error::resource_exhausted;
            body.rest()->reject(ec, {});
            body.tell(ec);
            break;
        }
        size += read_some_blocking(body, &loop, std::span(text).subspan(size), ec);
        if (size > max) {
            ec = error::body_too_large;
            body.tell(ec, ReadAll::too_much);
        }
    }
    text.resize(std::min(size, max));
    ec = ec == asio::error::eof ? std::error_code{} : ec;
    return text;
}

/// Reads the rest in one read.
inline std::string read_whole(UnreadBody& body,
                              BlockingLoop& loop,
                              std::size_t max,
                              std::error_code& ec) {
    BlockingCompletion<ReadAll> read(loop);
    read.collect(body.take_held(), max);
    if (body.exchange() != nullptr) {
        await_read(*body.rest(), loop, read);
    } else {
        read_here(*body.rest(), read);
    }
    ec = read.ec;
    if (!ec) {
        body.drop_rest();
    }
    return std::move(read.result());
}

HAWSER_DECL std::string read_all_blocking(UnreadBody& body,
                                          BlockingLoop* loop,
                                          std::size_t max,
                                          std::error_code& ec) {
    ec = {};
    if (body.holds_all(max)) {
        return body.take_held();
    }
    if (body.rest() == nullptr || body.closed()) {
        ec = body.closed() ? error::body_closed : error::body_too_large;
        body.tell(ec, body.closed() ? "" : ReadAll::too_much);
        return body.take_held().substr(0, max);
    }
    const bool waits = body.exchange() != nullptr;
    ec = waits ? loop->refusal() : std::error_code{};
    if (ec) {
        body.tell(ec);
        return {};
    }
    return waits && body.rest()->progress() != nullptr ? read_pieces(body, *loop, max, ec)
                                                       : read_whole(body, *loop, max, ec);
}

}  // namespace hawser::inline HAWSER_ABI::detail
