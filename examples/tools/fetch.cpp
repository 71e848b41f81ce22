// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// fetch: a small curl. Its options are those of curl, and so are its exit codes.
//
//     fetch https://example.com/
//     fetch -L -C - -o big.iso https://example.com/big.iso
//     fetch -F photo=@me.jpg -u me:secret --trace https://example.com/upload
#include "fetch/exit_code.hpp"
#include "fetch/printed_trace.hpp"
#include "fetch/request.hpp"
#include "fetch/settings.hpp"
#include "support/command_line.hpp"
#include "support/exchange.hpp"
#include "support/har.hpp"
#include "support/progress_bar.hpp"
#include "support/text.hpp"
#include <hawser/hawser.hpp>

#include <array>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>
#include <unistd.h>

namespace {

/// Where the body goes: a file, or stdout.
class Output {
public:
    explicit Output(const std::string& path) {
        if (!path.empty() && path != "-") {
            file_.open(path, std::ios::binary);
            check(path);
            to_ = &file_;
        }
    }
    void write(std::string_view bytes) {
        to_->write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        check("the output");
    }
    void flush() {
        to_->flush();
        check("the output");
    }

private:
    void check(const std::string& what) {
        if (!*to_ || !file_) {
            throw std::system_error(make_error_code(hawser::error::file_error),
                                    "cannot write " + what);
        }
    }

    std::ofstream file_;
    std::ostream* to_ = &std::cout;
};

std::string head_of(const hawser::Response& response) {
    std::string head = response.version == hawser::Version::http_1_0 ? "HTTP/1.0 " : "HTTP/1.1 ";
    head.append(std::to_string(response.status)).append(" ").append(response.reason);
    for (const auto& [name, value] : response.headers) {
        head.append("\r\n").append(name).append(": ").append(value);
    }
    return head.append("\r\n\r\n");
}

/// -C: hawser keeps what has arrived beside the file, and asks only for the rest.
void download(hawser::Client& client, const Settings& settings, tools::ProgressBar& bar) {
    hawser::DownloadOptions options;
    options.resume = true;
    options.on_progress = [&bar](const hawser::Progress& now) { bar.show(now); };
    client.download(request_of(settings), settings.output, options);
}

void print(hawser::Client& client, const Settings& settings, tools::ProgressBar& bar) {
    hawser::Request request = request_of(settings);
    request.options.on_progress = [&bar](const hawser::Progress& now) { bar.show(now); };
    hawser::Response response = client.send(std::move(request));
    if (settings.fail_on_status && response.status >= 400) {
        response.throw_unless_ok();
    }
    Output output(settings.output);
    if (settings.head_only || settings.show_head) {
        output.write(head_of(response));
    }
    std::array<char, 64 * 1024> buffer{};
    std::error_code ec;
    while (const std::size_t n = response.body.read_some(asio::buffer(buffer), ec)) {
        output.write({buffer.data(), n});
    }
    output.flush();
    if (ec != asio::error::eof) {
        throw hawser::RequestError(response.body.failure());
    }
}

hawser::ClientOptions options_of(const Settings& settings,
                                 const std::shared_ptr<hawser::CookieJar>& jar,
                                 const std::shared_ptr<tools::Exchanges>& exchanges) {
    hawser::ClientOptions options;
    options.timeout = settings.timeout;
    options.max_redirects = settings.max_redirects;
    options.cookies = jar;
    options.transport = settings.transport;
    options.transport.thread_safe = false;  // this program has one thread
    options.transport.user_agent = "hawser-fetch";
    if (settings.trace) {
        options.middleware = {tools::record_exchanges(
            exchanges, [](auto exchange) { return std::make_shared<PrintedTrace>(exchange); })};
    } else if (!settings.har.empty()) {
        options.middleware = {tools::record_exchanges(exchanges)};
    }
    return options;
}

void fetch(const Settings& settings) {
    const auto jar = jar_of(settings);
    const auto exchanges = std::make_shared<tools::Exchanges>();
    const bool to_terminal = settings.output.empty() && ::isatty(STDOUT_FILENO) == 1;
    std::exception_ptr failure;
    try {
        tools::ProgressBar bar(!settings.silent && !settings.trace && !to_terminal);
        hawser::Client client{options_of(settings, jar, exchanges)};
        settings.resume ? download(client, settings, bar) : print(client, settings, bar);
    } catch (const std::system_error&) {
        failure = std::current_exception();  // the files are written all the same
    }
    if (!settings.cookie_jar.empty()) {
        jar->save(settings.cookie_jar);
    }
    if (!settings.har.empty()) {
        tools::write_file(settings.har, tools::har(*exchanges));
    }
    if (failure) {
        std::rethrow_exception(failure);
    }
}

}  // namespace

int main(int argc, char** argv) {
    Settings settings;
    return tools::run_tool(command_line(settings), argc, argv, [&](const auto& arguments) {
        take_arguments(settings, arguments);
        try {
            fetch(settings);
            return 0;
        } catch (const std::system_error& e) {
            if (!settings.silent) {
                std::cerr << "fetch: " << e.what() << '\n';
            }
            return exit_code(e.code());
        }
    });
}
