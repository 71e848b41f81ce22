// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// The steps of operations above one round trip that they have in common: reads of a response body.
// Each sends its requests in its own way.

#include <hawser/detail/access.hpp>
#include <hawser/detail/conn/body_reads.hpp>
#include <hawser/detail/rt/composed_operation.hpp>
#include <hawser/response_body.hpp>

#include <span>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

template <class Result>
class ClientOperation : public ComposedOperation<Result> {
protected:
    using ComposedOperation<Result>::ComposedOperation;
    using typename OperationCore::Steps;

    /// Reads some bytes of a body, like ResponseBody::async_read_some(). Yields
    /// Outcome<std::size_t>.
    auto read_some(ResponseBody& body, std::span<char> into) {
        return this->template step<ReadSome>(
            [&body, into](ReadSome& read) { Access::start(body, read, into); });
    }
    /// Reads the rest of a body, like ResponseBody::async_read_all(). Yields Outcome<std::string>.
    auto read_all(ResponseBody& body, std::size_t max) {
        return this->template step<ReadAll>(
            [&body, max](ReadAll& read) { Access::start(body, read, max); });
    }
};

}  // namespace hawser::inline HAWSER_ABI::detail
