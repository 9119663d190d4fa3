"""A hub on this machine, over TLS, that misbehaves on demand, and `leeway pull` against it as a person uses it.

    python3 Tools/hub.py [COMMAND] [--only WORD]

For Linux. Certificates come from `openssl`; `unshare` gives the script mounts of its own, so that its
authority is trusted and its small disks are seen by itself alone. Exit code 1 when a check fails. What
needs neither TLS nor a disk is tested in Tests/LeewayHubTests.
"""

import argparse
import contextlib
import hashlib
import http.server
import json
import os
import random
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

TOKEN = "hf_SecretOfThisCheck"
BUNDLE = "/etc/ssl/certs/ca-certificates.crt"
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


# Certificates


class Authority:
    """A certificate authority of our own, and servers' certificates signed by it."""

    def __init__(self, folder):
        self.folder = folder
        self.path = folder + "/ca.pem"
        self._openssl(
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
            "-subj", "/CN=check of leeway pull", "-keyout", folder + "/ca.key", "-out", self.path)

    def server(self, name, names="DNS:localhost,IP:127.0.0.1", start=None, end=None):
        """A context for a server that calls itself `names`."""
        stem = f"{self.folder}/{name}"
        with open(stem + ".ext", "w") as file:
            file.write(f"subjectAltName={names}\n")
        self._openssl(
            "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=" + name,
            "-keyout", stem + ".key", "-out", stem + ".csr")
        with open(self.folder + "/index.txt", "w"):
            pass
        with open(self.folder + "/ca.cnf", "w") as file:
            file.write(
                f"[ca]\ndefault_ca=a\n[a]\ndatabase={self.folder}/index.txt\nnew_certs_dir={self.folder}\n"
                "rand_serial=yes\ndefault_md=sha256\npolicy=p\n[p]\ncommonName=supplied\n")
        def day(shift):
            return time.strftime("%Y%m%d%H%M%SZ", time.gmtime(time.time() + 86400 * shift))
        self._openssl(
            "ca", "-batch", "-notext", "-config", self.folder + "/ca.cnf", "-cert", self.path,
            "-keyfile", self.folder + "/ca.key", "-extfile", stem + ".ext",
            "-startdate", day(start or -1), "-enddate", day(end or 2),
            "-in", stem + ".csr", "-out", stem + ".pem")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(stem + ".pem", stem + ".key")
        return context

    @staticmethod
    def _openssl(*arguments):
        done = subprocess.run(["openssl", *arguments], capture_output=True, text=True)
        if done.returncode:
            sys.exit("openssl: " + done.stderr)


# Servers


