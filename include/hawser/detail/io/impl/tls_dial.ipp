// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/connection_info.hpp>
#include <hawser/detail/io/tls_dial.hpp>
#include <hawser/detail/policy/session_retry.hpp>
#include <hawser/error.hpp>

#include <string>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

/// Connections with equal keys may resume each other's TLS sessions.
inline std::string session_key(const ConnectKey& key) {
    return key.host + ':' + std::to_string(key.port) + ' ' + key.tag;
}

HAWSER_DECL bool TlsDial::put_above(std::unique_ptr<Stream>& stream,
                                    SslPtr ssl,
                                    TlsSessionOwner owner) {
    auto above = std::make_unique<TlsStream>(std::move(stream), std::move(ssl), std::move(owner));
    stream_ = above.get();
    stream = std::move(above);
    return true;
}

HAWSER_DECL bool TlsDial::begin_with_proxy(std::unique_ptr<Stream>& stream,
                                           std::error_code& ec,
                                           Fault& fault) {
    SslPtr ssl = context_->make_proxy_ssl(proxy_->host, ec, fault);
    if (!ssl) {
        return false;
    }
    TlsSessionOwner owner{context_, {}};
    owner.of_proxy = true;
    return put_above(stream, std::move(ssl), std::move(owner));
}

HAWSER_DECL void TlsDial::end_with_proxy(bool failed, Fault& fault) {
    if (failed) {
        fault = stream_->fault();
        std::string reason = "TLS with the proxy ";
        reason.append(proxy_->name);
        if (!fault.reason.empty()) {
            reason.append(": ").append(fault.reason);
        }
        fault.reason = std::move(reason);
    }
    stream_ = nullptr;
}

HAWSER_DECL bool TlsDial::begin_with_server(std::unique_ptr<Stream>& stream,
                                            std::error_code& ec,
                                            Fault& fault) {
    using Resume = TlsContext::Resume;
    const Resume resume = without_session_ ? Resume::no : Resume::yes;
    SslPtr ssl = context_->make_ssl(key_.host, session_key(key_), resume, ec, fault);
    return ssl && put_above(stream, std::move(ssl), TlsSessionOwner{context_, session_key(key_)});
}

HAWSER_DECL bool TlsDial::begin_verify() {
    if (!context_->asks_user()) {
        return false;
    }
    ConnectionInfo info;
    stream_->describe(info);
    server_ = std::move(info.tls_peer);
    verdict_ = error::cert_error;  // unless the user is asked to the end
    owner_.run_after_turn(*this);
    return true;
}

// Ends the step, whatever the user's function does.
HAWSER_DECL void TlsDial::run(CalledFrom) {
    struct End {
        ~End() {
            owner.server_verified();
            owner.keep_alive(false);
        }
        Owner& owner;
    } const end{owner_};
    verdict_ = context_->ask_user(key_.host, server_, refused_);
}

HAWSER_DECL void TlsDial::take_verdict(std::error_code& ec) {
    ec = verdict_;
    if (ec) {
        stream_->refuse(std::move(refused_));
    }
}

HAWSER_DECL bool TlsDial::retries_without_session(std::error_code ec, Fault& fault) {
    fault = stream_->fault();
    if (without_session_) {
        if (!ec) {
            context_->refused(session_key(key_));
        }
        return false;
    }
    without_session_ = dials_without_session(stream_->handshake_end(), stream_->offers_session());
    if (without_session_) {
        stream_ = nullptr;
    }
    return without_session_;
}

}  // namespace hawser::inline HAWSER_ABI::detail
