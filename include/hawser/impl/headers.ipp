// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/grammar.hpp>
#include <hawser/headers.hpp>

#include <stdexcept>

namespace hawser {

HAWSER_DECL Headers::Headers(
    std::initializer_list<std::pair<std::string_view, std::string_view>> fields) {
    entries_.reserve(fields.size());
    for (const auto& [name, value] : fields) {
        append(name, value);
    }
}

HAWSER_DECL std::optional<std::string_view> Headers::get(std::string_view name) const noexcept {
    const std::size_t at = find(name, 0);
    if (at == entries_.size()) {
        return std::nullopt;
    }
    return field(entries_[at]).value;
}

HAWSER_DECL std::vector<std::string_view> Headers::values(std::string_view name) const {
    std::vector<std::string_view> result;
    for (std::size_t at = find(name, 0); at < entries_.size(); at = find(name, at + 1)) {
        result.push_back(field(entries_[at]).value);
    }
    return result;
}

HAWSER_DECL bool Headers::contains(std::string_view name) const noexcept {
    return find(name, 0) != entries_.size();
}

HAWSER_DECL Headers& Headers::set(std::string_view name, std::string_view value) & {
    if (holds(name) || holds(value)) {  // what follows moves the text around
        return set(std::string(name), std::string(value));
    }
    const std::size_t first = find(name, 0);
    if (first == entries_.size()) {
        append(name, value);
        return *this;
    }
    replace(entries_[first], name, value);
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
    text_.clear();
    entries_.clear();
    live_ = 0;
}

HAWSER_DECL void Headers::detail_assign(std::string_view text,
                                        std::span<const detail::FieldSpan> fields) {
    text_.assign(text);
    entries_.assign(fields.begin(), fields.end());
    live_ = text.size();  // the separators in between count as used
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

HAWSER_DECL Headers::Field Headers::field(const detail::FieldSpan& entry) const noexcept {
    return {{text_.data() + entry.name_offset, entry.name_size},
            {text_.data() + entry.value_offset, entry.value_size}};
}

/// The index of the first field with this name at or after `from`, or size().
HAWSER_DECL std::size_t Headers::find(std::string_view name, std::size_t from) const noexcept {
    while (from < entries_.size() && !detail::iequals(field(entries_[from]).name, name)) {
        ++from;
    }
    return from;
}

HAWSER_DECL void Headers::append(std::string_view name, std::string_view value) {
    if (name.size() + value.size() > UINT32_MAX - text_.size()) {
        throw std::length_error("hawser::Headers");
    }
    const auto offset = static_cast<std::uint32_t>(text_.size());
    const auto name_size = static_cast<std::uint32_t>(name.size());
    const auto value_size = static_cast<std::uint32_t>(value.size());
    text_.append(name).append(value);
    entries_.push_back({offset, name_size, offset + name_size, value_size});
    live_ += name.size() + value.size();
}

/// Gives an entry a new spelling and value: in place if they fit, else at the end of the text.
HAWSER_DECL void Headers::replace(detail::FieldSpan& entry,
                                  std::string_view name,
                                  std::string_view value) {
    text_.replace(entry.name_offset, entry.name_size, name);  // equal sizes, as the names match
    if (value.size() > entry.value_size) {
        if (value.size() > UINT32_MAX - text_.size()) {
            throw std::length_error("hawser::Headers");
        }
        const auto offset = static_cast<std::uint32_t>(text_.size());
        text_.append(value);
        entry.value_offset = offset;
    } else {
        text_.replace(entry.value_offset, value.size(), value);
    }
    live_ += value.size();
    live_ -= entry.value_size;
    entry.value_size = static_cast<std::uint32_t>(value.size());
}

HAWSER_DECL std::size_t Headers::erase_from(std::size_t first, std::string_view name) {
    const std::size_t before = entries_.size();
    std::size_t kept = find(name, first);
    for (std::size_t at = kept; at < before; ++at) {
        const detail::FieldSpan entry = entries_[at];
        if (detail::iequals(field(entry).name, name)) {
            live_ -= entry.name_size + entry.value_size;
        } else {
            entries_[kept++] = entry;
        }
    }
    entries_.resize(kept);
    return before - kept;
}

/// Whether the view points into our own text.
HAWSER_DECL bool Headers::holds(std::string_view view) const noexcept {
    const auto begin = reinterpret_cast<std::uintptr_t>(text_.data());
    const auto at = reinterpret_cast<std::uintptr_t>(view.data());
    return !view.empty() && at >= begin && at <= begin + text_.size();
}

/// Holes never make up more than half of the text: a field may be set for ever.
HAWSER_DECL void Headers::compact_if_sparse() {
    if (text_.size() < 64 || live_ > text_.size() / 2) {
        return;
    }
    std::string text;
    text.reserve(live_);
    for (detail::FieldSpan& entry : entries_) {
        const Field old = field(entry);
        entry.name_offset = static_cast<std::uint32_t>(text.size());
        text.append(old.name);
        entry.value_offset = static_cast<std::uint32_t>(text.size());
        text.append(old.value);
    }
    text_ = std::move(text);
    live_ = text_.size();
}

}  // namespace hawser
