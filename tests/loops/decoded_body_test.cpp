// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// The decoder between a reader and the stream of compressed bytes, which is scripted here: what the
// decoder asks the stream for, and what the reader sees.

#if defined(HAWSER_HAS_ZLIB)

#include "../support/compress.hpp"
#include "../support/loops_tests.hpp"
#include <hawser/detail/conn/decoded_body.hpp>

#include <asio/cancellation_signal.hpp>
#include <asio/io_context.hpp>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

using namespace hawser::test;
using namespace hawser::detail;

namespace {

const CodingPlan as_gzip{{ContentCoding::gzip}, 1};

/// The stream below. The test decides what arrives.
class ScriptedBody final : public BodyStream {
public:
    std::size_t read_some(std::span<char> out, std::error_code& ec) override {
        ++looks;
        if (arrived.empty()) {
            ec = end ? end : asio::error::would_block;
            return 0;
        }
        const std::size_t n = std::min(out.size(), arrived.size());
        arrived.copy(out.data(), n);
        arrived.erase(0, n);
        return n;
    }
    void read(BodyRead& read, asio::cancellation_slot slot) override {
        CHECK_FALSE(slot.is_connected());  // only the decoder can cancel this read
        waiting = &read;
        serve();
    }
    void cancel(BodyRead& read, std::error_code cause) override {
        if (waiting == &read) {
            end = cause;
            serve();
        }
    }
    void close() override {
        closed = true;
        if (waiting != nullptr) {
            end = error::canceled;
            serve();
        }
    }
    void reject(std::error_code ec, hawser::detail::Fault fault) override {
        rejected = ec;
        rejected_for = fault.reason;
    }
    hawser::Failure failure() const override { return {}; }
    hawser::Failure tell(std::error_code code, const char*) override {
        told = code;
        return {};
    }
    Exchange* exchange() const noexcept override { return nullptr; }

    /// As the connection does: until the read is satisfied or no bytes are left.
    void serve() {
        while (waiting != nullptr) {
            std::error_code ec;
            const std::span<char> space = waiting->space();
            const std::size_t n = space.empty() ? 0 : read_some(space, ec);
            if (ec == asio::error::would_block) {
                return;
            }
            if (Task* const done = waiting->received(n, ec)) {
                waiting = nullptr;
                done->run(CalledFrom::executor);
            }
        }
    }
    void arrive(const std::string& bytes) {
        arrived += bytes;
        serve();
    }
    void finish(std::error_code ec = asio::error::eof) {
        end = ec;
        serve();
    }

    std::string arrived;
    std::error_code end;
    BodyRead* waiting = nullptr;
    int looks = 0;
    bool closed = false;
    std::error_code rejected;
    std::string rejected_for;
    std::error_code told;
};

/// A decoder over a script, and a reader.
struct Bench {
    explicit Bench(std::string held = {}, bool whole = false) {
        BodyStreamPtr below;
        if (!whole) {
            below = make_body_stream<ScriptedBody>();
            script = static_cast<ScriptedBody*>(below.get());
        }
        body = make_body_stream<DecodedBody>(as_gzip,
                                             DecodeLimits{},
                                             std::move(held),
                                             std::move(below),
                                             io->get_executor(),
                                             BodyOrigin{});
    }

    struct Result {
        std::error_code ec = asio::error::would_block;
        std::string text;
    };
    using ResultPtr = std::shared_ptr<Result>;

    ResultPtr read_all(std::size_t max = 10'000'000) {
        auto result = std::make_shared<Result>();
        const auto handler = asio::bind_cancellation_slot(
            signal.slot(), [result](std::error_code ec, std::string text) {
                result->ec = ec;
                result->text = std::move(text);
            });
        using Handler = std::remove_const_t<decltype(handler)>;
        auto* read = HandlerCompletion<std::string, Handler, ReadAll>::create(Handler(handler),
                                                                              io->get_executor());
        read->collect({}, max);
        body->read(*read, read->cancellation_slot());
        return result;
    }
    std::string read_some(std::error_code& ec, std::size_t room = 100) {
        std::string text(room, '\0');
        ec = {};
        text.resize(body->read_some({text.data(), room}, ec));
        return text;
    }
    std::size_t run() {
        io->restart();
        return io->poll();
    }

    std::unique_ptr<asio::io_context> io = std::make_unique<asio::io_context>(1);
    asio::cancellation_signal signal;
    ScriptedBody* script = nullptr;
    BodyStreamPtr body;
};

}  // namespace

TEST_CASE("a reader of a compressed body sees only the text") {
    const std::string text(1000, 't');
    const std::string coded = gzip(text, 0);
    for (const std::size_t held : {std::size_t{0}, std::size_t{20}, coded.size()}) {
        INFO(held);
        Bench b(coded.substr(0, held));
        const auto all = b.read_all();
        b.script->arrive(coded.substr(held));
        CHECK(all->ec == asio::error::would_block);
        b.script->finish();
        b.run();
        CHECK_FALSE(all->ec);
        CHECK(all->text == text);
        CHECK_FALSE(b.script->rejected);
    }
}

