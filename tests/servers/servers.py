# SPDX-FileCopyrightText: 2026 The hawser authors
# SPDX-License-Identifier: BSL-1.0
"""The servers of the table: how each is configured and started, and what it does not offer.

All of them serve FOLDER/www, on the loopback interface, without privileges: http, https, and https
that requires a certificate.

    /small.txt /big.bin         files, with validators and ranges
    /up/NAME                    PUT stores it, GET returns it
    /limited/NAME               PUT of more than 1 MB: 413
    /chunked /trailers          300,000 bytes, chunked; with the trailer X-Check: 42
    /coded/CODING/text.txt      with this Content-Encoding ("none": without)
    /204 /fields /early         that status; 100 fields; 103 before the response
    /upgrade                    to "websocket", but then it echoes bytes
    /basic /digest              small.txt, for those who know the password
    /private /login             small.txt, with a session; a form that begins one

A connection may be idle for 1 s and, where the server has such a limit, serve 100 requests.
"""
import base64
import hashlib
import os
import pwd
import random
import shutil
import signal
import socket
import subprocess
import time

from guardian import guardian

HERE = os.path.dirname(os.path.abspath(__file__))
FIELDS = range(100)
PATH = os.environ["PATH"] + ":/usr/sbin:/sbin"
LOGINS = ("Basic", "Digest", "session")
USER, PASSWORD, REALM = "me", "pä ss&", "rope store"


given = set()


def free_port():
    """Never the same twice, and none that the system gives to clients, also while a server
    restarts."""
    while True:
        port = random.randrange(20_000, 32_000)
        try:
            with socket.socket() as s:
                s.bind(("127.0.0.1", port))
        except OSError:
            continue
        if port not in given:
            given.add(port)
            return port


def wait_for_port(port, process, log):
    give_up = time.monotonic() + 60
    while time.monotonic() < give_up:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            if process.poll() is not None:
                raise RuntimeError(f"ended at its start:\n{tail(log)}") from None
            time.sleep(0.02)
    raise RuntimeError(f"does not answer:\n{tail(log)}")


def tail(log):
    with open(log, errors="replace") as file:
        return file.read()[-2000:]


class Program:
    """A child process in a folder of its own, run by nobody if we are root."""

    name = program = ""
    packages = ()
    as_root = False  # it gives up its privileges itself

    def __init__(self, folder):
        self.folder = folder
        self.own = os.path.join(folder, self.name.replace(" ", "_"))
        os.makedirs(self.own, exist_ok=True)
        self.hand_over(self.own)
        self.log = os.path.join(self.own, "log")
        self.port = free_port()
        self.process = None

    @classmethod
    def installed(cls):
        return shutil.which(cls.program, path=PATH) is not None

    @classmethod
    def possible(cls):
        return True

    @staticmethod
    def hand_over(path):
        if os.geteuid() == 0:
            user = pwd.getpwnam("nobody")
            os.chown(path, user.pw_uid, user.pw_gid)

    def write(self, name, text):
        path = os.path.join(self.own, name)
        with open(path, "w") as file:
            file.write(text)
        self.hand_over(path)
        return path

    def spawn(self, arguments, port=None):
        nobody = {}
        if os.geteuid() == 0 and not self.as_root:
            user = pwd.getpwnam("nobody")
            nobody = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        environment = {**os.environ, "PATH": PATH, "HOME": self.own, "FOLDER": self.folder,
                       "TMPDIR": self.own}
        with open(self.log, "a") as log:
            process = subprocess.Popen(arguments, cwd=self.own, env=environment, stdout=log,
                                       stderr=log, stdin=subprocess.DEVNULL,
                                       start_new_session=True, **nobody)
        guardian.add("session", process.pid)
        try:
            wait_for_port(port or self.port, process, self.log)
        except BaseException:
            self.end(process)
            raise
        return process

    @staticmethod
    def end(process):
        """Kills the whole session that spawn() began."""
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.wait()
        guardian.forget(process.pid)

    def command(self):
        raise NotImplementedError

    def start(self):
        """A second time if it ends at once: that is no fault of the client that is tested."""
        try:
            self.process = self.spawn(self.command())
        except RuntimeError as first:
            print(f"  {self.name}: {first}", flush=True)
            time.sleep(1)
            self.process = self.spawn(self.command())

    def stop(self):
        if self.process:
            self.end(self.process)
            self.process = None

    def restart(self):
        self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            pass
        self.stop()
        self.start()


