// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// The benchmark's server: edge-triggered epoll, plain and TLS side by side, with every response
// prepared before the first request. Each of its threads serves the connections that it accepted.
// It looks only at the path: /small, /fields, /close, /bytes/N, /chunked/N/PIECE, /sink, and
// /gather/N, which responds like /small once N requests are waiting in that thread. It trusts its
// clients: not for any other use.
//
//     bench_server [--lag-us N] [--threads N] --ca-out FILE
//
// prints "PORT TLS_PORT" and serves until killed.

#include "../support/test_certs.hpp"
#include "clients/bench_client.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <arpa/inet.h>
#include <cerrno>
#include <csignal>
#include <deque>
#include <fstream>
#include <memory>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>
#include <unordered_map>

namespace {

using Clock = std::chrono::steady_clock;

/// A head, then `repeat` bytes that cycle through `ring`, then a tail.
struct Reply {
    std::string head;
    std::string ring{};
    std::uint64_t repeat = 0;
    std::string tail{};
    bool close = false;
};

std::string with_fields(std::size_t total, std::vector<std::string> fields) {
    const std::string body = "Hello, World!";
    std::string text = "HTTP/1.1 200 OK\r\n";
    for (const auto& field : fields) {
        text += field + "\r\n";
    }
    text += "ETag: \"";
    const std::string end = "\"\r\n\r\n" + body;
    while (text.size() + end.size() < total) {
        text += static_cast<char>('a' + text.size() % 26);
    }
    return text + end;
}

Reply small(bool close) {
    return {.head = with_fields(225,
                                {"Server: bench",
                                 "Date: Thu, 01 Jan 2026 00:00:00 GMT",
                                 "Content-Type: text/plain; charset=utf-8",
                                 "Content-Length: 13",
                                 close ? "Connection: close" : "Connection: keep-alive"}),
            .close = close};
}

Reply fields() {
    std::vector<std::string> lines{
        "Date: Thu, 01 Jan 2026 00:00:00 GMT",
        "Content-Type: text/html; charset=utf-8",
        "Content-Length: 13",
        "Connection: keep-alive",
        "Server: nginx/1.24.0",
        "Cache-Control: max-age=0, private, must-revalidate",
        "Vary: Accept-Encoding, Accept",
        "Strict-Transport-Security: max-age=31536000; includeSubdomains; preload",
        "X-Frame-Options: deny",
        "X-Content-Type-Options: nosniff",
        "X-XSS-Protection: 0",
        "Referrer-Policy: origin-when-cross-origin, strict-origin-when-cross-origin",
        "Content-Security-Policy: default-src 'none'; base-uri 'self'; connect-src 'self'",
        "Set-Cookie: session=BAh7CEkiD3Nlc3Npb25faWQGOgZFVEkiJTk4; path=/; HttpOnly",
        "Set-Cookie: logged_in=no; path=/; expires=Fri, 01 Jan 2027 00:00:00 GMT",
        "Accept-Ranges: bytes",
        "Age: 0",
        "Via: 1.1 varnish",
        "X-Served-By: cache-fra-eddf8230057",
        "X-Cache: MISS",
        "X-Cache-Hits: 0",
        "X-Timer: S1767225600.123456,VS0,VE102",
        "X-Request-Id: 6d3c1f0a-2b0b-4a49-9a3f-0f6f0c1f7a11",
        "X-Runtime: 0.042817",
        "X-RateLimit-Limit: 60",
        "X-RateLimit-Remaining: 59",
        "Last-Modified: Wed, 31 Dec 2025 "
        "23:59:59 GMT",
        "Alt-Svc: clear",
        "Access-Control-Allow-Origin: *"};
    return {.head = with_fields(1300, std::move(lines))};
}

Reply bytes(std::uint64_t length) {
    return {.head = "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(length) + "\r\n\r\n",
            .ring = bench::pattern(),
            .repeat = length};
}

Reply chunked(std::uint64_t length, std::size_t piece) {
    Reply reply{.head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
                .tail = "0\r\n\r\n"};
    char size[32];
    std::snprintf(size, sizeof size, "%zx\r\n", piece);
    for (std::size_t at = 0; at < bench::pattern().size(); at += piece) {
        reply.ring += size + bench::pattern().substr(at, piece) + "\r\n";
    }
    reply.repeat = length / bench::pattern().size() * reply.ring.size();
    return reply;
}

/// Counts and sums an upload, length-delimited or chunked.
struct Upload {
    bool chunked = false;
    std::uint64_t left = 0;  // of the body or of the chunk
    std::string line{};      // current line of chunk framing
    bool last = false;
    bench::BodySum sum{};

