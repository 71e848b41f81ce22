// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/access.hpp>
#include <hawser/detail/environment.hpp>
#include <hawser/detail/grammar.hpp>
#include <hawser/detail/proxy_table.hpp>
#include <hawser/error.hpp>
#include <hawser/proxy.hpp>

#include <utility>

namespace hawser::inline HAWSER_ABI {

namespace detail {

/// @throws std::system_error error::invalid_url
HAWSER_COLD_DECL ProxyPtr proxy_or_throw(std::string_view text) {
    std::string refusal;
    ProxyPtr proxy = parse_proxy(text, refusal);
    if (!proxy) {
        throw std::system_error(make_error_code(error::invalid_url), "hawser: " + refusal);
    }
    return proxy;
}

HAWSER_COLD_DECL ProxySetting setting_or_throw(std::string_view text) {
    return trim_ows(text).empty() ? ProxySetting{} : ProxySetting{proxy_or_throw(text), {}};
}

/// The setting that the first of two variables has which is not empty.
HAWSER_COLD_DECL ProxySetting setting_of_environment(const char* lower, const char* upper) {
    ProxySetting setting;
    for (const char* const variable : {lower, upper}) {
        const std::string_view value = trim_ows(variable != nullptr ? environment(variable) : "");
        if (!value.empty()) {
            setting.proxy = parse_proxy(value, setting.refusal);
            if (!setting.proxy) {
                setting.refusal.insert(0, std::string("the variable ").append(variable) + " is ");
            }
            break;
        }
    }
    return setting;
}

}  // namespace detail

HAWSER_COLD_DECL Proxy::Proxy(std::string_view url) : data_(detail::proxy_or_throw(url)) {}

// These are not in the header, so that they are not compiled into everything that moves a request
// or a response.
HAWSER_COLD_DECL Proxy::Proxy(const Proxy& other) noexcept = default;
HAWSER_COLD_DECL Proxy& Proxy::operator=(const Proxy& other) noexcept = default;
HAWSER_COLD_DECL Proxy::~Proxy() = default;
HAWSER_COLD_DECL ProxyRules::ProxyRules(const ProxyRules& other) noexcept = default;
HAWSER_COLD_DECL ProxyRules& ProxyRules::operator=(const ProxyRules& other) noexcept = default;
HAWSER_COLD_DECL ProxyRules::~ProxyRules() = default;

HAWSER_COLD_DECL std::string_view Proxy::scheme() const noexcept {
    return detail::scheme_of(data_->kind).name;
}

HAWSER_COLD_DECL ProxyRules::ProxyRules(std::string_view proxy) {
    set("all", proxy);
}

HAWSER_COLD_DECL const detail::ProxyTable* ProxyRules::table() const noexcept {
    return static_cast<const detail::ProxyTable*>(table_.get());
}

// The former table stays with the copies of this value.
HAWSER_COLD_DECL detail::ProxyTable& ProxyRules::own_table() {
    auto* const fresh = new detail::ProxyTable(table());
    table_ = detail::IntrusivePtr<detail::RefCounted>(fresh);
    return *fresh;
}

HAWSER_COLD_DECL ProxyRules ProxyRules::from_environment() {
    ProxyRules rules;
    detail::ProxyTable& table = rules.own_table();
    const bool cgi = *detail::environment("REQUEST_METHOD") != '\0';
#if defined(_WIN32)  // names of variables have no case
    const char* const lower = cgi ? nullptr : "http_proxy";
#else
    const char* const lower = "http_proxy";
#endif
    table.http = detail::setting_of_environment(lower, cgi ? nullptr : "HTTP_PROXY");
    table.https = detail::setting_of_environment("https_proxy", "HTTPS_PROXY");
    table.all = detail::setting_of_environment("all_proxy", "ALL_PROXY");
    table.spares_localhost = true;
    const std::string_view direct = detail::environment("no_proxy");
    table.bypass.add(!direct.empty() ? direct : detail::environment("NO_PROXY"));
    return rules;
}

HAWSER_COLD_DECL ProxyRules& ProxyRules::set(std::string_view scheme, std::string_view proxy) {
    detail::ProxySetting setting = detail::setting_or_throw(proxy);
    const auto member = detail::iequals(scheme, "http")    ? &detail::ProxyTable::http
                        : detail::iequals(scheme, "https") ? &detail::ProxyTable::https
                        : detail::iequals(scheme, "all")   ? &detail::ProxyTable::all
                                                           : nullptr;
    if (member == nullptr) {
        throw std::system_error(make_error_code(error::invalid_url),
                                "hawser: ProxyRules::set: neither \"http\", \"https\" nor \"all\"");
    }
    own_table().*member = std::move(setting);
    return *this;
}

HAWSER_COLD_DECL ProxyRules& ProxyRules::bypass(std::string_view hosts) {
    own_table().bypass.add(hosts);
    return *this;
}

HAWSER_COLD_DECL std::optional<Proxy> ProxyRules::select(const Url& url) const {
    const detail::ProxySetting* const setting = table_ ? table()->find(url) : nullptr;
    if (setting == nullptr) {
        return std::nullopt;
    }
    if (!setting->proxy) {
        throw std::system_error(make_error_code(error::invalid_url), "hawser: " + setting->refusal);
    }
    return detail::Access::make<Proxy>(setting->proxy);
}

HAWSER_COLD_DECL bool ProxyRules::empty() const noexcept {
    return !table_ ||
           (!table()->http.is_set() && !table()->https.is_set() && !table()->all.is_set());
}

}  // namespace hawser::inline HAWSER_ABI
