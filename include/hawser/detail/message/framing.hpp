// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Decides how long a response body is and whether the peer lets the connection live (RFC 9112
// sections 6.3 and 9.3), from fields alone. Must not know of sockets, buffers or llhttp: llhttp's
// own opinion on framing is never asked, as it differs between its versions. Strict is stricter
// than RFC 9112: a repeated Content-Length, even if identical, and Content-Length next to
// Transfer-Encoding are refused; tolerant, they are read as everybody reads them, and noted.

#include <hawser/config.hpp>
#include <hawser/detail/message/response_head.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace hawser::detail {

enum class BodyFraming { none, length, chunked, until_close };

struct BodyPlan {
    BodyFraming framing = BodyFraming::none;
    std::uint64_t length = 0;  // for BodyFraming::length, then never 0
};

/// Which body follows the head of a final response (or of a 1xx: none), RFC 9112 section 6.3.
/// `request_method` is compared with its case: HEAD, CONNECT.
[[nodiscard]] BodyPlan plan_body(std::string_view request_method,
                                 const ResponseHead& head) noexcept;

/// Collects what the framing fields say, and whether there is a content coding, while fields
/// arrive, so that nobody searches for them again. Holds no views.
class FramingScan {
public:
    explicit FramingScan(bool tolerant = false) noexcept : tolerant_(tolerant) {}

    /// Looks at one field; `value` is trimmed. Cheap for every field that is not about framing.
    void field(std::string_view name, std::string_view value) noexcept {
        constexpr std::uint32_t sizes = 1u << 7 | 1u << 10 | 1u << 14 | 1u << 16 | 1u << 17;
        if (name.size() < 18 && (sizes >> name.size() & 1u) != 0) {
            classify(name, value);
        }
    }

    /// Judges all fields together and fills the interpreted members of `head`, whose status and
    /// version are set. Returns error::bad_response, error::unsupported_coding, or nothing.
    [[nodiscard]] std::error_code finish(ResponseHead& head) const noexcept;

    /// Why finish() failed, in words.
    [[nodiscard]] std::string rule(Version version) const;

private:
    void classify(std::string_view name, std::string_view value) noexcept;
    void content_length(std::string_view value) noexcept;
    HAWSER_COLD void odd_content_length(std::string_view value) noexcept;
    void one_length(std::string_view number) noexcept;
    void transfer_encoding(std::string_view value) noexcept;
    void connection(std::string_view value) noexcept;
    void keep_alive(std::string_view value) noexcept;
    std::error_code finish_coding(ResponseHead& head) const noexcept;

    std::uint64_t length_ = 0;
    std::uint64_t other_length_ = 0;  // if differ_
    std::size_t length_digits_ = 0;
    std::optional<std::chrono::seconds> keep_alive_timeout_;
    std::optional<std::uint32_t> keep_alive_max_;
    bool tolerant_;
    bool deviates_ = false;
    bool has_length_ = false;
    bool malformed_ = false;   // a length is no number
    bool differ_ = false;      // two lengths do
    bool bad_length_ = false;  // either; or, strict, it is repeated
    bool has_coding_ = false;
    bool chunked_ = false;       // one element, and it is chunked
    bool bad_coding_ = false;    // empty, or chunked twice
    bool other_coding_ = false;  // anything else that names a coding
    bool close_ = false;
    bool keep_alive_ = false;
    bool upgrade_option_ = false;
    bool upgrade_field_ = false;
    bool content_coding_ = false;
};

/// The value of a field as FramingScan is told of it; the line ends at `end`. A length or a coding
/// with a tab behind it is read differently by others: kept, so that it is noticed.
inline std::string_view framing_value(std::string_view name,
                                      std::string_view value,
                                      const char* end) noexcept {
    const char* const stop = value.data() + value.size();
    if (stop != end && (name.size() == 14 || name.size() == 17) &&
        std::find(stop, end, '\t') != end) {
        return {value.data(), static_cast<std::size_t>(end - value.data())};
    }
    return value;
}

/// Whether a field means anything in a trailer section: not what frames, routes, authenticates,
/// sets cookies or changes how the message is read (RFC 9110 section 6.5.1). Both ways: dropped
/// from a response, refused in a request.
[[nodiscard]] bool may_be_trailer(std::string_view name) noexcept;

/// What FramingScan does, over all fields of a head at once.
[[nodiscard]] std::error_code interpret_fields(ResponseHead& head, bool tolerant = false) noexcept;

}  // namespace hawser::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/message/impl/framing.ipp>
#endif