class Server(Program):
    offers_not = {}  # exchange → reason
    logins = ()      # of LOGINS
    keeps = True     # connections, after a response
    reload_signal = None
    arguments = ()   # more for the client

    def __init__(self, folder):
        super().__init__(folder)
        self.https, self.mtls = free_port(), free_port()

    def client_arguments(self):
        result = [f"http=http://localhost:{self.port}", f"https=https://localhost:{self.https}",
                  f"mtls=https://localhost:{self.mtls}", *self.arguments]
        return result + ([] if self.keeps else ["keeps=no"])

    def write_users(self):
        """One user, in a form that Apache and nginx read."""
        digest = base64.b64encode(hashlib.sha1(PASSWORD.encode()).digest()).decode()
        return self.write("users", f"{USER}:{{SHA}}{digest}\n")

    def reload(self):
        self.process.send_signal(self.reload_signal)
        time.sleep(0.3)  # nothing tells when it is done


class Backend(Server):
    """One of our own, on the server that a language comes with."""

    offers_not = {"reload": "has none"}

    def ports(self):
        return [self.folder, str(self.port), str(self.https), str(self.mtls)]


class Python(Backend):
    name = "Python http.server"
    program = "python3"
    packages = ("python3",)

    def command(self):
        return ["python3", HERE + "/backend.py", *self.ports()]


class Node(Backend):
    name = "Node"
    program = "node"
    packages = ("nodejs",)

    def command(self):
        return ["node", HERE + "/backend.js", *self.ports()]


class Go(Backend):
    name = "Go net/http"
    program = "go"
    packages = ("golang-go",)
    def command(self):
        binary = os.path.join(self.folder, "backend_go")
        if not os.path.exists(binary):
            environment = {**os.environ, "GOCACHE": self.folder + "/go_cache", "GO111MODULE": "off"}
            subprocess.run(["go", "build", "-o", binary, HERE + "/backend.go"], check=True,
                           env=environment)
        return [binary, *self.ports()]


class Proxying(Server):
    """Passes to Python what it cannot do itself."""

    def start(self):
        if not hasattr(self, "backend"):
            self.backend = Python(self.folder)
            self.backend.start()
        super().start()

    def stop(self, everything=True):
        super().stop()
        if everything and hasattr(self, "backend"):
            self.backend.stop()

    def restart(self):
        self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            pass
        self.stop(everything=False)
        self.start()


