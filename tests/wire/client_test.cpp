// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// One request value sent repeatedly, two traces, several hosts: features of a Client that need no
// misbehaving server.

#include "../support/echo.hpp"
#include "../support/trace_log.hpp"
#include "../support/wire_tests.hpp"

using namespace hawser::test;

TEST_CASE("one Request value can be sent twice, whatever its body, and is not modified",
          "[T-A29]") {
    FdGuard fds;
    ScriptServer server{keep_alive_server(echo)};
    Client client;
    const std::string text = pattern(70'000);
    const TempFile file{text};
    auto next = std::make_shared<decltype(pieces("", 1))>(pieces(text, 300));
    const auto source = [&](asio::mutable_buffer into) { return (*next)(into); };
    const auto rewind = [&] {
        next = std::make_shared<decltype(pieces("", 1))>(pieces(text, 300));
    };
    const std::pair<RequestBody, std::string> bodies[] = {
        {{}, "PUT /x 0 "},
        {"", "PUT /x 0 "},
        {text, "PUT /x 70000 " + text},
        {RequestBody::file(file.path()), "PUT /x 70000 " + text},
        {RequestBody::stream(source, {}, rewind), "PUT /x chunked " + text},
    };
    for (const auto& [body, echoed] : bodies) {
        Request request{"PUT", server.url("/x"), body};
        request.headers.set("X-Mine", "1");
        const auto before = request.headers;
        for (int i = 0; i < 2; ++i) {
            CHECK(client.send(request).body.read_all() == echoed);
            CHECK(request.headers == before);
            CHECK(request.url.to_string() == server.url("/x"));
        }
        const auto heads = server.heads();
        CHECK(heads.at(heads.size() - 1) == heads.at(heads.size() - 2));
    }
    CHECK(server.connections() == 1);
    Request once{"PUT", server.url("/x"), RequestBody::stream(pieces("abc", 1))};
    CHECK(client.send(once).body.read_all() == "PUT /x chunked abc");
    std::error_code ec;
    client.send(once, ec);
    CHECK(ec == hawser::error::request_body_error);
}

TEST_CASE("the trace of a request replaces its client's", "[T-L05][T-L06]") {
    ScriptServer server{keep_alive_server(echo)};
    const auto of_client = std::make_shared<TraceLog>();
    const auto of_request = std::make_shared<TraceLog>();
    hawser::ClientOptions options;
    options.trace = of_client;
    Client client(options);
    Request request{"GET", server.url()};
    request.options.trace = of_request;
    client.send(request).body.read_all();
    CHECK(of_client->text.empty());
    CHECK(of_request->text.starts_with("begin 1, get_conn"));
    of_request->text.clear();
    client.get(server.url()).body.read_all();
    CHECK(of_client->text.starts_with("begin 1, get_conn"));
    CHECK(of_request->text.empty());
}

TEST_CASE("a host's surplus connection is closed, its other ones and other hosts' are reused",
          "[T-A37]") {
    FdGuard fds;
    const std::string large = pattern(3'000'000);
    const auto script = keep_alive_server([&](const ReceivedRequest& request) {
        return request.target == "/large" ? respond(large) : echo(request);
    });
    ScriptServer here{script};
    ScriptServer there{script, {.address = "127.0.0.2"}};
    Client client{{.transport = {.max_idle_conns_per_host = 2}}};
    CHECK(client.get(there.url("/x")).connection.id == 1);
    {
        std::vector<Response> responses;
        for (int i = 0; i < 3; ++i) {
            responses.push_back(client.get(here.url("/large")));
        }
        for (Response& response : responses) {
            CHECK(response.body.read_all() == large);
        }
    }
    CHECK(client.stats().idle == 3);
    CHECK(client.stats().closed_idle == 1);
    here.wait_for_open(2);
    const Response one = client.get(here.url("/large"));
    const Response two = client.get(here.url("/large"));
    CHECK(one.connection.reused);
    CHECK(two.connection.reused);
    CHECK(client.get(there.url("/x")).connection.id == 1);
    CHECK(here.connections() == 3);
    CHECK(there.connections() == 1);
}

TEST_CASE("either family of addresses is dialed, and requested by its own name", "[T-O09]") {
    FdGuard fds;
    const auto address = GENERATE(as<std::string>{}, "127.0.0.1", "127.0.0.9", "::1");
    ScriptServer server{keep_alive_server(echo), {.address = address}};
    Client client;
    Response res = client.get(server.url("/x"));
    CHECK(res.body.read_all() == "GET /x - ");
    CHECK(res.connection.remote_endpoint.address().to_string() == address);
    CHECK(res.connection.remote_endpoint.port() == server.port());
    const std::string host = address == "::1" ? "[::1]" : address;
    CHECK(server.heads().at(0).find("\r\nHost: " + host + ":" + std::to_string(server.port()) +
                                    "\r\n") != std::string::npos);
}

TEST_CASE("a base URL that is none is refused by its name") {
    try {
        Client client{{.base_url = "localhost:8080"}};
        FAIL("it was accepted");
    } catch (const std::system_error& e) {
        CHECK(e.code() == error::invalid_url);
        CHECK(std::string_view(e.what()).starts_with(
            "hawser: option base_url: neither http:// nor https://: \"localhost:8080\""));
    }
}
