// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// The part of a dial that the user's Dialer does: it returns a connected socket.

#include <hawser/config.hpp>
#include <hawser/detail/io/native_socket.hpp>
#include <hawser/detail/io/tcp_stream.hpp>
#include <hawser/detail/rt/guest_call.hpp>
#include <hawser/detail/rt/task.hpp>
#include <hawser/dialer.hpp>
#include <hawser/failure.hpp>

#include <asio/any_io_executor.hpp>

#include <memory>
#include <optional>
#include <system_error>

namespace hawser::inline HAWSER_ABI::detail {

class GuestDial final : private HandOver<DialedSocket>::Owner, public Task {
public:
    /// The dial.
    class Owner {
    public:
        /// The dialer has returned: call take() in a turn. Called with no lock held.
        virtual void guest_dialed() = 0;
        virtual void keep_alive(bool on) noexcept = 0;

    protected:
        ~Owner() = default;
    };

    GuestDial(std::shared_ptr<hawser::Dialer> dialer, Owner& owner) noexcept
        : dialer_(std::move(dialer)), owner_(owner) {}

    /// Prepares a call; it counts as work of `executor`. Then run this as a task, with no lock held
    /// and the owner kept alive; the task ends that with keep_alive(false).
    void begin(DialTarget target, const asio::any_io_executor& executor);
    HAWSER_DECL void run(CalledFrom from) override;

    /// What the dialer returned, on `executor`.
    std::optional<StreamSocket> take(const asio::any_io_executor& executor,
                                     std::error_code& ec,
                                     Fault& fault);
    /// Gives up waiting. Call with no lock held. Afterwards nothing touches the executor.
    void forget() noexcept;

private:
    HAWSER_DECL void handed_over(DialedSocket dialed) override;
    HAWSER_DECL void keep_alive(bool on) noexcept override { owner_.keep_alive(on); }

    const std::shared_ptr<hawser::Dialer> dialer_;
    Owner& owner_;
    DialTarget target_;
    IntrusivePtr<GuestCall<DialedSocket>> call_;
    DialedSocket dialed_;
};

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/io/impl/guest_dial.ipp>
#endif
