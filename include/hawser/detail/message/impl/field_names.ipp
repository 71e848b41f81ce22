// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/grammar.hpp>
#include <hawser/detail/message/field_names.hpp>

#include <algorithm>
#include <exception>

namespace hawser::inline HAWSER_ABI::detail {

struct FieldNames::Callbacks {
    static int field(llhttp_t* llhttp, const char* at, std::size_t size) noexcept {
        return static_cast<FieldNames*>(llhttp->data)->name_piece(at, size);
    }

    static int complete(llhttp_t* llhttp) noexcept {
        static_cast<FieldNames*>(llhttp->data)->ended_ = true;
        return HPE_PAUSED;  // we, not llhttp, decide what follows
    }

    static constexpr llhttp_settings_t make_settings() noexcept {
        llhttp_settings_t made{};
        made.on_header_field = &field;
        made.on_headers_complete = &complete;
        return made;
    }

    static const llhttp_settings_t settings;
};

inline constexpr llhttp_settings_t FieldNames::Callbacks::settings = make_settings();

HAWSER_DECL void FieldNames::reset(std::size_t max_fields) {
    if (fields_.empty() || fields_.size() > 128) {  // do not keep the memory of one huge head
                                                    // forever
        fields_ = std::vector<FieldSpan>(32);
    }
    max_fields_ = max_fields;
    set_room();
    count_ = name_end_ = fed_ = 0;
    ended_ = false;
    stopped_ = no_error;
}

/// Instead of the real status line, llhttp gets one that every version accepts.
HAWSER_DECL void FieldNames::feed(std::string_view text, std::size_t begin) noexcept {
    if (fed_ == 0) {
        constexpr std::string_view status = "HTTP/1.1 200 OK\r\n";
        llhttp_init(&llhttp_, HTTP_RESPONSE, &Callbacks::settings);
        llhttp_.data = this;
        llhttp_execute(&llhttp_, status.data(), status.size());
        fed_ = begin;
    }
    base_ = text.data();
    const llhttp_errno_t result = llhttp_execute(&llhttp_, text.data() + fed_, text.size() - fed_);
    fed_ = text.size();
    if (result != HPE_OK && !ended_ && stopped_ == no_error) {
        stopped_ = hawser::error::bad_response;
    }
}

HAWSER_DECL hawser::error FieldNames::error(std::string_view text) const noexcept {
    const hawser::error excess = check_excess(text);
    return excess != no_error ? excess : stopped_;
}

/// Reports one field too many only once its name is followed by a colon: where llhttp cuts a bad
/// name depends on the segmentation and on its version.
HAWSER_DECL hawser::error FieldNames::check_excess(std::string_view text) const noexcept {
    if (count_ <= max_fields_) {
        return no_error;
    }
    const FieldSpan& field = fields_[count_ - 1];
    const std::size_t colon = std::size_t{field.name_offset} + field.name_size;
    if (colon == text.size()) {
        return no_error;  // the name may still grow
    }
    const std::string_view name = text.substr(field.name_offset, field.name_size);
    const bool well_formed = text[colon] == ':' && is_visible(name);
    return well_formed ? hawser::error::headers_too_large : hawser::error::bad_response;
}

HAWSER_DECL std::size_t FieldNames::complete(std::string_view text) noexcept {
    if (count_ == 0 || !ended_ || count_ > max_fields_) {
        return count_ - (count_ == 0 ? 0 : 1);
    }
    const auto size = static_cast<std::size_t>(llhttp_get_error_pos(&llhttp_) - text.data());
    fields_[count_].name_offset = static_cast<std::uint32_t>(size - 2);  // without the blank line
    return count_;
}

/// Notes where a name is. The usual piece is a whole name, and there is room for it.
HAWSER_DECL int FieldNames::name_piece(const char* at, std::size_t size) noexcept {
    const auto offset = static_cast<std::size_t>(at - base_);
    if (size == 0 || offset == name_end_ || count_ >= room_) {
        return odd_name_piece(offset, size);
    }
    fields_[count_++] = {
        static_cast<std::uint32_t>(offset), static_cast<std::uint32_t>(size), 0, 0};
    name_end_ = offset + size;
    return 0;
}

/// llhttp may deliver a name in any number of pieces, even empty ones. Only adjacent pieces belong
/// to one name.
HAWSER_DECL int FieldNames::odd_name_piece(std::size_t offset, std::size_t size) noexcept {
    if (offset == name_end_) {
        fields_[count_ - 1].name_size += static_cast<std::uint32_t>(size);
        name_end_ += size;
        return 0;
    }
    return size == 0 ? 0 : make_room() ? name_piece(base_ + offset, size) : HPE_USER;
}

/// For the rare piece that begins the second field too many, or needs an allocation; no exception
/// may cross llhttp.
HAWSER_DECL bool FieldNames::make_room() noexcept {
    if (count_ > max_fields_) {
        stopped_ = hawser::error::headers_too_large;
        return false;
    }
    try {
        fields_.resize(fields_.size() * 2);
    } catch (const std::exception&) {
        stopped_ = hawser::error::resource_exhausted;
        return false;
    }
    set_room();
    return true;
}

/// Keeps one slot free for complete().
HAWSER_DECL void FieldNames::set_room() noexcept {
    room_ = std::min(fields_.size() - 1, max_fields_ + 1);
}

}  // namespace hawser::inline HAWSER_ABI::detail
