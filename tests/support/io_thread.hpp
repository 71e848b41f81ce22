// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// An io_context that one background thread runs, for tests of the asynchronous interface:
//
//     IoThread io;
//     hawser::Client client{io.executor()};
//     …
//     io.finish();       // throws TimedOut if something keeps run() from returning

#include "gate.hpp"

#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>

#include <exception>
#include <thread>
#include <utility>

namespace hawser::test {

class IoThread {
public:
    IoThread() : work_{context_.get_executor()}, thread_{[this] { run(); }} {}
    IoThread(const IoThread&) = delete;
    IoThread& operator=(const IoThread&) = delete;

    /// Stops the context, even if it still has work, and joins the thread.
    ~IoThread() {
        context_.stop();
        thread_.join();
    }

    asio::io_context& context() { return context_; }
    asio::io_context::executor_type executor() { return context_.get_executor(); }
    std::thread::id thread_id() const { return thread_.get_id(); }

    /// Lets run() return by itself, and waits for that. Throws what a handler threw, or TimedOut.
    void finish() {
        work_.reset();
        done_.wait();
        if (failure_) {
            std::rethrow_exception(std::exchange(failure_, nullptr));
        }
    }

private:
    void run() {
        try {
            context_.run();
        } catch (...) {
            failure_ = std::current_exception();
        }
        done_.open();
    }

    asio::io_context context_;
    asio::executor_work_guard<asio::io_context::executor_type> work_;
    std::exception_ptr failure_;  // written before done_ opens, read after that
    Gate done_;
    std::thread thread_;
};

}  // namespace hawser::test
