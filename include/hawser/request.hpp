// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/config.hpp>
#include <hawser/credentials.hpp>
#include <hawser/headers.hpp>
#include <hawser/multipart.hpp>
#include <hawser/parameters.hpp>
#include <hawser/progress.hpp>
#include <hawser/proxy.hpp>
#include <hawser/request_body.hpp>
#include <hawser/request_options.hpp>
#include <hawser/url.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

namespace hawser::inline HAWSER_ABI {

/// A request to send. A plain value: fill it and send it, or send copies of it.
///
///     hawser::Request request{"POST", "https://example.com/items", "n=1"};
///     request.headers.set("Content-Type", "application/x-www-form-urlencoded");
///
/// Each setter returns the request itself, so that most requests are one expression:
///
///     client.send(hawser::Request::post(url).query("q", "a&b").bearer(token).json(text));
///
/// Sending first validates everything, before it takes a connection. A request that cannot be
/// written safely fails with error::invalid_request, and nothing is sent.
struct Request {
    Request() : method("GET", 3) {}  // made for every request: spares the strlen()
    /// A request with this method; with a body, if one is given.
    Request(std::string verb, UrlArg to) : method(std::move(verb)), url(std::move(to)) {}
    Request(std::string verb, UrlArg to, RequestBody content)
        : method(std::move(verb)), url(std::move(to)), body(std::move(content)) {}

    /// GET.
    static Request get(UrlArg to) { return {"GET", std::move(to)}; }
    /// HEAD.
    static Request head(UrlArg to) { return {"HEAD", std::move(to)}; }
    /// POST.
    static Request post(UrlArg to, RequestBody content = {}) {
        return {"POST", std::move(to), std::move(content)};
    }
    /// PUT.
    static Request put(UrlArg to, RequestBody content = {}) {
        return {"PUT", std::move(to), std::move(content)};
    }
    /// PATCH.
    static Request patch(UrlArg to, RequestBody content = {}) {
        return {"PATCH", std::move(to), std::move(content)};
    }
    /// DELETE (`delete` is a keyword).
    static Request del(UrlArg to) { return {"DELETE", std::move(to)}; }

