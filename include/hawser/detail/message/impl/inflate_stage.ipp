// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// gzip and deflate, by zlib (RFC 1950 to 1952).

#include <hawser/detail/grammar.hpp>
#include <hawser/detail/message/coding_stage.hpp>
#include <hawser/error.hpp>
#include <hawser/failure.hpp>

#include <algorithm>
#include <climits>
#include <memory>

#if defined(HAWSER_HAS_ZLIB)
#include <zlib.h>
#endif

namespace hawser::inline HAWSER_ABI::detail {

#if defined(HAWSER_HAS_ZLIB)

class InflateStage final : public CodingStage {
public:
    explicit InflateStage(ContentCoding coding) noexcept : coding_(coding) {}
    HAWSER_DECL ~InflateStage() override {
        if (stream_.state != nullptr) {
            ::inflateEnd(&stream_);
        }
    }

    HAWSER_DECL Step run(std::string_view in, std::span<char> out) noexcept override;
    bool complete() const noexcept override {
        return place_ == Place::before || place_ == Place::after;
    }
    std::error_code error() const noexcept override { return error_; }
    HAWSER_DECL std::string fault() const override;

private:
    // A gzip header can be of any length (RFC 1952 section 2.3.1).
    static constexpr std::size_t max_header = 64 * 1024;

    enum class Place { before, lead, header, body, after };

    void begin() noexcept;
    void detect(char c) noexcept;
    void open(int window_bits) noexcept;
    Step step(std::string_view in, std::span<char> out) noexcept;
    void judge(int code, std::size_t consumed) noexcept;

    const ContentCoding coding_;
    Place place_ = Place::before;
    char lead_[2] = {};  // the first bytes of a deflate body, before zlib sees them
    unsigned lead_begin_ = 0;
    unsigned lead_end_ = 0;
    std::size_t header_bytes_ = 0;
    std::error_code error_;
    z_stream stream_{};
};

// Each pass consumes, produces, changes the place, or is the last (B05).
HAWSER_DECL CodingStage::Step InflateStage::run(std::string_view in, std::span<char> out) noexcept {
    Step all;
    while (!error_ && all.produced < out.size()) {
        const std::string_view rest = in.substr(all.consumed);
        if (complete()) {
            if (rest.empty()) {
                break;
            }
            begin();
            continue;
        }
        if (place_ == Place::lead) {
            if (rest.empty()) {
                break;
            }
            detect(rest.front());
            ++all.consumed;
            continue;
        }
        const bool lead = lead_begin_ != lead_end_;
        const Step one =
            step(lead ? std::string_view(lead_ + lead_begin_, lead_end_ - lead_begin_) : rest,
                 out.subspan(all.produced));
        if (lead) {
            lead_begin_ += static_cast<unsigned>(one.consumed);
        } else {
            all.consumed += one.consumed;
        }
        all.produced += one.produced;
        if (one.consumed == 0 && one.produced == 0 && !complete()) {
            break;
        }
    }
    return all;
}

// Handles a byte that starts a new member: the first byte, or one after the end. Only gzip allows
// another member (RFC 1952 section 2.2); the header will show whether this is one.
HAWSER_DECL void InflateStage::begin() noexcept {
    header_bytes_ = 0;
    if (place_ == Place::before && coding_ == ContentCoding::gzip) {
        place_ = Place::header;
        open(MAX_WBITS + 16);
    } else if (place_ == Place::before) {
        place_ = Place::lead;
    } else if (coding_ == ContentCoding::gzip) {
        place_ = Place::header;
        ::inflateReset(&stream_);
    } else {
        error_ = make_error_code(hawser::error::decode_error);
    }
}

// "deflate" is the zlib format (RFC 9110 section 8.4.1.2), but many servers send a bare RFC 1951
// stream. The first two bytes tell them apart (RFC 1950 section 2.2): a bare stream that looks like
// zlib would have to begin with a stored block and set padding bits.
HAWSER_DECL void InflateStage::detect(char c) noexcept {
    lead_[lead_end_++] = c;
    if (lead_end_ == 2) {
        const unsigned first = static_cast<unsigned char>(lead_[0]);
        const unsigned check = first << 8 | static_cast<unsigned char>(lead_[1]);
        const bool zlib = (first & 0x8f) == 8 && check % 31 == 0;
        place_ = Place::body;
        open(zlib ? MAX_WBITS : -MAX_WBITS);
    }
}

HAWSER_DECL void InflateStage::open(int window_bits) noexcept {
    if (::inflateInit2(&stream_, window_bits) != Z_OK) {
        error_ = make_error_code(hawser::error::resource_exhausted);
    }
}

HAWSER_DECL CodingStage::Step InflateStage::step(std::string_view in,
                                                 std::span<char> out) noexcept {
    int flush = Z_NO_FLUSH;
    if (place_ == Place::header) {  // up to the end of the header, where Z_BLOCK stops
        in = in.substr(0, max_header + 1 - header_bytes_);
        flush = Z_BLOCK;
    }
    const auto given = static_cast<uInt>(std::min<std::size_t>(in.size(), INT_MAX));
    const auto room = static_cast<uInt>(std::min<std::size_t>(out.size(), INT_MAX));
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(in.data()));
    stream_.avail_in = given;
    stream_.next_out = reinterpret_cast<Bytef*>(out.data());
    stream_.avail_out = room;
    const int code = ::inflate(&stream_, flush);
    const Step step{given - stream_.avail_in, room - stream_.avail_out};
    stream_.next_in = nullptr;  // we must not keep either
    stream_.next_out = nullptr;
    judge(code, step.consumed);
    return step;
}

HAWSER_DECL void InflateStage::judge(int code, std::size_t consumed) noexcept {
    if (code == Z_STREAM_END) {
        place_ = Place::after;
    } else if (code == Z_MEM_ERROR) {
        error_ = make_error_code(hawser::error::resource_exhausted);
    } else if (code != Z_OK && code != Z_BUF_ERROR) {  // content codings have no preset dictionary
        error_ = make_error_code(hawser::error::decode_error);
    } else if (place_ == Place::header) {
        header_bytes_ += consumed;
        constexpr int at_block = 128;  // in data_type: the header is complete
        if (header_bytes_ > max_header) {
            error_ = make_error_code(hawser::error::decode_limit);
        } else if ((stream_.data_type & at_block) != 0) {
            place_ = Place::body;
        }
    }
}

HAWSER_DECL std::string InflateStage::fault() const {
    const std::string name = coding_ == ContentCoding::gzip ? "gzip: " : "deflate: ";
    if (!error_) {
        return name + "the data ends too early";
    }
    if (error_ == hawser::error::decode_limit) {
        return name + "a header of more than 64 KiB";
    }
    if (stream_.msg != nullptr) {
        return name + printable(stream_.msg);
    }
    return name + (place_ == Place::after ? "bytes behind its end" : "not in this format");
}

HAWSER_DECL std::unique_ptr<CodingStage> make_inflate_stage(ContentCoding gzip_or_deflate) {
    return std::make_unique<InflateStage>(gzip_or_deflate);
}

#else

HAWSER_DECL std::unique_ptr<CodingStage> make_inflate_stage(ContentCoding) {
    return nullptr;
}

#endif

}  // namespace hawser::inline HAWSER_ABI::detail
