# SPDX-FileCopyrightText: 2026 The hawser authors
# SPDX-License-Identifier: BSL-1.0
"""The proxies: how each is configured and started. Where they want credentials, these are
hawser:secret."""
import hashlib
import os
import shlex
import subprocess

from servers import Program

USER, PASSWORD = "hawser", "secret"


class ProxyProgram(Program):
    scheme = "http"
    credentials = True
    passes_not = {}  # exchange → reason
    arguments = ()   # more for the client
    denied = "denied.test:80"

    def url(self):
        credentials = f"{USER}:{PASSWORD}@" if self.credentials else ""
        return f"{self.scheme}://{credentials}localhost:{self.port}"

    def lacks(self):
        if self.credentials:
            return self.passes_not
        reason = "wants none"
        return {**self.passes_not, "no credentials": reason, "wrong credentials": reason}


class Squid(ProxyProgram):
    name = "squid"
    program = "squid"
    packages = ("squid",)
    passes_not = {"1xx": "drops it", "trailers": "drops them",
                  "early 413": "may answer 502, since its own upload broke"}
    credentials = False
    authentication = ""

    def command(self):
        # Debian's own hosts file has ::1 as well, where our servers do not listen: squid takes only
        # that.
        hosts = self.write("hosts", "127.0.0.1 localhost\n")
        config = self.write("squid.conf", f"""
http_port 127.0.0.1:{self.port}
hosts_file {hosts}
{self.authentication}
acl denied dstdomain denied.test
http_access deny denied
{"http_access allow known" if self.authentication else "http_access allow all"}
http_access deny all
cache deny all
pid_filename {self.own}/pid
access_log none
cache_log {self.own}/cache.log
coredump_dir {self.own}
http_upgrade_request_protocols websocket allow all
shutdown_lifetime 1 seconds
client_idle_pconn_timeout 2 seconds
connect_timeout 5 seconds
""")
        return ["squid", "-N", "-d", "1", "-f", config]  # says to the log why it ends


class SquidBasic(Squid):
    name = "squid, Basic"
    credentials = True

    def command(self):
        crypted = subprocess.run(["openssl", "passwd", "-apr1", PASSWORD], check=True,
                                 capture_output=True, text=True).stdout
        file = self.write("passwords", f"{USER}:{crypted}")
        self.authentication = f"""auth_param basic program /usr/lib/squid/basic_ncsa_auth {file}
auth_param basic realm test
acl known proxy_auth REQUIRED"""
        return super().command()


class SquidDigest(Squid):
    name = "squid, Digest"
    credentials = True

    def command(self):
        digest = hashlib.md5(f"{USER}:test:{PASSWORD}".encode()).hexdigest()
        file = self.write("passwords", f"{USER}:test:{digest}\n")
        self.authentication = f"""auth_param digest program /usr/lib/squid/digest_file_auth -c {file}
auth_param digest realm test
acl known proxy_auth REQUIRED"""
        return super().command()


class Tinyproxy(ProxyProgram):
    name = "tinyproxy"
    program = "tinyproxy"
    packages = ("tinyproxy",)
    arguments = ("keeps=no",)
    credentials = False

    def command(self):
        self.write("filter", "^denied\\.test$\n")
        config = self.write("tinyproxy.conf", f"""
Port {self.port}
Listen 127.0.0.1
Timeout 60
MaxClients 100
LogLevel Warning
Filter "{self.own}/filter"
{f"BasicAuth {USER} {PASSWORD}" if self.credentials else ""}
""")
        return ["tinyproxy", "-d", "-c", config]


class TinyproxyBasic(Tinyproxy):
    name = "tinyproxy, Basic"
    credentials = True


class Dante(ProxyProgram):
    name = "dante"
    program = "danted"
    packages = ("dante-server",)
    scheme = "socks5"
    credentials = False
    arguments = ("keeps=no",)  # each origin has its own connection
    denied = "localhost:7"
    method = "none"
    users = ""

    def command(self):
        config = self.write("danted.conf", f"""
logoutput: stderr
internal: 127.0.0.1 port = {self.port}
external: lo
socksmethod: {self.method}
clientmethod: none
{self.users}
client pass {{ from: 0.0.0.0/0 to: 0.0.0.0/0 }}
socks block {{ from: 0.0.0.0/0 to: 0.0.0.0/0 port = 7 }}
socks pass {{ from: 0.0.0.0/0 to: 0.0.0.0/0 }}
""")
        return ["danted", "-f", config, "-p", f"{self.own}/pid"]


class DanteNames(Dante):
    name = "dante, names"
    scheme = "socks5h"


class DanteUsers(Dante):
    """Its users are those of the system: it runs in a mount namespace in which there is ours."""

    name = "dante, user"
    credentials = True
    as_root = True
    method = "username"
    users = "user.privileged: root\nuser.unprivileged: nobody"

    @classmethod
    def possible(cls):
        return os.geteuid() == 0 and subprocess.run(
            ["unshare", "-m", "mount", "--bind", "/etc/hostname", "/etc/hostname"], check=False,
            capture_output=True).returncode == 0

    def command(self):
        crypted = subprocess.run(["openssl", "passwd", "-6", PASSWORD], check=True,
                                 capture_output=True, text=True).stdout.strip()
        for name, line in (("passwd", f"{USER}:x:12345:65534::/:/bin/false\n"),
                           ("shadow", f"{USER}:{crypted}:19000:0:99999:7:::\n")):
            with open(f"/etc/{name}") as file:
                self.write(name, file.read() + line)
        mounts = " && ".join(f"mount --bind {self.own}/{name} /etc/{name}"
                             for name in ("passwd", "shadow"))
        return ["unshare", "-m", "sh", "-c", f"{mounts} && exec {shlex.join(super().command())}"]


ALL = (Squid, SquidBasic, SquidDigest, Tinyproxy, TinyproxyBasic, Dante, DanteNames, DanteUsers)
EXCHANGES = ("http", "https", "many at once", "no credentials", "wrong credentials",
             "denied target", "closed target", "after a refusal")
