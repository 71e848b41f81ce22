// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// How many bytes of a loopback connection the program at the other end has not read yet. Only the
// kernel knows. This asks through sock_diag(7) for the one socket, which takes microseconds. Where
// that is not available, it reads /proc/net/tcp, which takes milliseconds.

#include <arpa/inet.h>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <linux/sockios.h>
#include <memory>
#include <netinet/in.h>
#include <optional>
#include <string>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace hawser::test {

class TcpBacklog {
public:
    TcpBacklog() : netlink_{::socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG)} {}
    TcpBacklog(const TcpBacklog&) = delete;
    TcpBacklog& operator=(const TcpBacklog&) = delete;
    ~TcpBacklog() {
        if (netlink_ >= 0) {
            ::close(netlink_);
        }
    }

    /// Bytes written to `fd` that the other end has not read; 0 once the other end is closed.
    std::size_t of(int fd) const {
        sockaddr_storage ours{};
        sockaddr_storage theirs{};
        socklen_t size = sizeof ours;
        if (::getsockname(fd, reinterpret_cast<sockaddr*>(&ours), &size) != 0 ||
            ::getpeername(fd, reinterpret_cast<sockaddr*>(&theirs), &(size = sizeof theirs)) != 0) {
            return 0;
        }
        int unsent = 0;
        ::ioctl(fd, SIOCOUTQ, &unsent);
        const auto unread = ask_kernel(theirs, ours);
        return static_cast<std::size_t>(unsent) + (unread ? *unread : look_up(theirs, ours));
    }

private:
    struct Request {
        nlmsghdr header;
        inet_diag_req_v2 body;
    };

    static void set_end(const sockaddr_storage& end, __be16& port, __be32* address) {
        const auto& v4 = reinterpret_cast<const sockaddr_in&>(end);
        const auto& v6 = reinterpret_cast<const sockaddr_in6&>(end);
        port = v4.sin_port;
        if (end.ss_family == AF_INET) {
            address[0] = v4.sin_addr.s_addr;
        } else {
            std::memcpy(address, &v6.sin6_addr, sizeof v6.sin6_addr);
        }
    }

    /// The receive queue of the socket from `local` to `remote`; nothing if the kernel cannot tell.
    std::optional<std::size_t> ask_kernel(const sockaddr_storage& local,
                                          const sockaddr_storage& remote) const {
        Request request{};
        request.header.nlmsg_len = sizeof request;
        request.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
        request.header.nlmsg_flags = NLM_F_REQUEST;
        request.body.sdiag_family = static_cast<__u8>(local.ss_family);
        request.body.sdiag_protocol = IPPROTO_TCP;
        request.body.idiag_states = ~0U;
        set_end(local, request.body.id.idiag_sport, request.body.id.idiag_src);
        set_end(remote, request.body.id.idiag_dport, request.body.id.idiag_dst);
        request.body.id.idiag_cookie[0] = INET_DIAG_NOCOOKIE;
        request.body.id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
        alignas(nlmsghdr) char answer[4096];
        if (netlink_ < 0 || ::send(netlink_, &request, sizeof request, 0) < 0 ||
            ::recv(netlink_, answer, sizeof answer, 0) < static_cast<ssize_t>(NLMSG_HDRLEN)) {
            return std::nullopt;
        }
        const auto* header = reinterpret_cast<const nlmsghdr*>(answer);
        if (header->nlmsg_type == SOCK_DIAG_BY_FAMILY) {
            return static_cast<const inet_diag_msg*>(NLMSG_DATA(header))->idiag_rqueue;
        }
        const auto* error = static_cast<const nlmsgerr*>(NLMSG_DATA(header));
        const bool gone = header->nlmsg_type == NLMSG_ERROR && error->error == -ENOENT;
        return gone ? std::optional<std::size_t>{0} : std::nullopt;
    }

    /// For example "0100007F:1F90", as /proc/net/tcp and tcp6 write an endpoint.
    static std::string proc_name(const sockaddr_storage& end) {
        __be16 port = 0;
        __be32 word[4] = {};
        set_end(end, port, word);
        char text[48];
        if (end.ss_family == AF_INET) {
            std::snprintf(text, sizeof text, "%08X:%04X", word[0], ntohs(port));
        } else {
            std::snprintf(text,
                          sizeof text,
                          "%08X%08X%08X%08X:%04X",
                          word[0],
                          word[1],
                          word[2],
                          word[3],
                          ntohs(port));
        }
        return text;
    }

    static std::size_t look_up(const sockaddr_storage& local, const sockaddr_storage& remote) {
        const auto wanted = proc_name(local) + ' ' + proc_name(remote);
        const char* path = local.ss_family == AF_INET ? "/proc/net/tcp" : "/proc/net/tcp6";
        const std::unique_ptr<FILE, int (*)(FILE*)> table{std::fopen(path, "re"), &std::fclose};
        char line[512];
        while (table && std::fgets(line, sizeof line, table.get()) != nullptr) {
            unsigned long unread = 0;
            const char* at = std::strstr(line, wanted.c_str());
            if (at != nullptr && std::sscanf(at, "%*s %*s %*s %*x:%lx", &unread) == 1) {
                return unread;
            }
        }
        return 0;
    }

    int netlink_;
};

}  // namespace hawser::test
