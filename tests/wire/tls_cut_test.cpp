// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// TLS connections that end, stall or arrive in pieces: at any byte of the handshake (T31), of a
// response (N13, T13), and with or without close_notify.

#include "../support/tls_setup.hpp"
#include "../support/wire_tests.hpp"

#include <asio/read.hpp>

using namespace hawser::test;

namespace {

enum class Ending { close_notify, fin, rst };

/// One response with a body of "hello world", framed in three ways.
const std::string framed[] = {
    respond("hello world"),
    respond_chunked({"hello", " world"}),
    "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello world",
};
enum Framing : std::size_t { length, chunked, until_close };

/// Refuses inexact responses.
hawser::TransportOptions strictly() {
    hawser::TransportOptions options = trusting();
    options.framing = hawser::Framing::strict;
    return options;
}

/// The response ends after `begun` in an error; the server waits for `read` before it ends it.
void check_cut_after(std::string_view begun, Response& response, Gate& read) {
    std::string text(begun.size(), '\0');
    CHECK(asio::read(response.body, asio::buffer(text)) == begun.size());
    CHECK(text == begun);
    read.open();
    std::error_code ec;
    CHECK(response.body.read_all(ec).empty());
    CHECK(ec == error::incomplete_body);
}

}  // namespace

TEST_CASE("only a body framed by the end of the connection needs close_notify, in strict mode",
          "[T13]") {
    const bool strict = GENERATE(true, false);
    for (const auto framing : {length, chunked, until_close}) {
        for (const bool polite : {true, false}) {
            CAPTURE(framing, polite, strict);
            FdGuard fds;
            auto tls = good_tls();
            tls.send_close_notify = polite;
            ScriptServer server{[&](Peer& peer) {
                                    peer.read_request();
                                    peer.send(framed[framing]);
                                },
                                {.tls = tls}};
            Client client{{.transport = strict ? strictly() : trusting()}};
            Response response = client.get(server.url());
            std::error_code ec;
            CHECK(response.body.read_all(ec) == "hello world");
            const bool whole = polite || framing != until_close;
            CHECK(ec ==
                  (whole || !strict ? std::error_code{} : make_error_code(error::incomplete_body)));
            CHECK(response.body.cut_short() == (!whole && !strict));
            check_quiet(client);
        }
    }
}

TEST_CASE("a response truncated between two records is incomplete, whatever follows", "[T13]") {
    for (const auto framing : {length, chunked}) {
        for (const auto ending : {Ending::close_notify, Ending::fin, Ending::rst}) {
            CAPTURE(framing, static_cast<int>(ending));
            FdGuard fds;
            Gate read;
            ScriptServer server{[&](Peer& peer) {
                                    peer.read_request();
                                    const auto& text = framed[framing];
                                    peer.send(text.substr(0, text.find("hello") + 5));
                                    peer.await(read);  // a reset may overtake sent data
                                    ending == Ending::close_notify ? peer.close()
                                    : ending == Ending::fin        ? peer.truncate()
                                                                   : peer.reset();
                                },
                                {.tls = good_tls()}};
            Client client{{.transport = trusting()}};
            Response response = client.get(server.url());
            check_cut_after("hello", response, read);
            check_quiet(client);
        }
    }
}

TEST_CASE("a body framed by a connection that is reset is incomplete, however it is read",
          "[T13]") {
    FdGuard fds;
    Gate read;
    ScriptServer server{[&](Peer& peer) {
                            peer.read_request();
                            peer.send(framed[until_close]);
                            peer.await(read);
                            peer.reset();
                        },
                        {.tls = good_tls()}};
    Client client{{.transport = trusting()}};
    Response response = client.get(server.url());
    check_cut_after("hello world", response, read);
    CHECK_FALSE(response.body.cut_short());
    check_quiet(client);
}

TEST_CASE("the ciphertext of a response may be truncated at any byte", "[N13][T13]") {
    FdGuard fds;
    std::atomic<std::size_t> at{0};
    std::atomic<std::size_t> total{0};
    std::atomic<Framing> framing{length};
    ScriptServer server{[&](Peer& peer) {
                            peer.read_request();
                            const auto& text = framed[framing];
                            const auto split = text.size() - 8;  // in the body
                            auto records = peer.seal(text.substr(0, split));
                            records += peer.seal(text.substr(split));
                            total = records.size();
                            peer.send_raw(records.substr(0, at));
                            peer.truncate();
                        },
                        {.tls = good_tls()}};
    Client client{{.transport = strictly()}};
    for (const auto kind : {length, chunked, until_close}) {
        framing = kind;
        total = 1;
        for (at = 0; at < total; ++at) {
            CAPTURE(kind, at.load(), total.load());
            const Got got = try_get(client, server.url());
            if (at.load() == 0) {
                CHECK(got.ec == error::server_closed);
            } else {
                CHECK((got.ec == error::incomplete_body || got.ec == error::server_closed));
            }
            CHECK(std::string_view("hello world").starts_with(got.body));
            CHECK(got.body.size() < 11);
        }
        CHECK(total.load() > framed[kind].size());
        const Got whole = try_get(client, server.url());
        CHECK(whole.body == "hello world");
        CHECK(whole.ec ==
              (kind == until_close ? make_error_code(error::incomplete_body) : std::error_code{}));
    }
    check_quiet(client);
}

