// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// The server's end of one TCP connection: receives bytes, sends bytes, and ends it in one of four
// ways. Its calls block, but the socket does not: each wait also watches a stop descriptor, so that
// no script can keep a test from ending. Knows nothing of TLS or HTTP. Used by one thread.

#include "gate.hpp"
#include "tcp_backlog.hpp"

#include <cerrno>
#include <chrono>
#include <memory>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace hawser::test {

enum class Wait { patient, forever };  ///< give up after `patience`, or wait without limit

class Wire {
public:
    /// Owns `fd` (non-blocking). Only watches `stop_fd`, which becomes readable once everything
    /// must end.
    Wire(int fd, int stop_fd) : fd_{fd}, stop_fd_{stop_fd} {
        const int on = 1;
        ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
    Wire(const Wire&) = delete;
    Wire& operator=(const Wire&) = delete;
    ~Wire() { drop(); }

    bool is_open() const { return fd_ >= 0; }
    int fd() const { return fd_; }
    int stop_fd() const { return stop_fd_; }

    /// Reads at least one byte; 0 at the client's FIN. Throws PeerGone on a reset.
    std::size_t read_some(char* into, std::size_t size, Wait wait) {
        for (;;) {
            await(POLLIN, wait);
            const auto n = ::recv(fd_, into, size, 0);
            if (n >= 0) {
                return static_cast<std::size_t>(n);
            }
            check("recv");
        }
    }

    void write_all(std::string_view bytes) {
        while (!bytes.empty()) {
            const auto n = ::send(need_open(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (n >= 0) {
                bytes.remove_prefix(static_cast<std::size_t>(n));
                continue;
            }
            check("send");
            await(POLLOUT, Wait::patient);
        }
    }

    /// True once the program at the other end has read everything that was sent: its receive queue,
    /// on this same machine, is empty. False if that does not happen within `limit`. The
    /// recv() that emptied the queue may not have returned yet; if it has room for more, it takes
    /// what is sent next as well.
    bool wait_until_read(std::chrono::milliseconds limit) {
        const auto give_up = std::chrono::steady_clock::now() + limit;
        if (!backlog_) {
            backlog_ = std::make_unique<TcpBacklog>();
        }
        while (backlog_->of(need_open()) != 0) {
            if (std::chrono::steady_clock::now() > give_up) {
                return false;
            }
            await_stop(std::chrono::microseconds{50});
        }
        return true;
    }

    /// FIN; continues to read.
    void half_close() { ::shutdown(need_open(), SHUT_WR); }

    /// FIN, after reading what has arrived, because the kernel answers unread bytes with a RST.
    void close() {
        if (fd_ < 0) {
            return;
        }
        ::shutdown(fd_, SHUT_WR);
        char sink[4096];
        while (::recv(fd_, sink, sizeof sink, MSG_DONTWAIT) > 0) {
        }
        drop();
    }

    /// RST.
    void reset() {
        const linger hard{.l_onoff = 1, .l_linger = 0};
        ::setsockopt(need_open(), SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
        drop();
    }

    /// Plain close(2): FIN, or RST if bytes from the client are unread.
    void drop() {
        if (fd_ >= 0) {
            ::close(std::exchange(fd_, -1));
            backlog_.reset();
        }
    }

private:
    int need_open() const {
        if (fd_ < 0) {
            throw std::logic_error{"the script uses a connection that it closed"};
        }
        return fd_;
    }

    void await(short events, Wait wait) {
        pollfd fds[] = {{need_open(), events, 0}, {stop_fd_, POLLIN, 0}};
        const int limit = wait == Wait::forever ? -1 : static_cast<int>(patience.count());
        int n = 0;
        while ((n = ::poll(fds, 2, limit)) < 0 && errno == EINTR) {
        }
        if (fds[1].revents != 0) {
            throw PeerGone{"the server is stopping"};
        }
        if (n == 0) {
            throw TimedOut{events == POLLIN ? "the client sent nothing"
                                            : "the client reads nothing"};
        }
    }

    void await_stop(std::chrono::microseconds limit) {
        pollfd stop{stop_fd_, POLLIN, 0};
        const timespec time{0, static_cast<long>(limit.count()) * 1000};
        if (::ppoll(&stop, 1, &time, nullptr) > 0) {
            throw PeerGone{"the server is stopping"};
        }
    }

    static void check(const char* what) {
        switch (errno) {
            case EAGAIN:
            case EINTR:
                return;
            case EPIPE:
            case ECONNRESET:
                throw PeerGone{what};
            default:
                throw std::system_error{errno, std::system_category(), what};
        }
    }

    int fd_;
    int stop_fd_;
    std::unique_ptr<TcpBacklog> backlog_;  // created by the first slow send
};

}  // namespace hawser::test
