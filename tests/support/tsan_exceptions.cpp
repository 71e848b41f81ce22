// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// Tells ThreadSanitizer how the references of an exception are counted. That happens in libstdc++,
// which is not instrumented: without this, the thread that lets go of an exception last, and frees
// it, seems to race with one that read it before.
#if defined(__SANITIZE_THREAD__)
#include <cstring>
#include <dlfcn.h>
#include <exception>
#include <sanitizer/tsan_interface.h>

extern "C" void __cxa_end_catch() {
    using Function = void (*)();
    static const auto real = reinterpret_cast<Function>(::dlsym(RTLD_NEXT, "__cxa_end_catch"));
    if (const std::exception_ptr exception = std::current_exception()) {
        void* object = nullptr;
        std::memcpy(&object, &exception, sizeof object);
        __tsan_release(object);
        __tsan_acquire(object);
    }
    real();
}
#endif
