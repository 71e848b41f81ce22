// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// One libcurl easy handle, reused for each request; for both libcurl clients.

#include "bench_client.hpp"

#include <curl/curl.h>

namespace bench {

class CurlTransfer {
public:
    explicit CurlTransfer(const Args& args) : args_(args), easy_(curl_easy_init()) {
        set(CURLOPT_WRITEFUNCTION, &write);
        set(CURLOPT_WRITEDATA, this);
        set(CURLOPT_PRIVATE, this);
        set(CURLOPT_USERAGENT, "bench");
        set(CURLOPT_NOSIGNAL, 1l);
        set(CURLOPT_BUFFERSIZE, 65536l);
        set(CURLOPT_MAXCONNECTS, static_cast<long>(args.hosts + 8));
        set(CURLOPT_FORBID_REUSE, args.fresh ? 1l : 0l);
        if (args.tls()) {
            set(CURLOPT_CAINFO, args.ca.c_str());
        }
        if (args.mode == bench::Mode::upload) {
            prepare_upload();
        }
    }
    CurlTransfer(const CurlTransfer&) = delete;
    CurlTransfer& operator=(const CurlTransfer&) = delete;
    ~CurlTransfer() {
        curl_slist_free_all(fields_);
        curl_easy_cleanup(easy_);
    }

    CURL* easy() const { return easy_; }

    void prepare(const std::string& url) {
        set(CURLOPT_URL, url.c_str());
        sum_ = {};
        source_ = PatternSource{args_.bytes};
    }

    void finish(CURLcode code, Run& run) {
        if (code != CURLE_OK) {
            fail(curl_easy_strerror(code));
        }
        long status = 0;
        curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
        run.done(static_cast<int>(status), sum_);
    }

private:
    template <class Value>
    void set(CURLoption option, Value value) {
        curl_easy_setopt(easy_, option, value);
    }

    void prepare_upload() {
        set(CURLOPT_POST, 1l);
        set(CURLOPT_READFUNCTION, &read);
        set(CURLOPT_READDATA, this);
        set(CURLOPT_UPLOAD_BUFFERSIZE, 65536l);
        fields_ = curl_slist_append(nullptr, "Expect:");  // no pause before the body
        if (args_.chunked) {
            fields_ = curl_slist_append(fields_, "Transfer-Encoding: chunked");
        } else {
            set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(args_.bytes));
        }
        set(CURLOPT_HTTPHEADER, fields_);
    }

    static std::size_t write(char* data, std::size_t, std::size_t size, void* self) {
        static_cast<CurlTransfer*>(self)->sum_.add(data, size);
        return size;
    }
    static std::size_t read(char* out, std::size_t, std::size_t size, void* self) {
        return static_cast<CurlTransfer*>(self)->source_(out, size);
    }

    const Args& args_;
    CURL* easy_;
    curl_slist* fields_ = nullptr;
    BodySum sum_;
    PatternSource source_{0};
};

}  // namespace bench
