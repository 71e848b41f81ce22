// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// A netrc file. What was read can be written, with every word quoted, and read again.

#include "fuzz.hpp"
#include <hawser/detail/policy/netrc.hpp>

using namespace hawser::detail;
using hawser_fuzz::expect;

namespace {

std::string quoted(std::string_view word) {
    std::string out = "\"";
    for (const char c : word) {
        if (c == '\n') {
            out += "\\n";
        } else {
            out += c == '"' || c == '\\' ? "\\" : "";
            out += c;
        }
    }
    return out + '"';
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    hawser_fuzz::Input input(data, size);
    const hawser_fuzz::Exact text(input.rest());
    std::vector<NetrcEntry> entries;
    const NetrcFault fault = read_netrc(text.view(), entries);
    if (fault.line != 0) {
        const auto lines = std::count(text.view().begin(), text.view().end(), '\n') + 1;
        expect(fault.line <= static_cast<std::size_t>(lines), "a line of the file");
        expect(entries.empty(), "nothing, or all of it");
        return 0;
    }
    std::string written;
    for (const NetrcEntry& entry : entries) {
        written += entry.is_default ? "default" : "machine " + quoted(entry.machine);
        written += "\nlogin " + quoted(entry.login) + " password " + quoted(entry.password) + '\n';
        const NetrcEntry* const found = find_netrc(entries, entry.machine, entry.login);
        expect(found == nullptr || entry.login.empty() || found->login == entry.login,
               "the login that was asked for");
        expect(found == nullptr || !found->login.empty() || !found->password.empty(),
               "a login or a password");
    }
    std::vector<NetrcEntry> again;
    expect(read_netrc(written, again).line == 0, "what was written is read");
    expect(again == entries, "as it was");
    return 0;
}
