// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Ciphertext that the socket delivered and OpenSSL has not read yet. Has memory only while it is in
// use, so that an idle connection holds none.

#include <hawser/config.hpp>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <new>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

/// Each response needs a buffer for a short time, so each thread keeps one for reuse.
class SpareCiphertextBuffer {
public:
    static constexpr std::size_t size = 64 * 1024;

    /// Null if there is no memory.
    static std::unique_ptr<char[]> take() noexcept {
        char* const spare = std::exchange(kept().spare, nullptr);
        return std::unique_ptr<char[]>(spare != nullptr ? spare : new (std::nothrow) char[size]);
    }
    static void give_back(std::unique_ptr<char[]> buffer) noexcept {
        if (Kept& keep = kept(); !keep.over) {
            delete[] std::exchange(keep.spare, buffer.release());
        }
    }

private:
    /// Trivial, so that it is usable even after the thread has destroyed its objects.
    struct Kept {
        char* spare;
        bool over;
    };
    struct Cleaner {
        explicit Cleaner(Kept& keep) noexcept : kept(keep) {}
        ~Cleaner() {
            delete[] std::exchange(kept.spare, nullptr);
            kept.over = true;
        }
        Kept& kept;
    };
    static Kept& kept() noexcept {
        thread_local Kept keep{};
        thread_local const Cleaner cleaner(keep);
        return keep;
    }
};

class CiphertextBuffer {
public:
    static constexpr std::size_t size = SpareCiphertextBuffer::size;

    bool empty() const noexcept { return begin_ == end_; }

    /// Where the next `size` bytes go; null if there is no memory. Call while empty, then filled().
    char* room() noexcept {
        if (!bytes_) {
            bytes_ = SpareCiphertextBuffer::take();
        }
        return bytes_.get();
    }
    void filled(std::size_t n) noexcept {
        begin_ = 0;
        end_ = n;
    }

    /// Moves up to `most` bytes to `out`.
    std::size_t take(char* out, std::size_t most) noexcept {
        const std::size_t n = std::min(most, end_ - begin_);
        std::memcpy(out, bytes_.get() + begin_, n);
        begin_ += n;
        return n;
    }

    /// If it is empty, gives its memory back.
    void release() noexcept {
        if (bytes_ && empty()) {
            SpareCiphertextBuffer::give_back(std::move(bytes_));
        }
    }
    /// Drops the bytes, and frees the memory.
    void clear() noexcept {
        bytes_.reset();
        begin_ = end_ = 0;
    }

private:
    std::unique_ptr<char[]> bytes_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

}  // namespace hawser::inline HAWSER_ABI::detail
