// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/access.hpp>
#include <hawser/detail/conn/body_origin.hpp>
#include <hawser/detail/message/request_writer.hpp>
#include <hawser/detail/testing/message_text.hpp>
#include <hawser/detail/testing/mock_body.hpp>
#include <hawser/detail/testing/mock_call.hpp>

#include <asio/bind_cancellation_slot.hpp>
#include <asio/co_spawn.hpp>
#include <asio/error.hpp>
#include <asio/post.hpp>
#include <asio/use_awaitable.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace hawser::inline HAWSER_ABI::testing::detail {

inline void MockCall::start() {
    if (auto slot = handler_.get_cancellation_slot(); slot.is_connected()) {
        slot.assign([call = weak_from_this()](asio::cancellation_type type) {
            if (type != asio::cancellation_type::none) {
                end(call, asio::error::operation_aborted);
            }
        });
    }
    asio::post(strand_, [self = shared_from_this()] { self->begin(); });
}

inline void MockCall::begin() {
    if (request_.options.stop.stop_possible()) {
        watch_.emplace(request_.options.stop, Stop{weak_from_this()});
    }
    set_deadline();
    asio::co_spawn(strand_,
                   run(),
                   asio::bind_cancellation_slot(
                       signal_.slot(),
                       [self = shared_from_this()](std::exception_ptr e) { self->finished(e); }));
}

inline void MockCall::end(std::error_code cause) noexcept {
    try {
        asio::post(strand_, [self = shared_from_this(), cause] {
            if (!self->over_ && !self->cause_) {
                self->cause_ = cause;
                self->signal_.emit(asio::cancellation_type::terminal);
            }
        });
    } catch (const std::exception&) {  // memory is short: the request goes on
    }
}

inline asio::awaitable<void> MockCall::run() {
    co_await receive();
    listener_.wrote_request();
    std::string complaint;
    const auto outcome = book_->choose(received_, complaint);
    if (!outcome) {
        fail(error::invalid_request, Failure::Phase::request, {{}, std::move(complaint), {}});
    }
    co_await answer(*outcome);
}

inline void MockCall::set_deadline() {
    const auto limit = request_.options.timeout.value_or(std::chrono::milliseconds{0});
    if (limit.count() > 0) {
        deadline_.expires_after(std::min<std::chrono::milliseconds>(limit, std::chrono::hours{24}));
        deadline_.async_wait([call = weak_from_this()](std::error_code ec) {
            if (!ec) {
                end(call, error::total_timeout);
            }
        });
    }
}

inline void MockCall::write_head(std::optional<std::uint64_t> length) {
    const OutgoingPlan plan = plan_request_body(request_, length);
    const HeadExtras extras{default_user_agent, false, false};
    HeadBuffer head;
    RequestTraits traits;
    if (const auto ec = write_request_head(request_, plan, extras, head, traits)) {
        std::string reason = ec == error::invalid_request ? explain_refusal(request_, plan, extras)
                                                          : std::string(request_.url.refusal());
        fail(ec, Failure::Phase::request, {{}, std::move(reason), {}});
    }
    parse_request(std::string(std::string_view(head)), received_);
    received_.url = request_.url;
    received_.trailers = request_.trailers;
    listener_.wrote_head(received_.headers);
}

inline void MockCall::receive_text() {
    write_head(request_.body.length());
    received_.body = request_.body.content();
    if (received_.body.empty()) {
        return;
    }
    Fault fault;
    listener_.begin_body(received_.body.size());
    if (const auto ec = listener_.wrote_body(received_.body.size(), fault)) {
        fail(ec, Failure::Phase::write, std::move(fault));
    }
}

// Reads the request as a server would.
inline asio::awaitable<void> MockCall::receive() {
    const auto source = Access::source(request_.body);
    if (!source) {
        receive_text();
        co_return;
    }
    SourceRead failure;
    auto reader = source->open(failure);
    if (reader) {
        struct Close {
            ~Close() {
                if (reader) {
                    reader->close();
                }
            }
            std::shared_ptr<BodyReader> reader;
        };
        Close close{reader};
        write_head(reader->length());
        listener_.begin_body(reader->length());
        close.reader = nullptr;
        failure = co_await read_body(std::move(reader), received_.body, listener_, strand_);
    }
    if (failure.ec) {
        fail(failure.ec, Failure::Phase::write, std::move(failure.fault));
    }
}

