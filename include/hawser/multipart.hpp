// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/config.hpp>
#include <hawser/request_body.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hawser {

namespace detail {

/// One part of a form. Of a form that is sent, `head` begins with the boundary.
struct FormPart {
    std::string head;
    RequestBody content;
    bool valid = true;
};

}  // namespace detail

/// What else a part of a Multipart says about itself.
struct PartOptions {
    /// By default the last component of the path for add_file(), and none for add().
    std::optional<std::string_view> file_name{};
    /// By default that of the content (RequestBody::content_type()); else
    /// `application/octet-stream` if there is a file name, and none if there is not.
    std::string_view content_type{};
};

/// A form with files (multipart/form-data, RFC 7578). It converts to a RequestBody:
///
///     hawser::Multipart form;
///     form.add("name", "value").add_file("photo", "/tmp/photo.png");
///     client.post(url, form);
///
/// Files are read while they are sent. The length is announced if those of all parts are known;
/// else the body is sent chunked. It can be sent again if all parts can. Each conversion makes a
/// boundary from the system's random generator, one that no string in the form contains.
///
/// In names and file names, `"`, CR and LF become `%22`, `%0D` and `%0A`, as in browsers; all other
/// bytes are sent as they are.
///
/// Thread safety: distinct objects are safe; a shared object is safe for reading.
class Multipart {
public:
    /// Adds a part: a string, RequestBody::file(), RequestBody::json(), or a stream that does not
    /// return awaitables.
    ///
    /// @par Errors
    /// The request fails with error::invalid_request for a null pointer, for a stream of
    /// awaitables, and for a content type with a control character; otherwise as with the content
    /// alone. A stream with more bytes than it announced, or fewer, is error::request_body_error.
    Multipart& add(std::string_view name, RequestBody content, const PartOptions& options = {}) &;
    Multipart&& add(std::string_view name,
                    RequestBody content,
                    const PartOptions& options = {}) && {
        return std::move(add(name, std::move(content), options));
    }

    /// Adds a file; see RequestBody::file().
    Multipart& add_file(std::string_view name,
                        const std::string& path,
                        const PartOptions& options = {}) &;
    Multipart&& add_file(std::string_view name,
                         const std::string& path,
                         const PartOptions& options = {}) && {
        return std::move(add_file(name, path, options));
    }

    /// The number of parts.
    [[nodiscard]] std::size_t size() const noexcept { return parts_.size(); }
    [[nodiscard]] bool empty() const noexcept { return parts_.empty(); }

    /// @throws std::system_error if the system gives no random bytes
    operator RequestBody() const&;  // NOLINT(google-explicit-constructor)
    operator RequestBody() &&;      // NOLINT(google-explicit-constructor)

private:
    std::vector<detail::FormPart> parts_;
};

}  // namespace hawser

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/impl/multipart.ipp>
#endif