class Nginx(Proxying):
    name = "nginx"
    program = "nginx"
    packages = ("nginx-light",)
    reload_signal = signal.SIGHUP
    offers_not = {"1xx": "drops those of a backend"}
    logins = ("Basic",)

    def command(self):
        users = self.write_users()
        to_backend = f"proxy_pass http://127.0.0.1:{self.backend.port}; proxy_http_version 1.1;"
        fields = "".join(f'add_header X-Field-{i} "value {i}"; ' for i in FIELDS)
        static = "".join(f"location /coded/{coding}/ {{ add_header Content-Encoding {coding}; }}\n"
                         for coding in ("deflate", "br", "zstd"))
        config = self.write("nginx.conf", f"""
            daemon off; worker_processes 2; pid {self.own}/pid; error_log stderr notice;
            events {{ worker_connections 512; }}
            http {{
                access_log off; default_type text/plain;
                client_body_temp_path {self.own}/body; proxy_temp_path {self.own}/proxy;
                fastcgi_temp_path {self.own}/fastcgi; uwsgi_temp_path {self.own}/uwsgi;
                scgi_temp_path {self.own}/scgi;
                keepalive_timeout 1s; keepalive_requests 100; client_max_body_size 1g;
                ssl_certificate {self.folder}/server.pem;
                ssl_certificate_key {self.folder}/server.key;
                ssl_protocols TLSv1.2 TLSv1.3; ssl_session_cache shared:s:1m;
                root {self.folder}/www;
                server {{ listen 127.0.0.1:{self.port}; include {self.own}/places; }}
                server {{ listen 127.0.0.1:{self.https} ssl; include {self.own}/places; }}
                server {{
                    listen 127.0.0.1:{self.mtls} ssl; include {self.own}/places;
                    ssl_client_certificate {self.folder}/ca.pem; ssl_verify_client on;
                }}
            }}""")
        self.write("places", f"""
            location /up/ {{ dav_methods PUT; }}
            location /limited/ {{ dav_methods PUT; client_max_body_size 1m; }}
            location /204 {{ return 204; }}
            location /fields {{ {fields} return 200 ""; }}
            location /chunked {{ {to_backend} }}
            location /basic {{
                alias {self.folder}/www/small.txt; auth_basic store; auth_basic_user_file {users};
            }}
            location /trailers {{ {to_backend} add_trailer X-Check 42; }}
            location /upgrade {{
                {to_backend} proxy_set_header Upgrade $http_upgrade;
                proxy_set_header Connection upgrade;
            }}
            location /coded/gzip/ {{
                alias {self.folder}/www/coded/none/; gzip on; gzip_proxied any; gzip_types text/plain;
            }}
            {static}""")
        return ["nginx", "-c", config, "-p", self.own, "-e", "stderr"]


