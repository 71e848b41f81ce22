// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// Every scenario, repeated with the k-th allocation failing, once or from then on, for every k. The
// operation ends exactly once: in success, in an error, or in an exception from its initiating
// function. Nothing is left, and the same transport serves the next request.

// Not in a batch: its operator new is global.

#include "../support/loops_tests.hpp"
#include "../support/script_client.hpp"
#include "../support/short_memory.hpp"
#include "../support/trace_log.hpp"
#include <hawser/detail/client/fetch.hpp>

#include <cstdlib>
#include <functional>
#include <memory>
#include <new>
#include <string>
#include <vector>

using namespace hawser::test;

void* operator new(std::size_t size) {
    void* const block = ShortMemory::fails() ? nullptr : std::malloc(size);
    if (block == nullptr) {
        throw std::bad_alloc();
    }
    return block;
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {  // otherwise a sanitizer's
    return ShortMemory::fails() ? nullptr : std::malloc(size);
}
void operator delete(void* block) noexcept {
    std::free(block);
}
void operator delete(void* block, std::size_t) noexcept {
    std::free(block);
}

// Asio allocates its operations with it.
extern "C" void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
    void* block = nullptr;
    const bool none =
        ShortMemory::fails() || ::posix_memalign(&block, std::max(alignment, sizeof(void*)), size);
    return none ? nullptr : block;
}

namespace {

/// One operation of the user's, and its outcome.
struct Operation {
    int completions = 0;
    bool refused = false;  // its initiating function threw
    std::error_code ec;
    std::shared_ptr<int> handler = std::make_shared<int>();  // alive as long as the handler

    /// `lost`: there was not even memory to submit the handler to its executor.
    void check(bool lost) const {
        CHECK(handler.use_count() == 1);
        CHECK((completions + (refused ? 1 : 0) == 1 || (lost && completions == 0)));
    }
};

/// A running scenario: the operations it started, which never throw themselves.
class Scene {
public:
    explicit Scene(TransportOptions options) : t(std::move(options)) {}

    ScriptTransport t;
    std::vector<std::unique_ptr<Operation>> operations;
    Response response;
    std::string body;
    asio::cancellation_signal signal;

    Operation& operation() {
        const EnoughMemory enough;
        operations.push_back(std::make_unique<Operation>());
        return *operations.back();
    }

    template <class Start>
    void begin(Operation& operation, Start start) {
        try {
            start();
        } catch (const std::bad_alloc&) {
            operation.refused = true;
        }
    }

    void send(Request request) {
        Operation& sent = operation();
        const auto handler = asio::bind_cancellation_slot(
            signal.slot(), [this, &sent, alive = sent.handler](std::error_code ec, Response res) {
                ++sent.completions;
                sent.ec = ec;
                response = std::move(res);
            });
        using Handler = std::remove_const_t<decltype(handler)>;
        begin(sent, [&] {
            auto trip = new_trip(std::move(request));
            hawser::detail::CompletionPtr<Response> completion(
                hawser::detail::HandlerCompletion<Response, Handler>::create(Handler(handler),
                                                                             executor()));
            trip.release()->start(std::move(completion));
        });
    }

    /// `Error`: std::error_code or std::exception_ptr.
    template <class Error>
    void fetch(Request request) {
        using hawser::FullResponse;
        Operation& sent = operation();
        const auto handler = [this, &sent, alive = sent.handler](Error error, FullResponse res) {
            ++sent.completions;
            CHECK((error || res.status == 200));
            body = std::move(res.body);
        };
        using hawser::detail::Fetch;
        using Handler = std::remove_const_t<decltype(handler)>;
        begin(sent, [&] {
            auto trip = new_trip(std::move(request));
            using Fetching = hawser::detail::HandlerCompletion<FullResponse, Handler, Fetch>;
            Fetch& fetch = *Fetching::create(Handler(handler), executor());
            hawser::detail::StartableTrip::start(fetch, std::move(trip), 1 << 20);
        });
    }

    template <class Start>
    void whole(Start start) {
        using Completion = hawser::detail::CompletionPtr<hawser::detail::NoResult>;
        Operation& started = operation();
        const auto handler = [&started, alive = started.handler](std::error_code ec) {
            ++started.completions;
            started.ec = ec;
        };
        using Handler = std::remove_const_t<decltype(handler)>;
        begin(started, [&] {
            start(Completion(
                hawser::detail::HandlerCompletion<hawser::detail::NoResult, Handler>::create(
                    Handler(handler), executor())));
        });
    }

