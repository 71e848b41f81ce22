// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// Widely used servers running the plainest shell scripts. They send the script's output as it is:
// its head has no CR.

#include "../support/child_server.hpp"
#include "../support/wire_tests.hpp"

using namespace hawser::test;

TEST_CASE("output of plain shell scripts behind small servers is read, bare LF and all", "[F10]") {
    const ChildServer::Program program =
        GENERATE(ChildServer::Program{"busybox", "exec busybox httpd -f -p 127.0.0.1:$PORT -h ."},
                 ChildServer::Program{
                     "mini_httpd", "exec mini_httpd -D -h 127.0.0.1 -p $PORT -d . -c 'cgi-bin/*'"},
                 ChildServer::Program{"python3",
                                      "exec python3 -m http.server --cgi --bind 127.0.0.1 $PORT"});
    CAPTURE(program.name);
    if (!program.installed()) {
        return;
    }
    FdGuard fds;
    const ChildServer server(program,
                             "#!/bin/sh\n"
                             "echo Content-Type: text/plain\n"
                             "echo X-Query: $QUERY_STRING\n"
                             "echo\n"
                             "echo hello from a script\n");
    Client client;
    for (int i = 0; i < 2; ++i) {
        Response response = client.get(server.url("/cgi-bin/script?a=b"));
        CHECK(response.status == 200);
        CHECK(response.headers.get("Content-Type") == "text/plain");
        CHECK(response.headers.get("X-Query") == "a=b");
        CHECK(response.body.read_all() == "hello from a script\n");
        CHECK_FALSE(response.connection.reused);
        CHECK(client.stats().open == 0);
    }
    hawser::TransportOptions options;
    options.framing = hawser::Framing::strict;
    Client strict{{.transport = options}};
    std::error_code ec;
    strict.get(server.url("/cgi-bin/script"), ec);
    CHECK(ec == error::bad_response);
}