class Apache(Proxying):
    name = "Apache"
    program = "apache2"
    packages = ("apache2-bin",)
    reload_signal = signal.SIGUSR1
    offers_not = {"1xx": "drops those of a backend", "trailers": "drops those of a backend"}
    logins = LOGINS

    def write_logins(self):
        users = self.write_users()
        digest = hashlib.md5(f"{USER}:{REALM}:{PASSWORD}".encode()).hexdigest()
        digests = self.write("digests", f"{USER}:{REALM}:{digest}\n")
        form = f"""AuthType Form
            AuthName "{REALM}"
            AuthFormProvider file
            AuthUserFile {users}
            AuthFormLoginRequiredLocation http://localhost:{self.port}/text.txt
            Session On
            SessionCookieName session path=/"""
        return f"""
            <Location /basic>
                AuthType Basic
                AuthName "{REALM}"
                AuthUserFile {users}
                Require valid-user
            </Location>
            <Location /digest>
                AuthType Digest
                AuthName "{REALM}"
                AuthUserFile {digests}
                Require valid-user
            </Location>
            <Location /private>
                {form}
                Require valid-user
            </Location>
            <Location /login>
                {form}
                SetHandler form-login-handler
                AuthFormLoginSuccessLocation http://localhost:{self.port}/private
            </Location>
            AliasMatch ^/(basic|digest|private) {self.folder}/www/small.txt"""

    def command(self):
        modules = ("mpm_event authz_core mime headers env setenvif dir filter deflate brotli dav dav_fs "
                   "proxy proxy_http ssl socache_shmcb rewrite alias reqtimeout authn_core "
                   "authn_file authz_user auth_basic auth_digest auth_form request session "
                   "session_cookie").split()
        load = "\n".join(f"LoadModule {m}_module /usr/lib/apache2/modules/mod_{m}.so"
                         for m in modules)
        fields = "\n".join(f'Header set X-Field-{i} "value {i}"' for i in FIELDS)
        backend = f"http://127.0.0.1:{self.backend.port}"
        coded = "\n".join(f"""<Location /coded/{coding}/>
            Header set Content-Encoding {coding}
            SetEnv no-gzip 1
            SetEnv no-brotli 1
            </Location>""" for coding in ("deflate", "zstd"))
        secure = f"""SSLEngine on
            SSLCertificateFile {self.folder}/server.pem
            SSLCertificateKeyFile {self.folder}/server.key"""
        config = self.write("httpd.conf", f"""
            {load}
            ServerRoot {self.own}
            ServerName localhost
            PidFile {self.own}/pid
            DefaultRuntimeDir {self.own}
            Mutex file:{self.own} default
            ErrorLog {self.own}/error.log
            DocumentRoot {self.folder}/www
            DavLockDB {self.own}/dav
            KeepAlive On
            KeepAliveTimeout 1
            MaxKeepAliveRequests 100
            LimitRequestBody 0
            StartServers 2
            ThreadsPerChild 25
            SSLSessionCache shmcb:{self.own}/ssl(512000)
            SSLProtocol -all +TLSv1.2 +TLSv1.3
            TypesConfig /dev/null
            AddType text/plain .txt
            ProxyPass /chunked {backend}/chunked
            ProxyPass /upgrade {backend}/upgrade upgrade=websocket
            RewriteEngine On
            RewriteOptions InheritDown
            RewriteRule ^/204$ - [R=204,L]
            RewriteRule ^/coded/(gzip|br)/(.*)$ {self.folder}/www/coded/none/$2 [E=coding:$1,L]
            <Directory {self.folder}/www>
                Require all granted
                EnableSendfile On
                FileETag MTime Size
            </Directory>
            <Location /coded/gzip/>
                SetOutputFilter DEFLATE
            </Location>
            <Location /coded/br/>
                SetOutputFilter BROTLI_COMPRESS
            </Location>
            {coded}
            <Location /up/>
                Dav On
            </Location>
            <Location /limited/>
                Dav On
                LimitRequestBody 1000000
            </Location>
            <Location /fields>
                {fields}
            </Location>
            Alias /fields {self.folder}/www/small.txt
            {self.write_logins()}
            Listen 127.0.0.1:{self.port}
            Listen 127.0.0.1:{self.https}
            Listen 127.0.0.1:{self.mtls}
            <VirtualHost 127.0.0.1:{self.https}>
                {secure}
            </VirtualHost>
            <VirtualHost 127.0.0.1:{self.mtls}>
                {secure}
                SSLCACertificateFile {self.folder}/ca.pem
                SSLVerifyClient require
            </VirtualHost>
            """)
        return ["apache2", "-DFOREGROUND", "-f", config]


class Lighttpd(Proxying):
    name = "lighttpd"
    program = "lighttpd"
    packages = ("lighttpd", "lighttpd-mod-openssl", "lighttpd-mod-deflate", "lighttpd-mod-webdav")
    reload_signal = signal.SIGUSR1
    offers_not = {}

    def command(self):
        fields = ", ".join(f'"X-Field-{i}" => "value {i}"' for i in FIELDS)
        coded = "".join(f"""
            $HTTP["url"] =~ "^/coded/{coding}/" {{
                setenv.add-response-header = ("Content-Encoding" => "{coding}")
            }}""" for coding in ("deflate", "br", "zstd"))
        secure = f"""ssl.engine = "enable"
                ssl.pemfile = "{self.folder}/server.pem"
                ssl.privkey = "{self.folder}/server.key"
                ssl.openssl.ssl-conf-cmd = ("MinProtocol" => "TLSv1.2")"""
        config = self.write("lighttpd.conf", f"""
            server.modules = ("mod_setenv", "mod_alias", "mod_deflate", "mod_webdav", "mod_proxy",
                              "mod_openssl")
            server.document-root = "{self.folder}/www"
            server.bind = "127.0.0.1"
            server.port = {self.port}
            server.upload-dirs = ("{self.own}")
            server.max-keep-alive-idle = 1
            server.max-keep-alive-requests = 100
            server.stream-response-body = 1
            server.feature-flags = ("server.graceful-shutdown-timeout" => 5)
            mimetype.assign = (".txt" => "text/plain", "" => "application/octet-stream")
            $SERVER["socket"] == "127.0.0.1:{self.https}" {{
                {secure}
            }}
            $SERVER["socket"] == "127.0.0.1:{self.mtls}" {{
                {secure}
                ssl.ca-file = "{self.folder}/ca.pem"
                ssl.verifyclient.activate = "enable"
                ssl.verifyclient.enforce = "enable"
            }}
            $HTTP["url"] =~ "^/(chunked|trailers|upgrade|early|204)" {{
                proxy.server = ("" => (("host" => "127.0.0.1", "port" => {self.backend.port})))
                proxy.header = ("upgrade" => "enable")
            }}
            $HTTP["url"] =~ "^/up/" {{ webdav.activate = "enable" }}
            $HTTP["url"] =~ "^/limited/" {{
                webdav.activate = "enable"
                server.max-request-size = 1000
            }}
            $HTTP["url"] == "/fields" {{
                alias.url = ("/fields" => "{self.folder}/www/small.txt")
                setenv.add-response-header = ({fields})
            }}
            $HTTP["url"] =~ "^/coded/gzip/" {{
                alias.url = ("/coded/gzip/" => "{self.folder}/www/coded/none/")
                deflate.mimetypes = ("text/plain")
                deflate.allowed-encodings = ("gzip")
            }}
            {coded}
            """)
        return ["lighttpd", "-D", "-f", config]


