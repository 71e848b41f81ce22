// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// What an exception of user code means for the dial that called it.

#include <hawser/detail/exceptions.hpp>
#include <hawser/error.hpp>
#include <hawser/failure.hpp>

#include <exception>
#include <new>
#include <string>
#include <system_error>

namespace hawser::inline HAWSER_ABI::detail {

struct GuestFault {
    std::error_code ec;
    std::string reason{};  // empty if the code says it all, or memory is short
};

/// Call while handling the exception. The code of a std::system_error, resource_exhausted for
/// std::bad_alloc, else `otherwise` and a reason like "address_filter threw: what()".
inline GuestFault guest_fault(const char* who, hawser::error otherwise) {
    GuestFault fault{otherwise};
    const auto say = [&](const char* what) noexcept {
        try {
            std::string text(who);
            text.append(*what != '\0' ? " threw: " : " threw").append(printable(what));
            fault.reason = std::move(text);
        } catch (const std::bad_alloc&) {  // the code must suffice
        }
    };
    try {
        throw;
    }
    HAWSER_CATCH_FORCED_UNWIND
    catch (const std::system_error& e) {
        fault.ec = e.code() ? e.code() : fault.ec;
    }
    catch (const std::bad_alloc&) {
        fault.ec = error::resource_exhausted;
    }
    catch (const std::exception& e) {
        say(e.what());
    }
    catch (...) {
        say("");
    }
    return fault;
}

}  // namespace hawser::inline HAWSER_ABI::detail
