// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// A HAR file, of any program. What is read can be written, and is then read as the same exchanges.

#include "fuzz.hpp"
#include <hawser/detail/har/har.hpp>
#include <hawser/detail/har/json.hpp>

using namespace hawser::detail;
using hawser_fuzz::expect;

namespace {

std::string write(const std::vector<HarEntry>& entries) {
    std::string text(har_begin);
    for (const HarEntry& entry : entries) {
        if (&entry != &entries.front()) {
            text.append(har_separator);
        }
        text.append(write_har_entry(entry));
    }
    return text.append(har_end);
}

bool same(const HarEntry& a, const HarEntry& b) {
    return a.method == b.method && a.url == b.url && a.status == b.status && a.error == b.error &&
           a.response_body.text == b.response_body.text &&
           a.response_headers.size() == b.response_headers.size();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    std::vector<HarEntry> entries;
    const std::string problem = read_har(text, entries);
    expect(problem.empty() || entries.empty(), "all or nothing");
    std::vector<HarEntry> again;
    expect(read_har(write(entries), again).empty(), "what is written is a HAR file");
    expect(again.size() == entries.size(), "as many exchanges");
    for (std::size_t i = 0; i < entries.size(); ++i) {
        expect(same(entries[i], again[i]), "the same exchanges");
    }
    std::string json;
    append_json_string(json, text);
    std::string wrong;
    const Json string = Json::parse(json, wrong);
    expect(wrong.empty(), "a string is JSON");
    expect(!is_utf8(text) || string.text() == text, "the same string");
    return 0;
}
