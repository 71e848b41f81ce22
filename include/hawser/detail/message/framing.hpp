// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Decides from fields alone how long a response body is and whether the peer allows the connection
// to be reused (RFC 9112 sections 6.3 and 9.3). Must not know of sockets, buffers or llhttp. It
// never asks for llhttp's own opinion on framing, which differs between its versions. Strict mode
// is stricter than RFC 9112: it refuses a repeated Content-Length, even an identical one, and
// Content-Length next to Transfer-Encoding. Tolerant mode reads them as other clients do, and notes
// the deviation.

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

namespace hawser::inline HAWSER_ABI::detail {

enum class BodyFraming { none, length, chunked, until_close };

struct BodyPlan {
    BodyFraming framing = BodyFraming::none;
    std::uint64_t length = 0;  // for BodyFraming::length, where it is never 0
};

/// Which body follows the head of a response (none after a 1xx), RFC 9112 section 6.3. Compares
/// `request_method` case-sensitively with HEAD and CONNECT.
[[nodiscard]] BodyPlan plan_body(std::string_view request_method,
                                 const ResponseHead& head) noexcept;

/// Collects the meaning of the framing fields, and whether there is a content coding, while the
/// fields arrive, so that no second search is needed. Holds no views.
class FramingScan {
public:
    explicit FramingScan(bool tolerant = false) noexcept : tolerant_(tolerant) {}

    /// Looks at one field; `value` is trimmed. Cheap for every field that does not concern framing.
    void field(std::string_view name, std::string_view value) noexcept {
        constexpr std::uint32_t sizes = 1u << 7 | 1u << 10 | 1u << 14 | 1u << 16 | 1u << 17;
        if (name.size() < 18 && (sizes >> name.size() & 1u) != 0) {
            classify(name, value);
        }
    }

    /// Judges all fields together and fills in the interpreted members of `head`; its status and
    /// version are already set. Returns error::bad_response, error::unsupported_coding, or no
    /// error.
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
    std::uint64_t other_length_ = 0;  // if differ_ is set
    std::size_t length_digits_ = 0;
    std::optional<std::chrono::seconds> keep_alive_timeout_;
    std::optional<std::uint32_t> keep_alive_max_;
    bool tolerant_;
    bool deviates_ = false;
    bool has_length_ = false;
    bool malformed_ = false;   // a length is not a number
    bool differ_ = false;      // two lengths differ
    bool bad_length_ = false;  // either of these; or, in strict mode, a repeated length
    bool has_coding_ = false;
    bool chunked_ = false;       // exactly one coding, chunked
    bool bad_coding_ = false;    // empty, or chunked twice
    bool other_coding_ = false;  // anything else that names a coding
    bool close_ = false;
    bool keep_alive_ = false;
    bool upgrade_option_ = false;
    bool upgrade_field_ = false;
    bool content_coding_ = false;
};

/// The value of a field to pass to FramingScan; the line ends at `end`. Other implementations
/// disagree about a length or coding followed by a tab, so the tab is kept for FramingScan to
/// notice.
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

/// Whether a field is allowed in a trailer section: none that frames, routes, authenticates, sets
/// cookies or changes how the message is read (RFC 9110 section 6.5.1). Others are dropped from a
/// response and refused in a request.
[[nodiscard]] bool may_be_trailer(std::string_view name) noexcept;

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/message/impl/framing.ipp>
#endif
