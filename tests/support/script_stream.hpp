// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// A detail::Stream without a socket. A WireScript says what the peer sends after receiving what. A
// Fault makes the k-th operation of a whole test fail. Readiness arrives through the executor, one
// step per wait.

#include "short_memory.hpp"
#include <hawser/detail/io/stream.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/error.hpp>
#include <asio/post.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace hawser::test {

enum class Ending { none, eof, reset, cut };  // cut: as TLS ends without close_notify

/// Once the client has written `until` (if empty: at once), the peer sends `reply`.
struct Turn {
    std::string until;
    std::string reply;
    Ending ending = Ending::none;
};

constexpr std::size_t unlimited = std::numeric_limits<std::size_t>::max();

struct WireScript {
    std::vector<Turn> turns;
    bool repeat = false;                // start again after the last turn
    std::size_t max_read = unlimited;   // bytes per read
    std::size_t max_write = unlimited;  // bytes per write
    bool starved = false;               // every other operation returns would_block
    std::size_t room = unlimited;       // bytes that the peer accepts; then:
    std::error_code write_error{};      // none: would_block
    bool secure = false;                // claims to be TLS
    bool records = false;  // like TLS: bytes read from the socket are buffered above it

    /// One more turn.
    WireScript then(std::string until, std::string reply, Ending ending = Ending::none) const {
        WireScript longer(*this);
        longer.turns.push_back({std::move(until), std::move(reply), ending});
        return longer;
    }
};

/// A peer that says `reply` when it has seen `until`.
inline WireScript answers(std::string until, std::string reply, Ending ending = Ending::none) {
    return WireScript{}.then(std::move(until), std::move(reply), ending);
}

/// A peer that gives and takes a few bytes at a time, and makes every other operation wait.
inline WireScript slow(WireScript script, std::size_t most = 16) {
    script.starved = true;
    script.max_read = script.max_write = most;
    return script;
}

/// A peer that takes so many bytes, and then fails the writing, or stops taking.
inline WireScript full_after(std::size_t room, WireScript script, std::error_code then = {}) {
    script.room = room;
    script.write_error = then;
    return script;
}

/// A peer whose bytes wait above the socket, as those of TLS do.
inline WireScript in_records(WireScript script) {
    script.records = true;
    return script;
}

/// The k-th operation (from 0) fails, and its connection with it.
struct Fault {
    std::size_t at = unlimited;
    std::size_t operations = 0;
    std::error_code error = asio::error::connection_reset;

    bool strikes() noexcept { return operations++ == at; }
};

/// One connection, seen from outside. Shared by the stream and the test.
class Wire : public std::enable_shared_from_this<Wire> {
public:
    using Direction = detail::Stream::Direction;
    using Watcher = detail::Stream::Watcher;

    Wire(asio::any_io_executor executor, WireScript script, std::shared_ptr<Fault> fault)
        : script_(std::move(script)), executor_(std::move(executor)), fault_(std::move(fault)) {
        play();
    }

    // For tests.
    const std::string& written() const noexcept { return written_; }
    std::size_t writes() const noexcept { return writes_; }  // that accepted bytes
    bool closed() const noexcept { return closed_; }
    int rests() const noexcept { return rests_; }
    bool write_closed() const noexcept { return write_closed_; }
    bool awaited(Direction direction) const noexcept { return watch(direction) != nullptr; }
    /// The peer sends something unasked.
    void say(std::string_view bytes, Ending ending = Ending::none) {
        incoming_.append(bytes);
        ending_ = ending;
        nudge();
    }
    /// The peer accepts more bytes.
    void take(std::size_t bytes) {
        script_.room += bytes;
        nudge();
    }

    // For the stream.
    void wait(Direction direction, Watcher& watcher) {
        watch(direction) = &watcher;
        watcher.keep_alive(true);
        nudge();
    }

    std::size_t read(char* data, std::size_t size, std::error_code& ec) {
        if (broken(ec) || (above_.empty() && blocked(ec, Direction::read))) {
            return 0;
        }
        if (script_.records && above_.empty()) {
            above_.swap(incoming_);
        }
        std::string& bytes = script_.records ? above_ : incoming_;
        if (bytes.empty()) {
            ec = asio::error::would_block;
            if (ending_ == Ending::eof) {
                ec = asio::error::eof;
            } else if (ending_ == Ending::reset) {
                ec = asio::error::connection_reset;
            } else if (ending_ == Ending::cut) {
                ec = asio::error::shut_down;
            }
            return 0;
        }
        const std::size_t n = std::min({size, bytes.size(), script_.max_read});
        bytes.copy(data, n);
        bytes.erase(0, n);
        return n;
    }

    std::size_t write(std::span<const std::string_view> pieces, std::error_code& ec) {
        if (broken(ec) || blocked(ec, Direction::write)) {
            return 0;
        }
        const std::size_t most = std::min(script_.room, script_.max_write);
        std::size_t n = 0;
        for (const std::string_view piece : pieces) {
            const std::string_view taken = piece.substr(0, most - n);
            written_.append(taken);
            n += taken.size();
        }
        if (script_.room != unlimited) {
            script_.room -= n;
        }
        writes_ += n != 0 ? 1 : 0;
        if (n == 0) {
            ec = script_.write_error ? script_.write_error : asio::error::would_block;
        }
        play();
        return n;
    }

