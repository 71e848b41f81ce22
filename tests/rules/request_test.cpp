// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

#include <hawser/client_trace.hpp>
#include <hawser/detail/message/request_writer.hpp>
#include <hawser/request.hpp>

#include <catch2/catch.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <stop_token>
#include <string>
#include <system_error>
#include <type_traits>
#include <utility>

using hawser::Multipart;
using hawser::Request;
using hawser::RequestBody;

namespace {

/// The head of a request, without its first two lines.
std::string fields_of(const Request& request) {
    hawser::detail::HeadBuffer out;
    hawser::detail::RequestTraits traits;
    CHECK_FALSE(
        write_request_head(request, hawser::detail::plan_request_body(request), {}, out, traits));
    const std::string head{std::string_view(out)};
    return head.substr(head.find('\n', head.find('\n') + 1) + 1);
}

}  // namespace

TEST_CASE("each maker names its method") {
    CHECK(Request::get("http://h/").method == "GET");
    CHECK(Request::head("http://h/").method == "HEAD");
    CHECK(Request::post("http://h/").method == "POST");
    CHECK(Request::put("http://h/", "x").body.content() == "x");
    CHECK(Request::patch("http://h/").body.empty());
    CHECK(Request::del("http://h/").method == "DELETE");
    CHECK(Request::get("http://h/a").url.path() == "/a");
}

TEST_CASE("setters work on a temporary request and on a named one") {
    using namespace std::chrono_literals;
    Request request = Request::get("http://h/?a=1")
                          .header("Accept", "x")
                          .header("accept", "y")
                          .query("q", "a&b")
                          .query("r", "")
                          .bearer("token")
                          .timeout(5s);
    CHECK(request.headers == hawser::Headers{{"accept", "y"}, {"Authorization", "Bearer token"}});
    CHECK(request.url.target() == "/?a=1&q=a%26b&r=");
    CHECK(request.options.timeout == 5000ms);
    request.basic("Aladdin", "open sesame").json("{}");
    CHECK(request.headers.get("Authorization") == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
    CHECK(request.headers.size() == 2);
    CHECK(request.body.content() == "{}");
    CHECK(request.form({{"q", "a b"}, {"r", "&"}}).body.content() == "q=a+b&r=%26");
    CHECK(hawser::detail::Access::source(request.file("/nonexistent").body) != nullptr);
    CHECK(std::is_same_v<decltype(request.json("")), Request&>);
    CHECK(std::is_same_v<decltype(std::move(request).json("")), Request&&>);
    Multipart form;
    form.add("a", "b");
    CHECK(
        request.multipart(form).body.content_type().starts_with("multipart/form-data; boundary="));
    CHECK(form.size() == 1);
}

TEST_CASE("setters fill the options of a request") {
    class Trace : public hawser::ClientTrace {};
    const auto trace = std::make_shared<Trace>();
    std::stop_source stop;
    int told = 0;
    Request request = Request::get("http://h/")
                          .digest("me", "pw")
                          .max_redirects(3)
                          .on_progress([&](const hawser::Progress&) { ++told; })
                          .stop(stop.get_token())
                          .trace(trace)
                          .proxy("http://proxy:3128")
                          .idempotent();
    CHECK(std::string(to_string(request.options.credentials)) == "Digest");
    CHECK(request.options.max_redirects == std::size_t{3});
    request.options.on_progress({});
    CHECK(told == 1);
    CHECK(request.options.stop == stop.get_token());
    CHECK(request.options.trace == trace);
    CHECK(request.options.proxy->select(request.url)->to_string() == "http://proxy:3128");
    CHECK(request.options.idempotent);
    request.credentials(hawser::Credentials::bearer("t")).proxy("").idempotent(false);
    CHECK(std::string(to_string(request.options.credentials)) == "Bearer");
    CHECK(request.options.proxy->empty());
    CHECK_FALSE(request.options.idempotent);
    CHECK_THROWS_AS(request.proxy("gopher://proxy"), std::system_error);
    CHECK(std::is_same_v<decltype(std::move(request).digest("", "")), Request&&>);
    CHECK(std::is_same_v<decltype(std::move(request).proxy("")), Request&&>);
}

TEST_CASE("user names and passwords are written in base64", "[T-G41]") {
    const auto basic = [](const char* user, const char* password) {
        const Request request = Request::get("http://h/").basic(user, password);
        return std::string(request.headers.get("Authorization").value_or("none"));
    };
    CHECK(basic("", "") == "Basic Og==");
    CHECK(basic("a", "") == "Basic YTo=");
    CHECK(basic("a", "b") == "Basic YTpi");
    CHECK(basic("\xff\xfe", "\xfb") == "Basic //46+w==");
}

TEST_CASE("a parameter of a URL that was refused changes nothing") {
    const Request refused = Request::get("ftp://h/").query("a", "b");
    CHECK(refused.url.empty());
    CHECK(refused.url.refusal() == Request::get("ftp://h/").url.refusal());
    CHECK(Request::get("http://h/").query("a", std::string(70'000, 'a')).url.empty());
}

TEST_CASE("a body brings its content type, unless the request has one") {
    const std::string form = "application/x-www-form-urlencoded";
    Request request = Request::post("http://h/");
    CHECK(fields_of(request) == "Content-Length: 0\r\n\r\n");
    CHECK(fields_of(request.form({{"a", "b"}})) ==
          "Content-Length: 3\r\nContent-Type: " + form + "\r\n\r\n");
    CHECK(fields_of(request.form({})) == "Content-Length: 0\r\nContent-Type: " + form + "\r\n\r\n");
    CHECK(fields_of(request.json("[1]")) ==
          "Content-Length: 3\r\nContent-Type: application/json\r\n\r\n");
    request.multipart(Multipart().add("a", "b"));
    const std::string type(request.body.content_type());
    const std::string length = std::to_string(request.body.length().value_or(0));
    CHECK(fields_of(request) ==
          "Content-Length: " + length + "\r\nContent-Type: " + type + "\r\n\r\n");
    // As the transport does before it writes the head.
    hawser::detail::Access::owned_source(request.body).reset();
    CHECK(request.body.content_type() == type);
    request.json("[1]").header("content-TYPE", "application/vnd.api+json");
    CHECK(fields_of(request) ==
          "Content-Length: 3\r\ncontent-TYPE: application/vnd.api+json\r\n\r\n");
    request.headers.clear();
    for (const char* untyped : {"text", "file"}) {
        request.body = untyped == std::string("file") ? RequestBody::file("/dev/null") : "text";
        CHECK(fields_of(request).find("Content-Type") == std::string::npos);
    }
    CHECK(fields_of(Request::get("http://h/")) == "\r\n");
}

TEST_CASE("the type of its body costs a request no room") {
    CHECK(sizeof(RequestBody) == sizeof(std::string) + 3 * sizeof(void*));
}
