// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Fetches the pieces of a streamed request body for a write loop. The source is user code: it runs
// with no lock held, may take as long as it likes, and cannot be interrupted; a connection that
// closes meanwhile just forgets its pump.

#include <hawser/config.hpp>
#include <hawser/detail/body_source.hpp>
#include <hawser/detail/intrusive_ptr.hpp>
#include <hawser/detail/net/task.hpp>

#include <asio/any_io_executor.hpp>

#include <atomic>
#include <cstddef>
#include <memory>

namespace hawser::detail {

class PersistConn;

class BodyPump final : public BodyReadSink,
                       public Task,
                       public std::enable_shared_from_this<BodyPump> {
public:
    static constexpr std::size_t buffer_size = 64 * 1024;

    BodyPump(IntrusivePtr<PersistConn> conn,
             asio::any_io_executor executor,
             std::shared_ptr<BodyReader> reader);
    HAWSER_DECL ~BodyPump() override;

    /// Asks for the next piece, which piece_arrived() brings. Within a turn of the connection; does
    /// nothing while one is on its way.
    void request();

    HAWSER_DECL void run(Context context) override;

    BodyBuffer buffer() noexcept override { return {data_.get(), buffer_size}; }
    const void* executor() const noexcept override { return &executor_; }
    HAWSER_DECL void on_body_read(std::error_code ec, std::size_t n) override;

private:
    // A source that answers at once asks for the next piece while run() is still on the stack:
    // it is then fetched by run()'s own loop instead of by recursion.
    enum class State { resting, fetching, fetch_again };

    IntrusivePtr<PersistConn> conn_;
    asio::any_io_executor executor_;
    std::shared_ptr<BodyReader> reader_;
    std::unique_ptr<char[]> data_;
    std::shared_ptr<BodyPump> self_;  // from request() to the end of run()
    std::atomic<State> state_{State::resting};
    std::atomic<bool> outstanding_{false};
};

}  // namespace hawser::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/net/impl/body_pump.ipp>
#endif
