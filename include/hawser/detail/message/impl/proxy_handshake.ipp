// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/message/proxy_handshake.hpp>
#include <hawser/failure.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

HAWSER_COLD_DECL void ProxyHandshake::fail(std::string reason, hawser::error code) {
    ended_ = true;
    error_ = make_error_code(code);
    reason_ = std::move(reason);
}

HAWSER_COLD_DECL void ProxyHandshake::closed() {
    if (!ended_ && !ends_early()) {
        fail("it closed the connection");
    }
}

// ── CONNECT ──────────────────────────────────────────────────────────────────────────────────────

HAWSER_COLD_DECL ConnectHandshake::ConnectHandshake(std::string_view target,
                                                    std::string_view user_agent,
                                                    std::string_view proxy_authorization,
                                                    const HeadLimits& limits)
    : max_bytes_(limits.max_bytes == SIZE_MAX ? max_unlimited : limits.max_bytes),
      parser_(limits, true) {
    std::string text("CONNECT ");
    text.append(target).append(" HTTP/1.1\r\nHost: ").append(target).append("\r\n");
    const auto field = [&](std::string_view name, std::string_view value) {
        if (!value.empty()) {
            text.append(name).append(": ").append(value).append("\r\n");
        }
    };
    field("User-Agent", user_agent);
    field("Proxy-Authorization", proxy_authorization);
    parser_.answers_connect();
    secret_ = proxy_authorization.substr(proxy_authorization.find(' ') + 1);
    say(text.append("\r\n"));
}

HAWSER_COLD_DECL std::size_t ConnectHandshake::wants() const noexcept {
    return ended() ? 0 : status_ == 0 ? max_body : max_body - std::min(max_body, in_.size());
}

HAWSER_COLD_DECL void ConnectHandshake::received(std::string_view bytes) {
    in_.append(bytes);
    total_ += bytes.size();
    while (status_ == 0 && !ended()) {
        const HeadParser::Outcome outcome = parser_.feed(in_);
        if (outcome == HeadParser::Outcome::failed) {
            return fail("its response to CONNECT is not HTTP: " + parser_.error().message());
        }
        if (outcome == HeadParser::Outcome::more) {
            if (total_ > max_bytes_) {
                fail("its response to CONNECT is too large");
            }
            return;
        }
        judge(parser_.head(), parser_.size());
    }
    if (in_.size() >= max_body) {
        ends_early();
    }
}

HAWSER_COLD_DECL void ConnectHandshake::judge(ResponseHead& head, std::size_t size) {
    const int status = head.status;
    in_.erase(0, size);
    if (status / 100 == 1 && status != 101) {
        return parser_.reset();
    }
    headers_ = std::move(head.headers);
    if (status / 100 == 2) {
        in_.empty() ? succeed() : fail("it sent bytes before the tunnel stood");
        return;
    }
    status_ = status;
    const std::uint64_t until_close = head.chunked || head.keep_alive ? 0 : max_body;
    awaited_ = static_cast<std::size_t>(
        std::min<std::uint64_t>(head.content_length.value_or(until_close), max_body));
    refusal_ = "it refused: " + std::to_string(status);
    if (!head.reason.empty()) {
        refusal_.append(" ").append(printable(head.reason));
    }
}

// Proxies often send the body of a refusal after its head.
HAWSER_COLD_DECL bool ConnectHandshake::ends_here() {
    return in_.size() >= awaited_ && ends_early();
}

HAWSER_COLD_DECL bool ConnectHandshake::ends_early() {
    if (status_ == 0) {
        return false;
    }
    const bool echoes_secret = !secret_.empty() && in_.find(secret_) != std::string::npos;
    if (!in_.empty() && !echoes_secret) {
        refusal_.append(": ").append(
            printable(std::string_view(in_).substr(0, max_body), max_body));
    }
    fail(std::move(refusal_));
    return true;
}

// ── SOCKS ────────────────────────────────────────────────────────────────────────────────────────

inline constexpr char socks_version = 5;
inline constexpr std::size_t max_socks_text = 255;