class Haproxy(Proxying):
    name = "HAProxy"
    program = "haproxy"
    packages = ("haproxy",)
    reload_signal = signal.SIGUSR2

    def command(self):
        pem = ""
        for name in ("server.pem", "server.key"):
            with open(os.path.join(self.folder, name)) as file:
                pem += file.read()
        pem = self.write("both.pem", pem)
        fields = "\n".join(f'    http-after-response set-header X-Field-{i} "value {i}"'
                           for i in FIELDS)
        config = self.write("haproxy.cfg", f"""
global
    tune.http.maxhdr 200
    hard-stop-after 5s
    ssl-default-bind-options ssl-min-ver TLSv1.2
defaults
    mode http
    timeout client 10s
    timeout server 20s
    timeout connect 5s
    timeout http-keep-alive 1s
    timeout tunnel 10s
frontend all
    bind 127.0.0.1:{self.port}
    bind 127.0.0.1:{self.https} ssl crt {pem}
    bind 127.0.0.1:{self.mtls} ssl crt {pem} ca-file {self.folder}/ca.pem verify required
    http-request return status 204 if {{ path /204 }}
    http-request deny deny_status 413 if {{ path_beg /limited/ }} {{ req.hdr_val(content-length) gt 1000000 }}
    http-request early-hint Link "</a.css>; rel=preload" if {{ path /early }}
    http-request set-path /small.txt if {{ path /early }}
    use_backend fields if {{ path /fields }}
    use_backend packed if {{ path_beg /coded/gzip/ }} or {{ path_beg /coded/deflate/ }}
    default_backend python
backend fields
    http-request return status 200
{fields}
backend packed
    compression algo gzip deflate
    compression type text/plain
    http-request set-path /coded/none/text.txt
    server python 127.0.0.1:{self.backend.port}
backend python
    server python 127.0.0.1:{self.backend.port}
""")
        return ["haproxy", "-W", "-db", "-f", config]


