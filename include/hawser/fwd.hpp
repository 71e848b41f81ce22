// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// The classes of hawser, declared, for headers of yours that only name them. It costs a compiler
// nearly nothing. Define the macros of hawser (`HAWSER_*`) as in the files that use the classes.

#include <hawser/config.hpp>

namespace hawser::inline HAWSER_ABI {

class Client;
struct ClientOptions;
class ClientTrace;
class CookieJar;
class Credentials;
class Dialer;
class EventSource;
struct FullResponse;
class Headers;
class Proxy;
class ProxyRules;
struct Request;
class RequestBody;
struct RequestOptions;
class Resolver;
struct Response;
class ResponseBody;
class RoundTripper;
class Transport;
struct TransportOptions;
class Url;

}  // namespace hawser::inline HAWSER_ABI
