// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/io/read_wait.hpp>

#include <new>

namespace hawser::inline HAWSER_ABI::detail {

HAWSER_DECL void StreamPart::dispose() noexcept {
    void* const memory = memory_;
    this->~StreamPart();
    ::operator delete(memory);
}

HAWSER_DECL ReadWait::~ReadWait() = default;

#if defined(HAWSER_HAS_READ_WAIT)

HAWSER_DECL ReadWait::ReadWait(SocketLoop& loop, void* stream) noexcept
    : StreamPart(loop, stream),
      asio::detail::reactor_op({}, &ReadWait::perform, &ReadWait::complete) {}

HAWSER_DECL bool ReadWait::start(ReactorSocket& socket,
                                 std::uint64_t empty_after,
                                 Stream::Watcher& watcher) {
    const std::uint64_t before = events();
    add_ref();  // released by complete()
    call_.emplace(watcher, Stream::Direction::read);
    shared_.store(false, std::memory_order_relaxed);
    socket.start_read(loop().reactor, *this, empty_after != before);
    return events() == before;
}

/// Called by the reactor, for each event.
HAWSER_DECL ReadWait::status ReadWait::perform(asio::detail::reactor_op* base) {
    auto& self = *static_cast<ReadWait*>(base);
    self.events_.fetch_add(1, std::memory_order_relaxed);
    return self.shared_.load(std::memory_order_relaxed) ? done : done_and_exhausted;
}

/// `owner` is null if the execution context is being destroyed.
HAWSER_DECL void ReadWait::complete(void* owner,
                                    asio::detail::operation* base,
                                    const asio::error_code&,
                                    std::size_t) {
    const auto self = IntrusivePtr<ReadWait>::adopt(static_cast<ReadWait*>(base));
    WatcherCall call(*std::exchange(self->call_, std::nullopt));
    if (owner != nullptr) {
        self->loop().complete(std::move(call));
    }
}

#endif

}  // namespace hawser::inline HAWSER_ABI::detail
