// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// The lower bound: sockets without a library, fixed bytes sent, a fixed number of bytes received,
// nothing parsed after the first response (whose head gives the length of all). With threads, each
// blocks on a socket of its own: two system calls a request.
#include "bench_client.hpp"

#include <arpa/inet.h>
#include <atomic>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

thread_local std::string g_in(65536, '\0');
thread_local std::size_t g_head = 0;   // bytes of a response head
thread_local std::size_t g_total = 0;  // bytes of a response

int dial(const bench::Args& args, std::size_t host) {
    const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
    const int one = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    sockaddr_in to{AF_INET, htons(static_cast<std::uint16_t>(std::stoi(args.port))), {}, {}};
    ::inet_pton(AF_INET, args.host(host).c_str(), &to.sin_addr);
    if (::connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) {
        bench::fail("connect");
    }
    return fd;
}

void send_all(int fd, const char* data, std::size_t size) {
    while (size > 0) {
        const ssize_t n = ::send(fd, data, size, MSG_NOSIGNAL);
        if (n <= 0) {
            bench::fail("send");
        }
        data += n;
        size -= static_cast<std::size_t>(n);
    }
}

std::size_t receive(int fd) {
    const ssize_t n = ::recv(fd, g_in.data(), g_in.size(), 0);
    if (n <= 0) {
        bench::fail("recv");
    }
    return static_cast<std::size_t>(n);
}

/// Learns the sizes from the first response.
void learn(std::string_view got) {
    const auto end = got.find("\r\n\r\n");
    const auto length = got.find("Content-Length: ");
    if (end == got.npos || length == got.npos) {
        bench::fail("no head in one piece");
    }
    g_head = end + 4;
    g_total = g_head + std::stoull(std::string(got.substr(length + 16, 20)));
}

void one_response(int fd, bench::Run& run) {
    std::size_t have = receive(fd);
    if (g_total == 0) {
        learn({g_in.data(), have});
    }
    bench::BodySum sum;
    sum.add(g_in.data() + g_head, have - g_head);
    for (std::size_t n; have < g_total; have += n) {
        n = receive(fd);
        sum.add(g_in.data(), n);
    }
    run.done(200, sum);
}

void in_turn(const bench::Args& args,
             const std::vector<std::string>& requests,
             bench::Run& run,
             std::atomic<std::size_t>& started) {
    std::vector<int> fds(args.hosts, -1);
    for (std::size_t i; (i = started++) < args.requests;) {
        int& fd = fds[i % args.hosts];
        if (fd < 0) {
            fd = dial(args, i);
        }
        send_all(fd, requests[i % args.hosts].data(), requests[i % args.hosts].size());
        one_response(fd, run);
        if (args.fresh) {
            ::close(std::exchange(fd, -1));
        }
    }
}

void many_at_once(const bench::Args& args, const std::string& request, bench::Run& run) {
    const int poll = ::epoll_create1(0);
    std::size_t started = 0;
    for (; started < args.inflight; ++started) {
        const int fd = dial(args, 0);
        epoll_event event{EPOLLIN | EPOLLET, {.fd = fd}};
        ::epoll_ctl(poll, EPOLL_CTL_ADD, fd, &event);
        send_all(fd, request.data(), request.size());
    }
    while (run.responses() < args.requests) {
        epoll_event ready[128];
        const int n = ::epoll_wait(poll, ready, 128, -1);
        for (int i = 0; i < n; ++i) {
            one_response(ready[i].data.fd, run);
            if (started < args.requests) {
                ++started;
                send_all(ready[i].data.fd, request.data(), request.size());
            }
        }
    }
    run.heap();
}

void upload(const bench::Args& args, const std::string& head, bench::Run& run) {
    const int fd = dial(args, 0);
    send_all(fd, head.data(), head.size());
    bench::PatternSource source{args.bytes};
    std::string buffer(65536, '\0');
    while (const std::size_t n = source(buffer.data(), buffer.size())) {
        send_all(fd, buffer.data(), n);
    }
    one_response(fd, run);
}

}  // namespace

int main(int argc, char** argv) {
    const bench::Args args = bench::parse(argc, argv);
    if (args.tls() || args.chunked || args.path.starts_with("/chunked")) {
        bench::unsupported();
    }
    bench::Run run;
    const bool upload_it = args.mode == bench::Mode::upload;
    const std::string end =
        ':' + args.port + "\r\nUser-Agent: bench\r\nAccept: */*\r\n" +
        (upload_it ? "Content-Length: " + std::to_string(args.bytes) : "Connection: keep-alive") +
        "\r\n\r\n";
    const std::string start = (upload_it ? "POST " : "GET ") + args.path + " HTTP/1.1\r\nHost: ";
    std::vector<std::string> requests;
    for (std::size_t i = 0; i < args.hosts; ++i) {
        requests.push_back(start + args.host(i) + end);
    }
    if (upload_it) {
        upload(args, requests[0], run);
    } else if (args.inflight > 1 && args.threads == 0) {
        many_at_once(args, requests[0], run);
    } else {
        std::atomic<std::size_t> started{0};
        bench::on_threads(args.loop_threads(), [&] { in_turn(args, requests, run, started); });
    }
    return run.report();
}
