// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Where the fields of one head are. llhttp finds their names; the callers check what lies between
// them. Its verdict counts only where no check of ours has found a fault before, because it differs
// between its versions. Must not know the status line or what a field means.

#include <hawser/config.hpp>
#include <hawser/detail/header_block.hpp>
#include <hawser/error.hpp>

#include <llhttp.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace hawser::inline HAWSER_ABI::detail {

class FieldNames {
public:
    static constexpr auto no_error = static_cast<hawser::error>(0);

    FieldNames() noexcept = default;
    FieldNames(const FieldNames&) = delete;  // llhttp points back into the object
    FieldNames& operator=(const FieldNames&) = delete;

    /// Prepares for the next head, with at most this many fields.
    void reset(std::size_t max_fields);

    /// Adds a field that the caller has found, without its value; call only if has_room().
    FieldSpan& add(std::size_t name_offset, std::size_t name_size) noexcept {
        FieldSpan& field = fields_[count_++];
        field.name_offset = static_cast<std::uint32_t>(name_offset);
        field.name_size = static_cast<std::uint32_t>(name_size);
        return field;
    }
    /// How many fields can be added.
    std::size_t room() const noexcept { return room_ < max_fields_ ? room_ : max_fields_; }
    /// Forgets the added fields.
    void clear() noexcept { count_ = 0; }

    /// Has llhttp look for names in `text`, everything received since the head began. On later
    /// calls, `text` has grown at its end and may have moved. The fields begin at `begin`.
    void feed(std::string_view text, std::size_t begin) noexcept;
    /// Whether feed() was called since reset().
    bool fed() const noexcept { return fed_ != 0; }
    /// Whether llhttp saw the end of the head.
    bool ended() const noexcept { return ended_; }
    /// Why feed() stopped, or that there is one field too many.
    hawser::error error(std::string_view text) const noexcept;

    /// Fields found; the name of the last one may still grow.
    std::size_t count() const noexcept { return count_; }
    /// How many of them are complete. The field after them marks where the last line ends.
    std::size_t complete(std::string_view text) noexcept;
    FieldSpan& operator[](std::size_t field) noexcept { return fields_[field]; }
    std::span<const FieldSpan> all() const noexcept { return {fields_.data(), count_}; }

private:
    struct Callbacks;

    hawser::error check_excess(std::string_view text) const noexcept;
    int name_piece(const char* at, std::size_t size) noexcept;
    HAWSER_COLD int odd_name_piece(std::size_t offset, std::size_t size) noexcept;
    bool make_room() noexcept;
    void set_room() noexcept;

    llhttp_t llhttp_;
    std::vector<FieldSpan> fields_;  // count_ of them, by offset from the start of the head
    std::size_t count_ = 0;
    std::size_t max_fields_ = 0;
    std::size_t room_ = 0;        // fields that may be added without make_room()
    std::size_t name_end_ = 0;    // end of the last field's name
    std::size_t fed_ = 0;         // bytes that llhttp has seen
    const char* base_ = nullptr;  // where the text is during feed()
    bool ended_ = false;
    hawser::error stopped_ = no_error;  // why a callback or llhttp stopped
};

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/message/impl/field_names.ipp>
#endif