    void read_all() {
        if (response.status == 0) {
            return;
        }
        Operation& read = operation();
        begin(read, [&] {
            response.body.async_read_all(
                [this, &read, alive = read.handler](std::error_code ec, std::string text) {
                    ++read.completions;
                    read.ec = ec;
                    body = std::move(text);
                });
        });
    }

    /// Runs until nothing is left to do. Counts what the executor throws.
    void run() {
        for (bool more = true; more;) {
            try {
                more = t.step();
            } catch (const std::bad_alloc&) {
                ++thrown;
            }
        }
    }
    int thrown = 0;  // by the executor, or by a cancellation

private:
    asio::any_io_executor executor() { return t.io->get_executor(); }

    hawser::detail::StartableTripPtr new_trip(Request request) {
        auto trip = t.new_trip();
        trip->to_send = std::move(request);
        trip->filter = t.filter;
        return trip;
    }
};

struct Scenario {
    std::string name;
    std::vector<WireScript> peers;
    std::function<void(Scene&)> play;
    TransportOptions options{};
};

Request get() {
    const EnoughMemory enough;
    return Request("GET", ScriptTransport::url());
}

/// Built with enough memory, sent with little.
Request traced(std::shared_ptr<TraceLog> log) {
    const EnoughMemory enough;
    Request request = get();
    request.options.trace = std::move(log);
    request.options.timeout = hours{1};
    return request;
}

std::vector<Scenario> scenarios() {
    const std::string big =
        "HTTP/1.1 200 OK\r\nContent-Length: 90000\r\nX-Long: " + std::string(100, 'x') +
        "\r\n\r\n" + std::string(90'000, 'b');
    const std::string chunked =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: x\r\n\r\n"
        "3\r\nabc\r\n0\r\nX-A-Trailer-Field: of some length, so that it needs memory\r\n\r\n";
    const WireScript slowly = slow(answers(head_end, chunked), 50);
    const WireScript one = answers(head_end, ok);
    const WireScript two = one.then(head_end, ok);
    const WireScript stale = one.then(head_end, "", Ending::eof);
    const auto twice = [](Scene& s) {
        s.send(get());
        s.run();
        s.send(get());
        s.run();
    };
    const auto both = [](Scene& s) {
        s.send(get());
        s.send(get());
        s.run();
    };
    const auto read = [](Scene& s) {
        s.send(get());
        s.run();
        s.read_all();
        s.run();
    };
    return {
        {.name = "one request", .peers = {one}, .play = [](Scene& s) { s.send(get()), s.run(); }},
        {.name = "one after another", .peers = {two}, .play = twice},
        {.name = "a body read at once", .peers = {answers(head_end, big)}, .play = read},
        {.name = "a body read slowly", .peers = {slowly}, .play = read},
        {.name = "one fetched at once",
         .peers = {one},
         .play = [](Scene& s) { s.fetch<std::error_code>(get()), s.run(); }},
        {.name = "one fetched slowly",
         .peers = {slowly},
         .play = [](Scene& s) { s.fetch<std::error_code>(get()), s.run(); }},
        {.name = "one fetched slowly, with exceptions",
         .peers = {slowly},
         .play = [](Scene& s) { s.fetch<std::exception_ptr>(get()), s.run(); }},
        {.name = "a stale connection", .peers = {stale, one}, .play = twice},
        {.name = "two on one connection",
         .peers = {two},
         .play = both,
         .options = {.max_conns_per_host = 1}},
        {.name = "one that waits is canceled",
         .peers = {slowly},
         .play =
             [](Scene& s) {
                 s.t.net->hold = true;
                 s.send(get());
                 s.run();
                 try {
                     s.signal.emit(asio::cancellation_type::terminal);
                 } catch (const std::bad_alloc&) {
                     ++s.thrown;
                 }
                 s.run();
                 const EnoughMemory enough;
                 s.t.net->hold = false;
                 for (const auto& dial : std::exchange(s.t.net->held, {})) {
                     dial->end_later();
                 }
             }},
        {.name = "a deadline",
         .peers = {slowly},
         .play =
             [](Scene& s) {
                 Request request = get();
                 request.options.timeout = hours{1};
                 request.options.response_header_timeout = hours{1};
                 s.send(std::move(request));
                 s.run();
                 s.read_all();
                 s.run();
             }},
        {.name = "a redirect",
         .peers = {answers(head_end,
                           "HTTP/1.1 302 F\r\nLocation: /a-path-of-some-length/x\r\n"
                           "Content-Length: 4\r\n\r\ngone")
                       .then(head_end, chunked)},
         .play =
             [](Scene& s) {
                 {
                     const EnoughMemory enough;
                     follow_redirects(s.t);
                 }
                 s.send(get());
                 s.run();
                 s.read_all();
                 s.run();
             }},
        {.name = "connections made ahead",
         .peers = {one, one},
         .play =
             [](Scene& s) {
                 s.whole([&](auto completion) {
                     s.t.core->preconnect(
                         hawser::Url("http://host.example/"), 2, std::move(completion));
                 });
                 s.run();
                 s.send(get());
                 s.run();
             }},
        {.name = "a proxy that asks for Digest",
         .peers = {answers(head_end,
                           "HTTP/1.1 407 A\r\nProxy-Authenticate: Digest realm=\"of some length\", "
                           "nonce=\"of some length, too\", qop=auth\r\nContent-Length: 0\r\n\r\n"),
                   two},
         .play = twice,
         .options = {.proxy = hawser::ProxyRules{"http://user:password@proxy.example:3128"}}},
        {.name = "a limit on waiting and on the whole",
         .peers = {two},
         .play = both,
         .options = {.max_conns_per_host = 1, .pool_wait_timeout = hours{1}}},
    };
}

/// Scenarios that need objects which outlive them: a trace and a body source.
std::vector<Scenario> guest_scenarios() {
    const auto log = std::make_shared<TraceLog>();
    const WireScript one = answers(head_end, ok);
    const WireScript stale = one.then(head_end, "", Ending::eof);
    const WireScript upload = answers("0\r\n\r\n", ok).then(head_end, ok);
    return {
        {.name = "a trace",
         .peers = {stale, one},
         .play =
             [log](Scene& s) {
                 for (int i = 0; i < 2; ++i) {
                     log->text.clear();
                     s.send(traced(log));
                     s.run();
                 }
                 const EnoughMemory enough;
                 s.response = {};
                 s.run();
                 CHECK(log->balanced());
             }},
        {.name = "a streamed body",
         .peers = {upload},
         .play =
             [](Scene& s) {
                 Request request = get();
                 {
                     const EnoughMemory enough;
                     const auto left = std::make_shared<int>(3);
                     request.method = "POST";
                     request.body = RequestBody::stream([left](asio::mutable_buffer buffer) {
                         static_cast<char*>(buffer.data())[0] = 'x';
                         return static_cast<std::size_t>((*left)-- > 0 ? 1 : 0);
                     });
                 }
                 s.send(std::move(request));
                 s.run();
             }},
    };
}

void serves_the_next(ScriptTransport& t) {
    t.net->scripts.clear();
    const CallPtr next = t.get();
    t.run();
    CHECK(next->status() == 200);
    CHECK_FALSE(next->body_ec);
}

/// False once k is beyond the last allocation.
bool play(const Scenario& scenario, std::size_t k, ShortMemory::Then then) {
    INFO(scenario.name << " without the allocation " << k);
    Scene scene(scenario.options);
    scene.t.net->scripts.assign(scenario.peers.begin(), scenario.peers.end());
    for (WireScript& script : scene.t.net->scripts) {
        script.repeat = true;
    }
    bool struck = false;
    {
        const ShortMemory memory(k, then);
        scenario.play(scene);
        struck = memory.struck();
    }
    scene.run();
    for (const auto& operation : scene.operations) {
        operation->check(scene.thrown != 0);
        CHECK((struck || !operation->ec || operation->ec == asio::error::operation_aborted));
    }
    scene.response = {};
    scene.run();
    serves_the_next(scene.t);
    return struck;
}

void play_all(const std::vector<Scenario>& all, ShortMemory::Then then) {
    for (const Scenario& scenario : all) {
        std::size_t k = 0;
        while (play(scenario, k, then)) {
            REQUIRE(++k < 10'000);
        }
        CHECK(k > 0);
    }
}

}  // namespace

TEST_CASE("an allocation that fails anywhere ends in an error of the operation that needed it",
          "[X16]") {
    play_all(scenarios(), ShortMemory::Then::recovers);
    play_all(guest_scenarios(), ShortMemory::Then::recovers);
}

TEST_CASE("memory that runs out at any moment leads to errors, and to nothing worse", "[X16]") {
    play_all(scenarios(), ShortMemory::Then::stays_short);
    play_all(guest_scenarios(), ShortMemory::Then::stays_short);
}
