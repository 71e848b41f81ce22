// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Notifies transports before their execution context is destroyed, so that they do not touch its
// services after that.

#include <hawser/config.hpp>
#include <hawser/detail/intrusive_ptr.hpp>

#include <asio/execution_context.hpp>

#include <mutex>
#include <vector>

namespace hawser::inline HAWSER_ABI::detail {

class TransportCore;

class TransportService final : public asio::execution_context::service {
public:
    using key_type = TransportService;
    inline static asio::execution_context::id id;

    explicit TransportService(asio::execution_context& context)
        : asio::execution_context::service(context) {}

    /// False: the context is already being destroyed.
    [[nodiscard]] bool add(TransportCore& core);
    void remove(TransportCore& core) noexcept;

private:
    // From Asio 1.27 on, an io_context calls it twice.
    HAWSER_DECL void shutdown() noexcept override;
    IntrusivePtr<TransportCore> take() noexcept;

    std::mutex mutex_;
    std::vector<TransportCore*> cores_;
    bool shut_down_ = false;
};

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/transport/impl/transport_service.ipp>
#endif
