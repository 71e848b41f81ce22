// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "settings.hpp"
#include <hawser/hawser.hpp>

#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>
#include <system_error>

/// The whole file; "-" is the standard input.
inline std::string read_file(const std::string& path) {
    std::ifstream file;
    if (path != "-") {
        file.open(path, std::ios::binary);
    }
    std::istream& in = path == "-" ? std::cin : file;
    std::string content{std::istreambuf_iterator<char>(in), {}};
    if (path != "-" && !file.is_open()) {
        throw std::system_error(make_error_code(hawser::error::request_body_error),
                                "cannot read " + path);
    }
    return content;
}

/// All -d, joined by '&'.
inline std::string data_of(const Settings& settings) {
    std::string data;
    for (const std::string& piece : settings.data) {
        data.append(&piece == &settings.data.front() ? "" : "&");
        data.append(piece.starts_with('@') ? read_file(piece.substr(1)) : piece);
    }
    return data;
}

/// All -F: "name=value", or "name=@file" with an optional ";type=" behind it.
inline hawser::Multipart form_of(const Settings& settings) {
    hawser::Multipart form;
    for (const std::string& part : settings.form) {
        const std::size_t equals = part.find('=');
        if (equals == std::string::npos || equals == 0) {
            throw tools::UsageError("-F needs NAME=VALUE, not \"" + part + "\"");
        }
        const std::string name = part.substr(0, equals);
        std::string value = part.substr(equals + 1);
        if (!value.starts_with('@')) {
            form.add(name, value);
            continue;
        }
        const std::size_t mark = value.find(";type=");
        const std::string type = mark == std::string::npos ? "" : value.substr(mark + 6);
        form.add_file(name, value.substr(1, mark - 1), {.content_type = type});
    }
    return form;
}

inline hawser::Credentials credentials_of(const Settings& settings) {
    if (!settings.user) {
        return {};
    }
    const std::size_t colon = settings.user->find(':');
    const std::string user = settings.user->substr(0, colon);
    const std::string password = colon == std::string::npos ? "" : settings.user->substr(colon + 1);
    return settings.digest ? hawser::Credentials::digest(user, password)
                           : hawser::Credentials::basic(user, password);
}

inline hawser::Request request_of(const Settings& settings) {
    hawser::Request request{settings.head_only ? "HEAD" : "GET", settings.url};
    request.headers = settings.headers;
    if (const auto host = request.headers.get("Host")) {
        request.host = std::string(*host);
        request.headers.erase("Host");
    }
    if (!settings.data.empty()) {
        request.method = "POST";
        request.body = data_of(settings);
        if (!request.headers.contains("Content-Type")) {
            request.headers.set("Content-Type", "application/x-www-form-urlencoded");
        }
    } else if (!settings.form.empty()) {
        request.method = "POST";
        request.multipart(form_of(settings));
    }
    if (!settings.method.empty()) {
        request.method = settings.method;
    }
    if (settings.cookies.find('=') != std::string::npos) {
        request.headers.set("Cookie", settings.cookies);
    }
    request.options.credentials = credentials_of(settings);
    return request;
}

/// The jar: only if there is a file to read or to write.
inline std::shared_ptr<hawser::CookieJar> jar_of(const Settings& settings) {
    const bool from_file =
        !settings.cookies.empty() && settings.cookies.find('=') == std::string::npos;
    if (!from_file && settings.cookie_jar.empty()) {
        return nullptr;
    }
    auto jar = std::make_shared<hawser::CookieJar>();
    if (from_file) {
        jar->load(settings.cookies);
    }
    return jar;
}
