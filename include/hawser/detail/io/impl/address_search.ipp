// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/access.hpp>
#include <hawser/detail/io/address_search.hpp>
#include <hawser/detail/io/guest_fault.hpp>
#include <hawser/detail/io/translate_error.hpp>
#include <hawser/detail/ip_bytes.hpp>
#include <hawser/detail/policy/address_order.hpp>
#include <hawser/detail/policy/localhost.hpp>
#include <hawser/error.hpp>

#include <asio/ip/address.hpp>

#include <cerrno>
#include <new>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

inline EndpointList with_port(std::vector<asio::ip::tcp::endpoint> addresses, std::uint16_t port) {
    for (auto& address : addresses) {
        address.port(port);
    }
    return addresses;
}

HAWSER_DECL AddressSearch::Source AddressSearch::begin(const std::string& host,
                                                       std::uint16_t port,
                                                       const Deadlines& clock) {
    host_.clear();
    port_ = port;
    addresses.clear();
    ec = {};
    if (find_known(host)) {
        return Source::known;
    }
    host_ = host;
    if (is_localhost(host_)) {  // most servers listen on IPv4, some on both, few on IPv6 only
        addresses = std::vector{Endpoint(asio::ip::address_v4::loopback(), port_),
                                Endpoint(asio::ip::address_v6::loopback(), port_)};
        return Source::loopback;
    }
    if (settings_.cache.on()) {
        addresses = with_port(settings_.cache.find(host_, clock.now()), port_);
        if (!addresses.empty()) {
            return Source::known;
        }
    }
    ask_resolver();
    return Source::resolver;
}

// False: it is a name that nobody has an address of yet.
HAWSER_DECL bool AddressSearch::find_known(const std::string& host) {
    if (const auto* const known = settings_.known_hosts.find(host, port_)) {
        addresses = *known;
        return true;
    }
    return find_literal(host);
}

// False: it is not an address.
HAWSER_DECL bool AddressSearch::find_literal(const std::string& host) {
    asio::ip::address_v4::bytes_type octets;
    if (parse_octets(host, octets.data())) {
        addresses.set(Endpoint(asio::ip::address_v4(octets), port_));
        return true;
    }
    if (host.find(':') == std::string::npos) {
        return false;
    }
    std::error_code not_an_address;
    const auto address = asio::ip::make_address(host, not_an_address);
    if (not_an_address) {
        return false;
    }
    const std::size_t zone = host.find('%');
    if (zone != std::string::npos && address.is_v6() && address.to_v6().scope_id() == 0) {
        ec = lost_in_resolve({ENODEV, std::system_category()});
        fault.cause = cause_of(ec);
        fault.reason = "no network interface is \"";
        fault.reason.append(host, zone + 1).append("\"");
    } else {
        addresses.set(Endpoint(address, port_));
    }
    return true;
}

// ── The resolver ─────────────────────────────────────────────────────────────────────────────────

// If it fails at once, there is nothing to wait for, and ec says so.
HAWSER_DECL void AddressSearch::ask_resolver() {
    if (settings_.resolver) {
        ask_.resolver = settings_.resolver;
        ask_.call = new GuestCall<LookupResultPtr>(executor_, *this);
        lookup_ = ask_.call;
        owner_.run_after_turn(ask_);
        return;
    }
    try {
        const auto lookup = NameLookup::start(host_, executor_, *this, LookupPool::of_process());
        system_lookup_ = lookup.get();
        lookup_ = lookup;
    } catch (const std::system_error& failure) {
        ec = lost_in_resolve(failure.code());
        fault.cause = cause_of(ec);
        fault.reason = "no thread for looking up the name";
    }
}

HAWSER_DECL void AddressSearch::Ask::run(CalledFrom) {
    struct End {
        ~End() { owner.keep_alive(false); }
        Owner& owner;
    } const end{of.owner_};
    const auto guest = std::exchange(resolver, nullptr);
    const auto asked = std::exchange(call, nullptr);
    try {
        asked->start([&] { guest->start_resolve(of.host_, Access::make<ResolveHandler>(asked)); });
    }
    HAWSER_CATCH_FORCED_UNWIND
    catch (...) {
        GuestFault thrown = guest_fault("the resolver", error::resolve_failed);
        auto result = std::make_shared<LookupResult>();
        result->ec = thrown.ec;
        result->reason = std::move(thrown.reason);
        asked->deliver(std::move(result));
    }
}

