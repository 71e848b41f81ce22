// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>

namespace tools {

/// printf() into a string.
template <class... Args>
std::string format(const char* how, Args... args) {
    std::array<char, 512> text{};
    std::snprintf(text.data(), text.size(), how, args...);
    return text.data();
}

/// "831 B", "1.2 kB", "34.5 MB".
inline std::string human_bytes(double bytes) {
    constexpr std::array units{"kB", "MB", "GB", "TB"};
    if (bytes < 1000) {
        return format("%.0f B", bytes);
    }
    std::size_t unit = 0;
    for (bytes /= 1000; bytes >= 999.95 && unit + 1 < units.size(); ++unit) {
        bytes /= 1000;
    }
    return format("%.1f %s", bytes, units[unit]);
}

/// "87 µs", "3.4 ms", "2.10 s".
inline std::string human_time(std::chrono::nanoseconds time) {
    const double us = static_cast<double>(time.count()) / 1e3;
    if (us < 1000) {
        return format("%.0f µs", us);
    }
    return us < 1e6 ? format("%.1f ms", us / 1e3) : format("%.2f s", us / 1e6);
}

inline double milliseconds(std::chrono::nanoseconds time) {
    return static_cast<double>(time.count()) / 1e6;
}

/// "2026-11-29T08:57:16.123Z".
inline std::string iso_time(std::chrono::system_clock::time_point when) {
    using namespace std::chrono;
    const auto day = floor<days>(when);
    const year_month_day date{day};
    const hh_mm_ss time{floor<std::chrono::milliseconds>(when - day)};
    return format("%04d-%02u-%02uT%02d:%02d:%02d.%03dZ",
                  static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()),
                  static_cast<unsigned>(date.day()),
                  static_cast<int>(time.hours().count()),
                  static_cast<int>(time.minutes().count()),
                  static_cast<int>(time.seconds().count()),
                  static_cast<int>(time.subseconds().count()));
}

/// Text for HTML and SVG, also within a quoted attribute.
inline std::string xml_text(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            default:
                out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
        }
    }
    return out;
}

/// A JSON string. A byte beyond ASCII is taken for ISO-8859-1, which is what HTTP fields are.
inline std::string json_text(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out.append(1, '\\').append(1, c);
        } else if (byte < 0x20 || byte >= 0x7f) {
            out += format("\\u%04x", static_cast<unsigned>(byte));
        } else {
            out += c;
        }
    }
    return out += '"';
}

/// Writes a whole file. "-" is the standard output.
inline void write_file(const std::string& path, std::string_view content) {
    std::ofstream file(path == "-" ? "/dev/stdout" : path.c_str(), std::ios::binary);
    file.write(content.data(), static_cast<std::streamsize>(content.size()));
    file.close();
    if (!file) {
        throw std::runtime_error("cannot write " + path);
    }
}

}  // namespace tools