    /// Consumes the bytes that belong to the body; true if the body ended.
    bool take(std::string_view& in) {
        while (!in.empty()) {
            if (left > 0) {
                const std::size_t n = std::min<std::uint64_t>(left, in.size());
                sum.add(in.data(), n);
                in.remove_prefix(n);
                left -= n;
            } else if (chunked) {
                line += in.front();
                in.remove_prefix(1);
                if (line.ends_with('\n') && line.size() > 2) {
                    left = std::stoull(line, nullptr, 16);
                    last = left == 0;
                    line.clear();
                } else if (last && line == "\r\n") {
                    return true;
                } else if (line == "\r\n") {
                    line.clear();  // after a chunk
                }
            }
            if (!chunked && left == 0) {
                return true;
            }
        }
        return !chunked && left == 0;
    }
};

struct Connection {
    int fd = -1;
    std::uint64_t id = 0;
    SSL* ssl = nullptr;
    bool shaken = false;
    std::string in{};
    std::shared_ptr<const Reply> reply{};
    std::uint64_t sent = 0;  // of the whole reply
    bool held = false;       // the reply is not due yet
    std::unique_ptr<Upload> upload{};

    ~Connection() {
        SSL_free(ssl);
        ::close(fd);
    }
};

SSL_CTX* new_tls_context(const std::string& ca_out) {
    const auto root = hawser::test::TestCert::authority();
    const auto leaf = root.issue({.cn = "bench", .dns = {"localhost"}, .ips = {"127.0.0.1"}});
    std::ofstream{ca_out} << root.pem();
    SSL_CTX* const made = SSL_CTX_new(TLS_server_method());
    SSL_CTX_use_certificate(made, leaf.cert());
    SSL_CTX_use_PrivateKey(made, leaf.key());
    SSL_CTX_set_mode(made,
                     SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_RELEASE_BUFFERS |
                         SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    return made;
}

/// One thread of the server. All listen on the same two ports; the kernel spreads connections.
class Server {
public:
    Server(std::chrono::microseconds lag, SSL_CTX* ssl) : Server(lag, ssl, 0, 0) {}
    explicit Server(const Server& first)
        : Server(first.lag_, first.ssl_, port(first.plain_), port(first.tls_)) {}
    Server& operator=(const Server&) = delete;

    void print_ports() const {
        std::printf("%d %d\n", port(plain_), port(tls_));
        std::fflush(stdout);
    }

    [[noreturn]] void run() {
        std::vector<epoll_event> events(256);
        for (;;) {
            const auto wait = until_due();
            const int n = ::epoll_pwait2(epoll_,
                                         events.data(),
                                         static_cast<int>(events.size()),
                                         late_.empty() ? nullptr : &wait,
                                         nullptr);
            for (int i = 0; i < n; ++i) {
                if (events[i].data.u64 < 2) {
                    accept(events[i].data.u64 == 1);
                } else {
                    with(events[i].data.u64, [this](Connection& c) { return serve(c); });
                }
            }
            while (!late_.empty() && late_.front().first <= Clock::now()) {
                const auto id = late_.front().second;
                late_.pop_front();
                with(id, [this](Connection& c) {
                    c.held = false;
                    return serve(c);
                });
            }
        }
    }

private:
    Server(std::chrono::microseconds lag, SSL_CTX* ssl, int plain_port, int tls_port)
        : lag_(lag), ssl_(ssl), plain_(listen(0, plain_port)), tls_(listen(1, tls_port)) {}

    int listen(std::uint64_t id, int port) {
        const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        const int one = 1;
        ::setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one);
        sockaddr_in any{};
        any.sin_family = AF_INET;
        any.sin_port = htons(static_cast<std::uint16_t>(port));
        any.sin_addr.s_addr = htonl(INADDR_ANY);  // all of 127/8: a thousand hosts
        const int backlog = 4096;
        if (::bind(fd, reinterpret_cast<sockaddr*>(&any), sizeof any) != 0 ||
            ::listen(fd, backlog) != 0) {
            bench::fail("cannot listen");
        }
        watch(fd, EPOLLIN, id);
        return fd;
    }

    static int port(int fd) {
        sockaddr_in at{};
        socklen_t size = sizeof at;
        ::getsockname(fd, reinterpret_cast<sockaddr*>(&at), &size);
        return ntohs(at.sin_port);
    }

    void watch(int fd, std::uint32_t what, std::uint64_t id) {
        epoll_event event{.events = what, .data = {.u64 = id}};
        ::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event);
    }

