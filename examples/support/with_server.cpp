// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// with_server PROGRAM [--tls] /path...: starts the embedded server, calls PROGRAM with the URL of
// each path (//HOST/path: on that host), and returns PROGRAM's exit status. With --tls the server
// speaks TLS, and @ca stands for the file with its certificate authority.
#include "embedded_server.hpp"

#include <csignal>
#include <cstdio>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace {

int run(std::vector<std::string> words) {
    std::vector<char*> arguments;
    for (std::string& word : words) {
        arguments.push_back(word.data());
    }
    arguments.push_back(nullptr);
    const pid_t child = ::fork();
    if (child == 0) {
        std::signal(SIGPIPE, SIG_DFL);
        ::execv(arguments[0], arguments.data());
        ::_exit(127);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

std::string write_temporary(const std::string& text) {
    char name[] = "/tmp/hawser-ca-XXXXXX";
    const int file = ::mkstemp(name);
    const bool written =
        ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    ::close(file);
    return written ? name : "";
}

int run_with(const EmbeddedServer& server,
             const std::string& ca_file,
             std::vector<std::string> words) {
    for (std::size_t i = 1; i < words.size(); ++i) {
        if (words[i].starts_with('/')) {
            words[i] = server.url(words[i]);
        } else if (words[i] == "@ca") {
            words[i] = ca_file;
        }
    }
    return run(std::move(words));
}

}  // namespace

int main(int argc, char** argv) {
    std::vector<std::string> words(argv + 1, argv + argc);
    if (words.empty()) {
        std::fputs("usage: with_server PROGRAM [--tls] /path... [@ca]\n", stderr);
        return 2;
    }
    if (words.size() < 2 || words[1] != "--tls") {
        const EmbeddedServer server;
        return run_with(server, {}, std::move(words));
    }
    words.erase(words.begin() + 1);
    const EmbeddedServer server{EmbeddedServer::tls};
    const std::string ca_file = write_temporary(server.ca_pem());
    const int result = run_with(server, ca_file, std::move(words));
    ::unlink(ca_file.c_str());
    return result;
}
