// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// The only friend of each public class. Functions that the implementation needs and users must not
// call are private in these classes, and are called through a function of the same name here. This
// header knows none of the classes.

#include <hawser/config.hpp>

#include <memory>
#include <string_view>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

struct Access {
    /// Calls a private constructor.
    template <class Object, class... Args>
    static Object make(Args&&... args) {
        return Object(std::forward<Args>(args)...);
    }
    template <class Object, class... Args>
    static std::shared_ptr<Object> make_shared(Args&&... args) {
        return std::shared_ptr<Object>(new Object(std::forward<Args>(args)...));
    }

    /// Keeps the loop running while an operation is pending: see Initiation.
    template <class Object>
    static auto use_loop(Object& object) {
        return object.use_loop();
    }
    /// Starts an operation, which then belongs to the object: see Initiation.
    template <class Object, class Operation, class... Args>
    static void start(Object& object, Operation& operation, Args&&... args) {
        object.start(operation, std::forward<Args>(args)...);
    }

    // Headers
    template <class Headers, class Fields>
    static void assign(Headers& headers, std::string_view text, const Fields& fields) {
        headers.assign(text, fields);
    }

    // Credentials
    template <class Credentials>
    static const auto* data(const Credentials& credentials) noexcept {
        return credentials.data_.get();
    }
    // OriginCredentials
    template <class OriginCredentials>
    static const auto& by_origin(const OriginCredentials& credentials) noexcept {
        return credentials.by_origin_;
    }
    template <class OriginCredentials>
    static const auto& others(const OriginCredentials& credentials) noexcept {
        return credentials.others_;
    }

    // Url
    template <class Url, class Error>
    static Url resolve_refused(const Url& base, const Url& refused, Error& ec) {
        return base.resolve_refused(refused, ec);
    }

    // Proxy
    template <class Proxy>
    static const auto& shared_data(const Proxy& proxy) noexcept {
        return proxy.data_;
    }
    // TlsSessionCache
    template <class Cache>
    static const auto& sessions(const Cache& cache) noexcept {
        return cache.sessions_;
    }

    // ProxyRules
    template <class Rules>
    static const auto* table(const Rules& rules) noexcept {
        return rules.table();
    }

    // RequestBody
    template <class Body>
    static auto* source(const Body& body) noexcept {
        return body.source();
    }
    template <class Body>
    static auto& owned_source(Body& body) noexcept {
        return body.source_;
    }
    template <class Body>
    static void share(Body& body) {
        body.share();
    }
    template <class Body>
    static void make_source(Body& body) {
        body.make_source();
    }
    template <class Body>
    static bool is_null(const Body& body) noexcept {
        return body.is_null();
    }

    // RoundTripper
    template <class RoundTripper>
    static auto new_trip(RoundTripper& round_tripper) {
        return round_tripper.new_trip();
    }

    // RoundTripHandler
    template <class Handler>
    static auto take_completion(Handler& handler) noexcept {
        return std::move(handler.completion_);
    }

    // ResponseBody
    template <class Body, class Loop, class... Parts>
    static void fill(Body& body, Loop&& loop, Parts&&... parts) noexcept {
        body.unread_.fill(std::forward<Parts>(parts)...);
        body.loop_ = std::forward<Loop>(loop);
    }
    template <class Body, class... Args>
    static void decode(Body& body, Args&&... args) {
        body.unread_.decode(body.get_executor(), std::forward<Args>(args)...);
    }
    template <class Body, class... Args>
    static void count(Body& body, Args&&... args) {
        body.unread_.count(body.get_executor(), std::forward<Args>(args)...);
    }
    template <class Body, class... Facts>
    static void remember(Body& body, Facts&&... facts) noexcept {
        body.unread_.remember(std::forward<Facts>(facts)...);
    }
    template <class Body, class Tap>
    static void tap(Body& body, Tap tap) {
        body.unread_.tap(std::move(tap));
    }
    template <class Body>
    static auto* rest(const Body& body) noexcept {
        return body.unread_.rest();
    }

    /// The body is read only so that its connection can be reused: within drain_timeout.
    template <class Body>
    static void hurry(Body& body) noexcept {
        if (auto* const exchange = rest(body) != nullptr ? rest(body)->exchange() : nullptr) {
            exchange->response.hurried = true;
        }
    }
    /// Its reader does not want to know how much it reads.
    template <class Body>
    static void mute(Body& body) noexcept {
        if (auto* const progress = rest(body) != nullptr ? rest(body)->progress() : nullptr) {
            progress->mute();
        }
    }
    template <class Body>
    static auto& unread(Body& body) noexcept {
        return body.unread_;
    }

    // RequestOptions
    template <class Options>
    static auto& whole_timeout(Options& options) noexcept {
        return options.whole_timeout_;
    }

    // Client
    template <class Client>
    static auto sender(const Client& client) {
        return client.sender();
    }

    // Transport, ResponseBody, Client
    template <class Transport>
    static const auto& loop(const Transport& transport) noexcept {
        return transport.loop_;
    }
};

}  // namespace hawser::inline HAWSER_ABI::detail
