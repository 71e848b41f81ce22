// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/body_source.hpp>
#include <hawser/detail/grammar.hpp>
#include <hawser/detail/random_hex.hpp>
#include <hawser/error.hpp>
#include <hawser/multipart.hpp>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>

namespace hawser::inline HAWSER_ABI {

namespace detail {

/// A form ready to be sent.
struct Form {
    std::vector<FormPart> parts;
    std::string tail;  // the last boundary
};

/// Hands out a form: the head of a part, its content, the next head, and so on.
class FormReader final : public BodyReader {
public:
    explicit FormReader(std::shared_ptr<const Form> form) : form_(std::move(form)) {}

    bool open(SourceRead& failure) {
        readers_.reserve(form_->parts.size());
        try {
            for (const FormPart& part : form_->parts) {
                readers_.push_back(open_part(part, failure));
                if (failure.ec) {
                    break;
                }
            }
        } catch (...) {  // for want of memory: other requests may have the sources
            close();
            throw;
        }
        if (failure.ec) {
            close();
        }
        return !failure.ec;
    }

    std::optional<std::uint64_t> length() const noexcept override {
        std::uint64_t sum = form_->tail.size();
        for (std::size_t i = 0; i < readers_.size(); ++i) {
            const FormPart& part = form_->parts[i];
            const auto size = readers_[i] ? readers_[i]->length() : part.content.content().size();
            if (!size) {
                return std::nullopt;
            }
            sum += part.head.size() + *size;
        }
        return sum;
    }
    bool replayable() const noexcept override {
        return std::all_of(readers_.begin(), readers_.end(), [](const auto& reader) {
            return !reader || reader->replayable();
        });
    }
    bool waits() const noexcept override {
        return std::any_of(readers_.begin(), readers_.end(), [](const auto& reader) {
            return reader && reader->waits();
        });
    }
    bool guest() const noexcept override {
        return std::any_of(readers_.begin(), readers_.end(), [](const auto& reader) {
            return reader && reader->guest();
        });
    }
    void rewind() noexcept override {
        part_ = 0;
        in_content_ = false;
        at_ = 0;
        for (const auto& reader : readers_) {
            if (reader) {
                reader->rewind();
            }
        }
    }
    void close() noexcept override {
        for (const auto& reader : readers_) {
            if (reader) {
                reader->close();
            }
        }
    }

    // Fills the buffer with text, and with one piece of a part that is read.
    SourceRead read(BodyBuffer buffer) override {
        std::size_t filled = 0;
        while (filled < buffer.size() && part_ <= readers_.size()) {
            const BodyBuffer rest{static_cast<char*>(buffer.data()) + filled,
                                  buffer.size() - filled};
            if (!in_content_ || !readers_[part_]) {
                filled += copy_text(rest);
                continue;
            }
            SourceRead piece = read_part(rest);
            const bool must_wait = piece.descriptor != -1;
            if (piece.ec || (must_wait && filled == 0)) {
                return piece;
            }
            if (piece.size != 0 || must_wait) {
                return {.size = filled + piece.size};
            }
            next();
        }
        return {.size = filled};
    }

private:
    /// Null for a string.
    static std::shared_ptr<BodyReader> open_part(const FormPart& part, SourceRead& failure) {
        if (!part.valid || Access::is_null(part.content)) {
            failure = failed_read(error::invalid_request,
                                  part.valid ? "the content of a part is null"
                                             : "the content type of a part is not a field value");
            return nullptr;
        }
        if (!Access::source(part.content)) {
            return nullptr;
        }
        std::shared_ptr<BodyReader> reader = Access::source(part.content)->open(failure);
        if (reader && reader->waits() && reader->guest()) {
            failure = failed_read(error::invalid_request, "a part is a stream of awaitables");
        }
        return reader;
    }

    std::string_view text() const noexcept {
        if (part_ == readers_.size()) {
            return form_->tail;
        }
        const FormPart& part = form_->parts[part_];
        return in_content_ ? part.content.content() : std::string_view(part.head);
    }

    std::size_t copy_text(BodyBuffer to) noexcept {
        const std::string_view rest = text().substr(static_cast<std::size_t>(at_));
        const std::size_t n = std::min(rest.size(), to.size());
        std::memcpy(to.data(), rest.data(), n);
        at_ += n;
        if (n == rest.size()) {
            next();
        }
        return n;
    }

    void next() noexcept {
        at_ = 0;
        if (in_content_ || part_ == readers_.size()) {
            ++part_;
            in_content_ = false;
        } else {
            in_content_ = true;
        }
    }

