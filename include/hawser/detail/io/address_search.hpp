// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Finds the addresses that a dial may connect to: those that the options name, the host itself if
// it is an address, loopback for localhost, those known from an earlier lookup, or those that a
// resolver finds. Then asks the user's filter about them. Each of the two may take a while.

#include <hawser/config.hpp>
#include <hawser/detail/io/address_filter_call.hpp>
#include <hawser/detail/io/endpoint_list.hpp>
#include <hawser/detail/io/known_hosts.hpp>
#include <hawser/detail/io/name_cache.hpp>
#include <hawser/detail/io/name_lookup.hpp>
#include <hawser/detail/rt/deadlines.hpp>
#include <hawser/detail/rt/task.hpp>
#include <hawser/failure.hpp>
#include <hawser/resolver.hpp>
#include <hawser/transport_options.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/ip/tcp.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <system_error>
#include <vector>

namespace hawser::inline HAWSER_ABI::detail {

/// What all searches of a transport have in common.
struct SearchSettings {
    explicit SearchSettings(const TransportOptions& options)
        : known_hosts(options.resolve),
          resolver(options.resolver),
          filter(options.address_filter),
          cache(options.resolve_cache_ttl, options.thread_safe) {}

    const KnownHosts known_hosts;
    const std::shared_ptr<Resolver> resolver;  // null: the system's
    const AddressFilter filter;
    NameCache cache;
};

class AddressSearch final : private HandOver<LookupResultPtr>::Owner {
public:
    using Endpoint = asio::ip::tcp::endpoint;

    /// The dial. All functions of the search are called in its turns, except forget().
    class Owner {
    public:
        /// A task for which no lock may be held, because it runs user code. Keeps the owner alive;
        /// the task ends that with keep_alive(false).
        virtual void run_after_turn(Task& task) = 0;
        /// What was waited for is there: call take() in a turn. Called with no lock held.
        virtual void search_continues() = 0;
        virtual void keep_alive(bool on) noexcept = 0;

    protected:
        ~Owner() = default;
    };

    /// Lookups count as work of `executor`.
    AddressSearch(SearchSettings& settings,
                  const asio::any_io_executor& executor,
                  Owner& owner) noexcept
        : settings_(settings), executor_(executor), owner_(owner) {}

    /// How the addresses of a host are found.
    enum class Source {
        known,     // without asking anybody
        loopback,  // a name of this machine
        resolver,  // by asking: wait for it
    };
    /// Begins to look for `host`.
    Source begin(const std::string& host, std::uint16_t port, const Deadlines& clock);
    /// Asks the filter about the addresses. False: there is none, or nothing to ask it about.
    bool begin_filter();
    /// Takes what was waited for.
    void take(TimePoint now);

    /// The result: addresses, or why there are none.
    EndpointList addresses;
    std::error_code ec;
    Fault fault;

    /// Tells why there are none.
    void take_error(std::error_code& why, Fault& details) noexcept {
        why = ec;
        if (ec) {
            details = std::move(fault);
        }
    }

    /// None of the addresses could be connected to: the next dial looks them up again.
    void were_useless() noexcept;
    /// Whether the lookup still waits for a thread, because all of them are stuck in others.
    bool waits_for_thread() const noexcept;
    /// Gives up waiting. Call with no lock held. Afterwards nothing touches the executor.
    void forget() noexcept;

private:
    /// Asks the user's resolver.
    struct Ask final : Task {
        explicit Ask(AddressSearch& search) noexcept : of(search) {}
        HAWSER_DECL void run(CalledFrom from) override;
        AddressSearch& of;
        std::shared_ptr<Resolver> resolver{};
        IntrusivePtr<GuestCall<LookupResultPtr>> call{};
    };
    /// Asks the user's filter. It may destroy the client, so this owns what it needs.
    struct Filter final : Task {
        explicit Filter(AddressSearch& search) noexcept : of(search) {}
        HAWSER_DECL void run(CalledFrom from) override;
        void ask();
        AddressSearch& of;
        AddressFilter function{};
        std::vector<Endpoint> asked{};
        std::vector<Endpoint> accepted{};
        std::error_code ec{};
        Fault refused{};
    };

    bool find_known(const std::string& host);
    bool find_literal(const std::string& host);
    void ask_resolver();
    void take_lookup(TimePoint now);
    void take_filtered();
    HAWSER_DECL void handed_over(LookupResultPtr result) override;
    HAWSER_DECL void keep_alive(bool on) noexcept override;

    SearchSettings& settings_;
    const asio::any_io_executor& executor_;
    Owner& owner_;
    std::string host_;
    std::uint16_t port_ = 0;
    bool filtering_ = false;                          // take() is about the filter
    IntrusivePtr<HandOver<LookupResultPtr>> lookup_;  // until its result was taken
    NameLookup* system_lookup_ = nullptr;             // lookup_, if it is the system's
    LookupResultPtr result_;
    Ask ask_{*this};
    std::unique_ptr<Filter> filter_;  // null: there is none
};

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/io/impl/address_search.ipp>
#endif
