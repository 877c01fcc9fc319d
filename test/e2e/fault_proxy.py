"""A TLS proxy before an API server that does not set faults itself.

HTTP/1.1, one connection to the server for each of the client's. It runs in a thread of
the runner with a loop of its own; the rules are those of fault_rules.py. Its certificate
is its own authority: only the controller whose kubeconfig names it talks to it.
"""

import asyncio
import os
import ssl
import subprocess
import threading

from fault_rules import Request, Rules

CHUNK = 64 * 1024
CLOSED = (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError, OSError)


class Cut(Exception):
    """The connection is to be closed here."""


async def read_head(reader):
    """First line and headers; names in lower case."""
    first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    pairs = [line.split(":", 1) for line in lines if line]
    return first, {name.strip().lower(): value.strip() for name, value in pairs}


def head_of(first, headers):
    lines = [first] + [f"{name}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


async def pieces(reader, headers):
    """The body, piece by piece as it comes."""
    if headers.get("transfer-encoding", "").lower() == "chunked":
        while size := int((await reader.readline()).split(b";")[0], 16):
            yield await reader.readexactly(size)
            await reader.readexactly(2)
        await reader.readuntil(b"\r\n")
        return
    left = int(headers.get("content-length", "0"))
    while left:
        piece = await reader.read(min(left, CHUNK))
        if not piece:
            raise Cut
        left -= len(piece)
        yield piece


class Exchange:
    """One request and what goes wrong with its answer."""

    def __init__(self, request, effects, writer):
        self.request, self.effects, self.writer = request, effects, writer
        self.changed = asyncio.Event()
        self.carried = 0

    def join(self, action):
        self.effects.update(action)
        self.changed.set()

    def limit(self):
        """How many bytes may still pass before the answer is cut or stalls."""
        ends = [self.effects[name] for name in ("cut", "stall") if name in self.effects]
        return None if not ends else max(0, min(0 if end is True else end for end in ends)
                                         - self.carried)

    async def obey(self):
        """At the limit: closes, or waits until the rules are cleared."""
        while self.limit() == 0:
            if "cut" in self.effects:
                raise Cut
            self.changed.clear()
            await self.changed.wait()

    async def send(self, data):
        """A chunk of the answer's body."""
        while data:
            await self.obey()
            size = min(len(data), self.limit() or len(data))
            slow = self.effects.get("slow")
            if slow:
                size = min(size, slow)
            if self.effects.get("split"):
                size = 1
            piece, data = data[:size], data[size:]
            self.writer.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            await self.writer.drain()
            self.carried += len(piece)
            if slow:
                await asyncio.sleep(0.1)


class FaultProxy:
    def __init__(self, kubeconfig, folder):
        """Before the server of a kube.Kubeconfig; `folder` keeps the certificate."""
        server = kubeconfig.cluster["server"].removeprefix("https://")
        host, _, port = server.rstrip("/").partition(":")
        self.upstream = (host, int(port or 443))
        self.upstream_tls = kubeconfig.tls(as_user=False)
        self.certificate = os.path.join(folder, "proxy.crt")
        self.tls = self._make_tls(os.path.join(folder, "proxy.key"))
        self.rules, self.exchanges = Rules(), set()
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.started = threading.Event()

    def _make_tls(self, key):
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
             "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out", self.certificate,
             "-days", "2", "-subj", "/CN=berth fault proxy", "-addext",
             "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, key)
        context.set_alpn_protocols(["http/1.1"])
        return context

    # -- from the runner's threads

    def start(self):
        self.thread.start()
        self.started.wait()
        return f"https://127.0.0.1:{self.port}"

    def stop(self):
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()

    def add(self, sources):
        def change():
            for rule in self.rules.add(sources):
                if rule.open:
                    for exchange in self.exchanges:
                        if rule.matches(exchange.request) and rule.fires():
                            exchange.join(rule.action)
        self._in_loop(change)

    def clear(self):
        def change():
            self.rules.clear()
            for exchange in self.exchanges:
                exchange.effects.clear()
                exchange.changed.set()
        self._in_loop(change)

    def _in_loop(self, change):
        async def run():
            change()
        asyncio.run_coroutine_threadsafe(run(), self.loop).result(10)

    # -- in the loop

    def _run(self):
        asyncio.set_event_loop(self.loop)
        server = self.loop.run_until_complete(asyncio.start_server(
            self._serve, "127.0.0.1", 0, ssl=self.tls, limit=1 << 20))
        self.port = server.sockets[0].getsockname()[1]
        self.started.set()
        self.loop.run_forever()
        server.close()
        for task in asyncio.all_tasks(self.loop):
            task.cancel()
        self.loop.run_until_complete(asyncio.sleep(0.1))
        self.loop.close()

    async def _serve(self, reader, writer):
        upstream = None
        try:
            if self.rules.drops_connection():
                return
            while True:
                first, headers = await read_head(reader)
                body = b"".join([piece async for piece in pieces(reader, headers)])
                if upstream is None:
                    upstream = await asyncio.open_connection(
                        *self.upstream, ssl=self.upstream_tls, limit=1 << 20)
                await self._exchange(first, headers, body, upstream, writer)
        except (Cut, asyncio.CancelledError, *CLOSED):
            pass  # either side's end is the other's
        finally:
            for one in (writer, upstream[1] if upstream else None):
                if one:
                    one.transport.abort()

    async def _exchange(self, first, headers, body, upstream, writer):
        method, target, _ = first.split(" ", 2)
        request = Request(method, target)
        exchange = Exchange(request, self.rules.effects(request), writer)
        self.exchanges.add(exchange)
        try:
            code = exchange.effects.get("status", 500 if "refuse" in exchange.effects else 0)
            if code:
                await self._refuse(writer, code, exchange.effects.get("retryAfter"))
                return
            reader, server = upstream
            headers.pop("transfer-encoding", None)
            headers.update({"content-length": str(len(body)), "host": "%s:%d" % self.upstream})
            server.write(head_of(first, headers) + body)
            await self._answer(exchange, reader, writer)
        finally:
            self.exchanges.discard(exchange)

    async def _refuse(self, writer, code, retry_after):
        text = ('{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure",'
                f'"message":"a fault that the test asked for","code":{code}}}')
        headers = {"content-type": "application/json", "content-length": str(len(text))}
        if retry_after:
            headers["retry-after"] = str(retry_after)
        writer.write(head_of(f"HTTP/1.1 {code} Fault", headers) + text.encode())
        await writer.drain()

    async def _answer(self, exchange, reader, writer):
        first, headers = await read_head(reader)
        answer = pieces(reader, dict(headers))
        if exchange.effects.get("unanswered") or exchange.effects.get("rst"):
            async for _ in answer:
                pass
            raise Cut
        if first.split(" ")[1] in ("204", "304"):
            writer.write(head_of(first, headers))
            return
        headers.pop("content-length", None)
        headers["transfer-encoding"] = "chunked"
        if exchange.effects.get("stall") is True:
            await exchange.obey()
        if exchange.effects.get("goaway"):
            headers["connection"] = "close"
        writer.write(head_of(first, headers))
        await self._pass_on(exchange, answer)
        writer.write(b"0\r\n\r\n")
        await writer.drain()
        if exchange.effects.get("goaway"):
            raise Cut

    async def _pass_on(self, exchange, answer):
        """The body as it comes; what is set meanwhile takes effect at once."""
        coming = asyncio.ensure_future(anext(answer, None))
        try:
            while True:
                changed = asyncio.ensure_future(exchange.changed.wait())
                await asyncio.wait({coming, changed}, return_when=asyncio.FIRST_COMPLETED)
                changed.cancel()
                exchange.changed.clear()
                await exchange.obey()
                if coming.done():
                    piece = coming.result()
                    if piece is None:
                        return
                    await exchange.send(piece)
                    coming = asyncio.ensure_future(anext(answer, None))
        finally:
            coming.cancel()