    void accept(bool tls) {
        int fd;
        while ((fd = ::accept4(tls ? tls_ : plain_, nullptr, nullptr, SOCK_NONBLOCK)) >= 0) {
            const int one = 1;
            ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
            auto connection = std::make_unique<Connection>();
            connection->fd = fd;
            connection->id = next_++;
            if (tls) {
                connection->ssl = SSL_new(ssl_);
                SSL_set_fd(connection->ssl, fd);
                SSL_set_accept_state(connection->ssl);
            }
            watch(fd, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, connection->id);
            connections_[connection->id] = std::move(connection);
        }
    }

    template <class Do>
    void with(std::uint64_t id, Do what) {
        const auto at = connections_.find(id);
        if (at != connections_.end() && !what(*at->second)) {
            connections_.erase(at);
        }
    }

    timespec until_due() const {
        if (late_.empty()) {
            return {};
        }
        const auto left = std::max(late_.front().first - Clock::now(), Clock::duration{});
        return {.tv_sec = 0, .tv_nsec = static_cast<long>(left.count())};
    }

    /// Writes and reads as much as possible; false if the connection is over.
    bool serve(Connection& c) {
        for (;;) {
            if (c.held) {
                return true;
            }
            if (c.reply && !send(c)) {
                return errno == EAGAIN;
            }
            if (c.reply) {  // all sent
                if (std::exchange(c.reply, nullptr)->close) {
                    return false;
                }
                c.sent = 0;
            }
            const ssize_t n = read(c);
            if (n <= 0) {
                return n < 0 && errno == EAGAIN;
            }
            std::string_view got{buffer_.data(), static_cast<std::size_t>(n)};
            if (c.upload) {
                if (c.upload->take(got)) {
                    finish_upload(c);
                }
            } else {
                c.in.append(got);
                take_request(c);
            }
        }
    }

    ssize_t read(Connection& c) {
        if (!c.ssl) {
            return ::recv(c.fd, buffer_.data(), buffer_.size(), 0);
        }
        ERR_clear_error();
        errno = 0;
        const int n = SSL_read(c.ssl, buffer_.data(), static_cast<int>(buffer_.size()));
        return n > 0 ? n : again(c, n);
    }

    static int again(const Connection& c, int n) {
        const int why = SSL_get_error(c.ssl, n);
        const bool waits = why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE;
        errno = waits ? EAGAIN : EPIPE;
        return -1;
    }

    /// Sends the rest of the reply; false with errno on failure.
    bool send(Connection& c) {
        const Reply& reply = *c.reply;
        const std::uint64_t before_tail = reply.head.size() + reply.repeat;
        while (c.sent < before_tail + reply.tail.size()) {
            std::string_view part;
            if (c.sent < reply.head.size()) {
                part = std::string_view(reply.head).substr(c.sent);
            } else if (c.sent < before_tail) {
                const std::uint64_t at = c.sent - reply.head.size();
                part = std::string_view(reply.ring).substr(at % reply.ring.size());
                part = part.substr(0, std::min<std::uint64_t>(part.size(), reply.repeat - at));
            } else {
                part = std::string_view(reply.tail).substr(c.sent - before_tail);
            }
            const bool more = c.sent + part.size() < before_tail + reply.tail.size();
            const ssize_t n = write(c, part, more && part.size() < 16384);
            if (n < 0) {
                return false;
            }
            c.sent += static_cast<std::uint64_t>(n);
        }
        return true;
    }

    static ssize_t write(Connection& c, std::string_view part, bool more) {
        if (!c.ssl) {
            return ::send(c.fd, part.data(), part.size(), MSG_NOSIGNAL | (more ? MSG_MORE : 0));
        }
        ERR_clear_error();
        const int n = SSL_write(c.ssl, part.data(), static_cast<int>(part.size()));
        return n > 0 ? n : again(c, n);
    }

    void take_request(Connection& c) {
        const auto end = c.in.find("\r\n\r\n");
        if (end == std::string::npos) {
            return;
        }
        const std::string head = c.in.substr(0, end + 4);
        c.in.erase(0, end + 4);
        const auto space = head.find(' ');
        const std::string path = head.substr(space + 1, head.find(' ', space + 1) - space - 1);
        if (path == "/sink") {
            start_upload(c, head);
        } else if (path.starts_with("/gather/")) {
            gather(c, std::stoul(path.substr(8)));
        } else {
            answer(c, reply_to(path));
        }
    }

