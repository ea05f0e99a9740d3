"""A program and a handler in Python. The program's first argument, or the handler's path, names a case."""
import hashlib
import json
import os
import pathlib
import random
import secrets
import shutil
import sys
import tempfile
import time
import uuid
import zlib

from wit_world import exports
from wit_world.imports import environment, outgoing_handler
from wit_world.imports.wasi_http_types import (
    Fields, IncomingBody, IncomingRequest, Method_Get, Method_Post, OutgoingBody, OutgoingRequest, OutgoingResponse, ResponseOutparam, Scheme_Http)
from componentize_py_types import Err, Ok


def say(what, f, *args):
    """Prints what a call returns, or its error."""
    try:
        print(what, f(*args))
    except Exception as e:
        print(what, type(e).__name__, getattr(e, "errno", None))


def files():
    data = pathlib.Path("/data")
    say("write", (data / "a").write_text, "hello")
    say("read", (data / "a").read_text)
    say("none", (data / "none").read_text)
    say("mkdir", (data / "d" / "e").mkdir, 0o777, True)
    say("again", (data / "d").mkdir)
    with open("/data/a", "a+") as f:
        say("append", f.write, " world")
        say("seek", f.seek, 3)
        say("rest", f.read)
        say("truncate", f.truncate, 4)
    with open("/data/big", "wb") as f:
        for n in range(300):
            f.write(bytes([n % 256]) * 1000)
    say("size", os.path.getsize, "/data/big")
    say("sum", lambda: zlib.crc32((data / "big").read_bytes()))
    say("rename", lambda: os.rename("/data/big", "/data/d/big"))
    say("link", os.link, "/data/a", "/data/linked")
    say("symlink", os.symlink, "a", "/data/sym")
    say("readlink", os.readlink, "/data/sym")
    say("absolute", os.symlink, "/etc/passwd", "/data/abs")
    say("utime", os.utime, "/data/a", (1000, 2000))
    say("times", lambda: (os.stat("/data/a").st_atime, os.stat("/data/a").st_mtime))
    say("chmod", os.chmod, "/data/a", 0o600)
    say("list", lambda: sorted(os.listdir("/data")))
    say("walk", lambda: sorted((d, sorted(f)) for d, _, f in os.walk("/data")))
    say("scan", lambda: sorted((e.name, e.is_dir(), e.is_symlink()) for e in os.scandir("/data")))
    say("glob", lambda: sorted(map(str, data.rglob("*"))))
    say("copy", shutil.copytree, "/data/d", "/data/copy")
    say("remove", os.remove, "/data/d")
    say("rmdir", os.rmdir, "/data/d")
    say("rmtree", shutil.rmtree, "/data/d")
    say("outside", open, "/data/../etc/passwd")
    say("elsewhere", open, "/etc/passwd")
    say("fixed", lambda: open("/fixed/text").read())
    say("a folder", open, "/data")
    tempfile.tempdir = "/data"
    with tempfile.TemporaryFile() as f:
        f.write(b"temporary")
        f.seek(0)
        print(f.read())


def clock():
    start = time.monotonic()
    time.sleep(0.01)
    print(time.monotonic() - start >= 0.01, time.time() > 1_700_000_000, time.perf_counter_ns() > 0)
    print(time.strftime("%Y-%m-%d", time.gmtime(86400)), time.timezone)


def chance():
    print(len(os.urandom(1000)), len(set(secrets.token_bytes(1000))) > 100, uuid.uuid4() != uuid.uuid4(), 0 <= random.random() < 1)


def surroundings():
    print(sys.argv[2:], sorted(os.environ.items()), sys.platform)
    say("cwd", os.getcwd)
    say("exec", lambda: os.system("ls"))
    print("to standard error", file=sys.stderr)


def lines():
    n = 0
    for line in sys.stdin:
        n += len(line)
    print(n, repr(sys.stdin.read()))


def digest():
    print(hashlib.sha256(sys.stdin.buffer.read()).hexdigest())
    print(json.dumps({"ä": [1, 2.5, None]}, ensure_ascii=False))


def wait(pollable):
    with pollable:
        pollable.block()


def read(body):
    out = b""
    with body.stream() as s:
        while True:
            try:
                out += s.blocking_read(1 << 16)
            except Err:
                return out


def write(body, data, trailers=None):
    with body.write() as s:
        for n in range(0, len(data), 4096):
            s.blocking_write_and_flush(data[n:n + 4096])
    OutgoingBody.finish(body, trailers)


def ask(host, path, data=None):
    """Sends a request and returns status, headers and body."""
    r = OutgoingRequest(Fields.from_list([("x-mine", b"python")]))
    r.set_scheme(Scheme_Http())
    r.set_authority(host)
    r.set_path_with_query(path)
    if data is not None:
        r.set_method(Method_Post())
        body = r.body()
    future = outgoing_handler.handle(r, None)
    if data is not None:
        write(body, data)
    wait(future.subscribe())
    result = future.get().value
    if isinstance(result, Err):
        return type(result.value).__name__, "", b""
    response = result.value
    seen = response.headers().get("x-seen")
    return response.status(), seen, read(response.consume())


def fetch():
    host = sys.argv[2]
    print(ask(host, "/hello?a=b"))
    print(ask(host, "/echo", b"text" * 5000)[2] == b"text" * 5000)
    print(ask(host, "/status/404"))
    print(ask(sys.argv[3], "/"))


class Run(exports.Run):
    def run(self) -> None:
        case = environment.get_arguments()[1]
        if case == "exit":
            sys.exit(3)
        if case == "error":
            raise ValueError("an odd value")
        globals()[case]()
        sys.stdout.flush()


class IncomingHandler(exports.IncomingHandler):
    def handle(self, request: IncomingRequest, response_out: ResponseOutparam) -> None:
        path, _, query = (request.path_with_query() or "").partition("?")
        status, data, headers = 200, b"", []
        if path == "/":
            data, headers = b"hello from Python\n", [("content-type", b"text/plain"), ("x-two", b"a"), ("x-two", b"b")]
        elif path == "/echo":
            data = read(request.consume())
        elif path == "/seen":
            seen = sorted((n, v.decode()) for n, v in request.headers().entries() if n.startswith("x-"))
            data = repr((type(request.method()).__name__, query, seen)).encode()
        elif path == "/large":
            data = b"0123456789" * 50_000
        elif path == "/fetch":
            host, _, rest = query.partition("/")
            status, _, data = ask(host, "/" + rest)
        elif path == "/raise":
            raise ValueError("an odd value")
        else:
            status = 404
        response = OutgoingResponse(Fields.from_list(headers))
        response.set_status_code(status)
        body = response.body()
        ResponseOutparam.set(response_out, Ok(response))
        write(body, data)
