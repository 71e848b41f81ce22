// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// One client, many threads: blocking callers that lead one another, contexts that many threads run,
// and cancellations at any moment. Every body carries its request's number, and none is swapped.
// Also meant for ThreadSanitizer; no Catch assertions outside the test's own thread.

#include "../support/wire_tests.hpp"

#include <asio/bind_cancellation_slot.hpp>
#include <asio/bind_executor.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/redirect_error.hpp>
#include <asio/steady_timer.hpp>
#include <asio/strand.hpp>

#include <thread>

using namespace hawser::test;

namespace {

/// The threads' results; read once they are joined.
struct Tally {
    std::atomic<int> right{0};
    std::atomic<int> wrong{0};
    std::atomic<int> canceled{0};
    std::atomic<int> failed{0};

    void count(std::error_code ec, std::string_view got, std::string_view expected) {
        if (ec == hawser::condition::canceled || ec == hawser::condition::timeout) {
            ++canceled;
        } else if (ec) {
            ++failed;
        } else {
            ++(got == expected ? right : wrong);
        }
    }
    int all() const { return right + wrong + canceled + failed; }
};

/// A body that names its request, of varying length: held with the head, or streamed.
std::string text_of(std::string_view target) {
    const auto number = std::atoi(std::string(target.substr(1)).c_str());
    std::string text;
    for (int i = 0; i < (number % 7 == 0 ? 2000 : 3); ++i) {
        text.append(target).push_back(';');
    }
    return text;
}

Script numbered() {
    return keep_alive_server([](const ReceivedRequest& request) {
        const auto text = text_of(request.target) + request.body;
        return request.target.back() % 2 == 0 ? respond(text) : respond_chunked({text});
    });
}

std::string target_of(int thread, int i) {
    return "/" + std::to_string(thread * 10'000 + i);
}

template <class Function>
void in_threads(int count, Function function) {
    std::vector<std::thread> threads;
    for (int t = 0; t < count; ++t) {
        threads.emplace_back([function, t] { function(t); });
    }
    for (auto& thread : threads) {
        thread.join();
    }
}

constexpr int threads = 8;
constexpr int each = 60;

/// Checks that nothing is in progress, and that every connection made is accounted for.
void check_at_rest(const hawser::TransportStats& stats) {
    CHECK(stats.open == stats.idle);
    CHECK(stats.active == 0);
    CHECK(stats.dialing == 0);
    CHECK(stats.waiting == 0);
    CHECK(stats.strands == 2 * stats.open);
    CHECK(stats.dialed == stats.open + stats.torn_down);
    CHECK(stats.torn_down == stats.early_close + stats.failed + stats.not_persistent +
                                 stats.write_unfinished + stats.leftover_bytes + stats.closed_idle);
}

/// Each thread sends its requests one after another, and reads what comes.
void get_in_threads(Client& client, const ScriptServer& server, Tally& tally) {
    in_threads(threads, [&](int t) {
        for (int i = 0; i < each; ++i) {
            const auto target = target_of(t, i);
            std::error_code ec;
            Response response = client.get(server.url(target), ec);
            const std::string text = ec ? "" : response.body.read_all(ec);
            tally.count(ec, text, text_of(target));
        }
    });
}

/// Too large to arrive with its head; one of its lines names its request.
std::string large_text_of(std::string_view target) {
    std::string text(target);
    for (text.push_back(';'); text.size() < 100'000;) {
        text.append(text);
    }
    return text;
}

}  // namespace

TEST_CASE("eight threads block on one client, and each gets its own answers", "[L10]") {
    FdGuard fds;
    ScriptServer server(numbered());
    const std::size_t limit = GENERATE(0, 1, 3);
    Client client{{.transport = {.max_conns_per_host = limit}}};
    Tally tally;
    get_in_threads(client, server, tally);
    CHECK(tally.right == threads * each);
    check_at_rest(client.stats());
    client.close_idle_connections();
    CHECK(client.stats().strands == 0);
}

TEST_CASE("leaders and followers under stress: bodies sent and read, dropped, timed out", "[L10]") {
    FdGuard fds;
    ScriptServer server([](Peer& peer) {
        while (const auto request = peer.read_request()) {
            if (request->method == "PUT") {
                peer.wait_for_eof();
                return;
            }
            peer.send(respond(text_of(request->target) + request->body));
        }
    });
    Client client{{.transport = {.max_conns_per_host = 4}}};
    Tally tally;
    in_threads(threads, [&](int t) {
        for (int i = 0; i < each; ++i) {
            const auto target = target_of(t, i);
            Request request(i % 5 == 0 ? "PUT" : "POST", server.url(target));
            if (i % 5 == 0) {
                request.options.timeout = 1ms;
            }
            const std::string body(static_cast<std::size_t>(i), 'x');
            request.body = RequestBody::stream(
                [&body, sent = false](asio::mutable_buffer buffer) mutable -> std::size_t {
                    std::memcpy(buffer.data(), body.data(), body.size());
                    return std::exchange(sent, true) ? 0 : body.size();
                });
            std::error_code ec;
            Response response = client.send(std::move(request), ec);
            if (i % 3 == 0) {
                tally.count(ec, "", "");
                continue;  // unread
            }
            const std::string text = ec ? "" : response.body.read_all(ec);
            tally.count(ec, text, text_of(target) + body);
        }
    });
    CHECK(tally.all() == threads * each);
    CHECK(tally.wrong == 0);
    CHECK(tally.failed == 0);
    CHECK(tally.canceled == threads * each / 5);
    check_at_rest(client.stats());
}

TEST_CASE("bodies read, partly read and dropped on eight threads, while one thread watches",
          "[L10][R11]") {
    FdGuard fds;
    ScriptServer server(keep_alive_server(
        [](const ReceivedRequest& request) { return respond(large_text_of(request.target)); }));
    const std::size_t limit = GENERATE(0, 3);
    Client client{{.transport = {.max_conns_per_host = limit}}};
    Tally tally;
    std::atomic<int> unbalanced{0};
    in_threads(threads + 1, [&](int t) {
        for (int i = 0; i < each; ++i) {
            if (t == threads) {
                const auto stats = client.stats();
                unbalanced += stats.open == stats.idle + stats.active ? 0 : 1;
                unbalanced += limit == 0 || stats.open + stats.dialing <= limit ? 0 : 1;
                client.close_idle_connections();
                std::this_thread::yield();
                continue;
            }
            const auto target = target_of(t, i);
            std::error_code ec;
            Response response = client.get(server.url(target), ec);
            std::string text = large_text_of(target);
            if (!ec && i % 3 == 0) {
                text = response.body.read_all(ec);
            } else if (!ec && i % 3 == 1) {
                char piece[1000];
                const std::size_t n = response.body.read_some(asio::buffer(piece), ec);
                text.replace(0, n, piece, n);
            }  // else unread
            tally.count(ec, text, large_text_of(target));
        }
    });
    CHECK(tally.right == threads * each);
    CHECK(unbalanced == 0);
    client.close_idle_connections();
    check_at_rest(client.stats());
    CHECK(client.stats().open == 0);
    CHECK(client.stats().early_close > 0);
}

TEST_CASE("an exception from a handler in a leader reaches no caller, and all continue",
          "[L10][L05]") {
    FdGuard fds;
    ScriptServer server(numbered());
    std::atomic<int> thrown{0};
    hawser::ClientOptions options;
    options.on_handler_exception = [&](std::exception_ptr) { ++thrown; };
    Client client(options);
    Tally tally;
    in_threads(threads, [&](int t) {
        for (int i = 0; i < each; ++i) {
            const auto target = target_of(t, i);
            if (i % 4 == 0) {  // runs while somebody blocks, or on the background thread
                client.async_get(server.url("/0"), [&](std::error_code, Response) {
                    throw std::runtime_error("of a handler");
                });
            }
            std::error_code ec;
            Response response = client.get(server.url(target), ec);
            tally.count(ec, ec ? "" : response.body.read_all(ec), text_of(target));
        }
    });
    while (thrown < threads * each / 4) {
        client.get(server.url("/1")).body.read_all();
    }
    CHECK(tally.right == threads * each);
    CHECK(thrown == threads * each / 4);
}

TEST_CASE("coroutines of one client on a context that four threads run", "[L10]") {
    FdGuard fds;
    ScriptServer server(numbered());
    const std::size_t limit = GENERATE(0, 2);
    asio::io_context io;
    Client client{io.get_executor(), {.transport = {.max_conns_per_host = limit}}};
    Tally tally;
    std::atomic<int> left{threads};
    for (int t = 0; t < threads; ++t) {
        asio::co_spawn(
            io,
            [&, t]() -> asio::awaitable<void> {
                for (int i = 0; i < each; ++i) {
                    const auto target = target_of(t, i);
                    Response response = co_await client.async_get(server.url(target));
                    const std::string text = co_await response.body.async_read_all();
                    tally.count({}, text, text_of(target));
                }
            },
            [&](std::exception_ptr failure) {
                tally.failed += failure ? 1 : 0;
                if (--left == 0) {
                    client.close_idle_connections();
                }
            });
    }
    in_threads(4, [&](int) { io.run_for(patience); });
    CHECK(io.stopped());
    CHECK(tally.right == threads * each);
    CHECK(tally.failed == 0);
    CHECK(client.stats().strands == 0);
}

TEST_CASE("threads that block on a client whose context other threads run", "[L10]") {
    FdGuard fds;
    ScriptServer server(numbered());
    IoThread io;
    std::thread second([&] { io.context().run(); });
    Client client{io.executor(), {.transport = {.max_conns_per_host = 3}}};
    Tally tally;
    get_in_threads(client, server, tally);
    CHECK(tally.right == threads * each);
    client.close_idle_connections();
    io.finish();
    second.join();
    CHECK(client.stats().strands == 0);
}

TEST_CASE("cancellations at random moments: one outcome each, no body swapped",
          "[L01][L02][L10][L13]") {
    FdGuard fds;
    ScriptServer server(numbered());
    const std::size_t limit = GENERATE(0, 2);
    asio::io_context io;
    Client client{io.get_executor(), {.transport = {.max_conns_per_host = limit}}};
    Tally tally;
    std::atomic<int> left{threads};
    for (int t = 0; t < threads; ++t) {
        const auto strand = asio::make_strand(io);
        auto signal = std::make_shared<asio::cancellation_signal>();
        asio::co_spawn(
            strand,
            [&, t, signal, strand]() -> asio::awaitable<void> {
                unsigned random = static_cast<unsigned>(t) * 7919 + 1;
                asio::steady_timer timer(strand);
                for (int i = 0; i < each; ++i) {
                    random = random * 1103515245 + 12345;
                    timer.expires_after(std::chrono::microseconds{random / 65536 % 1000});
                    timer.async_wait(asio::bind_executor(strand, [signal](std::error_code ec) {
                        if (!ec) {
                            signal->emit(asio::cancellation_type::terminal);
                        }
                    }));
                    const auto target = target_of(t, i);
                    auto done = std::make_shared<asio::steady_timer>(strand, 1h);
                    auto read = [&, target](std::error_code ec, std::string text) {
                        tally.count(ec, text, text_of(target));
                        done->cancel();
                    };
                    Response kept;
                    const bool unread = random / 4096 % 5 == 0;
                    const auto got = [&, read, unread](std::error_code ec, Response response) {
                        if (ec) {
                            read(ec, "");
                            return;
                        }
                        if (unread) {
                            response.body.close();
                            read({}, text_of(target));
                            return;
                        }
                        kept = std::move(response);
                        kept.body.async_read_all(asio::bind_executor(
                            strand, asio::bind_cancellation_slot(signal->slot(), read)));
                    };
                    client.async_get(
                        server.url(target),
                        asio::bind_executor(strand,
                                            asio::bind_cancellation_slot(signal->slot(), got)));
                    std::error_code ignored;
                    co_await done->async_wait(asio::redirect_error(asio::use_awaitable, ignored));
                    timer.cancel();
                }
                if (--left == 0) {
                    client.close_idle_connections();
                }
            },
            asio::detached);
    }
    in_threads(4, [&](int) { io.run_for(patience); });
    CHECK(io.stopped());
    CHECK(tally.all() == threads * each);
    CHECK(tally.wrong == 0);
    CHECK(tally.failed == 0);
    check_at_rest(client.stats());
}

TEST_CASE("deadlines that expire just as the response arrives: one outcome each", "[L02][L10]") {
    FdGuard fds;
    ScriptServer server(numbered());
    asio::io_context io;
    auto work = asio::make_work_guard(io);
    std::thread runners[2] = {std::thread([&] { io.run(); }), std::thread([&] { io.run(); })};
    Client client(io.get_executor());
    Tally tally;
    in_threads(4, [&](int t) {
        for (int i = 0; i < 4 * each; ++i) {
            const auto target = target_of(t, i);
            Request request("GET", server.url(target));
            request.options.timeout = 1ms;
            std::error_code ec;
            Response response = client.send(std::move(request), ec);
            const std::string text = ec ? "" : response.body.read_all(ec);
            tally.count(ec, text, text_of(target));
        }
    });
    CHECK(tally.all() == 16 * each);
    CHECK(tally.wrong == 0);
    CHECK(tally.failed == 0);
    client.close_idle_connections();
    work.reset();
    runners[0].join();
    runners[1].join();
    const auto stats = client.stats();
    CHECK(stats.strands == 0);
    CHECK(stats.open == 0);
}

TEST_CASE("clients destroyed while other threads run their requests", "[L03][L10]") {
    FdGuard fds;
    ScriptServer server(numbered());
    asio::io_context io;
    auto work = asio::make_work_guard(io);
    std::thread runners[2] = {std::thread([&] { io.run(); }), std::thread([&] { io.run(); })};
    std::atomic<int> completed{0};
    std::atomic<int> wrong{0};
    constexpr int rounds = 100;
    for (int i = 0; i < rounds; ++i) {
        std::optional<Client> client(std::in_place, io.get_executor());
        for (int n = 0; n < 4; ++n) {
            client->async_get(server.url(target_of(n, i)), [&](std::error_code ec, Response) {
                wrong += ec && ec != hawser::error::client_closed ? 1 : 0;
                ++completed;
            });
        }
        if (i % 3 != 0) {
            client->get(server.url("/1")).body.read_all();
        }
        client.reset();
    }
    work.reset();
    runners[0].join();
    runners[1].join();
    CHECK(completed == 4 * rounds);
    CHECK(wrong == 0);
}

TEST_CASE("many hosts share few permits: no evicted connection is left open", "[X-07]") {
    FdGuard fds;
    ScriptServer server(numbered(), {.address = "0.0.0.0"});
    asio::io_context io;
    Client client{io.get_executor(), {.transport = {.max_idle_conns = 3, .max_conns_total = 4}}};
    Tally tally;
    const auto work = asio::make_work_guard(io);
    std::vector<std::thread> loops;
    for (int i = 0; i < 3; ++i) {
        loops.emplace_back([&] { io.run(); });
    }
    in_threads(threads, [&](int t) {
        for (int i = 0; i < 5 * each; ++i) {
            const auto target = target_of(t, i);
            const auto host = "127.0.0." + std::to_string(1 + (t * 7 + i * 3) % 9);
            std::error_code ec;
            Response response = client.get(server.url_as(host, target), ec);
            tally.count(ec, ec ? std::string() : response.body.read_all(ec), text_of(target));
        }
    });
    client.close_idle_connections();
    const auto give_up = std::chrono::steady_clock::now() + patience;
    while (client.stats().open != 0 && std::chrono::steady_clock::now() < give_up) {
        std::this_thread::yield();
    }
    CHECK(tally.right == threads * 5 * each);
    check_at_rest(client.stats());
    CHECK(client.stats().open == 0);
    io.stop();
    for (auto& loop : loops) {
        loop.join();
    }
}
