// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// TLS with your own certificate authority, as a file or as text. No other is trusted then. With
// neither, the system's roots are trusted, and this server is refused.
#include <hawser/hawser.hpp>

#include <exception>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <system_error>

void show(hawser::Client client, const std::string& url) {
    for (int i = 0; i < 2; ++i) {
        hawser::Response res = client.get(url);
        std::cout << res.status << ' ' << res.connection.tls_version << ' '
                  << res.connection.tls_cipher
                  << (res.connection.tls_resumed ? ", session resumed: " : ", full handshake: ")
                  << res.body.read_all();
        client.close_idle_connections();  // the next request dials, and resumes the session
    }
}

int main(int argc, char** argv) try {
    if (argc < 3) {
        std::cerr << "usage: 08_own_ca_tls URL CA_FILE\n";
        return 2;
    }
    const std::string url = argv[1];
    const std::string ca_file = argv[2];

    show(hawser::Client{{.transport = {.tls = {.ca_file = ca_file}}}}, url);

    std::ifstream file{ca_file};
    hawser::ClientOptions options;
    options.transport.tls.ca_pem = std::string{std::istreambuf_iterator<char>{file}, {}};
    show(hawser::Client{options}, url);

    std::error_code ec;
    hawser::Client{}.get(url, ec);
    std::cout << "without: " << ec.message() << '\n';
    return ec == hawser::error::cert_error ? 0 : 1;
} catch (const std::exception& e) {
    std::cerr << e.what() << '\n';
    return 1;
}
