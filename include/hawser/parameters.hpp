// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/config.hpp>

#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hawser::inline HAWSER_ABI {

/// Percent-encodes every byte except letters, digits and `-._~` (RFC 3986 section 2.3); a space
/// becomes `%20`. The result is safe as one segment of a path, and as a name or value anywhere in a
/// URL.
[[nodiscard]] std::string percent_encode(std::string_view text);

/// Reverses percent_encode(). Leaves a '+', and a '%' that is not followed by two hex digits, as
/// they are. The result may contain any byte.
[[nodiscard]] std::string percent_decode(std::string_view text);

/// One element of a braced list of Parameters. It holds only views.
class Parameter {
public:
    Parameter() noexcept = default;
    /// A name and its value, not encoded.
    Parameter(std::string_view name, std::string_view value) noexcept
        : name_(name), value_(value), present_(true) {}

private:
    friend class Parameters;

    std::string_view name_;
    std::string_view value_;
    bool present_ = false;
};

/// The names and values of a query or of a form (`application/x-www-form-urlencoded`), in order. A
/// name may occur more than once. Names and values may contain any byte, but should be UTF-8.
///
///     url = url.with_query({{"q", "a&b"}, {"page", "2"}});  // ?q=a%26b&page=2
///     std::string q(url.parameters().get("q").value_or(""));  // "a&b"
///
/// Thread safety: distinct objects are safe; a shared object is safe for reading.
class Parameters {
public:
    using value_type = std::pair<std::string, std::string>;
    using const_iterator = std::vector<value_type>::const_iterator;

    Parameters() noexcept = default;
    /// From a braced list of up to 16 parameters. (Not a `std::initializer_list`, which g++ 12
    /// cannot compile inside a `co_await` expression.)
    Parameters(Parameter a,
               Parameter b = {},
               Parameter c = {},
               Parameter d = {},
               Parameter e = {},
               Parameter f = {},
               Parameter g = {},
               Parameter h = {},
               Parameter i = {},
               Parameter j = {},
               Parameter k = {},
               Parameter l = {},
               Parameter m = {},
               Parameter n = {},
               Parameter o = {},
               Parameter p = {});
    /// From a `std::map`, or any other range of pairs of strings.
    template <class Range>
    requires(!std::same_as<Range, Parameters>) && requires(const Range& range) {
        { range.begin()->first } -> std::convertible_to<std::string_view>;
        { range.begin()->second } -> std::convertible_to<std::string_view>;
    }
    Parameters(const Range& range) {  // NOLINT(google-explicit-constructor)
        for (const auto& [name, value] : range) {
            add(name, value);
        }
    }

    /// Parses a query (without its '?') or the body of a form, as browsers do: '+' means a space, a
    /// '%' that is not followed by two hex digits stays, and a name without '=' has an empty value.
    /// Never fails.
    [[nodiscard]] static Parameters parse(std::string_view text);

    /// Appends a parameter, even if there is one with this name.
    Parameters& add(std::string_view name, std::string_view value) &;
    Parameters&& add(std::string_view name, std::string_view value) && {
        return std::move(add(name, value));
    }

    /// The value of the first parameter with this name; `std::nullopt` if there is none. Names are
    /// case-sensitive. The view stays valid until the object changes.
    [[nodiscard]] std::optional<std::string_view> get(std::string_view name) const noexcept
        HAWSER_LIFETIMEBOUND;
    /// The values of all parameters with this name, in order. The views stay valid as for get().
    [[nodiscard]] std::vector<std::string_view> values(std::string_view name) const
        HAWSER_LIFETIMEBOUND;
    /// Whether there is a parameter with this name.
    [[nodiscard]] bool contains(std::string_view name) const noexcept {
        return get(name).has_value();
    }

    [[nodiscard]] std::size_t size() const noexcept { return list_.size(); }
    [[nodiscard]] bool empty() const noexcept { return list_.empty(); }
    [[nodiscard]] const_iterator begin() const noexcept HAWSER_LIFETIMEBOUND {
        return list_.begin();
    }
    [[nodiscard]] const_iterator end() const noexcept HAWSER_LIFETIMEBOUND { return list_.end(); }

    /// Serializes them like URLSearchParams in browsers: `q=a%26b&page=2`. A space becomes '+';
    /// every other byte except letters, digits and `*-._` is percent-encoded.
    [[nodiscard]] std::string to_string() const;

    friend bool operator==(const Parameters&, const Parameters&) = default;

private:
    std::vector<value_type> list_;
};

}  // namespace hawser::inline HAWSER_ABI

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/impl/parameters.ipp>
#endif
