// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// Loaded into the test programs by `tests/run --stalls`. Threads pause now and then around system
// calls and after they unlock a mutex, as they do on a machine that is busy with something else. A
// test that fails only here depends on how fast a thread is.

#include <cerrno>
#include <chrono>
#include <cstring>
#include <ctime>
#include <dlfcn.h>
#include <poll.h>
#include <pthread.h>
#include <random>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

using std::chrono::nanoseconds;
using namespace std::chrono_literals;

bool is_test_program() {
    static const bool is = std::strncmp(program_invocation_short_name, "hawser_", 7) == 0;
    return is;
}

/// The pauses of one thread. Half of the threads are slow.
class Stalls {
public:
    void at_call() {
        if (slow_ && one_in(10)) {
            pause(20ms, 80ms);
        } else if (one_in(slow_ ? 4 : 50)) {
            pause(0ms, 2ms);
        } else if (one_in(3)) {
            ::sched_yield();
        }
    }

    void after_unlock() {
        if (slow_ && one_in(200)) {
            pause(20ms, 80ms);
        } else if (one_in(slow_ ? 20 : 100)) {
            pause(0ms, 1ms);
        }
    }

private:
    bool one_in(unsigned n) { return random_() % n == 0; }

    void pause(nanoseconds least, nanoseconds most) {
        const auto length = least + nanoseconds{random_()} % (most - least);
        if (left_ < length) {
            return;
        }
        left_ -= length;
        const timespec time{0, length.count()};
        ::nanosleep(&time, nullptr);
    }

    std::minstd_rand random_{
        static_cast<unsigned>(std::chrono::steady_clock::now().time_since_epoch().count()) ^
        static_cast<unsigned>(reinterpret_cast<std::size_t>(this) >> 6)};
    bool slow_ = (random_.discard(5), one_in(2));
    nanoseconds left_ = 3s;  // a thread that calls a million times must come to an end
};

template <void (Stalls::*moment)()>
void stall() {
    thread_local Stalls stalls;
    if (is_test_program()) {
        const int error = errno;
        (stalls.*moment)();
        errno = error;
    }
}

/// Calls the function that `own`, of the same name, hides.
template <auto* own, class... Arguments>
auto call_stalled(const char* name, Arguments... arguments) {
    static const auto real = reinterpret_cast<decltype(own)>(::dlsym(RTLD_NEXT, name));
    stall<&Stalls::at_call>();
    const auto result = real(arguments...);
    stall<&Stalls::at_call>();
    return result;
}

}  // namespace

extern "C" {

ssize_t send(int fd, const void* data, size_t size, int flags) {
    return call_stalled<&send>("send", fd, data, size, flags);
}

ssize_t recv(int fd, void* data, size_t size, int flags) {
    return call_stalled<&recv>("recv", fd, data, size, flags);
}

ssize_t sendmsg(int fd, const msghdr* message, int flags) {
    return call_stalled<&sendmsg>("sendmsg", fd, message, flags);
}

ssize_t recvmsg(int fd, msghdr* message, int flags) {
    return call_stalled<&recvmsg>("recvmsg", fd, message, flags);
}

int accept(int fd, sockaddr* address, socklen_t* size) {
    return call_stalled<&accept>("accept", fd, address, size);
}

int connect(int fd, const sockaddr* address, socklen_t size) {
    return call_stalled<&connect>("connect", fd, address, size);
}

int poll(pollfd* fds, nfds_t count, int timeout) {
    return call_stalled<&poll>("poll", fds, count, timeout);
}

int epoll_wait(int fd, epoll_event* events, int count, int timeout) {
    return call_stalled<&epoll_wait>("epoll_wait", fd, events, count, timeout);
}

int close(int fd) {
    return call_stalled<&close>("close", fd);
}

int pthread_mutex_unlock(pthread_mutex_t* mutex) noexcept {
    static const auto real = reinterpret_cast<decltype(&pthread_mutex_unlock)>(
        ::dlsym(RTLD_NEXT, "pthread_mutex_unlock"));
    const int result = real(mutex);
    stall<&Stalls::after_unlock>();
    return result;
}

}  // extern "C"