TEST_CASE("received bytes are decoded before the stream below is asked for more") {
    const std::string coded = gzip("text");
    Bench b(coded.substr(0, coded.size() - 4));
    std::error_code ec;
    CHECK(b.read_some(ec) == "text");
    CHECK(b.script->looks == 0);
    CHECK(b.read_some(ec).empty());
    CHECK(ec == asio::error::would_block);
    CHECK(b.script->looks == 1);
    b.script->arrived = coded.substr(coded.size() - 4);
    CHECK(b.read_some(ec).empty());
    CHECK(ec == asio::error::would_block);
    b.script->end = asio::error::eof;
    CHECK(b.read_some(ec).empty());
    CHECK(ec == asio::error::eof);
    CHECK(b.read_some(ec).empty());
    CHECK(ec == asio::error::eof);
}

TEST_CASE("an error of the stream below is reported after the bytes that it delivered") {
    const std::string coded = gzip("text");
    Bench b;
    b.script->arrived = coded.substr(0, coded.size() - 4);
    b.script->end = error::incomplete_body;
    std::error_code ec;
    CHECK(b.read_some(ec) == "text");
    CHECK_FALSE(ec);
    CHECK(b.read_some(ec).empty());
    CHECK(ec == error::incomplete_body);
    CHECK_FALSE(b.script->rejected);  // the stream knows already
}

TEST_CASE("bytes that do not decode are rejected, with the reason of the decoder") {
    for (const bool held : {false, true}) {
        for (const bool waits : {false, true}) {
            INFO(held << waits);
            Bench b(held ? "no gzip" : "");
            if (!held) {
                b.script->arrived = "no gzip";
            }
            std::error_code ec;
            if (waits) {
                const auto all = b.read_all();
                b.run();
                ec = all->ec;
            } else {
                b.read_some(ec);
            }
            CHECK(ec == error::decode_error);
            if (held || !waits) {  // otherwise the connection rejects it, within its turn
                CHECK(b.script->rejected == error::decode_error);
                CHECK_FALSE(b.script->rejected_for.empty());
                CHECK(b.script->told == error::decode_error);
            }
        }
    }
}

TEST_CASE("reads run one at a time, and give the decoder back before their handlers run") {
    Bench b;
    const auto first = b.read_all();
    const auto second = b.read_all();
    std::error_code ec;
    b.read_some(ec);
    CHECK(ec == error::concurrent_read);
    b.run();
    CHECK(second->ec == error::concurrent_read);
    b.script->arrive(gzip("text"));
    b.script->finish();
    b.run();
    CHECK(first->text == "text");
    b.read_some(ec);
    CHECK(ec == asio::error::eof);
}

TEST_CASE("a reader that collects too much does not make the decoder fail") {
    Bench b;
    const auto all = b.read_all(3);
    b.script->arrive(gzip("text"));
    b.run();
    CHECK(all->ec == error::body_too_large);
    CHECK(all->text == "tex");
    CHECK_FALSE(b.script->rejected);
}

TEST_CASE("decoding a large body yields to the executor, even when all of it has arrived") {
    const std::string text(1'000'000, 't');
    Bench b(gzip(text), true);
    const auto all = b.read_all();
    CHECK(all->ec == asio::error::would_block);
    CHECK(b.run() >= 3);  // others who use the executor had their turns
    CHECK_FALSE(all->ec);
    CHECK(all->text.size() == text.size());
}

TEST_CASE("a read that is waiting for the executor can be canceled, closed or dropped") {
    for (const int how : {0, 1, 2}) {
        INFO(how);
        Bench b(gzip(std::string(1'000'000, 't')), true);
        const auto all = b.read_all();
        if (how == 0) {
            b.signal.emit(asio::cancellation_type::terminal);
        } else if (how == 1) {
            b.body = nullptr;  // the read keeps the decoder until it ends
        } else {
            b.io = nullptr;
        }
        if (b.io) {
            b.run();
        }
        const std::error_code expected = how == 0 ? std::error_code(asio::error::operation_aborted)
                                         : how == 1 ? make_error_code(error::canceled)
                                                    : std::error_code(asio::error::would_block);
        CHECK(all->ec == expected);
        CHECK(all.use_count() == 1);  // nothing else refers to the read
    }
}

TEST_CASE("a waiting read is canceled in the stream below, and ends when the body is closed") {
    for (const bool cancel : {true, false}) {
        INFO(cancel);
        Bench b;
        const auto all = b.read_all();
        CHECK(b.script->waiting != nullptr);
        if (cancel) {
            b.signal.emit(asio::cancellation_type::partial);
        } else {
            b.body->close();
            CHECK(b.script->closed);
        }
        b.run();
        CHECK(all->ec == (cancel ? std::error_code(asio::error::operation_aborted)
                                 : make_error_code(error::canceled)));
    }
}

#endif
