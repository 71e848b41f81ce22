// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Sends a RequestChain: asynchronously (ClientCall), or one request after another on a blocking
// caller's thread.

#include <hawser/config.hpp>
#include <hawser/detail/client/client_operation.hpp>
#include <hawser/detail/client/request_chain.hpp>
#include <hawser/detail/rt/caller_run_loop.hpp>
#include <hawser/detail/transport/startable_trip.hpp>

#include <optional>
#include <system_error>

namespace hawser::inline HAWSER_ABI::detail {

class ClientCall final : public ClientOperation<Response> {
public:
    ClientCall(CompletionPtr<Response> completion, RequestChain&& chain);

    /// The first request was sent by a round trip, which has the response: run the returned
    /// completion with it.
    CompletionPtr<Response> continue_trip() noexcept;

private:
    class FirstResponse final : public Completion<Response> {
    public:
        explicit FirstResponse(ClientCall& call) noexcept : call_(call) {}
        HAWSER_DECL void run(CalledFrom from) override;
        HAWSER_DECL void discard() noexcept override;
        asio::cancellation_slot cancellation_slot() const noexcept override { return {}; }

    private:
        ClientCall& call_;
    };

    struct Send {  // the next request; not a lambda, which g++ would warn of
        void operator()(Completion<Response>& completion) const {
            call.send(CompletionPtr<Response>(&completion));
        }
        const ClientCall& call;
    };

    HAWSER_DECL Steps run() override;
    void send(CompletionPtr<Response> completion) const;

    RequestChain chain_;
    FirstResponse first_{*this};
    std::optional<Outcome<Response>> arrived_;  // through first_
};

/// The rest of a blocking call, which `got` is the first response of.
Outcome<Response> finish_call(RequestChain& chain, Outcome<Response> got, BlockingLoop& loop);

/// A request that is a RequestChain from the start.
class CallTrip final : public StartableTrip {
public:
    CallTrip(IntrusivePtr<ClientCore> core, Request&& request)
        : StartableTrip(request_, core->executor()),
          request_(std::move(request)),
          core_(std::move(core)) {}

    HAWSER_DECL void start(CompletionPtr<Response> completion) override;
    HAWSER_DECL Response wait(BlockingLoop& loop, std::error_code& ec) override;
    void give_back() noexcept override { delete this; }
    LoopUse use_loop() const override { return CallerRunLoop::use(core_->executor()); }

private:
    RequestChain chain();

    Request request_;
    const IntrusivePtr<ClientCore> core_;
};

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/client/impl/client_call.ipp>
#include <hawser/detail/client/impl/client_core.ipp>
#endif