HAWSER_DECL void AddressSearch::handed_over(LookupResultPtr result) {
    result_ = std::move(result);
    owner_.search_continues();
}

HAWSER_DECL void AddressSearch::keep_alive(bool on) noexcept {
    owner_.keep_alive(on);
}

HAWSER_DECL void AddressSearch::take(TimePoint now) {
    filtering_ ? take_filtered() : take_lookup(now);
}

HAWSER_DECL void AddressSearch::take_lookup(TimePoint now) {
    lookup_ = nullptr;
    system_lookup_ = nullptr;
    const LookupResultPtr result = std::move(result_);
    if (!result) {
        ec = error::resource_exhausted;
        return;
    }
    fault.reason = result->reason;
    if (result->ec) {
        const bool ours = error_of(result->ec) != hawser::error{};
        ec = ours ? result->ec : lost_in_resolve(result->ec);
        fault.cause = ours ? cause_of(result->ec) : result->ec;
        return;
    }
    std::vector<Endpoint> found = result->addresses;
    alternate_families(found, [](const Endpoint& one) { return one.address().is_v6(); });
    if (settings_.cache.on()) {
        settings_.cache.put(host_, found, now);
    }
    addresses = with_port(std::move(found), port_);
}

HAWSER_DECL void AddressSearch::were_useless() noexcept {
    if (settings_.cache.on()) {
        settings_.cache.forget(host_);
    }
}

HAWSER_DECL bool AddressSearch::waits_for_thread() const noexcept {
    return system_lookup_ != nullptr && system_lookup_->waits_for_thread();
}

HAWSER_DECL void AddressSearch::forget() noexcept {
    if (lookup_) {
        lookup_->forget();
    }
}

// ── The filter ───────────────────────────────────────────────────────────────────────────────────

HAWSER_DECL bool AddressSearch::begin_filter() {
    filtering_ = settings_.filter && !addresses.empty();
    if (filtering_) {
        if (!filter_) {
            filter_ = std::make_unique<Filter>(*this);
        }
        filter_->function = settings_.filter;
        filter_->asked = std::exchange(addresses, EndpointList()).copy();
        filter_->accepted.clear();
        filter_->ec = {};
        filter_->refused = {};
        owner_.run_after_turn(*filter_);
    }
    return filtering_;
}

/// "::ffff:127.0.0.1" leads to 127.0.0.1, and a filter must see that.
inline asio::ip::address unmapped(const asio::ip::address& address) {
    return address.is_v6() && address.to_v6().is_v4_mapped()
               ? asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6())
               : address;
}

HAWSER_DECL void AddressSearch::Filter::ask() {
    for (const Endpoint& endpoint : asked) {
        const asio::ip::address address = unmapped(endpoint.address());
        if (AddressFilterCall::accepts(function, address)) {
            accepted.push_back(endpoint);
        } else {
            refused.reason.append(refused.reason.empty() ? "address_filter refused " : ", ")
                .append(address.to_string());
        }
    }
    if (accepted.empty()) {
        ec = error::connect_failed;
    }
}

// Ends the step, whatever the filter does. If all addresses are refused, the dial ends.
HAWSER_DECL void AddressSearch::Filter::run(CalledFrom) {
    struct End {
        ~End() {
            filter.function = {};
            owner.search_continues();
            owner.keep_alive(false);
        }
        Filter& filter;
        Owner& owner;
    } const end{*this, of.owner_};
    try {
        ask();
    }
    HAWSER_CATCH_FORCED_UNWIND
    catch (...) {
        GuestFault thrown = guest_fault("address_filter", error::connect_failed);
        ec = thrown.ec;
        refused.reason = std::move(thrown.reason);
    }
}

HAWSER_DECL void AddressSearch::take_filtered() {
    filtering_ = false;
    ec = filter_->ec;
    if (ec) {
        fault = std::move(filter_->refused);
    } else {
        addresses = std::move(filter_->accepted);
    }
}

}  // namespace hawser::inline HAWSER_ABI::detail
