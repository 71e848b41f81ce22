// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// The layers of a response body, as in Go:
//
//     ResponseBody         what the user reads
//       UnreadBody         the bytes that arrived with the head, then those of the stream below
//         ProgressBody     counts what is read, for RequestOptions::on_progress
//         DecodedBody      decodes a compressed body; the held bytes are its input
//           ConnBody       the connection's bytes; sends the verdict
//
// Each layer uses only the next one, through this interface. A small body that arrived with its
// head has no layer below, and allocates none.

#include <hawser/detail/conn/body_read.hpp>
#include <hawser/detail/intrusive_ptr.hpp>
#include <hawser/detail/owned.hpp>
#include <hawser/failure.hpp>

#include <asio/cancellation_signal.hpp>

#include <cstddef>
#include <span>
#include <system_error>

namespace hawser::inline HAWSER_ABI::detail {

class Exchange;
class ProgressBody;

/// The bytes of a body that its reader does not hold. Go: the io.ReadCloser under Response.Body.
/// Used by one thread at a time, but a pending read may be canceled from any thread.
class BodyStream : public RefCounted {
public:
    /// Reads without waiting. asio::error::would_block: no bytes yet. asio::error::eof: the end.
    /// Any other error: why it failed. Both the end and errors are repeated.
    virtual std::size_t read_some(std::span<char> out, std::error_code& ec) = 0;
    /// Serves `read` until it is satisfied, and owns it until then; never completes it within this
    /// call. `slot` cancels it.
    virtual void read(BodyRead& read, asio::cancellation_slot slot) = 0;
    /// Cancels a pending read, which closes the connection.
    virtual void cancel(BodyRead& read, std::error_code cause) = 0;
    /// The reader is finished with it. A pending read fails with error::canceled. Idempotent.
    virtual void close() = 0;
    /// The bytes read are invalid. Closes the connection, unless it has delivered the end.
    virtual void reject(std::error_code ec, Fault fault) = 0;

    /// Why the last read failed, or the next one will.
    virtual Failure failure() const = 0;
    /// Everything known about a read that failed with `code`; failure() returns the same from now
    /// on.
    virtual Failure tell(std::error_code code, const char* reason) = 0;

    /// The exchange whose body it is. Null if the whole body has arrived, so that reading it needs
    /// no connection.
    virtual Exchange* exchange() const noexcept = 0;
    /// The layer that counts the bytes; null if nothing does.
    virtual ProgressBody* progress() noexcept { return nullptr; }
};

/// Closes the stream for its reader. A pending read may keep the object alive a little longer.
struct CloseBody {
    void operator()(BodyStream* stream) const noexcept {
        stream->close();
        stream->release();
    }
};
using BodyStreamPtr = Owned<BodyStream, CloseBody>;

/// Creates a layer, owned by the pointer.
template <class Layer, class... Args>
BodyStreamPtr make_body_stream(Args&&... args) {
    auto* const layer = new Layer(std::forward<Args>(args)...);
    layer->add_ref();
    return BodyStreamPtr(layer);
}

}  // namespace hawser::inline HAWSER_ABI::detail
