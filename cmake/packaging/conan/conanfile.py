# SPDX-FileCopyrightText: 2026 The hawser authors
# SPDX-License-Identifier: BSL-1.0
"""conan create cmake/packaging/conan"""

import os
import re

from conan import ConanFile
from conan.tools.build import check_min_cppstd
from conan.tools.files import copy, load


class HawserConan(ConanFile):
    name = "hawser"
    license = "BSL-1.0"
    description = "Header-only HTTP/1.1 client for C++20 on Asio"
    topics = ("http", "client", "asio", "coroutines", "header-only")
    package_type = "header-library"
    settings = "os", "arch", "compiler", "build_type"
    options = {"with_zlib": [True, False], "with_brotli": [True, False],
               "with_zstd": [True, False]}
    default_options = {"with_zlib": True, "with_brotli": False, "with_zstd": False}
    no_copy_source = True

    def _root(self):
        return os.path.join(self.recipe_folder, "..", "..", "..")

    def set_version(self):
        config = load(self, os.path.join(self._root(), "include", "hawser", "config.hpp"))
        self.version = ".".join(re.findall(r"#define HAWSER_VERSION_[A-Z]+ (\d+)\n", config))

    def export_sources(self):
        for pattern in "CMakeLists.txt", "LICENSE", "cmake/*", "include/*":
            copy(self, pattern, self._root(), self.export_sources_folder)

    def requirements(self):
        self.requires("asio/[>=1.28 <2]", transitive_headers=True)
        self.requires("llhttp/[>=9.1 <10]", transitive_headers=True, transitive_libs=True)
        self.requires("openssl/[>=3 <4]", transitive_headers=True, transitive_libs=True)
        for option, package in (("zlib", "zlib/[>=1.2.11 <2]"), ("brotli", "brotli/[>=1.0 <2]"),
                                ("zstd", "zstd/[>=1.5 <2]")):
            if self.options.get_safe(f"with_{option}"):
                self.requires(package, transitive_headers=True, transitive_libs=True)

    def validate(self):
        check_min_cppstd(self, 20)

    def package_id(self):
        self.info.settings.clear()

    def package(self):
        copy(self, "LICENSE", self.source_folder, os.path.join(self.package_folder, "licenses"))
        copy(self, "*.[hi]pp", os.path.join(self.source_folder, "include"),
             os.path.join(self.package_folder, "include"))

    def package_info(self):
        self.cpp_info.bindirs = []
        self.cpp_info.libdirs = []
        self.cpp_info.defines = ["ASIO_STANDALONE"]
        for option in "zlib", "brotli", "zstd":
            if self.options.get_safe(f"with_{option}"):
                self.cpp_info.defines.append(f"HAWSER_HAS_{option.upper()}=1")
        if self.settings.os in ("Linux", "FreeBSD"):
            self.cpp_info.system_libs = ["pthread"]
        self.cpp_info.set_property("cmake_file_name", "hawser")
        self.cpp_info.set_property("cmake_target_name", "hawser::hawser")
        self.cpp_info.set_property("pkg_config_name", "hawser")