    void answer(Connection& c, std::shared_ptr<const Reply> reply) {
        c.reply = std::move(reply);
        if (lag_.count() > 0) {
            c.held = true;
            late_.emplace_back(Clock::now() + lag_, c.id);
        }
    }

    void gather(Connection& c, std::size_t count) {
        c.reply = reply_to("/small");
        gathered_.push_back(c.id);
        c.held = true;
        if (gathered_.size() >= count) {
            for (const auto id : std::exchange(gathered_, {})) {
                late_.emplace_back(Clock::now(), id);
            }
        }
    }

    void start_upload(Connection& c, std::string head) {
        std::transform(head.begin(), head.end(), head.begin(), [](char x) {
            return static_cast<char>(std::tolower(x));
        });
        c.upload = std::make_unique<Upload>();
        c.upload->chunked = head.find("\r\ntransfer-encoding: chunked") != std::string::npos;
        if (const auto at = head.find("\r\ncontent-length:"); at != std::string::npos) {
            c.upload->left = std::stoull(head.substr(at + 17));
        }
        if (head.find("\r\nexpect: 100-continue") != std::string::npos) {
            write(c, "HTTP/1.1 100 Continue\r\n\r\n", false);
        }
        std::string_view rest = c.in;
        const bool done = c.upload->take(rest);
        c.in.clear();
        if (done) {
            finish_upload(c);
        }
    }

    void finish_upload(Connection& c) {
        char text[64];
        const auto& sum = c.upload->sum;
        const int n = std::snprintf(text,
                                    sizeof text,
                                    "%llu %016llx\n",
                                    static_cast<unsigned long long>(sum.size()),
                                    static_cast<unsigned long long>(sum.hash()));
        c.upload.reset();
        answer(c,
               std::make_shared<Reply>(Reply{.head = "HTTP/1.1 200 OK\r\nContent-Length: " +
                                                     std::to_string(n) + "\r\n\r\n" + text}));
    }

    std::shared_ptr<const Reply> reply_to(const std::string& path) {
        auto& made = replies_[path];
        if (!made) {
            made = std::make_shared<Reply>(make(path));
        }
        return made;
    }

    static Reply make(const std::string& path) {
        const auto number = [&](std::size_t from) { return std::stoull(path.substr(from)); };
        if (path.starts_with("/bytes/")) {
            return bytes(number(7));
        }
        if (path.starts_with("/chunked/")) {
            return chunked(number(9), number(path.rfind('/') + 1));
        }
        if (path == "/fields") {
            return fields();
        }
        if (path == "/small" || path == "/close") {
            return small(path == "/close");
        }
        return {.head = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"};
    }

    std::chrono::microseconds lag_;
    SSL_CTX* ssl_;
    int epoll_ = ::epoll_create1(0);
    int plain_;
    int tls_;
    std::uint64_t next_ = 2;
    std::string buffer_ = std::string(256 * 1024, '\0');
    std::unordered_map<std::uint64_t, std::unique_ptr<Connection>> connections_;
    std::unordered_map<std::string, std::shared_ptr<const Reply>> replies_;
    std::deque<std::pair<Clock::time_point, std::uint64_t>> late_;
    std::vector<std::uint64_t> gathered_;
};

}  // namespace

int main(int argc, char** argv) {
    std::chrono::microseconds lag{0};
    std::size_t threads = 1;
    std::string ca_out;
    for (int i = 1; i + 1 < argc; i += 2) {
        const std::string_view option = argv[i];
        if (option == "--lag-us") {
            lag = std::chrono::microseconds{std::stoll(argv[i + 1])};
        } else if (option == "--threads") {
            threads = std::stoul(argv[i + 1]);
        } else if (option == "--ca-out") {
            ca_out = argv[i + 1];
        } else {
            bench::fail("unknown option " + std::string(option));
        }
    }
    std::signal(SIGPIPE, SIG_IGN);
    ::prctl(PR_SET_TIMERSLACK, 1);
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);  // never outlives the driver
    rlimit files{};
    ::getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &files);
    Server first{lag, new_tls_context(ca_out)};
    for (std::size_t i = 1; i < threads; ++i) {
        std::thread{[next = std::make_unique<Server>(first)] { next->run(); }}.detach();
    }
    first.print_ports();
    first.run();
}
