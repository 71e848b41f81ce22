// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// What is known for certain only at the end of a response body. As long as the body has an
// exchange, the exchange knows it; this remembers it afterwards.

#include <hawser/config.hpp>
#include <hawser/headers.hpp>

#include <memory>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

class Exchange;

class BodyEnd {
public:
    /// The whole body has arrived with its head, and these are its trailers; null if it has none.
    void arrived(std::unique_ptr<Headers> trailers) noexcept { trailers_ = std::move(trailers); }
    void set_request_sent(bool sent) noexcept { unsent_ = !sent; }
    /// The end has been read. Call before the body drops its exchange.
    void take_from(Exchange& exchange) noexcept;

    // `exchange` is that of the body; null if it has none any more.
    bool cut_short(const Exchange* exchange) const noexcept;
    bool request_sent(const Exchange* exchange) const noexcept;
    const Headers& trailers(const Exchange* exchange) const noexcept;
    Headers take_trailers(Exchange* exchange) noexcept;

private:
    bool cut_short_ = false;
    bool unsent_ = false;  // the request was not sent completely
    std::unique_ptr<Headers> trailers_;
};

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/conn/impl/body_end.ipp>
#endif
