// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <exception>
#include <functional>
#include <iostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace tools {

/// The arguments are wrong. The program prints this and its usage on stderr, and exits with 2.
class UsageError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// One option of a program.
struct Option {
    std::string_view short_name;  ///< "-o"; may be empty
    std::string_view long_name;   ///< "--output"; may be empty
    std::string_view value;       ///< what stands behind it, "FILE"; empty: nothing
    std::string_view help;
    std::function<void(const std::string&)> take;  ///< called with the value
};

/// The options of a program, which also make its usage text. "-o FILE", "-oFILE", "--output FILE"
/// and "--output=FILE" all work, and short options without a value may be joined: "-sL".
class CommandLine {
public:
    CommandLine(std::string program, std::string usage)
        : program_(std::move(program)), usage_(std::move(usage)) {}

    /// An option that sets `to` to its value.
    template <class Text>
    void value(std::string_view short_name,
               std::string_view long_name,
               std::string_view value,
               std::string_view help,
               Text& to) {
        call(short_name, long_name, value, help, [&to](const std::string& text) { to = text; });
    }
    /// An option whose values are collected.
    void list(std::string_view short_name,
              std::string_view long_name,
              std::string_view value,
              std::string_view help,
              std::vector<std::string>& to) {
        call(short_name, long_name, value, help, [&to](const std::string& text) {
            to.push_back(text);
        });
    }
    /// An option without a value.
    void flag(std::string_view short_name,
              std::string_view long_name,
              std::string_view help,
              bool& to) {
        call(short_name, long_name, "", help, [&to](const std::string&) { to = true; });
    }
    /// An option whose value is a number within limits.
    template <class Number>
    void number(std::string_view short_name,
                std::string_view long_name,
                std::string_view value,
                std::string_view help,
                Number& to,
                std::type_identity_t<Number> least,
                std::type_identity_t<Number> most);
    /// Any other option; without a value if that is empty.
    void call(std::string_view short_name,
              std::string_view long_name,
              std::string_view value,
              std::string_view help,
              std::function<void(const std::string&)> take) {
        options_.push_back({short_name, long_name, value, help, std::move(take)});
    }

    /// Hands each option its value, and returns the other arguments.
    std::vector<std::string> parse(const std::vector<std::string>& arguments) const {
        std::vector<std::string> others;
        for (std::size_t at = 0; at < arguments.size(); ++at) {
            const std::string& word = arguments[at];
            if (word == "--") {
                others.insert(others.end(), arguments.begin() + at + 1, arguments.end());
                break;
            }
            if (word.starts_with("--")) {
                take_long(arguments, at);
            } else if (word.size() > 1 && word[0] == '-') {
                take_short(arguments, at);
            } else {
                others.push_back(word);
            }
        }
        return others;
    }

    const std::string& program() const { return program_; }

    void print_usage(std::ostream& out) const {
        out << "usage: " << program_ << ' ' << usage_ << '\n';
        for (const Option& option : options_) {
            std::string names = "  ";
            names.append(option.short_name.empty() ? "    " : option.short_name);
            if (!option.long_name.empty()) {
                names.append(option.short_name.empty() ? "" : ", ").append(option.long_name);
            }
            if (!option.value.empty()) {
                names.append(" ").append(option.value);
            }
            names.resize(std::max<std::size_t>(names.size() + 2, 30), ' ');
            out << names << option.help << '\n';
        }
        out << "      --help                  this text\n";
    }

private:
    void take_long(const std::vector<std::string>& arguments, std::size_t& at) const {
        const std::string& word = arguments[at];
        const std::size_t equals = word.find('=');
        const std::string name = word.substr(0, equals);
        const Option& option = find(name, &Option::long_name);
        if (option.value.empty()) {
            if (equals != std::string::npos) {
                throw UsageError(name + " takes no value");
            }
            option.take({});
        } else if (equals != std::string::npos) {
            option.take(word.substr(equals + 1));
        } else {
            option.take(next(arguments, at, name));
        }
    }

    void take_short(const std::vector<std::string>& arguments, std::size_t& at) const {
        const std::string word = arguments[at];
        for (std::size_t letter = 1; letter < word.size(); ++letter) {
            const std::string name{'-', word[letter]};
            const Option& option = find(name, &Option::short_name);
            if (option.value.empty()) {
                option.take({});
                continue;
            }
            option.take(letter + 1 < word.size() ? word.substr(letter + 1)
                                                 : next(arguments, at, name));
            return;
        }
    }

    const Option& find(std::string_view name, std::string_view Option::*which) const {
        for (const Option& option : options_) {
            if (option.*which == name) {
                return option;
            }
        }
        throw UsageError("unknown option " + std::string(name));
    }

    static const std::string& next(const std::vector<std::string>& arguments,
                                   std::size_t& at,
                                   const std::string& name) {
        if (at + 1 == arguments.size()) {
            throw UsageError(name + " needs a value");
        }
        return arguments[++at];
    }

    std::string program_;
    std::string usage_;
    std::vector<Option> options_;
};

/// The number that an option has as its value.
template <class Number>
requires(std::integral<Number> || std::floating_point<Number>) Number
    number(const std::string& text, Number least, Number most) {
    std::size_t end = 0;
    double value = NAN;
    try {
        value = std::stod(text, &end);
    } catch (const std::logic_error&) {
        end = 0;
    }
    const bool whole = std::floating_point<Number> || value == std::floor(value);
    if (end == 0 || end != text.size() || !whole || value < static_cast<double>(least) ||
        value > static_cast<double>(most)) {
        throw UsageError("\"" + text + "\" is no number from " + std::to_string(least) + " to " +
                         std::to_string(most));
    }
    return static_cast<Number>(value);
}

template <class Number>
void CommandLine::number(std::string_view short_name,
                         std::string_view long_name,
                         std::string_view value,
                         std::string_view help,
                         Number& to,
                         std::type_identity_t<Number> least,
                         std::type_identity_t<Number> most) {
    call(short_name, long_name, value, help, [&to, least, most](const std::string& text) {
        to = tools::number<Number>(text, least, most);
    });
}

/// Parses the arguments and runs the program with those that are no options. Returns its exit code:
/// 2 after a UsageError, 1 after any other exception.
template <class Body>
int run_tool(const CommandLine& line, int argc, char** argv, Body body) {
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    try {
        if (arguments.size() == 1 && arguments[0] == "--help") {
            line.print_usage(std::cout);
            return 0;
        }
        return body(line.parse(arguments));
    } catch (const UsageError& e) {
        std::cerr << line.program() << ": " << e.what() << '\n';
        line.print_usage(std::cerr);
        return 2;
    } catch (const std::exception& e) {
        std::cerr << line.program() << ": " << e.what() << '\n';
        return 1;
    }
}

}  // namespace tools