/// A length in one byte, and the text.
inline std::string socks_text(std::string_view text) {
    return std::string(1, static_cast<char>(text.size())).append(text);
}

HAWSER_COLD_DECL SocksHandshake::SocksHandshake(const ProxyData& proxy, const SocksTarget& target) {
    if (target.name.size() > max_socks_text) {
        fail("the name of the host is longer than 255 bytes", hawser::error::invalid_url);
        return;
    }
    if (proxy.user.size() > max_socks_text || proxy.password.size() > max_socks_text) {
        fail("the user or the password is longer than 255 bytes", hawser::error::invalid_request);
        return;
    }
    if (proxy.has_credentials) {
        login_ = '\x01' + socks_text(proxy.user) + socks_text(proxy.password);
    }
    request_ = {socks_version, 1, 0};  // CONNECT
    if (target.address.empty()) {
        request_.append("\x03").append(socks_text(target.name));
    } else {
        request_.append(target.address.size() == 4 ? "\x01" : "\x04").append(target.address);
    }
    request_.push_back(static_cast<char>(target.port >> 8));
    request_.push_back(static_cast<char>(target.port & 255));
    say(login_.empty() ? std::string{socks_version, 1, 0} : std::string{socks_version, 2, 0, 2});
}

HAWSER_COLD_DECL void SocksHandshake::received(std::string_view bytes) {
    in_.append(bytes);
    wanted_ -= std::min(wanted_, bytes.size());
    if (wanted_ == 0 && !ended()) {
        step();
    }
}

HAWSER_COLD_DECL void SocksHandshake::next(Stage stage, std::size_t wanted) noexcept {
    stage_ = stage;
    wanted_ = wanted;
}

HAWSER_COLD_DECL void SocksHandshake::step() {
    const auto byte = [this](std::size_t i) { return static_cast<unsigned char>(in_[i]); };
    switch (stage_) {
        case Stage::method:
            in_[0] == socks_version ? choose(byte(1)) : fail("it does not speak SOCKS version 5");
            break;
        case Stage::login:
            byte(1) == 0 ? request() : fail("it refused the user and the password");
            break;
        case Stage::reply:
            reply();
            break;
        case Stage::name_size:
            next(Stage::address, byte(4) + std::size_t{2});
            break;
        case Stage::address:
            succeed();
            break;
    }
}

HAWSER_COLD_DECL void SocksHandshake::choose(unsigned char method) {
    if (method == 0) {
        request();
    } else if (method == 2 && !login_.empty()) {
        say(login_);
        in_.clear();
        next(Stage::login, 2);
    } else {
        fail(method == 255 && login_.empty() ? "it wants a user and a password"
             : method == 255                 ? "it accepts no way to log in that we know"
                                             : "it chose a way to log in that was not offered");
    }
}

HAWSER_COLD_DECL void SocksHandshake::request() {
    say(request_);
    in_.clear();
    next(Stage::reply, 4);
}

/// RFC 1928 section 6.
constexpr const char* socks_reason(unsigned char code) noexcept {
    constexpr const char* reasons[] = {
        "",
        "general failure",
        "its rules do not allow the connection",
        "the network is unreachable",
        "the host is unreachable",
        "the connection was refused",
        "the connection took too long",
        "it does not know the command",
        "it does not know the type of the address",
    };
    return code < std::size(reasons) ? reasons[code] : "an unknown code";
}

HAWSER_COLD_DECL void SocksHandshake::reply() {
    const auto code = static_cast<unsigned char>(in_[1]);
    if (in_[0] != socks_version) {
        return fail("its reply is not of SOCKS version 5");
    }
    if (code != 0) {
        return fail("it refused with code " + std::to_string(code) + ": " + socks_reason(code));
    }
    switch (in_[3]) {
        case 1:
            return next(Stage::address, 4 + 2);
        case 3:
            return next(Stage::name_size, 1);
        case 4:
            return next(Stage::address, 16 + 2);
        default:
            return fail("its reply has an unknown type of address");
    }
}

}  // namespace hawser::inline HAWSER_ABI::detail
