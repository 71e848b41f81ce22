// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Needs c-ares 1.16 or newer (Debian: libc-ares-dev), and linking it: -lcares. hawser.hpp does not
// include this.

#include <hawser/resolver.hpp>

#if !__has_include(<ares.h>)
#error "<hawser/cares_resolver.hpp> needs c-ares: install libc-ares-dev"
#endif
#include <ares.h>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <fcntl.h>
#include <memory>
#include <mutex>
#include <netdb.h>
#include <new>
#include <poll.h>
#include <string>
#include <sys/socket.h>
#include <sys/time.h>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

namespace hawser::inline HAWSER_ABI {

/// Options of a CaresResolver.
struct CaresOptions {
    /// The name servers, "address" or "address:port" (an IPv6 address in brackets). Empty = those
    /// of the system (/etc/resolv.conf).
    std::vector<std::string> servers{};
    /// How long the first query to a server may take; later ones may take longer. 0 = c-ares
    /// decides. TransportOptions::resolve_timeout limits the whole lookup.
    std::chrono::milliseconds timeout{0};
    /// How often each server is asked. 0 = c-ares decides.
    int tries = 0;
};

namespace detail {
class CaresLoop;
}

/// Looks up names with c-ares, in place of the system's getaddrinfo(): any number at the same time,
/// on one thread, and never blocked by a name server that does not answer. It reads /etc/hosts and
/// /etc/resolv.conf, but no other source of /etc/nsswitch.conf, such as mDNS.
///
///     options.resolver = std::make_shared<hawser::CaresResolver>();
///
/// A lookup that fails has the cause of c-ares (category "c-ares", values ARES_E…). Equal lookups
/// that overlap are separate queries. Thread safety: safe. The destructor ends its thread, and with
/// it all lookups, which then fail.
class CaresResolver final : public Resolver {
public:
    /// @throws std::system_error for lack of a resource, or if a name server is not an address
    explicit CaresResolver(const CaresOptions& options = {});
    CaresResolver(const CaresResolver&) = delete;
    CaresResolver& operator=(const CaresResolver&) = delete;
    ~CaresResolver() override;

    /// A canceled lookup goes on, and its result is dropped.
    void start_resolve(std::string host, ResolveHandler handler) override;

private:
    std::shared_ptr<detail::CaresLoop> loop_;
    std::thread thread_;
};

/// The errors of c-ares.
inline const std::error_category& cares_category() noexcept {
    struct Category final : std::error_category {
        const char* name() const noexcept override { return "c-ares"; }
        std::string message(int value) const override { return ::ares_strerror(value); }
    };
    static const Category category;
    return category;
}

namespace detail {

/// A lookup: whom to tell.
struct CaresQuery {
    std::string host;
    ResolveHandler handler;
};

/// The channel, which only one thread may use, and the queue of that thread.
class CaresLoop {
public:
    explicit CaresLoop(const CaresOptions& options) {
        require(::ares_library_init(ARES_LIB_INIT_ALL), "c-ares");
        ares_options chosen{};
        chosen.sock_state_cb = &socket_changed;
        chosen.sock_state_cb_data = this;
        int mask = ARES_OPT_SOCK_STATE_CB;
        if (options.timeout.count() > 0) {
            chosen.timeout = static_cast<int>(options.timeout.count());
            mask |= ARES_OPT_TIMEOUTMS;
        }
        if (options.tries > 0) {
            chosen.tries = options.tries;
            mask |= ARES_OPT_TRIES;
        }
        require(::ares_init_options(&channel_, &chosen, mask), "c-ares");
        try {
            set_servers(options.servers);
            if (::pipe(wake_.data()) != 0) {
                throw std::system_error(errno, std::system_category(), "hawser: c-ares");
            }
        } catch (...) {
            ::ares_destroy(channel_);
            throw;
        }
        for (const int end : wake_) {
            ::fcntl(end, F_SETFD, FD_CLOEXEC);
            ::fcntl(end, F_SETFL, O_NONBLOCK);
        }
    }
    CaresLoop(const CaresLoop&) = delete;
    CaresLoop& operator=(const CaresLoop&) = delete;
    ~CaresLoop() {
        ::ares_destroy(channel_);  // tells all queries that are left
        ::close(wake_[0]);
        ::close(wake_[1]);
    }

    void add(CaresQuery query) {
        {
            const std::lock_guard lock(mutex_);
            asked_.push_back(std::move(query));
        }
        wake();
    }
    void stop() {
        {
            const std::lock_guard lock(mutex_);
            stopped_ = true;
        }
        wake();
    }

    /// Returns after stop().
    void run() {
        while (begin_queries()) {
            wait_and_process();
        }
    }

private:
    static void require(int status, const char* what) {
        if (status != ARES_SUCCESS) {
            throw std::system_error(status, cares_category(), std::string("hawser: ").append(what));
        }
    }

    void set_servers(const std::vector<std::string>& servers) {
        std::string list;
        for (const std::string& server : servers) {
            list.append(list.empty() ? "" : ",").append(server);
        }
        if (!list.empty()) {
            require(::ares_set_servers_ports_csv(channel_, list.c_str()), "CaresOptions::servers");
        }
    }

