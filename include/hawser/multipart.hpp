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

namespace hawser::inline HAWSER_ABI {

namespace detail {

/// One part of a form. Once the form has become a body, `head` begins with the boundary.
struct FormPart {
    std::string head;
    RequestBody content;
    bool valid = true;
};

}  // namespace detail

/// Optional attributes of one part of a Multipart.
struct PartOptions {
    /// The file name that the server sees. Default: the last component of the path for add_file(),
    /// none for add().
    std::optional<std::string_view> file_name{};
    /// The Content-Type of the part. Default: that of its content (RequestBody::content_type()). If
    /// the content has none, a part with a file name gets `application/octet-stream`.
    std::string_view content_type{};
};

/// A form that may contain files (multipart/form-data, RFC 7578). It converts to a RequestBody:
///
///     hawser::Multipart form;
///     form.add("name", "value").add_file("photo", "/tmp/photo.png");
///     client.post(url, form);
///
/// Files are read while the request is being sent. If the length of every part is known, the body
/// is sent with Content-Length, otherwise chunked. It is replayable if every part is. Each
/// conversion generates a random boundary that occurs in no string of the form.
///
/// In names and file names, `"`, CR and LF are sent as `%22`, `%0D` and `%0A`, as browsers do; all
/// other bytes are sent unchanged.
///
/// Thread safety: distinct objects are safe; a shared object is safe for reading.
class Multipart {
public:
    /// Adds a part. Its content is a string, a file, JSON, or a stream whose source does not return
    /// awaitables.
    ///
    /// @par Errors
    /// The request that sends the form fails with error::invalid_request if the content is a null
    /// pointer or a stream of awaitables, or if a content type contains a control character. It
    /// fails with error::request_body_error if a stream delivers more or fewer bytes than it
    /// announced. All other errors are those of the content as the whole body.
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

    /// @throws std::system_error if the system provides no random bytes
    operator RequestBody() const&;  // NOLINT(google-explicit-constructor)
    operator RequestBody() &&;      // NOLINT(google-explicit-constructor)

private:
    std::vector<detail::FormPart> parts_;
};

}  // namespace hawser::inline HAWSER_ABI

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/impl/multipart.ipp>
#endif
