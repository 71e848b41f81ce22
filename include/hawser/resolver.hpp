// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/config.hpp>
#include <hawser/detail/intrusive_ptr.hpp>
#include <hawser/detail/io/name_lookup.hpp>
#include <hawser/detail/rt/guest_call.hpp>

#include <asio/cancellation_signal.hpp>
#include <asio/ip/address.hpp>

#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace hawser::inline HAWSER_ABI {

namespace detail {
struct Access;
}

/// What a Resolver calls with its result, once. Move-only. If it is destroyed without having been
/// called, the dial fails with error::resolve_failed.
///
/// @par Thread safety
/// May be called and destroyed on any thread, but only on one at a time; also within
/// start_resolve(), and after the client is gone, which does nothing.
class ResolveHandler {
public:
    ResolveHandler(ResolveHandler&& other) noexcept = default;
    ResolveHandler& operator=(ResolveHandler&& other) noexcept;
    ~ResolveHandler();

    /// Completes the lookup; never runs other code of the client within this call. An error, or no
    /// addresses, fails the dial with error::resolve_failed, and `ec` as its cause. Of the
    /// addresses, the first 16 distinct ones are tried, in this order but with the families in turn
    /// (RFC 8305).
    void operator()(std::error_code ec, std::vector<asio::ip::address> addresses = {});

    /// Emits when the result is not wanted anymore: the request was canceled or timed out. On the
    /// thread that found this out, with no lock held, and not before start_resolve() has returned.
    [[nodiscard]] asio::cancellation_slot get_cancellation_slot() const noexcept;

private:
    friend struct detail::Access;
    using Call = detail::GuestCall<detail::LookupResultPtr>;

    explicit ResolveHandler(detail::IntrusivePtr<Call> call) noexcept : call_(std::move(call)) {}
    void deliver(std::error_code ec,
                 const std::vector<asio::ip::address>& addresses,
                 const char* reason) noexcept;

    detail::IntrusivePtr<Call> call_;
};

/// Looks up the addresses of hosts, in place of the system's resolver: see
/// TransportOptions::resolver. Go: net.Dialer.Resolver.
///
///     struct MyResolver : hawser::Resolver {
///         void start_resolve(std::string host, hawser::ResolveHandler handler) override;
///     };
///
/// It is asked about names of origins and proxies, but not about addresses, `localhost`, and hosts
/// in TransportOptions::resolve. TransportOptions::resolve_timeout limits it.
///
/// @par Thread safety
/// start_resolve() may be called concurrently, on threads that run the client's executor and on
/// those of blocking calls, with no lock held.
class Resolver {
public:
    virtual ~Resolver() = default;

    /// Starts a lookup, and returns soon: a blocking call may be waiting on this thread.
    ///
    /// @param host lower case, without brackets and port, as Url::host() has it
    /// @param handler called once, now or later
    /// @throws anything: the dial fails as if the handler had been called with the code of a
    ///     std::system_error; otherwise with error::resolve_failed, and what() as its reason
    virtual void start_resolve(std::string host, ResolveHandler handler) = 0;
};

}  // namespace hawser::inline HAWSER_ABI

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/impl/resolver.ipp>
#endif