class Caddy(Proxying):
    name = "Caddy"
    program = "caddy"
    packages = ("caddy",)

    def command(self):
        fields = "\n".join(f'header /fields X-Field-{i} "value {i}"' for i in FIELDS)
        coded = "\n".join(f"header /coded/{coding}/* Content-Encoding {coding}"
                          for coding in ("deflate", "br"))
        places = f"""
            @packed path /coded/gzip/* /coded/zstd/*
            handle @packed {{
                rewrite * /coded/none/text.txt
                encode gzip zstd
                file_server
            }}
            @long {{
                path /limited/*
                header_regexp Content-Length ^[0-9]{{7}}
            }}
            handle @long {{
                respond 413
            }}
            handle /204 {{
                respond 204
            }}
            handle /fields {{
                respond 200
            }}
            @backend {{
                path /chunked /trailers /upgrade /early /up/*
            }}
            handle @backend {{
                reverse_proxy 127.0.0.1:{self.backend.port}
            }}
            handle {{
                file_server
            }}
            root * {self.folder}/www
            {coded}
            {fields}"""
        pair = f"{self.folder}/server.pem {self.folder}/server.key"
        self.config = self.write("Caddyfile", f"""{{
                admin unix/{self.own}/admin
                auto_https off
                servers {{
                    protocols h1
                    timeouts {{
                        idle 1s
                    }}
                }}
            }}
            http://localhost:{self.port} {{ {places}
            }}
            https://localhost:{self.https} {{
                tls {pair}
                {places}
            }}
            https://localhost:{self.mtls} {{
                tls {pair} {{
                    client_auth {{
                        mode require_and_verify
                        trusted_ca_cert_file {self.folder}/ca.pem
                    }}
                }}
                {places}
            }}
            """)
        return ["caddy", "run", "--adapter", "caddyfile", "--config", self.config]

    def reload(self):
        subprocess.run(["caddy", "reload", "--force", "--adapter", "caddyfile", "--config",
                        self.config, "--address", f"unix/{self.own}/admin"], check=True,
                       capture_output=True, env={**os.environ, "HOME": self.own})


CGI = """#!/bin/sh
exec 3> "$FOLDER/www/up/$QUERY_STRING"
head -c "$CONTENT_LENGTH" >&3
printf 'Content-Type: text/plain\n\nstored\n'
"""


class Cgi(Server):
    """A small server, whose scripts store what is posted."""

    keeps = False
    arguments = ("put=POST", "up=/cgi-bin/up?", "length=must")
    small = "too small a server"
    offers_not = dict.fromkeys(
        ("keep-alive", "chunked", "deflate", "br", "zstd", "204", "100-continue", "early 413", "1xx",
         "trailers", "idle close", "reload", "upgrade", "TLS 1.2", "TLS 1.3", "resumption", "mTLS",
         "many fields"), small)

    def start(self):
        scripts = os.path.join(self.folder, "www/cgi-bin")
        os.makedirs(scripts, exist_ok=True)
        own = self.write("up", CGI.replace("$FOLDER", self.folder))
        os.chmod(own, 0o755)
        os.replace(own, scripts + "/up")  # another server may be running it
        super().start()


class MiniHttpd(Cgi):
    name = "mini_httpd"
    program = "mini_httpd"
    packages = ("mini-httpd",)
    offers_not = {**Cgi.offers_not, **dict.fromkeys(("gzip", "range"), Cgi.small),
                  **dict.fromkeys(("upload", "slow writer"), "answers no script that read a body")}

    def command(self):
        return ["mini_httpd", "-D", "-h", "127.0.0.1", "-p", str(self.port), "-d",
                self.folder + "/www", "-c", "cgi-bin/*", "-T", "utf-8"]


class Busybox(Cgi):
    name = "BusyBox httpd"
    program = "busybox"
    packages = ("busybox",)
    offers_not = {**Cgi.offers_not, "gzip": Cgi.small, "range": "sends 200 in place of 416"}

    def command(self):
        return ["busybox", "httpd", "-f", "-p", f"127.0.0.1:{self.port}", "-h",
                self.folder + "/www"]