    /// Sets a field, and removes all others with its name.
    Request& header(std::string_view name, std::string_view value) & {
        headers.set(name, value);
        return *this;
    }
    Request&& header(std::string_view name, std::string_view value) && {
        return std::move(header(name, value));
    }
    /// Appends a parameter to the query of `url`; see Url::with_query().
    Request& query(std::string_view name, std::string_view value) & {
        add_query(name, value);
        return *this;
    }
    Request&& query(std::string_view name, std::string_view value) && {
        return std::move(query(name, value));
    }
    /// Sets the body to JSON text; see RequestBody::json().
    Request& json(std::string text) & {
        body = RequestBody::json(std::move(text));
        return *this;
    }
    Request&& json(std::string text) && { return std::move(json(std::move(text))); }
    /// Sets the body to an urlencoded form; see RequestBody::form().
    Request& form(const Parameters& parameters) & {
        body = RequestBody::form(parameters);
        return *this;
    }
    Request&& form(const Parameters& parameters) && { return std::move(form(parameters)); }
    /// Sets the body to a form that may contain files.
    Request& multipart(Multipart parts) & {
        body = std::move(parts);
        return *this;
    }
    Request&& multipart(Multipart parts) && { return std::move(multipart(std::move(parts))); }
    /// Sets the body to the content of a file; see RequestBody::file().
    Request& file(const std::string& path) & {
        body = RequestBody::file(path);
        return *this;
    }
    Request&& file(const std::string& path) && { return std::move(file(path)); }
    /// Sets RequestOptions::timeout.
    Request& timeout(std::chrono::milliseconds limit) & {
        options.timeout = limit;
        return *this;
    }
    Request&& timeout(std::chrono::milliseconds limit) && { return std::move(timeout(limit)); }
    /// Sets RequestOptions::max_redirects. 0: a redirect is the response.
    Request& max_redirects(std::size_t most) & {
        options.max_redirects = most;
        return *this;
    }
    Request&& max_redirects(std::size_t most) && { return std::move(max_redirects(most)); }
    /// Sets RequestOptions::on_progress.
    Request& on_progress(ProgressFunction function) & {
        options.on_progress = std::move(function);
        return *this;
    }
    Request&& on_progress(ProgressFunction function) && {
        return std::move(on_progress(std::move(function)));
    }
    /// Sets RequestOptions::stop.
    Request& stop(std::stop_token token) & {
        options.stop = std::move(token);
        return *this;
    }
    Request&& stop(std::stop_token token) && { return std::move(stop(std::move(token))); }
    /// Sets RequestOptions::trace.
    Request& trace(std::shared_ptr<ClientTrace> receiver) & {
        options.trace = std::move(receiver);
        return *this;
    }
    Request&& trace(std::shared_ptr<ClientTrace> receiver) && {
        return std::move(trace(std::move(receiver)));
    }
    /// Sets RequestOptions::proxy to one proxy for every URL, for example "http://proxy:3128";
    /// empty text: none.
    /// @throws std::system_error error::invalid_url if it is not the URL of a proxy
    Request& proxy(std::string_view url_of_proxy) & {
        options.proxy = ProxyRules(url_of_proxy);
        return *this;
    }
    Request&& proxy(std::string_view url_of_proxy) && { return std::move(proxy(url_of_proxy)); }
    /// Sets RequestOptions::idempotent.
    Request& idempotent(bool yes = true) & {
        options.idempotent = yes;
        return *this;
    }
    Request&& idempotent(bool yes = true) && { return std::move(idempotent(yes)); }
    /// Sets RequestOptions::credentials.
    Request& credentials(Credentials login) & {
        options.credentials = std::move(login);
        return *this;
    }
    Request&& credentials(Credentials login) && { return std::move(credentials(std::move(login))); }
    /// Sets RequestOptions::credentials to Credentials::digest().
    Request& digest(std::string_view user, std::string_view password) & {
        return credentials(Credentials::digest(user, password));
    }
    Request&& digest(std::string_view user, std::string_view password) && {
        return std::move(digest(user, password));
    }
    /// Sets `Authorization` to a bearer token (RFC 6750).
    Request& bearer(std::string_view token) & {
        set_authorization("Bearer ", token);
        return *this;
    }
    Request&& bearer(std::string_view token) && { return std::move(bearer(token)); }
    /// Sets `Authorization` to Basic credentials (RFC 7617). The user name must not contain a
    /// colon.
    Request& basic(std::string_view user, std::string_view password) & {
        set_basic(user, password);
        return *this;
    }
    Request&& basic(std::string_view user, std::string_view password) && {
        return std::move(basic(user, password));
    }

    /// A token, case-sensitive (RFC 9110 §9). `CONNECT` asks the host of `url` for a tunnel to the
    /// `host:port` in `host`: see Response::upgrade().
    std::string method;
    /// The target; its userinfo and fragment are never sent.
    Url url;
    /// Sent in this order and spelling. Host, Content-Length, Transfer-Encoding and Trailer belong
    /// to the transport: setting them is error::invalid_request. With `Expect: 100-continue` the
    /// body waits for the server's 100 (TransportOptions::expect_continue_timeout). `Connection:
    /// Upgrade` with `Upgrade` offers another protocol.
    Headers headers;
    /// Nothing, or what follows the head.
    RequestBody body;
    /// Sent after a chunked body; their names are announced in `Trailer`.
    Headers trailers;
    /// Overrides the Host field, but neither the peer that is dialed nor the name that its
    /// certificate must have.
    std::optional<std::string> host;
    /// Sends `Connection: close` and does not reuse the connection.
    bool close = false;
    /// Timeouts, trace, credentials and so on, for this request only.
    RequestOptions options;

private:
    void add_query(std::string_view name, std::string_view value);
    void set_authorization(std::string_view scheme, std::string_view credentials);
    void set_basic(std::string_view user, std::string_view password);
};

}  // namespace hawser::inline HAWSER_ABI

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/impl/request.ipp>
#endif
