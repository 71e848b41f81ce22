// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// What a TLS peer sends between two responses, or instead of one (R01, R02, T14, T17, T18, T20,
// T21).

#include "../support/tls_setup.hpp"
#include "../support/wire_tests.hpp"

#include <asio/io_context.hpp>

#include <functional>

using namespace hawser::test;

namespace {

constexpr const char* half = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf";
const std::string evil = respond("evil");

/// Sends a TLS 1.3 session ticket; true once the client has read it.
bool send_ticket(Peer& peer) {
    SSL_new_session_ticket(peer.ssl());
    SSL_do_handshake(peer.ssl());
    return peer.send_slowly("", 1);
}

/// A server that prepares a TLS message `times` times before it responds.
void flood(int times, const std::function<void(SSL*)>& prepare) {
    FdGuard fds;
    ScriptServer server{[&](Peer& peer) {
                            peer.read_request();
                            for (int i = 0; i < times; ++i) {
                                prepare(peer.ssl());
                                SSL_do_handshake(peer.ssl());
                                peer.flush_tls();
                            }
                            peer.send(respond("hello"));
                            peer.wait_for_eof();
                        },
                        {.tls = good_tls()}};
    Client client{{.transport = trusting()}};
    CHECK(try_get(client, server.url()).ec == error::tls_error);
    check_quiet(client);
}

}  // namespace

// ── Between two requests ─────────────────────────────────────────────────────────────────────────

TEST_CASE("session tickets that arrive while idle leave the connection alone", "[R01][T18]") {
    FdGuard fds;
    std::atomic<int> read{0};
    Gate idle[3];
    Gate sent[3];
    ScriptServer server{[&](Peer& peer) {
                            for (int i = 0; peer.read_request(); ++i) {
                                peer.send(respond("hello"));
                                peer.await(idle[i]);
                                read += send_ticket(peer);
                                sent[i].open();
                            }
                        },
                        {.tls = good_tls()}};
    IoThread io;
    {
        Client client{io.executor(), {.transport = trusting()}};
        for (int i = 0; i < 3; ++i) {
            CHECK(client.get(server.url()).body.read_all() == "hello");
            idle[i].open();
            sent[i].wait();
        }
        CHECK(read == 3);
        CHECK(client.stats().idle == 1);
        CHECK(client.stats().strands == 2);
        CHECK(server.connections() == 1);
    }
    io.finish();
}

TEST_CASE("unread tickets are no reason to avoid a connection", "[R02][T18]") {
    FdGuard fds;
    Gate idle;
    Gate sent;
    ScriptServer server{[&](Peer& peer) {
                            while (peer.read_request()) {
                                peer.send(respond("hello"));
                                peer.await(idle);
                                SSL_new_session_ticket(peer.ssl());
                                SSL_do_handshake(peer.ssl());
                                peer.flush_tls();
                                sent.open();
                            }
                        },
                        {.tls = good_tls()}};
    Client client{{.transport = trusting()}};
    CHECK(client.get(server.url()).body.read_all() == "hello");
    idle.open();
    sent.wait();
    CHECK(client.post(server.url(), "x").body.read_all() == "hello");
    CHECK(server.connections() == 1);
    check_quiet(client);
}

TEST_CASE("bytes that arrived during the idle time are seen before a TLS connection is lent",
          "[R02]") {
    const std::pair<const char*, Script> rude[] = {
        {"a response", [](Peer& peer) { peer.send(evil); }},
        {"a ticket, then a response",
         [](Peer& peer) {
             SSL_new_session_ticket(peer.ssl());
             SSL_do_handshake(peer.ssl());
             peer.send(evil);
         }},
        {"plaintext", [](Peer& peer) { peer.send_raw(evil); }},
        {"close_notify", [](Peer& peer) { peer.close_notify(); }},
        {"close", [](Peer& peer) { peer.close(); }},
        {"FIN", [](Peer& peer) { peer.truncate(); }},
        {"RST", [](Peer& peer) { peer.reset(); }},
    };
    for (const auto& [what, act] : rude) {
        CAPTURE(what);
        FdGuard fds;
        Gate idle;
        Gate done;
        ScriptServer server{in_order({[&, &leave = act](Peer& peer) {
                                          peer.read_request();
                                          peer.send(respond("hello"));
                                          peer.await(idle);
                                          leave(peer);
                                          done.open();
                                          if (peer.is_open()) {
                                              peer.wait_for_eof();
                                          }
                                      },
                                      hello_server()}),
                            {.tls = good_tls()}};
        Client client{{.transport = trusting()}};
        CHECK(client.get(server.url()).body.read_all() == "hello");
        idle.open();
        done.wait();
        Response response = client.post(server.url(), "x");
        CHECK(response.body.read_all() == "hello");
        CHECK_FALSE(response.connection.reused);
        CHECK(client.stats().retried == 0);
        CHECK(server.connections() == 2);
        check_quiet(client);
    }
}

TEST_CASE("a second response after the first is never given to a second request") {
    FdGuard fds;
    for (const bool one_record : {true, false}) {
        ScriptServer server{in_order({[&](Peer& peer) {
                                          peer.read_request();
                                          const auto good = respond("hello");
                                          auto records = peer.seal(one_record ? good + evil : good);
                                          if (!one_record) {
                                              records += peer.seal(evil);
                                          }
                                          peer.send_raw(records);
                                          peer.wait_for_eof();
                                      },
                                      hello_server()}),
                            {.tls = good_tls()}};
        Client client{{.transport = trusting()}};
        CHECK(client.get(server.url()).body.read_all() == "hello");
        CHECK(client.stats().open == 0);
        CHECK(client.stats().leftover_bytes == 1);
        CHECK(client.get(server.url()).body.read_all() == "hello");
        check_quiet(client);
    }
}

