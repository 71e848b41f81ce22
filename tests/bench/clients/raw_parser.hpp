// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "bench_client.hpp"

#include <llhttp.h>

namespace bench {

/// llhttp, with the parts of a response that a client keeps: its fields and its body.
struct RawParser : llhttp_t {
    std::vector<std::pair<std::string, std::string>> fields;
    std::string body;
    BodySum* pieces = nullptr;  // used instead of body
    bool done = false;

    RawParser() {
        llhttp_settings_init(&settings);
        settings.on_message_begin = [](llhttp_t* p) {
            self(p).fields.clear(), self(p).body.clear(), self(p).done = false;
            return 0;
        };
        settings.on_header_field = [](llhttp_t* p, const char* at, std::size_t n) {
            auto& fields = self(p).fields;
            if (fields.empty() || !fields.back().second.empty()) {
                fields.emplace_back();
            }
            fields.back().first.append(at, n);
            return 0;
        };
        settings.on_header_value = [](llhttp_t* p, const char* at, std::size_t n) {
            self(p).fields.back().second.append(at, n);
            return 0;
        };
        settings.on_body = [](llhttp_t* p, const char* at, std::size_t n) {
            self(p).pieces ? self(p).pieces->add(at, n) : void(self(p).body.append(at, n));
            return 0;
        };
        settings.on_message_complete = [](llhttp_t* p) {
            self(p).done = true;
            return 0;
        };
        llhttp_init(this, HTTP_RESPONSE, &settings);
    }
    static RawParser& self(llhttp_t* p) { return *static_cast<RawParser*>(p); }
    llhttp_settings_t settings{};
};

}  // namespace bench
