// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// libcurl's multi interface used the fast way: curl_multi_socket_action with our own epoll.
#include "curl_common.hpp"

#include <memory>
#include <sys/epoll.h>
#include <unistd.h>

namespace {

class Loop {
public:
    Loop(const bench::Args& args, bench::Run& run) : args_(args), run_(run), urls_(args.urls()) {
        curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &on_socket);
        curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
        curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &on_timer);
        curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
        curl_multi_setopt(
            multi_, CURLMOPT_MAXCONNECTS, static_cast<long>(args.hosts + args.inflight + 8));
        curl_multi_setopt(multi_, CURLMOPT_PIPELINING, CURLPIPE_NOTHING);
    }
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;
    ~Loop() {
        transfers_.clear();
        curl_multi_cleanup(multi_);
        ::close(poll_);
    }

    void run() {
        for (std::size_t i = 0; i < args_.inflight; ++i) {
            transfers_.push_back(std::make_unique<bench::CurlTransfer>(args_));
            start(*transfers_.back());
        }
        epoll_event ready[128];
        while (run_.responses() < args_.requests) {
            const int n = ::epoll_wait(poll_, ready, 128, static_cast<int>(timeout_));
            int running = 0;
            for (int i = 0; i < n; ++i) {
                const int what = (ready[i].events & EPOLLIN ? CURL_CSELECT_IN : 0) |
                                 (ready[i].events & EPOLLOUT ? CURL_CSELECT_OUT : 0) |
                                 (ready[i].events & (EPOLLERR | EPOLLHUP) ? CURL_CSELECT_ERR : 0);
                curl_multi_socket_action(multi_, ready[i].data.fd, what, &running);
            }
            if (n == 0) {
                timeout_ = -1;
                curl_multi_socket_action(multi_, CURL_SOCKET_TIMEOUT, 0, &running);
            }
            collect();
        }
        run_.heap();
    }

private:
    void start(bench::CurlTransfer& transfer) {
        if (started_ == args_.requests) {
            return;
        }
        transfer.prepare(urls_[started_++ % urls_.size()]);
        curl_multi_add_handle(multi_, transfer.easy());
    }

    void collect() {
        int left = 0;
        while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
            bench::CurlTransfer* transfer = nullptr;
            curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
            const CURLcode code = message->data.result;
            curl_multi_remove_handle(multi_, message->easy_handle);
            transfer->finish(code, run_);
            start(*transfer);
        }
    }

    static int on_socket(CURL*, curl_socket_t fd, int what, void* self, void* known) {
        Loop& loop = *static_cast<Loop*>(self);
        epoll_event event{};
        event.data.fd = fd;
        if (what == CURL_POLL_REMOVE) {
            ::epoll_ctl(loop.poll_, EPOLL_CTL_DEL, fd, &event);
            return 0;
        }
        event.events =
            (what & CURL_POLL_IN ? EPOLLIN : 0u) | (what & CURL_POLL_OUT ? EPOLLOUT : 0u);
        ::epoll_ctl(loop.poll_, known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &event);
        curl_multi_assign(loop.multi_, fd, self);
        return 0;
    }

    static int on_timer(CURLM*, long timeout_ms, void* self) {
        static_cast<Loop*>(self)->timeout_ = timeout_ms;
        return 0;
    }

    const bench::Args& args_;
    bench::Run& run_;
    std::vector<std::string> urls_;
    CURLM* multi_ = curl_multi_init();
    int poll_ = ::epoll_create1(0);
    long timeout_ = -1;
    std::size_t started_ = 0;
    std::vector<std::unique_ptr<bench::CurlTransfer>> transfers_;
};

}  // namespace

int main(int argc, char** argv) {
    const bench::Args args = bench::parse(argc, argv);
    if (args.threads > 0) {
        bench::unsupported();
    }
    bench::Run run;
    curl_global_init(CURL_GLOBAL_ALL);
    Loop{args, run}.run();
    curl_global_cleanup();
    return run.report();
}
