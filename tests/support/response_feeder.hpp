// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Does with a ResponseReader what a connection does, for bytes that arrive in pieces, and describes
// everything that a user could see as text. No Catch2, so that fuzz targets can use it.
//
//     ResponseReader reader{ResponseLimits{}};
//     ResponseFeeder feeder(reader, "GET");
//     feeder.feed("HTTP/1.1 200 OK\r\n");
//     …
//     feeder.end();                 // if the connection ends
//     feeder.result() == "200 [body] ended persistent +leftover"

#include <hawser/detail/message/response_reader.hpp>
#include <hawser/version.hpp>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace hawser_test {

/// How to read the body.
struct BodyReading {
    std::size_t room = 65536;  // size of the user's buffer in bytes
    bool whole_first = false;  // asks for the whole body once the head is complete
};

class ResponseFeeder {
public:
    using Outcome = hawser::detail::HeadParser::Outcome;

    ResponseFeeder(hawser::detail::ResponseReader& reader,
                   std::string_view method,
                   BodyReading reading = {})
        : reader_(reader), reading_(reading), memory_(reading.room) {
        reader_.start(method);
    }

    void feed(std::string_view piece) {
        while (!piece.empty() && !failed()) {
            if (in_body_ && !reader_.body().ended()) {
                if (const std::size_t n =
                        reader_.body().direct(std::min(reading_.room, piece.size()))) {
                    body_.append(piece.substr(0, n));
                    reader_.body().received_directly(n);
                    piece.remove_prefix(n);
                    continue;
                }
            }
            const auto space = reader_.space();
            if (space.empty()) {
                throw std::logic_error("a reader without room");
            }
            const std::size_t n = std::min(space.size(), piece.size());
            std::memcpy(space.data(), piece.data(), n);
            reader_.received(n);
            piece.remove_prefix(n);
            advance();
        }
    }

    /// The connection ended.
    void end() {
        if (in_body_) {
            reader_.body().connection_ended();
        }
    }

    bool failed() const { return static_cast<bool>(reader_.error()); }

    /// Statuses, body, how it ended, trailers, leftover bytes.
    std::string result() {
        std::string text = heads_ + "[" + body_ + "] ";
        if (failed()) {
            return text + reader_.error().message();
        }
        if (!in_body_) {
            return text + "no head";
        }
        text += reader_.body().ended() ? "ended" : "more";
        text += reader_.persistent() ? " persistent" : " close";
        if (const auto trailers = reader_.body().take_trailers()) {
            for (const auto& [name, value] : *trailers) {
                text.append("|").append(name).append("=").append(value);
            }
        }
        return text + " +" + std::string(reader_.leftover());
    }

    /// The same, preceded by the contents of the heads.
    std::string everything() { return fields_ + result(); }

    const std::string& body() const { return body_; }

private:
    void advance() {
        while (!in_body_) {
            if (reader_.read_head() != Outcome::complete) {
                return;
            }
            note_head();
            if (reader_.interim()) {
                reader_.next_head();
                continue;
            }
            in_body_ = true;
            if (reading_.whole_first && reader_.body().take_whole(body_)) {
                return;
            }
        }
        while (const std::size_t n = reader_.body().read(memory_)) {
            body_.append(memory_.data(), n);
        }
        if (reader_.body().ended() && failed()) {
            throw std::logic_error("a body that both ended and failed");
        }
    }

    void note_head() {
        const auto& head = reader_.head();
        heads_ += std::to_string(head.status) + ' ';
        fields_ += head.version == hawser::Version::http_1_1 ? "1.1 " : "1.0 ";
        fields_ += std::to_string(head.status) + ' ' + head.reason + '\n';
        for (const auto& [name, value] : head.headers) {
            fields_.append(name).append("=").append(value).append("\n");
        }
        const auto number = [&](const char* what, const auto& value) {
            fields_ += value ? what + std::to_string(*value) + ' ' : "";
        };
        number("length ", head.content_length);
        number("max ", head.keep_alive_max);
        fields_ += head.keep_alive_timeout
                       ? "timeout " + std::to_string(head.keep_alive_timeout->count()) + ' '
                       : "";
        fields_ += head.chunked ? "chunked " : "";
        fields_ += head.keep_alive ? "keep-alive " : "";
        fields_ += head.upgrade ? "upgrade\n" : "\n";
    }

    hawser::detail::ResponseReader& reader_;
    const BodyReading reading_;
    std::vector<char> memory_;
    bool in_body_ = false;
    std::string heads_;
    std::string fields_;
    std::string body_;
};

}  // namespace hawser_test