    // A part must be as long as announced, or the next one would make up for it.
    SourceRead read_part(BodyBuffer to) {
        BodyReader& reader = *readers_[part_];
        SourceRead piece = reader.read(to);
        if (piece.ec || piece.descriptor != -1) {
            return piece;
        }
        at_ += piece.size;
        const std::optional<std::uint64_t> length = reader.length();
        if (piece.size > to.size() || (length && at_ > *length)) {
            return failed_read(error::request_body_error, "a part is longer than it may be");
        }
        if (piece.size == 0 && length && at_ < *length) {
            return failed_read(error::request_body_error,
                               "a part ended after " + std::to_string(at_) + " of " +
                                   std::to_string(*length) + " bytes");
        }
        return piece;
    }

    const std::shared_ptr<const Form> form_;
    std::vector<std::shared_ptr<BodyReader>> readers_;  // null: the part is a string
    std::size_t part_ = 0;
    bool in_content_ = false;
    std::uint64_t at_ = 0;  // in the current head or content
};

class FormSource final : public BodySource {
public:
    explicit FormSource(Form form) : form_(std::make_shared<const Form>(std::move(form))) {}

    std::shared_ptr<BodyReader> open(SourceRead& failure) override {
        auto reader = std::make_shared<FormReader>(form_);
        return reader->open(failure) ? reader : nullptr;
    }
    std::optional<std::uint64_t> length() const noexcept override {
        std::uint64_t sum = form_->tail.size();
        for (const FormPart& part : form_->parts) {
            const auto size = part.content.length();
            if (!size) {
                return std::nullopt;
            }
            sum += part.head.size() + *size;
        }
        return sum;
    }
    bool replayable() const noexcept override {
        return std::all_of(form_->parts.begin(), form_->parts.end(), [](const FormPart& part) {
            return part.content.replayable();
        });
    }

private:
    const std::shared_ptr<const Form> form_;
};

/// Escapes a name as browsers do (the HTML standard of WHATWG, section 4.10.22.8).
HAWSER_DECL void append_quoted_name(std::string& out, std::string_view name) {
    out.push_back('"');
    for (char c : name) {
        if (c == '"' || c == '\r' || c == '\n') {
            out.append(c == '"' ? "%22" : c == '\r' ? "%0D" : "%0A");
        } else {
            out.push_back(c);
        }
    }
    out.push_back('"');
}

HAWSER_DECL std::string_view base_name(std::string_view path) noexcept {
#if defined(_WIN32)
    return path.substr(path.find_last_of("/\\:") + 1);
#else
    return path.substr(path.rfind('/') + 1);
#endif
}

/// A boundary that no string in the form contains.
HAWSER_DECL std::string make_boundary(const std::vector<FormPart>& parts) {
    for (;;) {
        std::string boundary = "hawser-" + random_hex<16>();
        if (std::none_of(parts.begin(), parts.end(), [&](const FormPart& part) {
                return part.head.find(boundary) != std::string::npos ||
                       part.content.content().find(boundary) != std::string_view::npos;
            })) {
            return boundary;
        }
    }
}

HAWSER_DECL Form make_form(std::vector<FormPart> parts, std::string_view boundary) {
    std::string line = "--";
    line.append(boundary);
    for (FormPart& part : parts) {
        part.head.insert(0, line + "\r\n");
        line.insert(0, line.front() == '\r' ? "" : "\r\n");
    }
    return {std::move(parts), line + "--\r\n"};
}

}  // namespace detail

HAWSER_DECL Multipart& Multipart::add(std::string_view name,
                                      RequestBody content,
                                      const PartOptions& options) & {
    std::string head = "Content-Disposition: form-data; name=";
    detail::append_quoted_name(head, name);
    if (options.file_name) {
        head.append("; filename=");
        detail::append_quoted_name(head, *options.file_name);
    }
    std::string_view type = detail::trim_ows(options.content_type);
    type = type.empty() ? content.content_type() : type;
    if (type.empty() && options.file_name) {
        type = "application/octet-stream";
    }
    if (!type.empty()) {
        head.append("\r\nContent-Type: ").append(type);
    }
    head.append("\r\n\r\n");
    const bool valid = detail::is_field_value(type);
    parts_.push_back({std::move(head), std::move(content), valid});
    return *this;
}

HAWSER_DECL Multipart& Multipart::add_file(std::string_view name,
                                           const std::string& path,
                                           const PartOptions& options) & {
    return add(
        name,
        RequestBody::file(path),
        {options.file_name ? options.file_name : detail::base_name(path), options.content_type});
}

HAWSER_DECL Multipart::operator RequestBody() const& {
    return Multipart(*this);
}

HAWSER_DECL Multipart::operator RequestBody() && {
    const std::string boundary = detail::make_boundary(parts_);
    return RequestBody(
        std::make_shared<detail::FormSource>(detail::make_form(std::move(parts_), boundary)),
        "multipart/form-data; boundary=" + boundary);
}

}  // namespace hawser::inline HAWSER_ABI
