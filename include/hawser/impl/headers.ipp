// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/grammar.hpp>
#include <hawser/headers.hpp>

#include <algorithm>
#include <cstring>
#include <memory>
#include <new>
#include <stdexcept>
#include <utility>

namespace hawser::inline HAWSER_ABI {

// Sizes are added up in 64 bits, so that no sum is too large for its type.
HAWSER_DECL detail::HeaderBlock::Ptr detail::HeaderBlock::make(std::uint64_t fields_room,
                                                               std::uint64_t text_room) {
    const std::uint64_t size = sizeof(HeaderBlock) + fields_room * sizeof(FieldSpan) + text_room;
    if (fields_room > UINT32_MAX || text_room > UINT32_MAX || !std::in_range<std::size_t>(size)) {
        throw std::length_error("hawser::Headers");
    }
    void* memory = ::operator new(static_cast<std::size_t>(size));
    Ptr block(::new (memory) HeaderBlock);
    block->fields_room = static_cast<std::uint32_t>(fields_room);
    block->text_room = static_cast<std::uint32_t>(text_room);
    return block;
}

HAWSER_DECL Headers::Headers(
    std::initializer_list<std::pair<std::string_view, std::string_view>> fields) {
    std::uint64_t text = 0;
    for (const auto& [name, value] : fields) {
        text += std::uint64_t{name.size()} + value.size();
    }
    make_room(fields.size(), text);
    for (const auto& [name, value] : fields) {
        append(name, value);
    }
}

HAWSER_DECL Headers::Headers(const Headers& other) {
    if (!other.empty()) {
        detail::HeaderBlock& from = *other.block_;
        assign({from.text(), from.text_size}, other.entries());
        block_->live = from.live;
    }
}

HAWSER_DECL std::optional<std::string_view> Headers::get(std::string_view name) const noexcept {
    const std::size_t at = find(name, 0);
    if (at == size()) {
        return std::nullopt;
    }
    return field(entries()[at]).value;
}

HAWSER_DECL std::vector<std::string_view> Headers::values(std::string_view name) const {
    std::vector<std::string_view> result;
    for (std::size_t at = find(name, 0); at < size(); at = find(name, at + 1)) {
        result.push_back(field(entries()[at]).value);
    }
    return result;
}

HAWSER_DECL bool Headers::contains(std::string_view name) const noexcept {
    return find(name, 0) != size();
}

HAWSER_DECL Headers& Headers::set(std::string_view name, std::string_view value) & {
    if (holds(name) || holds(value)) {  // the code below moves the text around
        return set(std::string(name), std::string(value));
    }
    const std::size_t first = find(name, 0);
    if (first == size()) {
        append(name, value);
        return *this;
    }
    replace(first, name, value);
    erase_from(first + 1, name);
    compact_if_sparse();
    return *this;
}

HAWSER_DECL Headers&& Headers::set(std::string_view name, std::string_view value) && {
    return std::move(set(name, value));
}

HAWSER_DECL Headers& Headers::add(std::string_view name, std::string_view value) & {
    if (holds(name) || holds(value)) {
        return add(std::string(name), std::string(value));
    }
    append(name, value);
    return *this;
}

HAWSER_DECL Headers&& Headers::add(std::string_view name, std::string_view value) && {
    return std::move(add(name, value));
}

HAWSER_DECL std::size_t Headers::erase(std::string_view name) {
    const std::size_t erased = erase_from(0, name);
    compact_if_sparse();
    return erased;
}

HAWSER_DECL void Headers::clear() noexcept {
    if (block_) {
        block_->fields = block_->text_size = block_->live = 0;
    }
}

HAWSER_DECL void Headers::assign(std::string_view text, std::span<const detail::FieldSpan> fields) {
    clear();
    if (fields.empty()) {
        return;
    }
    make_room(fields.size(), text.size());
    std::memcpy(block_->entries(), fields.data(), fields.size_bytes());
    block_->fields = static_cast<std::uint32_t>(fields.size());
    append_text(text);
    block_->live = block_->text_size;  // counts the separators in between as used
}

HAWSER_DECL bool Headers::equal(const Headers& a, const Headers& b) noexcept {
    if (a.size() != b.size()) {
        return false;
    }
    for (auto i = a.begin(), j = b.begin(); i != a.end(); ++i, ++j) {
        if (!detail::iequals(i->name, j->name) || i->value != j->value) {
            return false;
        }
    }
    return true;
}

HAWSER_DECL std::span<detail::FieldSpan> Headers::entries() const noexcept {
    return block_ ? std::span(block_->entries(), block_->fields) : std::span<detail::FieldSpan>();
}

/// One of entries().
HAWSER_DECL Headers::Field Headers::field(const detail::FieldSpan& entry) const noexcept {
    const char* text = block_->text();
    return {{text + entry.name_offset, entry.name_size},
            {text + entry.value_offset, entry.value_size}};
}

/// The index of the first field with this name at or after `from`, or size().
HAWSER_DECL std::size_t Headers::find(std::string_view name, std::size_t from) const noexcept {
    const auto all = entries();
    while (from < all.size() && !detail::iequals(field(all[from]).name, name)) {
        ++from;
    }
    return from;
}

HAWSER_DECL void Headers::append(std::string_view name, std::string_view value) {
    make_room(1, std::uint64_t{name.size()} + value.size());
    detail::HeaderBlock& block = *block_;
    detail::FieldSpan& entry = *::new (block.entries() + block.fields++) detail::FieldSpan;
    entry.name_offset = append_text(name);
    entry.name_size = static_cast<std::uint32_t>(name.size());
    entry.value_offset = append_text(value);
    entry.value_size = static_cast<std::uint32_t>(value.size());
    block.live += entry.name_size + entry.value_size;
}

/// Gives an entry a new spelling and value: in place if they fit, otherwise at the end of the text.
HAWSER_DECL void Headers::replace(std::size_t at, std::string_view name, std::string_view value) {
    const bool fits = value.size() <= entries()[at].value_size;
    if (!fits) {
        make_room(0, value.size());
    }
    detail::FieldSpan& entry = entries()[at];
    std::copy(name.begin(), name.end(), block_->text() + entry.name_offset);  // names have the same
                                                                              // size
    if (fits) {
        std::copy(value.begin(), value.end(), block_->text() + entry.value_offset);
    } else {
        entry.value_offset = append_text(value);
    }
    const auto value_size = static_cast<std::uint32_t>(value.size());
    block_->live += value_size;
    block_->live -= entry.value_size;
    entry.value_size = value_size;
}

HAWSER_DECL std::size_t Headers::erase_from(std::size_t first, std::string_view name) {
    const auto all = entries();
    std::size_t kept = find(name, first);
    for (std::size_t at = kept; at < all.size(); ++at) {
        const detail::FieldSpan entry = all[at];
        if (detail::iequals(field(entry).name, name)) {
            block_->live -= entry.name_size + entry.value_size;
        } else {
            all[kept++] = entry;
        }
    }
    if (kept != all.size()) {
        block_->fields = static_cast<std::uint32_t>(kept);
    }
    return all.size() - kept;
}

/// Whether the view points into our own text.
HAWSER_DECL bool Headers::holds(std::string_view view) const noexcept {
    if (view.empty() || !block_) {
        return false;
    }
    const auto begin = reinterpret_cast<std::uintptr_t>(block_->text());
    const auto at = reinterpret_cast<std::uintptr_t>(view.data());
    return at >= begin && at <= begin + block_->text_size;
}

/// Makes room for this many more fields and bytes of text; doubles what has to grow.
HAWSER_DECL void Headers::make_room(std::size_t fields, std::uint64_t text) {
    constexpr std::size_t least_fields = 4;
    constexpr std::uint64_t least_text = 128;
    if (!block_) {
        if (fields != 0) {
            block_ = detail::HeaderBlock::make(std::max(fields, least_fields),
                                               std::max(text, least_text));
        }
        return;
    }
    const detail::HeaderBlock& block = *block_;
    const bool more_fields = fields > block.fields_room - block.fields;
    const bool more_text = text > block.text_room - block.text_size;
    const auto grown = [](std::uint64_t used, std::uint64_t more, std::uint64_t least) {
        const std::uint64_t twice = std::min<std::uint64_t>(2 * used, UINT32_MAX);
        return std::max({used + more, twice, least});
    };
    if (more_fields || more_text) {
        compact(more_fields ? grown(block.fields, fields, least_fields) : block.fields_room,
                more_text ? grown(block.text_size, text, least_text) : block.text_room);
    }
}

/// There must be room. Returns the offset.
HAWSER_DECL std::uint32_t Headers::append_text(std::string_view bytes) noexcept {
    const std::uint32_t offset = block_->text_size;
    if (!bytes.empty()) {
        std::memcpy(block_->text() + offset, bytes.data(), bytes.size());
        block_->text_size += static_cast<std::uint32_t>(bytes.size());
    }
    return offset;
}

/// Moves to new memory of this size, without holes.
HAWSER_DECL void Headers::compact(std::uint64_t fields_room, std::uint64_t text_room) {
    const Headers old(std::exchange(block_, detail::HeaderBlock::make(fields_room, text_room)));
    detail::HeaderBlock& from = *old.block_;
    if (from.live != from.text_size) {
        for (const Field& field : old) {
            append(field.name, field.value);
        }
        return;
    }
    std::uninitialized_copy_n(from.entries(), from.fields, block_->entries());
    std::memcpy(block_->text(), from.text(), from.text_size);
    block_->fields = from.fields;
    block_->text_size = block_->live = from.text_size;
}

/// Keeps holes to at most half of the text, even if a field is set forever.
HAWSER_DECL void Headers::compact_if_sparse() {
    if (block_ && block_->text_size >= 64 && block_->live <= block_->text_size / 2) {
        compact(std::max(block_->fields, 1u), block_->live);
    }
}

}  // namespace hawser::inline HAWSER_ABI
