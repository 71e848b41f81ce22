// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// A real server, running as a child process in its own folder, on a free loopback port. The
// constructor returns when the port answers; the destructor ends the process.

#include <catch2/catch.hpp>

#include <arpa/inet.h>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <netinet/in.h>
#include <spawn.h>
#include <stdexcept>
#include <string>
#include <sys/socket.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

namespace hawser::test {

class ChildServer {
public:
    struct Program {
        std::string name;
        std::string command;  // for sh, in the server's folder; $PORT holds the port

        /// If it is not installed, warns; fails if tests/run has installed what tests need.
        bool installed() const {
            const std::string look =
                "PATH=$PATH:/usr/sbin:/sbin command -v " + name + " >/dev/null";
            if (std::system(look.c_str()) == 0) {
                return true;
            }
            if (std::getenv("HAWSER_TEST_PROGRAMS") != nullptr) {
                FAIL(name << " is not installed");
            }
            WARN(name << " is not installed: skipped");
            return false;
        }
    };

    /// Installs `script` as /cgi-bin/script.
    ChildServer(const Program& program, const std::string& script)
        : folder_(make_folder(script)), port_(free_port()) {
        start(program);
    }

    using Files = std::vector<std::pair<std::string, std::string>>;  // names and contents

    ChildServer(const Program& program, const Files& files)
        : folder_(make_folder("")), port_(free_port()) {
        for (const auto& [name, contents] : files) {
            std::ofstream(folder_ / name, std::ios::binary) << contents;
        }
        start(program);
    }
    ChildServer(const ChildServer&) = delete;
    ChildServer& operator=(const ChildServer&) = delete;
    ~ChildServer() { end(); }

    std::string url(const std::string& path) const {
        return "http://127.0.0.1:" + std::to_string(port_) + path;
    }
    std::string https_url(const std::string& path) const {
        return "https://127.0.0.1:" + std::to_string(port_) + path;
    }

private:
    void start(const Program& program) {
        const std::string line = "cd " + folder_.string() +
                                 " && PATH=$PATH:/usr/sbin:/sbin PORT=" + std::to_string(port_) +
                                 " && " + program.command + " >/dev/null 2>&1";
        const char* const arguments[] = {"sh", "-c", line.c_str(), nullptr};
        if (::posix_spawn(&child_,
                          "/bin/sh",
                          nullptr,
                          nullptr,
                          const_cast<char* const*>(arguments),
                          environ) != 0) {
            throw std::runtime_error("no child process");
        }
        try {
            wait_until_it_answers();
        } catch (...) {
            end();
            throw;
        }
    }

    static sockaddr_in loopback(std::uint16_t port) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        return address;
    }

    /// A port that was free a moment ago.
    static std::uint16_t free_port() {
        const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address = loopback(0);
        socklen_t size = sizeof address;
        const bool bound = ::bind(fd, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                           ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0;
        ::close(fd);
        if (!bound) {
            throw std::runtime_error("no free port");
        }
        return ntohs(address.sin_port);
    }

    // Readable by whatever user the server switches to.
    static std::filesystem::path make_folder(const std::string& script) {
        std::string name = (std::filesystem::temp_directory_path() / "hawser-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) {
            throw std::runtime_error("no temporary folder");
        }
        using std::filesystem::perms;
        const perms open = perms::owner_all | perms::group_read | perms::group_exec |
                           perms::others_read | perms::others_exec;
        const std::filesystem::path folder = name;
        std::filesystem::create_directory(folder / "cgi-bin");
        std::ofstream(folder / "cgi-bin/script") << script;
        for (const auto& path : {folder, folder / "cgi-bin", folder / "cgi-bin/script"}) {
            std::filesystem::permissions(path, open);
        }
        return folder;
    }

    void end() {
        ::kill(child_, SIGKILL);
        ::waitpid(child_, nullptr, 0);
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }

    void wait_until_it_answers() const {
        const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds{30};
        for (;;) {
            const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
            const sockaddr_in address = loopback(port_);
            const bool up =
                ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
            ::close(fd);
            if (up) {
                return;
            }
            siginfo_t ended{};
            ::waitid(P_PID, static_cast<id_t>(child_), &ended, WEXITED | WNOHANG | WNOWAIT);
            if (ended.si_pid != 0) {
                throw std::runtime_error("the server ended");
            }
            if (std::chrono::steady_clock::now() > give_up) {
                throw std::runtime_error("the server does not answer");
            }
            std::this_thread::yield();
        }
    }

    std::filesystem::path folder_;
    std::uint16_t port_;
    pid_t child_ = 0;
};

}  // namespace hawser::test
