// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// The bodies of a mock: reads that of a request to its end, and ends that of a response with an
// error.

#include <hawser/detail/body_source.hpp>
#include <hawser/detail/conn/body_origin.hpp>
#include <hawser/detail/conn/body_stream.hpp>
#include <hawser/detail/rt/task.hpp>
#include <hawser/detail/transport/stand_in.hpp>
#include <hawser/error.hpp>
#include <hawser/request_body.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <asio/use_awaitable.hpp>

#include <cstddef>
#include <exception>
#include <memory>
#include <span>
#include <string>
#include <system_error>
#include <utility>

namespace hawser::inline HAWSER_ABI::testing::detail {

using namespace hawser::detail;

/// Behind the held bytes of a response: an error instead of the end.
class BrokenRest final : public BodyStream {
public:
    BrokenRest(std::error_code ec, BodyOrigin origin)
        : ec_(ec),
          origin_(std::move(origin)),
          failure_(origin_.describe(ec, {}, "the MockTransport was told to fail here")) {}

    std::size_t read_some(std::span<char>, std::error_code& ec) override {
        ec = ec_;
        return 0;
    }
    void read(BodyRead& read, asio::cancellation_slot) override {
        Task* const done = read.received(0, ec_);
        if (read.failed) {
            read.set_failure(failure_);
        }
        done->run(CalledFrom::user);
    }
    void cancel(BodyRead&, std::error_code) override {}
    void close() override {}
    void reject(std::error_code, Fault) override {}

    Failure failure() const override { return failure_; }
    Failure tell(std::error_code code, const char* reason) override {
        return failure_ = code == ec_ ? failure_ : origin_.describe(code, {}, reason);
    }
    Exchange* exchange() const noexcept override { return nullptr; }

private:
    const std::error_code ec_;
    const BodyOrigin origin_;
    Failure failure_;
};

/// Waits until a descriptor that belongs to the reader can be read.
inline asio::awaitable<void> wait_readable(asio::any_io_executor executor, int descriptor) {
#if defined(ASIO_HAS_POSIX_STREAM_DESCRIPTOR)
    struct Borrowed {
        ~Borrowed() {
            if (stream.is_open()) {
                stream.release();
            }
        }
        asio::posix::stream_descriptor stream;
    };
    Borrowed borrowed{asio::posix::stream_descriptor(executor, descriptor)};
    co_await borrowed.stream.async_wait(asio::posix::stream_descriptor::wait_read,
                                        asio::use_awaitable);
#else
    (void)executor;
    (void)descriptor;
    throw std::system_error(make_error_code(error::request_body_error));
    co_return;
#endif
}

/// One piece of a body; `awaited` and `descriptor` have been waited for.
inline asio::awaitable<SourceRead> read_piece(BodyReader& reader,
                                              BodyBuffer into,
                                              asio::any_io_executor executor) {
    for (;;) {
        SourceRead got = reader.read(into);
        if (got.awaited != nullptr) {
            std::exception_ptr failure;
            try {
                got.size =
                    co_await std::move(*static_cast<asio::awaitable<std::size_t>*>(got.awaited));
            } catch (...) {
                failure = std::current_exception();
            }
            co_return failure ? source_failure(failure) : got;
        }
        if (got.descriptor == -1) {
            co_return got;
        }
        co_await wait_readable(executor, got.descriptor);
    }
}

/// Appends the whole body, as its reader delivers it, and tells `listener`. Returns the error of
/// the last read.
inline asio::awaitable<SourceRead> read_body(std::shared_ptr<BodyReader> reader,
                                             std::string& out,
                                             StandIn& listener,
                                             asio::any_io_executor executor) {
    struct Close {
        ~Close() { reader.close(); }
        BodyReader& reader;
    };
    const Close close{*reader};
    constexpr std::size_t size = 64 * 1024;
    const std::unique_ptr<char[]> piece(new char[size]);
    for (;;) {
        SourceRead got = co_await read_piece(*reader, {piece.get(), size}, executor);
        const auto length = reader->length();
        if (got.size > size || (length && out.size() + got.size > *length)) {
            got = failed_read(error::request_body_error, "its source delivered too much");
        } else if (!got.ec && got.size == 0 && length && out.size() < *length) {
            got = failed_read(error::request_body_error, "its source delivered too little");
        }
        if (!got.ec) {
            got.ec = listener.wrote_body(got.size, got.fault);
        }
        if (got.ec || got.size == 0) {
            co_return got;
        }
        out.append(piece.get(), got.size);
    }
}

}  // namespace hawser::inline HAWSER_ABI::testing::detail