// Before the head of a response.
inline asio::awaitable<void> MockCall::wait(std::chrono::milliseconds time) {
    const auto limit =
        request_.options.response_header_timeout.value_or(std::chrono::milliseconds{0});
    const bool late = limit.count() > 0 && limit < time;
    asio::steady_timer timer(strand_, late ? limit : time);
    co_await timer.async_wait(asio::use_awaitable);
    if (late) {
        fail(error::header_timeout, Failure::Phase::head, {{}, after_time(limit), {}});
    }
}

inline asio::awaitable<void> MockCall::answer(const MockOutcome& outcome) {
    using Ending = ReplyConduct::Ending;
    const Reply made = outcome.make ? outcome.make(received_) : Reply();
    const Reply& reply = outcome.make ? made : outcome.reply;
    check_reply(reply);
    if (reply.conduct.delay.count() > 0) {
        co_await wait(reply.conduct.delay);
    }
    const Ending ending = reply.conduct.ending;
    const bool silent = reply.conduct.framing == ReplyConduct::Framing::nothing;
    while (silent && ending == Ending::stall) {
        co_await wait(std::chrono::hours{24});
    }
    if (silent || !outcome.has_head) {
        const std::error_code told =
            ending == Ending::reset ? error::connection_reset : error::server_closed;
        fail(outcome.ec ? outcome.ec : told,
             Failure::Phase::head,
             {{}, "the MockTransport was told to fail", {}});
    }
    // As in a Transport, a body that a reset cuts short is incomplete.
    const bool cut = reply.conduct.cut || ending == Ending::reset;
    respond(reply, cut && !outcome.ec ? make_error_code(error::incomplete_body) : outcome.ec);
}

inline void MockCall::respond(const Reply& reply, std::error_code broken) {
    const std::string head = head_text(reply, request_.method);
    parse_fields(std::string_view(head).substr(head.find("\r\n") + 2), response_.headers);
    response_.status = reply.status;
    response_.reason = reply.reason.empty() ? usual_reason(reply.status) : reply.reason;
    response_.url = request_.url;
    std::uint64_t length = 0;
    if (parse_decimal(response_.headers.get("Content-Length").value_or(""), length)) {
        response_.content_length = length;
    }
    std::string body = has_body(reply, request_.method) ? reply.body : std::string();
    body.resize(std::min(body.size(), reply.conduct.cut.value_or(body.size())));
    const BodyOrigin origin{request_.url, known_method(request_.method)};
    BodyStreamPtr rest = broken ? make_body_stream<BrokenRest>(broken, origin) : nullptr;
    auto trailers = std::make_unique<Headers>(reply.trailers);
    Access::fill(response_.body, loop_, std::move(body), std::move(trailers), std::move(rest));
    Access::remember(response_.body, BodyOrigin(origin), true);
    listener_.answered(response_, origin);
}

inline Failure MockCall::describe(std::error_code ec, Failure::Phase phase, Fault fault) const {
    FailureData data;
    data.code = ec;
    data.phase = phase;
    data.fault = std::move(fault);
    data.method = printable(request_.method, 64);
    data.url = failing_url(request_.url);
    return FailureData::make(std::move(data));
}

inline void MockCall::finished(const std::exception_ptr& exception) {
    over_ = true;
    request_.body = {};  // a source may be used again once the request is over
    watch_.reset();
    deadline_.cancel();
    std::error_code ec;
    Failure failure;
    const auto failed = [&](std::error_code code, std::string reason) {
        ec = code;
        failure = describe(ec, Failure::Phase::head, {{}, std::move(reason), {}});
    };
    try {
        if (cause_) {
            failed(cause_, {});
        } else if (exception) {
            std::rethrow_exception(exception);
        }
    } catch (const RequestError& e) {
        ec = e.code();
        failure = e.failure();
    } catch (const std::system_error& e) {
        failed(e.code(), "the MockTransport met " + printable(e.what()));
    } catch (const std::exception& e) {
        failed(error::invalid_request, "a function of the test threw: " + printable(e.what()));
    } catch (...) {
        failed(error::invalid_request, "a function of the test threw");
    }
    if (ec) {
        response_ = Response();
        response_.failure = std::move(failure);
    }
    listener_.end(ec, response_.failure);
    std::move(handler_)(ec, std::move(response_));
    if (const auto of_trace = listener_.take_thrown()) {
        std::rethrow_exception(of_trace);
    }
}

}  // namespace hawser::inline HAWSER_ABI::testing::detail
