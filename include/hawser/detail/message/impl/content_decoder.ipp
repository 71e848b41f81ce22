// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/grammar.hpp>
#include <hawser/detail/message/content_decoder.hpp>

#include <algorithm>
#include <climits>
#include <string>

#if defined(HAWSER_HAS_ZLIB)
#include <zlib.h>
#endif

namespace hawser::detail {

// ── What we ask for, and what the response says ──────────────────────────────────────────────────

/// The elements of all Content-Encoding fields together.
struct CodingScan {
    CodingPlan plan;
    unsigned named = 0;      // includes unknown ones
    bool malformed = false;  // not a list of tokens: its meaning is unknown
    bool unknown = false;

    void add(std::string_view coding) noexcept {
        malformed |= !is_token(coding);
        if (iequals(coding, "identity")) {
            return;
        }
        const bool gzip = iequals(coding, "gzip") || iequals(coding, "x-gzip");
        unknown |= !gzip && !iequals(coding, "deflate");
        if (named < plan.codings.size()) {
            plan.codings[named] = gzip ? ContentCoding::gzip : ContentCoding::deflate;
        }
        plan.count = ++named;
    }
};

HAWSER_DECL std::error_code plan_decoding(const ResponseHead& head, CodingPlan& plan) noexcept {
    plan = {};
    CodingScan scan;
    for (const auto& [name, value] : head.headers) {
        if (name.size() == 16 && iequals(name, "content-encoding")) {
            for_each_token(value, [&](std::string_view coding) { scan.add(coding); });
        }
    }
    const bool bodiless = head.status == 204 || head.status == 304 || head.content_length == 0u;
    if (bodiless || head.status == 206) {
        return {};
    }
    if (!scan.malformed && scan.named > scan.plan.codings.size()) {
        return error::unsupported_coding;
    }
    if (!scan.malformed && !scan.unknown) {
        plan = scan.plan;
    }
    return {};
}

HAWSER_DECL Fault decoding_fault(const ResponseHead& head) {
    std::string codings;
    for (const auto& [name, value] : head.headers) {
        if (iequals(name, "content-encoding")) {
            codings.append(codings.empty() ? "" : ", ").append(value);
        }
    }
    return {{}, "more than two content codings: \"" + printable(codings, 80) + '"'};
}

// ── One coding ───────────────────────────────────────────────────────────────────────────────────

#if defined(HAWSER_HAS_ZLIB)

class ContentDecoder::Inflater {
public:
    explicit Inflater(ContentCoding coding) noexcept : coding_(coding) {}
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;
    ~Inflater() {
        if (stream_.state != nullptr) {
            ::inflateEnd(&stream_);
        }
    }