    void wake() noexcept {
        const char byte = 0;
        [[maybe_unused]] const auto written = ::write(wake_[1], &byte, 1);  // full: it wakes anyway
    }

    /// False: stop.
    bool begin_queries() {
        std::vector<CaresQuery> asked;
        {
            const std::lock_guard lock(mutex_);
            if (stopped_) {
                return false;
            }
            asked.swap(asked_);
        }
        for (CaresQuery& query : asked) {
            begin(std::move(query));
        }
        return true;
    }

    void begin(CaresQuery query) {
        ares_addrinfo_hints hints{};
        hints.ai_family = AF_UNSPEC;
        hints.ai_socktype = SOCK_STREAM;
        auto* const owned = new CaresQuery(std::move(query));  // until the callback
        ::ares_getaddrinfo(channel_, owned->host.c_str(), nullptr, &hints, &told, owned);
    }

    static void told(void* argument, int status, int, ares_addrinfo* found) {
        const std::unique_ptr<CaresQuery> query(static_cast<CaresQuery*>(argument));
        const std::unique_ptr<ares_addrinfo, decltype(&::ares_freeaddrinfo)> owner(
            found, &::ares_freeaddrinfo);
        if (status != ARES_SUCCESS || found == nullptr) {
            query->handler({status != ARES_SUCCESS ? status : ARES_ENODATA, cares_category()});
            return;
        }
        try {
            query->handler({}, addresses_of(*found));
        } catch (...) {  // c-ares cannot take an exception
            query->handler(std::make_error_code(std::errc::not_enough_memory));
        }
    }

    static std::vector<asio::ip::address> addresses_of(const ares_addrinfo& found) {
        std::vector<asio::ip::address> addresses;
        for (const ares_addrinfo_node* at = found.nodes; at != nullptr; at = at->ai_next) {
            asio::ip::tcp::endpoint endpoint;
            const bool known = at->ai_family == AF_INET || at->ai_family == AF_INET6;
            if (known && at->ai_addrlen <= endpoint.capacity()) {
                std::memcpy(endpoint.data(), at->ai_addr, at->ai_addrlen);
                addresses.push_back(endpoint.address());
            }
        }
        return addresses;
    }

    /// c-ares opened a socket, wants other events of it, or will close it. If memory is short, the
    /// queries on that socket time out.
    static void socket_changed(void* loop, ares_socket_t socket, int reads, int writes) noexcept {
        std::vector<pollfd>& watched = static_cast<CaresLoop*>(loop)->watched_;
        std::erase_if(watched, [socket](const pollfd& entry) { return entry.fd == socket; });
        const int events = (reads != 0 ? POLLIN : 0) | (writes != 0 ? POLLOUT : 0);
        if (events != 0) {
            try {
                watched.push_back({socket, static_cast<short>(events), 0});
            } catch (const std::bad_alloc&) {
            }
        }
    }

    void wait_and_process() {
        std::vector<pollfd> fds{{wake_[0], POLLIN, 0}};
        fds.insert(fds.end(), watched_.begin(), watched_.end());  // processing changes watched_
        ::poll(fds.data(), static_cast<nfds_t>(fds.size()), milliseconds_left());
        char ignored[64];
        while (fds[0].revents != 0 && ::read(wake_[0], ignored, sizeof ignored) > 0) {
        }
        for (std::size_t i = 1; i < fds.size(); ++i) {
            const bool reads = (fds[i].revents & (POLLIN | POLLERR | POLLHUP)) != 0;
            const bool writes = (fds[i].revents & (POLLOUT | POLLERR)) != 0;
            if (reads || writes) {
                ::ares_process_fd(channel_,
                                  reads ? fds[i].fd : ARES_SOCKET_BAD,
                                  writes ? fds[i].fd : ARES_SOCKET_BAD);
            }
        }
        ::ares_process_fd(channel_, ARES_SOCKET_BAD, ARES_SOCKET_BAD);  // timeouts
    }

    /// Until a query times out; -1: none is in progress.
    int milliseconds_left() {
        timeval left{};
        if (::ares_timeout(channel_, nullptr, &left) == nullptr) {
            return -1;
        }
        return static_cast<int>(left.tv_sec * 1000 + left.tv_usec / 1000 + 1);
    }

    ares_channel channel_{};
    std::vector<pollfd> watched_;      // the sockets of c-ares
    std::array<int, 2> wake_{-1, -1};  // a pipe
    std::mutex mutex_;                 // guards the rest
    std::vector<CaresQuery> asked_;
    bool stopped_ = false;
};

}  // namespace detail

inline CaresResolver::CaresResolver(const CaresOptions& options)
    : loop_(std::make_shared<detail::CaresLoop>(options)),
      thread_([loop = loop_] { loop->run(); }) {}

inline CaresResolver::~CaresResolver() {
    loop_->stop();
    // A handler may have the last reference to this resolver.
    thread_.get_id() == std::this_thread::get_id() ? thread_.detach() : thread_.join();
}

inline void CaresResolver::start_resolve(std::string host, ResolveHandler handler) {
    loop_->add({std::move(host), std::move(handler)});
}

}  // namespace hawser::inline HAWSER_ABI
