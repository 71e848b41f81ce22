// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/config.hpp>
#include <hawser/detail/access.hpp>
#include <hawser/detail/header_block.hpp>

#include <compare>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hawser::inline HAWSER_ABI {

/// The fields of a message, in order, with their original spelling. Lookup ignores ASCII case (RFC
/// 9110 section 5). Like Go's `http.Header`, but ordered and never respelled.
///
/// This class validates nothing. For requests, the only writer checks all fields and refuses the
/// whole request if one is invalid (`error::invalid_request`). For responses, the parser has
/// checked them.
///
/// Views stay valid until the object next changes. Values are opaque bytes. Repeated fields stay
/// separate: Set-Cookie is never joined.
///
///     hawser::Headers headers{{"Accept", "text/html"}};
///     headers.add("X-Trace", "1").set("Accept", "*/*");
///
/// Thread safety: distinct objects are safe; a shared object is not.
class Headers {
public:
    /// One field, as views into the object.
    struct Field {
        /// As spelled.
        std::string_view name;
        /// Without the blanks around it.
        std::string_view value;

        friend bool operator==(const Field&, const Field&) = default;
    };

    /// A random-access iterator that makes a `Field` on the fly.
    class Iterator;
    using iterator = Iterator;
    using const_iterator = Iterator;
    using value_type = Field;

    /// No fields, no allocation.
    Headers() noexcept {}

    /// The given fields, in this order; repeated names stay repeated.
    Headers(std::initializer_list<std::pair<std::string_view, std::string_view>> fields);

    Headers(const Headers& other);
    Headers& operator=(const Headers& other) {
        *this = Headers(other);
        return *this;
    }
    /// Leaves `other` empty.
    Headers(Headers&& other) noexcept = default;
    Headers& operator=(Headers&& other) noexcept = default;
    ~Headers() = default;

    /// The value of the first field with this name, or nothing.
    [[nodiscard]] std::optional<std::string_view> get(std::string_view name) const noexcept
        HAWSER_LIFETIMEBOUND;

    /// The values of all fields with this name, in order.
    [[nodiscard]] std::vector<std::string_view> values(std::string_view name) const
        HAWSER_LIFETIMEBOUND;

    /// Whether a field with this name exists.
    [[nodiscard]] bool contains(std::string_view name) const noexcept;

    /// Makes this the only field with this name: the first one keeps its position, others are
    /// removed. `name` and `value` may be views into this object.
    Headers& set(std::string_view name, std::string_view value) &;
    Headers&& set(std::string_view name, std::string_view value) &&;

    /// Appends a field, even if the name exists. Throws `std::length_error` beyond 4 GiB. `name`
    /// and `value` may be views into this object.
    Headers& add(std::string_view name, std::string_view value) &;
    Headers&& add(std::string_view name, std::string_view value) &&;

    /// Removes every field with this name; returns how many there were.
    std::size_t erase(std::string_view name);

    /// Removes all fields; keeps the memory.
    void clear() noexcept;

    /// The number of fields, counting repeated ones separately.
    [[nodiscard]] std::size_t size() const noexcept { return block_ ? block_->fields : 0; }
    [[nodiscard]] bool empty() const noexcept { return size() == 0; }

    [[nodiscard]] Iterator begin() const noexcept HAWSER_LIFETIMEBOUND;
    [[nodiscard]] Iterator end() const noexcept HAWSER_LIFETIMEBOUND;

    /// Whether both have the same fields in the same order; names compare without case, values byte
    /// by byte.
    friend bool operator==(const Headers& a, const Headers& b) noexcept { return equal(a, b); }

private:
    friend struct detail::Access;
    /// Takes over a whole block at once, one copy of `text` and one of
    /// `fields`, whose offsets count from the start of `text` and must lie inside it.
    void assign(std::string_view text, std::span<const detail::FieldSpan> fields);

    explicit Headers(detail::HeaderBlock::Ptr block) noexcept : block_(std::move(block)) {}

    static bool equal(const Headers& a, const Headers& b) noexcept;
    std::span<detail::FieldSpan> entries() const noexcept;
    Field field(const detail::FieldSpan& entry) const noexcept;
    std::size_t find(std::string_view name, std::size_t from) const noexcept;
    void append(std::string_view name, std::string_view value);
    void replace(std::size_t at, std::string_view name, std::string_view value);
    std::size_t erase_from(std::size_t first, std::string_view name);
    bool holds(std::string_view view) const noexcept;
    void make_room(std::size_t fields, std::uint64_t text);
    std::uint32_t append_text(std::string_view bytes) noexcept;
    void compact(std::uint64_t fields_room, std::uint64_t text_room);
    void compact_if_sparse();

    detail::HeaderBlock::Ptr block_;  // null: no fields
};

class Headers::Iterator {
public:
    using iterator_category = std::input_iterator_tag;  // C++17 allows no more for a proxy
                                                        // reference
    using iterator_concept = std::random_access_iterator_tag;
    using value_type = Field;
    using difference_type = std::ptrdiff_t;
    using reference = Field;

    /// Makes `it->name` work although no Field object exists.
    struct pointer {
        Field field;
        const Field* operator->() const noexcept { return &field; }
    };

    Iterator() noexcept = default;

    Field operator*() const noexcept {
        return {{text_ + at_->name_offset, at_->name_size},
                {text_ + at_->value_offset, at_->value_size}};
    }
    pointer operator->() const noexcept { return {**this}; }
    Field operator[](difference_type n) const noexcept { return *(*this + n); }

    Iterator& operator+=(difference_type n) noexcept {
        at_ += n;
        return *this;
    }
    Iterator& operator-=(difference_type n) noexcept { return *this += -n; }
    Iterator& operator++() noexcept { return *this += 1; }
    Iterator& operator--() noexcept { return *this += -1; }
    Iterator operator++(int) noexcept { return std::exchange(*this, *this + 1); }
    Iterator operator--(int) noexcept { return std::exchange(*this, *this - 1); }

    friend Iterator operator+(Iterator it, difference_type n) noexcept { return it += n; }
    friend Iterator operator+(difference_type n, Iterator it) noexcept { return it += n; }
    friend Iterator operator-(Iterator it, difference_type n) noexcept { return it -= n; }
    friend difference_type operator-(Iterator a, Iterator b) noexcept { return a.at_ - b.at_; }
    friend bool operator==(Iterator a, Iterator b) noexcept { return a.at_ == b.at_; }
    friend auto operator<=>(Iterator a, Iterator b) noexcept { return a.at_ <=> b.at_; }

private:
    friend class Headers;
    Iterator(const char* text, const detail::FieldSpan* at) noexcept : text_(text), at_(at) {}

    const char* text_ = nullptr;
    const detail::FieldSpan* at_ = nullptr;
};

inline Headers::Iterator Headers::begin() const noexcept {
    return block_ ? Iterator(block_->text(), block_->entries()) : Iterator();
}

inline Headers::Iterator Headers::end() const noexcept {
    return begin() += static_cast<std::ptrdiff_t>(size());
}

}  // namespace hawser::inline HAWSER_ABI

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/impl/headers.ipp>
#endif
