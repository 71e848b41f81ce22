// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// A thread that blocks for an exchange can wait for the bytes of its connection itself, with
// poll(), and read them itself. That spares the loop a turn, and with several threads the switch
// from the thread that runs the loop. The connection offers this while its code runs on that
// thread.

#include <hawser/config.hpp>

#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

/// A connection, as the thread sees it that polls for its bytes.
class ReadSource {
public:
    /// Reads what has arrived, on this thread.
    virtual void try_read() {}
    virtual void keep_alive(bool on) noexcept = 0;

protected:
    ~ReadSource() = default;
};

/// What a blocking call may poll for. Used by its thread alone.
class PolledRead {
public:
    PolledRead() = default;
    PolledRead(const PolledRead&) = delete;
    PolledRead& operator=(const PolledRead&) = delete;
    ~PolledRead() { decline(); }

    /// The exchange that the call blocks for.
    void set_exchange(const void* exchange) noexcept { exchange_ = exchange; }
    /// Whether this thread blocks for `exchange`, which may be null: none.
    static bool blocks_for(const void* exchange) noexcept {
        return here_ != nullptr && exchange != nullptr && here_->exchange_ == exchange;
    }
    /// `exchange` needs only the bytes that arrive at `handle`. Does nothing unless this thread
    /// blocks for it. A negative handle cannot be polled.
    static void offer(const void* exchange, int handle, ReadSource& source) noexcept {
        if (blocks_for(exchange) && handle >= 0) {
            here_->take(handle, source);
        }
    }

    /// `source` has no more bytes.
    static void withdraw(const ReadSource& source) noexcept {
        if (here_ != nullptr && here_->source_ == &source) {
            here_->decline();
        }
    }

    bool offered() const noexcept { return source_ != nullptr; }
    /// The descriptor to poll, if there is an offer.
    int handle() const noexcept { return handle_; }
    /// Call once it can be read.
    void read() {
        ReadSource* const source = std::exchange(source_, nullptr);
        const Release release{*source};
        source->try_read();
    }
    void decline() noexcept {
        if (source_ != nullptr) {
            std::exchange(source_, nullptr)->keep_alive(false);
        }
    }
    /// Whether this is the thread of its call.
    bool is_here() const noexcept { return here_ == this; }

    /// While it exists, code that runs on this thread makes its offers to `polled`.
    class Here {
    public:
        explicit Here(PolledRead& polled) noexcept : before_(std::exchange(here_, &polled)) {}
        Here(const Here&) = delete;
        Here& operator=(const Here&) = delete;
        ~Here() { here_ = before_; }

    private:
        PolledRead* const before_;
    };

private:
    struct Release {
        ~Release() { source.keep_alive(false); }
        ReadSource& source;
    };

    void take(int handle, ReadSource& source) noexcept {
        if (source_ != &source) {
            decline();
            source.keep_alive(true);
            source_ = &source;
            handle_ = handle;
        }
    }

    static inline constinit thread_local PolledRead* here_ = nullptr;

    const void* exchange_ = nullptr;
    ReadSource* source_ = nullptr;
    int handle_ = -1;
};

}  // namespace hawser::inline HAWSER_ABI::detail