class Tomcat(Server):
    name = "Tomcat"
    program = "java"
    packages = ("tomcat10-common", "default-jre-headless")
    arguments = ("starting=400",)  # what it says when it has no host yet, or none any more
    offers_not = {**dict.fromkeys(("chunked", "204", "1xx", "trailers", "upgrade", "many fields", "early 413"),
                                  "needs a servlet"),
                  "deflate": "no", "reload": "has none"}

    @classmethod
    def installed(cls):
        return super().installed() and os.path.exists("/usr/share/tomcat10/bin/bootstrap.jar")

    def command(self):
        for folder in ("conf", "logs", "temp", "work"):
            os.makedirs(f"{self.own}/{folder}", exist_ok=True)
            self.hand_over(f"{self.own}/{folder}")
        common = 'maxKeepAliveRequests="100" keepAliveTimeout="1000" connectionTimeout="10000"'
        for coding, suffix in (("gzip", None), ("br", ".br"), ("zstd", ".zst")):
            os.makedirs(f"{self.own}/coded/{coding}", exist_ok=True)
            shutil.copy(f"{self.folder}/www/text.txt", f"{self.own}/coded/{coding}/text.txt")
            if suffix:
                shutil.copy(f"{self.folder}/www/text.txt{suffix}", f"{self.own}/coded/{coding}/")
        shutil.copytree(f"{self.folder}/www/coded/none", f"{self.own}/coded/none",
                        dirs_exist_ok=True)
        trust = f"{self.own}/trust"
        if not os.path.exists(trust):
            subprocess.run(["keytool", "-importcert", "-noprompt", "-keystore", trust, "-storepass",
                            "secret", "-file", f"{self.folder}/ca.pem"], check=True,
                           capture_output=True)
        secure = """<SSLHostConfig protocols="TLSv1.2+TLSv1.3" %s>
            <Certificate certificateFile="%s/server.pem" certificateKeyFile="%s/server.key"/>
            </SSLHostConfig>"""
        plain = secure % ("", self.folder, self.folder)
        mutual = secure % (f'certificateVerification="required" truststoreFile="{trust}" '
                           'truststorePassword="secret"', self.folder, self.folder)
        connector = '<Connector address="127.0.0.1" protocol="HTTP/1.1" ' + common
        self.write("conf/server.xml", f"""<?xml version="1.0"?>
            <Server port="-1"><Service name="Catalina">
            {connector} port="{self.port}" compression="on" compressibleMimeType="text/plain"
                compressionMinSize="100000" useSendfile="false"/>
            {connector} port="{self.https}" SSLEnabled="true" scheme="https" secure="true">{plain}</Connector>
            {connector} port="{self.mtls}" SSLEnabled="true" scheme="https" secure="true">{mutual}</Connector>
            <Engine name="Catalina" defaultHost="localhost">
            <Host name="localhost" appBase="{self.own}/none" autoDeploy="false">
            <Context path="" docBase="{self.folder}/www"><Resources>
            <PreResources className="org.apache.catalina.webresources.DirResourceSet"
                base="{self.own}/coded" webAppMount="/coded"/>
            </Resources></Context></Host></Engine></Service></Server>""")
        self.write("conf/web.xml", """<?xml version="1.0"?>
            <web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.0">
            <servlet><servlet-name>default</servlet-name>
            <servlet-class>org.apache.catalina.servlets.DefaultServlet</servlet-class>
            <init-param><param-name>readonly</param-name><param-value>false</param-value></init-param>
            <init-param><param-name>precompressed</param-name><param-value>br=.br,zstd=.zst</param-value></init-param>
            </servlet><servlet-mapping><servlet-name>default</servlet-name>
            <url-pattern>/</url-pattern></servlet-mapping>
            <mime-mapping><extension>txt</extension><mime-type>text/plain</mime-type></mime-mapping>
            </web-app>""")
        home = "/usr/share/tomcat10"
        return ["java", "-Xmx256m", "-cp", f"{home}/bin/bootstrap.jar:{home}/bin/tomcat-juli.jar",
                f"-Dcatalina.base={self.own}", f"-Dcatalina.home={home}",
                f"-Djava.io.tmpdir={self.own}/temp", "org.apache.catalina.startup.Bootstrap",
                "start"]


ALL = (Nginx, Apache, Haproxy, Lighttpd, Caddy, Node, Python, Go, Tomcat, MiniHttpd, Busybox)