// ── Instead of the expected bytes ────────────────────────────────────────────────────────────────

TEST_CASE("close_notify in the middle of a body is incomplete_body, a fatal alert is tls_error",
          "[T14]") {
    FdGuard fds;
    ScriptServer server{[](Peer& peer) {
                            peer.read_request();
                            peer.send(half);
                            if (peer.number() == 1) {
                                peer.close();
                                return;
                            }
                            // makes our own side detect an error
                            BIO_write(SSL_get_rbio(peer.ssl()),
                                      "\x17\3\3\0\x20garbagegarbagegarbage"
                                      "garbagegarbage",
                                      37);
                            char byte = 0;
                            SSL_read(peer.ssl(), &byte, 1);
                            ERR_clear_error();
                            peer.flush_tls();
                            peer.wait_for_eof();
                        },
                        {.tls = good_tls()}};
    Client client{{.transport = trusting()}};
    CHECK(try_get(client, server.url()).ec == error::incomplete_body);
    const std::error_code alert = try_get(client, server.url()).ec;
    CHECK(alert == error::tls_error);
    CHECK(client.stats().failed == 2);
    check_quiet(client);
}

TEST_CASE("plaintext before, in or after the handshake reaches no response", "[T20]") {
    FdGuard fds;
    const TlsContext tls{good_tls()};
    ScriptServer server{[&](Peer& peer) {
        if (peer.number() == 1) {
            peer.send(evil);
        }
        peer.start_tls(tls);
        peer.read_request();
        if (peer.number() == 3) {
            peer.send(half);
        }
        peer.send_raw(evil);
        peer.wait_for_eof();
    }};
    Client client{{.transport = trusting()}};
    for (int i = 0; i < 3; ++i) {
        const Got got = try_get(client, server.https_url());
        CHECK(got.ec == error::tls_error);
        CHECK(got.body.find("evil") == std::string::npos);
    }
    CHECK(server.connections() == 3);
    check_quiet(client);
}

TEST_CASE("http on a TLS port and TLS on an http port are errors", "[T21]") {
    FdGuard fds;
    ScriptServer plain{[](Peer& peer) {
        peer.send("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
        peer.wait_for_eof();
    }};
    ScriptServer secure{hello_server(), {.tls = good_tls()}};
    Client client{{.transport = trusting()}};
    CHECK(try_get(client, plain.https_url()).ec == error::tls_error);
    const std::error_code ec = try_get(client, secure.http_url()).ec;
    CAPTURE(ec.message());
    CHECK((ec == hawser::condition::bad_response || ec == hawser::condition::connection_lost));
    check_quiet(client);
}

TEST_CASE("a flood of key updates closes the connection", "[T17]") {
    for (const int kind : {SSL_KEY_UPDATE_NOT_REQUESTED, SSL_KEY_UPDATE_REQUESTED}) {
        flood(50'000, [kind](SSL* ssl) { SSL_key_update(ssl, kind); });
    }
}

TEST_CASE("a flood of session tickets closes the connection", "[T17]") {
    flood(10'000, [](SSL* ssl) { SSL_new_session_ticket(ssl); });
}

TEST_CASE("a session ticket in two records, the second one late, does not make a writer spin") {
    FdGuard fds;
    Gate half_sent;
    auto tls = good_tls();
    tls.max_version = TLS1_3_VERSION;
    ScriptServer server{
        [&](Peer& peer) {
            peer.read_request();
            peer.send(respond("hello"));
            SSL_set_max_send_fragment(peer.ssl(), 512);
            const std::string name(1000, 'a');  // carried in the ticket
            SSL_SESSION_set1_ticket_appdata(SSL_get0_session(peer.ssl()), name.data(), name.size());
            SSL_new_session_ticket(peer.ssl());
            SSL_do_handshake(peer.ssl());
            const std::string records = peer.seal("");
            const auto first =
                static_cast<std::size_t>(5 + static_cast<unsigned char>(records[3]) * 256 +
                                         static_cast<unsigned char>(records[4]));
            if (first >= records.size()) {
                throw std::logic_error{"the ticket fits in one record"};
            }
            peer.send_raw(records.substr(0, first));
            half_sent.open();
            std::this_thread::sleep_for(30ms);  // the client wants to write all the while
            peer.send_raw(records.substr(first));
            peer.read_request();
            peer.send(respond("again"));
            peer.wait_for_eof();
        },
        {.tls = tls}};
    asio::io_context io;
    Client client{io.get_executor(), {.transport = trusting()}};
    std::string bodies;
    const auto read = [&](std::error_code ec, Response response) {
        CHECK_FALSE(ec);
        bodies += response.body.read_all();  // it has already arrived
    };
    client.async_get(server.url(), read);
    while (bodies.empty()) {
        io.run_one();
    }
    half_sent.wait();
    client.async_post(server.url(), "x", read);
    std::size_t handlers = 0;
    while (bodies == "hello") {
        handlers += io.run_one();
    }
    CHECK(bodies == "helloagain");
    CHECK(handlers < 20);  // does not poll for writability
    CHECK(server.connections() == 1);
    check_quiet(client);
}