TEST_CASE("records sent byte by byte, or all in one segment, give the same responses", "[N13]") {
    FdGuard fds;
    std::atomic<bool> apart{true};
    ScriptServer server{[&](Peer& peer) {
                            for (const bool bytewise : {true, false}) {
                                for (const auto framing : {length, chunked}) {
                                    peer.read_request();
                                    std::string records;
                                    for (const char byte : framed[framing]) {
                                        records += peer.seal({&byte, 1});
                                    }
                                    if (!bytewise) {
                                        peer.send_raw(records);
                                        continue;
                                    }
                                    for (const char byte : records) {
                                        peer.send_raw({&byte, 1});
                                    }
                                }
                            }
                            peer.read_request();
                            apart = peer.send_bytewise(framed[length]);
                        },
                        {.tls = good_tls()}};
    Client client{{.transport = trusting()}};
    for (int i = 0; i < 5; ++i) {
        CAPTURE(i);
        const Got got = try_get(client, server.url());
        CHECK_FALSE(got.ec);
        CHECK(got.body == "hello world");
    }
    CHECK(server.connections() == 1);
    CHECK(apart);
    check_quiet(client);
}

TEST_CASE("a flipped bit anywhere in a response is tls_error and delivers no wrong byte", "[N13]") {
    FdGuard fds;
    std::size_t at = 0;
    std::size_t total = 1;
    ScriptServer server{[&](Peer& peer) {
                            peer.read_request();
                            auto records = peer.seal(framed[length]);
                            total = records.size();
                            records[at] = static_cast<char>(records[at] ^ 1);
                            peer.send_raw(records);
                            peer.close();
                        },
                        {.tls = good_tls()}};
    Client client{{.transport = trusting()}};
    for (at = 0; at < total; ++at) {
        CAPTURE(at);
        const Got got = try_get(client, server.url());
        CHECK(got.body.empty());
        if (at == 3 || at == 4) {  // the length: the record may instead appear to be truncated
            CHECK((got.ec == error::tls_error || got.ec == error::server_closed));
        } else {
            CHECK(got.ec == error::tls_error);
        }
    }
    check_quiet(client);
}

TEST_CASE("a handshake that stalls at any byte ends in tls_timeout", "[T31]") {
    for (const std::size_t bytes : {0, 1, 5, 60, 127, 128, 200, 500, 700}) {
        CAPTURE(bytes);
        FdGuard fds;
        auto tls = good_tls();
        tls.stall_after = bytes;
        ScriptServer server{[](Peer&) {}, {.tls = tls}};
        auto options = trusting();
        options.tls_handshake_timeout = 20ms;
        Client client{{.transport = options}};
        const auto begin = std::chrono::steady_clock::now();
        const Got got = try_get(client, server.url());
        CHECK(got.ec == error::tls_timeout);
        CHECK(got.ec == hawser::condition::timeout);
        CHECK(std::chrono::steady_clock::now() - begin < 5s);
        check_quiet(client);
        server.wait_for_connections(1);  // the client may have left before it was accepted
        server.stop();
        CHECK(server.connections() == 1);
    }
}

TEST_CASE("a total timeout and the destruction of the client also end a stalled handshake",
          "[T31]") {
    FdGuard fds;
    auto tls = good_tls();
    tls.stall_after = 100;
    ScriptServer server{[](Peer&) {}, {.tls = tls}};
    Client client{{.timeout = 20ms, .transport = trusting()}};
    CHECK(try_get(client, server.url()).ec == error::total_timeout);
    CHECK(client.stats().waiting == 0);
}

TEST_CASE("the server's handshake bytes may end in FIN or RST anywhere", "[T31]") {
    for (const auto ending : {Ending::fin, Ending::rst}) {
        for (std::size_t bytes = 0; bytes < 900; bytes += 37) {
            CAPTURE(static_cast<int>(ending), bytes);
            FdGuard fds;
            const ServerTls options = good_tls();
            const TlsContext tls{options};
            ScriptServer server{[&](Peer& peer) {
                std::string hello = peer.read_exactly(5);
                std::unique_ptr<SSL, void (*)(SSL*)> ssl{SSL_new(tls.native()), &SSL_free};
                ClientHello seen;
                SSL_set_app_data(ssl.get(), &seen);
                SSL_set_bio(ssl.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
                hello += peer.read_exactly(static_cast<unsigned char>(hello[3]) * 256u +
                                           static_cast<unsigned char>(hello[4]));
                BIO_write(SSL_get_rbio(ssl.get()), hello.data(), static_cast<int>(hello.size()));
                SSL_accept(ssl.get());
                ERR_clear_error();
                char* data = nullptr;
                const auto size = BIO_get_mem_data(SSL_get_wbio(ssl.get()), &data);
                peer.send_raw({data, std::min(bytes, static_cast<std::size_t>(size) - 1)});
                ending == Ending::fin ? peer.truncate() : peer.reset();
            }};
            Client client{{.transport = trusting()}};
            const Got got = try_get(client, server.https_url());
            CHECK(got.ec == error::tls_error);
            CHECK(got.ec == hawser::condition::refused);
            check_quiet(client);
            CHECK(server.connections() == 1);
        }
    }
}
