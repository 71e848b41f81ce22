// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/grammar.hpp>
#include <hawser/detail/message/content_decoder.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

// ── What we ask for, and what the response says ──────────────────────────────────────────────────

/// None if we cannot decode it.
inline std::optional<ContentCoding> find_coding(std::string_view name) noexcept {
    constexpr std::pair<std::string_view, ContentCoding> known[] = {
        {"", {}},
#if defined(HAWSER_HAS_ZLIB)
        {"gzip", ContentCoding::gzip},
        {"x-gzip", ContentCoding::gzip},
        {"deflate", ContentCoding::deflate},
#endif
#if defined(HAWSER_HAS_BROTLI)
        {"br", ContentCoding::br},
#endif
#if defined(HAWSER_HAS_ZSTD)
        {"zstd", ContentCoding::zstd},
#endif
    };
    for (const auto& [text, coding] : known) {
        if (iequals(name, text) && !text.empty()) {
            return coding;
        }
    }
    return std::nullopt;
}

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
        const std::optional<ContentCoding> known = find_coding(coding);
        unknown |= !known;
        if (known && named < plan.codings.size()) {
            plan.codings[named] = *known;
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

// ── All codings of a body ────────────────────────────────────────────────────────────────────────

HAWSER_DECL ContentDecoder::ContentDecoder(const CodingPlan& plan,
                                           const DecodeLimits& limits) noexcept
    : plan_(plan), limits_(limits) {}

HAWSER_DECL ContentDecoder::~ContentDecoder() = default;

// Only codings whose library is there are ever planned.
inline std::unique_ptr<CodingStage> make_coding_stage(ContentCoding coding) {
    switch (coding) {
        case ContentCoding::br:
            return make_brotli_stage();
        case ContentCoding::zstd:
            return make_zstd_stage();
        case ContentCoding::gzip:
        case ContentCoding::deflate:
            break;
    }
    return make_inflate_stage(coding);
}

// Allocates here, so that an unread body costs nothing.
HAWSER_DECL void ContentDecoder::begin() {
    if (!stages_[0]) {
        if (plan_.count == 2) {
            between_.reset(new char[between_size]);
            stages_[1] = make_coding_stage(plan_.codings[0]);
        }
        stages_[0] = make_coding_stage(plan_.codings[plan_.count - 1]);
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

}  // namespace hawser::inline HAWSER_ABI::detail