    bool quiet() {
        std::error_code ec;
        return !broken(ec) && above_.empty() && incoming_.empty() && ending_ == Ending::none;
    }

    bool has_buffered() const noexcept { return !above_.empty(); }

    void close() {
        closed_ = true;
        nudge();
    }
    void close_write() { write_closed_ = true; }
    void trim() { ++rests_; }
    bool secure() const noexcept { return script_.secure; }

    /// Removes the watcher.
    void drop(Direction direction) {
        if (Watcher* watcher = std::exchange(watch(direction), nullptr)) {
            watcher->keep_alive(false);
        }
    }

private:
    /// In the executor's queue; a wait destroyed there has ended as well.
    struct Ready {
        Ready(std::shared_ptr<Wire> of, Direction to) : wire(std::move(of)), direction(to) {}
        Ready(Ready&&) noexcept = default;
        ~Ready() {
            if (wire) {
                wire->drop(direction);
            }
        }
        void operator()() {
            const auto self = std::move(wire);
            self->posted_[self->index(direction)] = false;
            if (Watcher* watcher = std::exchange(self->watch(direction), nullptr)) {
                struct Release {
                    ~Release() { of->keep_alive(false); }
                    Watcher* of;
                } release{watcher};
                watcher->on_ready(direction);
            }
        }
        std::shared_ptr<Wire> wire;
        Direction direction;
    };

    static std::size_t index(Direction d) noexcept { return d == Direction::read ? 0 : 1; }
    Watcher*& watch(Direction direction) noexcept { return watches_[index(direction)]; }
    Watcher* watch(Direction direction) const noexcept { return watches_[index(direction)]; }

    bool broken(std::error_code& ec) {
        if (!closed_ && fault_->strikes()) {
            failure_ = fault_->error;
        }
        ec = closed_ ? std::error_code(asio::error::operation_aborted) : failure_;
        return static_cast<bool>(ec);
    }

    bool blocked(std::error_code& ec, Direction direction) {
        bool& hungry = hungry_[index(direction)];
        hungry = script_.starved && !hungry;
        if (hungry) {
            ec = asio::error::would_block;
        }
        return hungry;
    }

    void play() {
        while (turn_ < script_.turns.size()) {
            const Turn& turn = script_.turns[turn_];
            const std::size_t found = written_.find(turn.until, seen_);
            if (found == std::string::npos) {
                return;
            }
            seen_ = found + turn.until.size();
            if (++turn_ == script_.turns.size() && script_.repeat) {
                turn_ = 0;
            }
            say(turn.reply, turn.ending);
        }
    }

    bool ready(Direction direction) const noexcept {
        if (closed_ || failure_) {
            return true;
        }
        return direction == Direction::read ? !incoming_.empty() || ending_ != Ending::none
                                            : script_.room != 0 || script_.write_error;
    }

    void nudge() {
        for (const Direction direction : {Direction::read, Direction::write}) {
            bool& posted = posted_[index(direction)];
            if (watch(direction) != nullptr && !posted && ready(direction)) {
                posted = true;
                asio::post(executor_, Ready(shared_from_this(), direction));
            }
        }
    }

    WireScript script_;
    asio::any_io_executor executor_;
    std::shared_ptr<Fault> fault_;
    std::string incoming_;
    std::string above_;  // used by `records`, where no wait sees it
    std::string written_;
    std::size_t writes_ = 0;
    std::size_t seen_ = 0;  // how much of written_ the script has seen
    std::size_t turn_ = 0;
    Ending ending_ = Ending::none;
    std::error_code failure_;
    std::array<Watcher*, 2> watches_{};
    std::array<bool, 2> posted_{};
    std::array<bool, 2> hungry_{};
    bool closed_ = false;
    bool write_closed_ = false;
    int rests_ = 0;
};

class ScriptStream final : public detail::Stream {
public:
    /// `live` counts existing streams.
    ScriptStream(std::shared_ptr<Wire> wire, std::shared_ptr<int> live)
        : wire_(std::move(wire)), live_(std::move(live)) {
        ++*live_;
    }
    ~ScriptStream() override {
        const EnoughMemory enough;
        wire_->close();
        wire_->drop(Direction::read);
        wire_->drop(Direction::write);
        --*live_;
    }

    bool wait(Direction direction, Watcher& watcher) override {
        std::make_unique<char>();  // allocates, as a real stream does
        const EnoughMemory enough;
        wire_->wait(direction, watcher);
        return true;
    }
    std::size_t read_some(char* data, std::size_t size, std::error_code& ec) override {
        const EnoughMemory enough;
        ec = {};
        return wire_->read(data, size, ec);
    }
    std::size_t write_some(std::span<const std::string_view> pieces, std::error_code& ec) override {
        const EnoughMemory enough;
        ec = {};
        return wire_->write(pieces, ec);
    }
    bool has_buffered() const noexcept override { return wire_->has_buffered(); }
    detail::Idle probe() override {
        return wire_->quiet() ? detail::Idle::quiet : detail::Idle::stale;
    }
    void describe(ConnectionInfo& info) const override {
        info.tls_version = wire_->secure() ? "TLSv1.3" : "";
    }
    void trim() noexcept override { wire_->trim(); }
    void close_write() noexcept override { wire_->close_write(); }
    void close() noexcept override {
        const EnoughMemory enough;
        wire_->close();
    }

private:
    std::shared_ptr<Wire> wire_;
    std::shared_ptr<int> live_;
};

}  // namespace hawser::test
