// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// A plan for a transport, told in calls: what its peers do, and what is asked of it, in which
// order.
//
//     scenario("a stale connection, slowly")
//         .peer(slow(stale))
//         .call(get())
//         .call(get().after(0))           // begins when the first call is done
//         .call(post(body).after(1))

#include "script_transport.hpp"

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace hawser::test {

/// Where the content of a request comes from. A coroutine takes one step of the executor for each
/// piece, a slow one several.
enum class Source { string, stream, coroutine, rewound, slow, slow_rewound };

/// One call. It begins when all that it comes after is there; calls are counted from 0.
struct PlannedCall {
    std::string method;  // or PRECONNECT, SHUTDOWN
    std::string content{};
    Source source = Source::string;
    Reading reading = Reading::all;
    std::vector<std::size_t> after_ends{};
    std::vector<std::size_t> after_heads{};
    bool trailers = false;
    bool refusable = false;

    PlannedCall from(Source where) const {
        PlannedCall call(*this);
        call.source = where;
        return call;
    }
    PlannedCall with_trailers() const {
        PlannedCall call(*this);
        call.trailers = true;
        return call;
    }
    /// What becomes of the body of its response.
    PlannedCall reads(Reading how) const {
        PlannedCall call(*this);
        call.reading = how;
        return call;
    }
    /// Begins when that call is done.
    PlannedCall after(std::size_t earlier) const {
        PlannedCall call(*this);
        call.after_ends.push_back(earlier);
        return call;
    }
    /// Begins when that call has its response, whose body may still be on its way.
    PlannedCall after_head(std::size_t earlier) const {
        PlannedCall call(*this);
        call.after_heads.push_back(earlier);
        return call;
    }
    /// It may fail because the transport shuts down.
    PlannedCall may_be_refused() const {
        PlannedCall call(*this);
        call.refusable = true;
        return call;
    }
};

inline PlannedCall get() {
    return {"GET"};
}
inline PlannedCall post(std::string body) {
    return {"POST", std::move(body)};
}
inline PlannedCall put(std::string body) {
    return {"PUT", std::move(body)};
}
/// Makes two connections.
inline PlannedCall preconnect() {
    return {"PRECONNECT"};
}
/// Ends the transport, with an hour of grace.
inline PlannedCall shutdown() {
    return {"SHUTDOWN"};
}

struct Scenario {
    std::string name;
    std::vector<WireScript> peers{};  // one for each connection, in the order of their dials
    std::vector<PlannedCall> calls{};
    std::size_t most_conns = 0;
    bool follows = false;  // redirects
    std::string proxy{};

    Scenario peer(const WireScript& script) const {
        Scenario longer(*this);
        longer.peers.push_back(script);
        return longer;
    }
    Scenario call(const PlannedCall& planned) const {
        Scenario longer(*this);
        longer.calls.push_back(planned);
        return longer;
    }
    Scenario max_conns(std::size_t most) const {
        Scenario limited(*this);
        limited.most_conns = most;
        return limited;
    }
    Scenario following_redirects() const {
        Scenario follower(*this);
        follower.follows = true;
        return follower;
    }
    Scenario through(std::string url) const {
        Scenario proxied(*this);
        proxied.proxy = std::move(url);
        return proxied;
    }
};

inline Scenario scenario(std::string name) {
    return {std::move(name)};
}

}  // namespace hawser::test