class Quiet(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass


class Server:
    """An HTTP server on a free port; with a context, over TLS."""

    def __init__(self, handler, context=None, host="127.0.0.1"):
        self.requests = []
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.server.daemon_threads = True
        self.server.handle_error = lambda *_: None
        self.server.owner = self
        if context:
            self.server.socket = context.wrap_socket(
                self.server.socket, server_side=True, do_handshake_on_connect=False)
        self.port = self.server.server_port
        self.address = f"{'https' if context else 'http'}://{host}:{self.port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def blob(data):
    """What git calls a file of these bytes."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


class Repository:
    """A model on the hub: files by revision."""

    def __init__(self, files, large=()):
        self.large = set(large)
        self.revisions = {}
        self.commits = {}
        self.push("main", files)

    def push(self, revision, files):
        told = repr(sorted((name, blob(data)) for name, data in files.items()))
        commit = hashlib.sha1(told.encode()).hexdigest()
        self.commits[commit] = dict(files)
        self.revisions[revision] = commit

    def commit(self, revision):
        return revision if revision in self.commits else self.revisions.get(revision)

    def entries(self, commit):
        for name, data in sorted(self.commits[commit].items()):
            entry = {"type": "file", "path": name, "size": len(data), "oid": blob(data)}
            if name in self.large:
                entry["lfs"] = {"oid": hashlib.sha256(data).hexdigest(), "size": len(data), "pointerSize": 134}
                entry["oid"] = blob(name.encode())
            yield entry


class Hub(Server):
    """The public layout. `trouble(handler, path)` may answer in its place, and returns True when it did."""

    def __init__(self, models, context=None, store=None, trouble=None, host="127.0.0.1", pace=None):
        self.models = models
        self.store = store
        self.trouble = trouble or (lambda *_: False)
        self.pace = pace
        super().__init__(HubHandler, context, host)


class HubHandler(Quiet):
    def do_GET(self):
        hub = self.server.owner
        path = urllib.parse.unquote(self.path.split("?")[0])
        hub.requests.append((self.path, {key.lower(): value for key, value in self.headers.items()}))
        if hub.trouble(self, path):
            return
        found = re.fullmatch(r"/api/models/([^/]+/[^/]+)/(revision|tree)/(.+)", path)
        if found:
            model, kind, revision = found.groups()
            return self.listing(hub.models.get(model), kind, revision)
        found = re.fullmatch(r"/([^/]+/[^/]+)/resolve/([^/]+)/(.+)", path)
        # A revision with a slash comes escaped, so that it is one part.
        raw = re.fullmatch(r"/([^/]+/[^/]+)/resolve/([^/]+)/(.+)", self.path.split("?")[0])
        if not found or not raw:
            return self.answer(404, b"")
        model, revision, name = (urllib.parse.unquote(part) for part in raw.groups())
        self.file(hub, hub.models.get(model), revision, name)

    def listing(self, model, kind, revision):
        commit = model and model.commit(revision)
        if not model:
            return self.answer(401, b'{"error":"Repository not found"}', {"X-Error-Code": "RepoNotFound"})
        if not commit:
            return self.answer(404, b'{"error":"Revision not found"}', {"X-Error-Code": "RevisionNotFound"})
        entries = list(model.entries(commit))
        if kind == "revision":
            told = {"sha": commit, "siblings": [{"rfilename": entry["path"]} for entry in entries]}
            return self.answer(200, json.dumps(told).encode(), {"X-Repo-Commit": commit})
        self.answer(200, json.dumps(entries).encode(), {"Content-Type": "application/json"})

    def file(self, hub, model, revision, name):
        commit = model and model.commit(revision)
        data = commit and model.commits[commit].get(name)
        if data is None:
            return self.answer(404, b"Entry not found", {"X-Error-Code": "EntryNotFound"})
        told = {"X-Repo-Commit": commit, "Accept-Ranges": "bytes"}
        if name in model.large:
            sha = hashlib.sha256(data).hexdigest()
            told |= {"X-Linked-Size": str(len(data)), "X-Linked-ETag": f'"{sha}"', "ETag": f'"{blob(data)}"'}
            if hub.store:
                place = hub.store.put(sha, data)
                return self.answer(302, b"Found. Redirecting", told | {"Location": place})
        self.bytes(data, told | {"ETag": f'"{blob(data)}"'}, hub.pace)

    def bytes(self, data, headers, pace=None):
        found = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
        if found:
            first, last = int(found[1]), min(int(found[2]), len(data) - 1)
            if first >= len(data):
                return self.answer(416, b"")
            headers = headers | {"Content-Range": f"bytes {first}-{last}/{len(data)}"}
            return self.answer(206, data[first : last + 1], headers, pace)
        self.answer(200, data, headers, pace)

    def answer(self, status, body, headers={}, pace=None):
        self.send_response(status)
        for key, value in headers.items():
            self.send_header(key, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if not pace:
            self.wfile.write(body)
            return
        step = 1 << 16
        for start in range(0, len(body), step):
            self.wfile.write(body[start : start + step])
            time.sleep(step / pace)


class StoreHandler(HubHandler):
    def do_GET(self):
        store = self.server.owner
        store.requests.append((self.path, {key.lower(): value for key, value in self.headers.items()}))
        data = store.held.get(self.path.split("?")[0].lstrip("/"))
        if data is None or "Signature=" not in self.path:
            return self.answer(403, b"")
        self.bytes(data, {"ETag": '"store"'}, store.pace)


class Store(Server):
    """Another host for large files, with signed addresses."""

    def __init__(self, context=None, host="localhost", pace=None):
        self.held = {}
        self.pace = pace
        super().__init__(StoreHandler, context, host)

    def put(self, sha, data):
        self.held[sha] = data
        return f"{self.address}/{sha}?Expires=99&Signature=SecretSignature~"


class Proxy:
    """Takes CONNECT, counts, and remembers every byte that it could read."""

    def __init__(self, refuse=None):
        self.asked = []
        self.seen = b""
        self.refuse = refuse
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=self.one, args=(self.socket.accept()[0],), daemon=True).start()

    def one(self, client):
        with contextlib.suppress(OSError), client:
            head = b""
            while b"\r\n\r\n" not in head:
                piece = client.recv(4096)
                if not piece:
                    return
                head += piece
            self.seen += head
            line = head.split(b"\r\n")[0].decode()
            self.asked.append(line)
            if self.refuse or not line.startswith("CONNECT "):
                client.sendall(b"HTTP/1.1 %s\r\nContent-Length: 0\r\n\r\n" % (self.refuse or b"405 No"))
                return
            host, port = line.split()[1].rsplit(":", 1)
            server = socket.create_connection((host, int(port)))
            client.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
            threading.Thread(target=self.pump, args=(server, client), daemon=True).start()
            self.pump(client, server)

    def pump(self, source, sink):
        with contextlib.suppress(OSError):
            while piece := source.recv(1 << 16):
                self.seen += piece
                sink.sendall(piece)
            sink.shutdown(socket.SHUT_WR)

    def close(self):
        self.socket.close()


# The checks


CHECKS = []


def check(function):
    CHECKS.append(function)
    return function


class Bench:
    """What a check is given: an authority, a small model, a fresh cache, and the command."""

    def __init__(self, command, authority, folder):
        self.command = command
        self.authority = authority
        self.folder = folder
        self.cache = folder + "/cache"
        self.open = []
        nestling = ROOT + "/Models/nestling/"
        self.files = {}
        for name in sorted(os.listdir(nestling)):
            with open(nestling + name, "rb") as file:
                self.files[name] = file.read()
        self.good = authority.server("good")

    def model(self, **more):
        return Repository(self.files | more, large=["model.safetensors"])

    def hub(self, *arguments, **options):
        options.setdefault("context", self.good)
        server = Hub(*arguments, **options)
        self.open.append(server)
        return server

    def keep(self, server):
        self.open.append(server)
        return server

    def environment(self, **more):
        kept = {key: os.environ[key] for key in ["PATH", "LD_LIBRARY_PATH", "LANG"] if key in os.environ}
        return kept | {"HOME": self.folder, "LEEWAY_CACHE": self.cache} | more

    def start(self, *arguments, **environment):
        return subprocess.Popen(
            [self.command, *arguments], env=self.environment(**environment), cwd=self.folder,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def run(self, *arguments, **environment):
        process = self.start(*arguments, **environment)
        process.stdout_text, process.stderr_text = process.communicate(timeout=300)
        self.last = process
        assert TOKEN not in process.stdout_text + process.stderr_text, "the token was printed"
        assert "SecretSignature" not in process.stdout_text + process.stderr_text, "a signature was printed"
        return process

    def pull(self, hub, *more, model="org/toy", **environment):
        return self.run("pull", model, "--endpoint", hub.address, *more, **environment)

    def close(self):
        for server in self.open:
            server.close()

    @contextlib.contextmanager
    def disk(self, options):
        """The cache on a disk of its own."""
        os.makedirs(self.cache, exist_ok=True)
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", self.cache], check=True)
        try:
            yield
        finally:
            subprocess.run(["umount", self.cache], check=True)

    def seal(self):
        """From here on that disk can only be read."""
        subprocess.run(["mount", "-o", "remount,ro", self.cache], check=True)

    def place(self, name="", model="org/toy"):
        return f"{self.cache}/models/{model}/{name}"

    def read(self, name, model="org/toy"):
        with open(self.place(name, model), "rb") as file:
            return file.read()

    def names(self, model="org/toy"):
        return sorted(name for name in os.listdir(self.place("", model)) if not name.startswith("."))

    def whole(self, files=None, model="org/toy"):
        for name, data in (files or self.files).items():
            if name not in ["README.md", "LICENSE"]:
                assert self.read(name, model) == data, name + " differs"
        assert not [name for name in self.names(model) if name.endswith(".part")], "a part is left"

    def opens(self, model="org/toy"):
        return self.run("generate", "--model", model, "--prompt", "Once", "--tokens", "1").returncode == 0


def says(process, *words, code=None):
    """One sentence or two on standard error, with these words."""
    text = process.stderr_text
    assert process.returncode != 0, "it should fail, and printed: " + process.stdout_text
    assert code is None or process.returncode == code, f"exit code {process.returncode}: {text}"
    for word in words:
        assert word in text, f"\"{word}\" is not in: {text}"


def fine(process):
    assert process.returncode == 0, process.stderr_text


@check
def a_model_comes_over_tls(bench):
    hub = bench.hub({"org/toy": bench.model()})
    done = bench.pull(hub)
    fine(done)
    assert done.stdout_text.strip() == bench.place("").rstrip("/"), done.stdout_text
    bench.whole()
    assert bench.opens(), bench.last.stderr_text
    assert all(heads.get("accept-encoding") == "identity" for _, heads in hub.requests), "compressed"
    before = len(hub.requests)
    fine(bench.pull(hub))
    assert all("/resolve/" not in path for path, _ in hub.requests[before:]), "fetched twice"


@check
def the_endpoint_is_taken_from_the_environment(bench):
    hub = bench.hub({"org/toy": bench.model()})
    other = bench.hub({})
    fine(bench.run("pull", "org/toy", HF_ENDPOINT=hub.address + "/"))
    bench.whole()
    says(bench.run("pull", "org/new", "--endpoint", other.address, HF_ENDPOINT=hub.address), "org/new")
    assert other.requests, "the flag goes before the environment"


@check
def a_certificate_of_nobody_is_refused_at_once(bench):
    os.mkdir(bench.folder + "/nobody")
    nobody = Authority(bench.folder + "/nobody")
    hub = bench.hub({"org/toy": bench.model()}, context=nobody.server("nobody"))
    start = time.time()
    done = bench.pull(hub, SSL_CERT_FILE=nobody.path)
    says(done, "127.0.0.1", "certificate", "signed by none", "SSL_CERT_FILE is not read", code=1)
    assert time.time() - start < 5, "it should not be tried again"
    assert not hub.requests


@check
def an_expired_certificate_is_told(bench):
    hub = bench.hub({"org/toy": bench.model()}, context=bench.authority.server("old", start=-10, end=-2))
    says(bench.pull(hub), "has expired", code=1)
    hub = bench.hub({"org/toy": bench.model()}, context=bench.authority.server("new", start=2, end=3))
    says(bench.pull(hub), "not valid yet", code=1)


@check
def a_certificate_for_another_name_is_told(bench):
    context = bench.authority.server("other", names="DNS:hub.example")
    hub = bench.hub({"org/toy": bench.model()}, context=context)
    says(bench.pull(hub), "another name", code=1)


@check
def https_asked_of_a_plain_server_is_told(bench):
    hub = bench.hub({"org/toy": bench.model()}, context=None)
    says(bench.run("pull", "org/toy", "--endpoint", hub.address.replace("http:", "https:")), "http://", code=1)


@check
def a_store_with_a_bad_certificate_is_named(bench):
    store = bench.keep(Store(bench.authority.server("store", names="DNS:store.example"), host="localhost"))
    hub = bench.hub({"org/toy": bench.model()}, store=store)
    says(bench.pull(hub), "localhost: its certificate is for another name", code=1)
    assert not os.path.exists(bench.place("config.json"))


@check
def the_token_goes_to_the_hub_alone(bench):
    store = bench.keep(Store(bench.good))
    hub = bench.hub({"org/toy": bench.model()}, store=store)
    fine(bench.pull(hub, HF_TOKEN=TOKEN + "\n"))
    bench.whole()
    assert all(heads.get("authorization") == "Bearer " + TOKEN for _, heads in hub.requests)
    assert store.requests and all("authorization" not in heads for _, heads in store.requests)
    for folder, _, names in os.walk(bench.folder):
        for name in names:
            with open(folder + "/" + name, "rb") as file:
                data = file.read()
            assert TOKEN.encode() not in data and b"SecretSignature" not in data, "stored in " + name


@check
def refusals_are_told_apart(bench):
    answers = {
        "gated": (401, {"X-Error-Code": "GatedRepo"}, ["terms", "HF_TOKEN"]),
        "terms": (403, {"X-Error-Code": "GatedRepo"}, ["terms", "org/terms"]),
        "absent": (401, {"X-Error-Code": "RepoNotFound"}, ["there is no org/absent", "HF_TOKEN"]),
        "gone": (404, {}, ["not found (404)", "org/gone"]),
        "busy": (429, {"Retry-After": "3600"}, ["too often", "in 3600 s"]),
        "limited": (429, {"RateLimit": '"api";r=0;t=295'}, ["in 295 s"]),
        "down": (503, {"Retry-After": "7200"}, ["failed (503)"]),
    }

    def trouble(handler, path):
        for name, (status, headers, _) in answers.items():
            if path.startswith("/api/models/org/" + name):
                handler.answer(status, b"<html>" + TOKEN.encode(), headers)
                return True
        return False

    hub = bench.hub({"org/toy": bench.model()}, trouble=trouble)
    for name, (_, _, words) in answers.items():
        says(bench.pull(hub, model="org/" + name), *words, code=1)
    says(bench.pull(hub, "--revision", "v9"), "no revision \"v9\"", code=1)


@check
def a_pause_that_is_asked_for_is_made(bench):
    asked = []

    def trouble(handler, path):
        if path.endswith("config.json") and not asked:
            asked.append(path)
            handler.answer(429, b"", {"Retry-After": "2"})
            return True
        return False

    hub = bench.hub({"org/toy": bench.model()}, trouble=trouble)
    start = time.time()
    done = bench.pull(hub)
    fine(done)
    assert "pause of 2 s" in done.stderr_text and time.time() - start > 2, done.stderr_text
    bench.whole()


@check
def five_hundreds_are_tried_again(bench):
    seen = []

    def trouble(handler, path):
        seen.append(path)
        if len(seen) % 2:
            handler.answer(502, b"bad gateway")
            return True
        return False

    fine(bench.pull(bench.hub({"org/toy": bench.model()}, trouble=trouble)))
    bench.whole()


@check
def dropped_connections_go_on(bench):
    data = random.Random(1).randbytes(3_000_000)
    store = bench.keep(Store(bench.good))
    asked = []

    class Dropping(StoreHandler):
        def answer(self, status, body, headers={}, pace=None):
            if status in (200, 206) and len(asked) < 3:
                asked.append(self.headers.get("Range"))
                self.send_response(status)
                for key, value in headers.items():
                    self.send_header(key, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body[:700_000])
                self.close_connection = True
                return
            asked.append(self.headers.get("Range"))
            super().answer(status, body, headers, pace)

    store.server.RequestHandlerClass = Dropping
    hub = bench.hub({"org/toy": bench.model(**{"model.safetensors": data})}, store=store)
    fine(bench.pull(hub))
    bench.whole(bench.files | {"model.safetensors": data})
    assert asked[0] is None and asked[1] == "bytes=700000-2999999", asked


@check
def proxies_are_used(bench):
    proxy = bench.keep(Proxy())
    hub = bench.hub({"org/toy": bench.model()}, host="localhost")
    fine(bench.pull(hub, HTTPS_PROXY=f"http://127.0.0.1:{proxy.port}", HF_TOKEN=TOKEN))
    bench.whole()
    assert proxy.asked and all(line.startswith("CONNECT localhost:") for line in proxy.asked), proxy.asked
    assert TOKEN.encode() not in proxy.seen and b"config.json" not in proxy.seen, "read by the proxy"
    before = len(proxy.asked)
    proxies = {"HTTPS_PROXY": f"http://127.0.0.1:{proxy.port}", "NO_PROXY": "localhost"}
    fine(bench.pull(hub, **proxies))
    assert len(proxy.asked) == before, "NO_PROXY is heard"
    closed = bench.keep(Proxy(refuse=b"407 Proxy Authentication Required"))
    says(bench.pull(hub, HTTPS_PROXY=f"http://me:secret@127.0.0.1:{closed.port}"), "proxy", "407", code=1)
    assert "secret" not in bench.last.stderr_text
    says(bench.pull(hub, HTTPS_PROXY="http://127.0.0.1:9"), "proxy", "HTTPS_PROXY", code=1)


@check
def revisions_have_folders_of_their_own(bench):
    model = bench.model()
    other = bench.files | {"config.json": bench.files["config.json"] + b"\n"}
    model.push("refs/pr/7", other)
    hub = bench.hub({"org/toy": model})
    fine(bench.pull(hub))
    fine(bench.pull(hub, "--revision", "refs/pr/7"))
    bench.whole()
    bench.whole(other, model="org/toy@refs%2Fpr%2F7")
    assert bench.opens("org/toy@refs/pr/7"), bench.last.stderr_text
    listed = bench.run("models").stdout_text
    assert "org/toy@refs/pr/7 " in listed, listed
    says(bench.run("doctor", "org/toy@v3"), "leeway pull org/toy --revision v3", code=2)


@check
def the_hub_moves_on_between_listing_and_files(bench):
    model = bench.model()
    first = dict(bench.files)
    second = {name: data + b" " if name.endswith(".json") else data for name, data in first.items()}
    moved = []

    def trouble(handler, path):
        if "/resolve/" in path and not moved:
            moved.append(path)
            model.push("main", second)
        return False

    hub = bench.hub({"org/toy": model}, trouble=trouble)
    fine(bench.pull(hub))
    bench.whole(first)
    fine(bench.pull(hub))
    bench.whole(second)


@check
def a_file_that_is_not_what_was_listed_is_thrown_away(bench):
    def trouble(handler, path):
        if path.endswith("tokenizer.json"):
            handler.answer(200, bench.files["tokenizer.json"].replace(b"a", b"b"))
            return True
        return False

    says(bench.pull(bench.hub({"org/toy": bench.model()}, trouble=trouble)), "tokenizer.json", "hash", code=1)
    assert not os.path.exists(bench.place("config.json"))
    says(bench.run("doctor", "org/toy"), "did not end", "leeway pull org/toy", code=2)
    listed = bench.run("models").stdout_text
    assert "unfinished" in listed, listed


@check
def shards_of_an_earlier_revision_go(bench):
    model = bench.model()
    hub = bench.hub({"org/toy": model})
    fine(bench.pull(hub))
    shards = {f"model-0000{index}-of-00002.safetensors": bytes([index]) * 1000 for index in (1, 2)}
    sharded = {name: data for name, data in bench.files.items() if name != "model.safetensors"} | shards
    sharded["model.safetensors.index.json"] = b"{}"
    model.large |= set(shards)
    model.push("main", sharded)
    done = bench.pull(hub)
    fine(done)
    assert "removed model.safetensors" in done.stderr_text, done.stderr_text
    assert bench.names() == sorted(sharded), bench.names()


@check
def only_what_is_needed_is_fetched(bench):
    more = {
        "README.md": b"x", ".gitattributes": b"x", "pytorch_model.bin": b"x" * 99, "original/consolidated.00.pth": b"x",
        "onnx/model.onnx": b"x", "tf_model.h5": b"x", "model.fp16.safetensors": b"x", "flax_model.msgpack": b"x",
        "generation_config.json": b"{}", "tokenizer_config.json": b"{}",
    }
    fine(bench.pull(bench.hub({"org/toy": bench.model(**more)})))
    wanted = sorted(list(bench.files) + ["generation_config.json", "tokenizer_config.json"])
    assert bench.names() == wanted, bench.names()


@check
def odd_names_arrive(bench):
    name = "über dir/a b#c?d%20+&='é.gguf"
    hub = bench.hub({"org/odd": Repository({name: b"GGUF odd"}, large=[name])})
    done = bench.pull(hub, model="org/odd")
    fine(done)
    assert bench.read(name, "org/odd") == b"GGUF odd"
    assert done.stdout_text.strip() == bench.place(name, "org/odd"), done.stdout_text


def slow(bench, size=24_000_000, pace=4_000_000):
    """A model whose weights take some seconds."""
    data = random.Random(2).randbytes(size)
    model = bench.model(**{"model.safetensors": data})
    store = bench.keep(Store(bench.good, pace=pace))
    return bench.hub({"org/toy": model}, store=store), store, bench.files | {"model.safetensors": data}


def growing(bench, least, process):
    """Waits until a part holds so many bytes."""
    for _ in range(600):
        assert process.poll() is None, "it ended: " + process.communicate()[1]
        with contextlib.suppress(OSError):
            for name in os.listdir(bench.place("")):
                path = bench.place(name)
                if name.startswith("model.safetensors") and os.path.getsize(path) >= least:
                    return os.path.getsize(path)
        time.sleep(0.05)
    raise AssertionError("nothing grows")


@check
def a_killed_pull_goes_on(bench):
    hub, store, files = slow(bench)
    process = bench.start("pull", "org/toy", "--endpoint", hub.address)
    growing(bench, 4_000_000, process)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert not os.path.exists(bench.place("model.safetensors")), "half is taken for whole"
    says(bench.run("doctor", "org/toy"), "did not end", code=2)
    store.pace = None
    before = len(store.requests)
    fine(bench.pull(hub))
    bench.whole(files)
    first = store.requests[before][1].get("range", "")
    assert int(re.match(r"bytes=(\d+)", first)[1]) >= 4_000_000, first


@check
def an_interrupted_pull_goes_on(bench):
    hub, store, files = slow(bench)
    process = bench.start("pull", "org/toy", "--endpoint", hub.address)
    growing(bench, 1_000_000, process)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=5)
    assert process.returncode != 0
    store.pace = None
    fine(bench.pull(hub))
    bench.whole(files)


@check
def two_pulls_at_once_do_not_mix(bench):
    hub, store, files = slow(bench)
    one = bench.start("pull", "org/toy", "--endpoint", hub.address)
    growing(bench, 1, one)
    says(bench.pull(hub), "another pull", code=1)
    output, errors = one.communicate(timeout=120)
    assert one.returncode == 0, errors
    bench.whole(files)


@check
def a_disk_that_fills_up_midway_is_told(bench):
    hub, store, files = slow(bench)
    with bench.disk("size=40m"):
        ballast = bench.cache + "/ballast"
        process = bench.start("pull", "org/toy", "--endpoint", hub.address)
        growing(bench, 2_000_000, process)
        with contextlib.suppress(OSError), open(ballast, "wb") as file:
            while True:
                file.write(bytes(1 << 16))
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 1 and "the disk is full" in errors and "pull again" in errors, errors
        assert not os.path.exists(bench.place("model.safetensors")) and not os.path.exists(bench.place("config.json"))
        says(bench.pull(hub), "needs", "free", code=1)
        os.remove(ballast)
        store.pace = None
        before = len(store.requests)
        fine(bench.pull(hub))
        bench.whole(files)
        assert "range" in store.requests[before][1], "it starts anew"


@check
def a_disk_that_is_too_small_is_told_before(bench):
    hub, store, _ = slow(bench)
    with bench.disk("size=8m"):
        says(bench.pull(hub), "needs 24 MB", "LEEWAY_CACHE", code=1)
        assert not store.requests
    with bench.disk("size=64k,nr_inodes=2"):
        says(bench.pull(hub), "disk is full", code=1)


@check
def a_cache_that_is_read_only_is_told(bench):
    hub = bench.hub({"org/toy": bench.model()})
    with bench.disk("size=8m"):
        fine(bench.pull(hub))
        bench.seal()
        says(bench.pull(hub), "read-only", "LEEWAY_CACHE", code=1)
        says(bench.pull(hub, model="org/new"), code=1)
        assert bench.opens(), "what is there can be used: " + bench.last.stderr_text
    blocked = bench.folder + "/file"
    with open(blocked, "w"):
        pass
    says(bench.pull(hub, LEEWAY_CACHE=blocked), blocked, code=1)


def main():
    parser = argparse.ArgumentParser(description="leeway pull against a hub over TLS on this machine")
    parser.add_argument("command", nargs="?", default=ROOT + "/.build/release/leeway")
    parser.add_argument("--only", default="", help="checks with this word in their name")
    options = parser.parse_args()
    for tool in ["openssl", "unshare", "mount"]:
        if not shutil.which(tool):
            sys.exit(f"{tool} is needed")
    if "HUB_CHECK" not in os.environ:
        own = ["unshare", "--mount"] + ([] if os.geteuid() == 0 else ["--map-root-user"])
        os.environ["HUB_CHECK"] = "1"
        os.execvp(own[0], own + [sys.executable, *sys.argv])
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        authority = Authority(folder)
        if not os.path.exists(BUNDLE):
            sys.exit(f"{BUNDLE} is where the system's authorities are expected")
        subprocess.run(["mount", "--bind", authority.path, BUNDLE], check=True)
        for function in CHECKS:
            name = function.__name__.replace("_", " ")
            if options.only not in name:
                continue
            place = tempfile.mkdtemp(dir=folder)
            bench = Bench(os.path.abspath(options.command), authority, place)
            try:
                function(bench)
                print("ok      " + name, flush=True)
            except (AssertionError, OSError, subprocess.TimeoutExpired) as fault:
                failed += 1
                print(f"FAILED  {name}: {fault or type(fault).__name__}", flush=True)
            finally:
                bench.close()
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
