// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// A ClientTrace receives the events of a request, as they happen. This one prints each event with
// the time since the start. The second request needs no new connection.
#include <hawser/hawser.hpp>

#include <chrono>
#include <exception>
#include <iostream>
#include <memory>
#include <string>

class Watch final : public hawser::ClientTrace {
public:
    void get_conn(std::string_view host, std::uint16_t port) override {
        started_ = Clock::now();
        say() << "wants a connection to " << host << ':' << port << '\n';
    }
    void dns_start(std::string_view host) override { say() << "resolves " << host << '\n'; }
    void connect_start(const Endpoint& address) override {
        say() << "connects to " << address.address() << '\n';
    }
    void got_conn(const hawser::ConnectionInfo& connection, std::chrono::nanoseconds) override {
        say() << "has connection " << connection.id << (connection.reused ? ", reused" : ", new")
              << '\n';
    }
    void wrote_request(std::error_code ec) override { say() << "is written " << ec << '\n'; }
    void got_first_response_byte() override { say() << "is answered\n"; }
    void put_idle_conn(std::uint64_t id, hawser::Reuse reuse) override {
        say() << "leaves connection " << id
              << (reuse == hawser::Reuse::yes ? " idle\n" : " closed\n");
    }
    void attempt_end(const AttemptEnd& end) override {
        say() << "ends after " << end.written << " bytes out, " << end.received << " in\n";
    }

private:
    using Clock = std::chrono::steady_clock;

    std::ostream& say() {
        const auto passed =
            std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - started_);
        return std::cout << passed.count() << " us: ";
    }

    Clock::time_point started_ = Clock::now();
};

int main(int argc, char** argv) try {
    const std::string url = argc > 1 ? argv[1] : "http://127.0.0.1:8080/hello";
    hawser::ClientOptions options;
    options.trace = std::make_shared<Watch>();
    hawser::Client client{options};
    for (int i = 0; i < 2; ++i) {
        std::cout << client.get(url).body.read_all();
    }
    std::cout << client.stats() << '\n';
} catch (const std::exception& e) {
    std::cerr << e.what() << '\n';
    return 1;
}