    Step run(std::string_view in, std::span<char> out) noexcept;
    bool complete() const noexcept { return place_ == Place::before || place_ == Place::after; }
    std::error_code error() const noexcept { return error_; }
    std::string fault() const;

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
HAWSER_DECL ContentDecoder::Step ContentDecoder::Inflater::run(std::string_view in,
                                                               std::span<char> out) noexcept {
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
HAWSER_DECL void ContentDecoder::Inflater::begin() noexcept {
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
HAWSER_DECL void ContentDecoder::Inflater::detect(char c) noexcept {
    lead_[lead_end_++] = c;
    if (lead_end_ == 2) {
        const unsigned first = static_cast<unsigned char>(lead_[0]);
        const unsigned check = first << 8 | static_cast<unsigned char>(lead_[1]);
        const bool zlib = (first & 0x8f) == 8 && check % 31 == 0;
        place_ = Place::body;
        open(zlib ? MAX_WBITS : -MAX_WBITS);
    }
}

HAWSER_DECL void ContentDecoder::Inflater::open(int window_bits) noexcept {
    if (::inflateInit2(&stream_, window_bits) != Z_OK) {
        error_ = make_error_code(hawser::error::resource_exhausted);
    }
}

HAWSER_DECL ContentDecoder::Step ContentDecoder::Inflater::step(std::string_view in,
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

HAWSER_DECL void ContentDecoder::Inflater::judge(int code, std::size_t consumed) noexcept {
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

HAWSER_DECL std::string ContentDecoder::Inflater::fault() const {
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

#else

class ContentDecoder::Inflater {
public:
    explicit Inflater(ContentCoding) noexcept {}
    Step run(std::string_view, std::span<char>) noexcept { return {}; }
    bool complete() const noexcept { return false; }
    std::error_code error() const noexcept { return hawser::error::unsupported_coding; }
    std::string fault() const { return "built without zlib"; }
};

#endif

// ── All codings of a body ────────────────────────────────────────────────────────────────────────

HAWSER_DECL ContentDecoder::ContentDecoder(const CodingPlan& plan,
                                           const DecodeLimits& limits) noexcept
    : plan_(plan), limits_(limits) {}

HAWSER_DECL ContentDecoder::~ContentDecoder() = default;

// Allocates here, so that an unread body costs nothing.
HAWSER_DECL void ContentDecoder::begin() {
    if (!stages_[0]) {
        if (plan_.count == 2) {
            between_.reset(new char[between_size]);
            stages_[1] = std::make_unique<Inflater>(plan_.codings[0]);
        }
        stages_[0] = std::make_unique<Inflater>(plan_.codings[plan_.count - 1]);
    }
}

HAWSER_DECL ContentDecoder::Step ContentDecoder::decode(std::string_view in, std::span<char> out) {
    if (error_ || out.empty() || (in.empty() && !stages_[0])) {
        return {};
    }
    begin();
    return plan_.count == 1 ? run(0, in, out) : chain(in, out);
}

HAWSER_DECL ContentDecoder::Step ContentDecoder::run(unsigned stage,
                                                     std::string_view in,
                                                     std::span<char> out) noexcept {
    Step step = stages_[stage]->run(in, out);
    if (stage == 0) {
        received_ += step.consumed;
    }
    if (stage + 1 == plan_.count) {
        error_ = stages_[stage]->error();
    }
    step.produced = limit(stage, step.produced);
    return step;
}

// Two codings: output of the first stays in between_ until the second has room for it, even if the
// first has failed by then.
HAWSER_DECL ContentDecoder::Step ContentDecoder::chain(std::string_view in,
                                                       std::span<char> out) noexcept {
    Step all;
    for (;;) {
        const std::string_view waiting(between_.get() + between_begin_,
                                       between_end_ - between_begin_);
        const Step second = run(1, waiting, out.subspan(all.produced));
        between_begin_ += second.consumed;
        all.produced += second.produced;
        if (error_ || all.produced == out.size()) {
            return all;
        }
        error_ = stages_[0]->error();
        const Step first = run(0, in.substr(all.consumed), {between_.get(), between_size});
        between_begin_ = 0;
        between_end_ = first.produced;
        all.consumed += first.consumed;
        if (error_ || (first.produced == 0 && !stages_[0]->error())) {
            return all;
        }
    }
}

// Adds up the output and cuts off what exceeds a limit. The ratio also applies between the codings:
// a bomb may be hidden in input from which the second coding produces nothing.
HAWSER_DECL std::size_t ContentDecoder::limit(unsigned stage, std::size_t produced) noexcept {
    constexpr std::uint64_t harmless = 1024 * 1024;
    const std::uint64_t before = made_[stage];
    const std::uint64_t made = made_[stage] += produced;
    const bool last = stage + 1 == plan_.count;
    if (last && limits_.max_bytes != 0 && made > limits_.max_bytes) {
        error_ = make_error_code(hawser::error::decode_limit);
        return static_cast<std::size_t>(limits_.max_bytes - before);
    }
    if (limits_.max_ratio != 0 && made > harmless && made / limits_.max_ratio > received_) {
        error_ = make_error_code(hawser::error::decode_limit);
    }
    return produced;
}

HAWSER_DECL void ContentDecoder::free_memory() noexcept {
    for (auto& stage : stages_) {
        stage = nullptr;
    }
    between_ = nullptr;
    between_begin_ = between_end_ = 0;
}

HAWSER_DECL bool ContentDecoder::complete() const noexcept {
    return !error_ && between_begin_ == between_end_ && (!stages_[0] || stages_[0]->complete()) &&
           (!stages_[1] || stages_[1]->complete());
}

HAWSER_DECL Fault ContentDecoder::fault() const {
    for (const auto& stage : stages_) {
        if (stage && stage->error()) {
            return {{}, stage->fault()};
        }
    }
    if (error_ && limits_.max_bytes != 0 && made_[plan_.count - 1] > limits_.max_bytes) {
        return {{}, "more than the " + std::to_string(limits_.max_bytes) + " bytes allowed"};
    }
    if (error_) {
        return {{}, "more than " + std::to_string(limits_.max_ratio) + " bytes for each received"};
    }
    for (const auto& stage : stages_) {
        if (stage && !stage->complete()) {
            return {{}, stage->fault()};
        }
    }
    return {};
}

}  // namespace hawser::detail
