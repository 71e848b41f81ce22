// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/url.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <stdexcept>
#include <string>

/// The folder that the files go into, and the list of those that are there, which an interrupted
/// run leaves for the next one: `.mirror`, a line "h PATH URL" for each page, "f PATH URL" for each
/// other file.
class Archive {
public:
    struct File {
        std::string path;  ///< below the folder
        bool html = false;
    };

    explicit Archive(std::filesystem::path folder) : folder_(std::move(folder)) {
        std::filesystem::create_directories(folder_);
        std::ifstream list(folder_ / ".mirror");
        for (std::string kind, path, url; list >> kind >> path >> url;) {
            files_[url] = {path, kind == "h"};
            taken_.insert(path);
        }
        list_.open(folder_ / ".mirror", std::ios::app);
        if (!list_) {
            throw std::runtime_error("cannot write to " + folder_.string());
        }
    }

    /// The file of a URL; null if it is not here yet.
    const File* find(const hawser::Url& url) const {
        const auto found = files_.find(key(url));
        return found == files_.end() ? nullptr : &found->second;
    }

    /// A path of its own for the file of this URL, whose folder exists. No URL leads out of the
    /// folder: each part of its path becomes a name that does not begin with a dot.
    std::string new_path(const hawser::Url& url) {
        std::string path = name(url.host());
        std::string_view rest = url.path();
        while (!rest.empty()) {
            rest.remove_prefix(1);  // the slash
            const std::string_view part = rest.substr(0, rest.find('/'));
            rest.remove_prefix(part.size());
            path += '/' + (part.empty() ? "index.html" : name(part));
        }
        if (!url.query().empty()) {
            path += '@' + name(url.query());
        }
        // "/a" and "/a/b" cannot be a file and a folder of the same name.
        std::string free;
        for (std::size_t at = 0; at != std::string::npos;) {
            const std::size_t slash = path.find('/', at + 1);
            free += path.substr(at, slash - at);
            const bool last = slash == std::string::npos;
            while (last ? std::filesystem::exists(folder_ / free) || taken_.contains(free)
                        : std::filesystem::is_regular_file(folder_ / free)) {
                free += '+';
            }
            at = slash;
        }
        std::filesystem::create_directories((folder_ / free).parent_path());
        return free;
    }

    void add(const hawser::Url& url, File file) {
        list_ << (file.html ? "h " : "f ") << file.path << ' ' << key(url) << std::endl;
        taken_.insert(file.path);
        files_[key(url)] = std::move(file);
    }

    std::string full_path(const std::string& path) const { return (folder_ / path).string(); }

    std::string read(const File& file) const {
        std::ifstream in(folder_ / file.path, std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }

    /// Names a page: what differs only behind '#' is one.
    static std::string key(const hawser::Url& url) { return url.origin().append(url.target()); }

private:
    static std::string name(std::string_view part) {
        std::string name;
        for (const char c : part.substr(0, 150)) {
            const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                               (c >= 'A' && c <= 'Z') ||
                               std::string_view("-_.~%+=,").find(c) != std::string_view::npos;
            name += plain && !(c == '.' && name.empty()) ? c : '_';
        }
        return name;
    }

    std::filesystem::path folder_;
    std::map<std::string, File> files_;
    std::set<std::string> taken_;
    std::ofstream list_;
};
