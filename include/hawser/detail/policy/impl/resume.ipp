// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/cookies/cookie_date.hpp>
#include <hawser/detail/message/content_range.hpp>
#include <hawser/detail/policy/resume.hpp>

#include <chrono>

namespace hawser::inline HAWSER_ABI::detail {

inline constexpr std::string_view partial_file_title = "hawser partial download 1\n";

HAWSER_DECL std::string write_partial_file(const PartialFile& file) {
    std::string text(partial_file_title);
    return text.append(file.url).append(1, '\n').append(file.validator).append(1, '\n');
}

HAWSER_DECL std::optional<PartialFile> read_partial_file(std::string_view text) {
    PartialFile file;
    if (!text.starts_with(partial_file_title)) {
        return std::nullopt;
    }
    std::string_view rest = text.substr(partial_file_title.size());
    for (std::string* const line : {&file.url, &file.validator}) {
        const std::size_t end = rest.find('\n');
        if (end == std::string_view::npos || end == 0) {
            return std::nullopt;
        }
        *line = rest.substr(0, end);
        rest.remove_prefix(end + 1);
    }
    return rest.empty() ? std::optional(std::move(file)) : std::nullopt;
}

HAWSER_DECL std::string strong_validator(const Headers& headers) {
    const std::string_view etag = headers.get("ETag").value_or("");
    if (etag.size() >= 2 && etag.front() == '"' && etag.find('"', 1) == etag.size() - 1) {
        return std::string(etag);
    }
    const std::string_view modified = headers.get("Last-Modified").value_or("");
    const auto when = parse_cookie_date(modified);
    const auto now = parse_cookie_date(headers.get("Date").value_or(""));
    return when && (!now || *now - *when >= std::chrono::seconds(1)) ? std::string(modified)
                                                                     : std::string();
}

/// Whether a response names another version. One without any validator does not.
HAWSER_DECL bool names_other_version(std::string_view validator, const Headers& headers) {
    const auto named = headers.get(validator.starts_with('"') ? "ETag" : "Last-Modified");
    return named && *named != validator;
}

HAWSER_DECL FileAnswer judge_range(std::uint64_t offset, const Headers& headers) noexcept {
    const auto range = parse_content_range(headers.get("Content-Range").value_or(""));
    const bool exact = range && range->first == offset && offset != 0 &&
                       (!range->size || range->last == *range->size - 1);
    return exact ? FileAnswer::rest : FileAnswer::wrong_range;
}

HAWSER_DECL FileAnswer judge_file_answer(std::uint64_t offset,
                                         std::string_view validator,
                                         int status,
                                         const Headers& headers) {
    const bool changed = offset != 0 && names_other_version(validator, headers);
    if (status == 206) {
        return changed ? FileAnswer::changed : judge_range(offset, headers);
    }
    if (status == 416 && offset != 0) {
        const auto size = parse_unsatisfied_range(headers.get("Content-Range").value_or(""));
        return size == offset && !changed ? FileAnswer::complete : FileAnswer::changed;
    }
    return status >= 200 && status <= 299 ? FileAnswer::whole : FileAnswer::bad_status;
}

}  // namespace hawser::inline HAWSER_ABI::detail
