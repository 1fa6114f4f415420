"""Asking an HTTP server so cheaply that the server is what is measured: raw sockets, keep-alive, one request at a time each."""

from __future__ import annotations

import os
import selectors
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from pathlib import Path

_BUFFER = 1 << 20


@dataclass(frozen=True)
class Answer:
    """One answer taken apart; header names in lower case, in order."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


@dataclass(frozen=True)
class Load:
    """What so many requests took: the server's CPU seconds a request, and the slowest but one in a hundred, in seconds."""

    cpu: float
    p99: float


def request(path: str, headers: Mapping[str, str]) -> bytes:
    lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", "Accept: application/json"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def ask(port: int, path: str, headers: Mapping[str, str] | None = None) -> Answer:
    """One request on a connection of its own."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as link:
        link.sendall(request(path, headers or {}))
        whole = b""
        while (end := whole.find(b"\r\n\r\n")) < 0 or len(whole) < end + 4 + _body_size(whole[:end]):
            part = link.recv(_BUFFER)
            if not part:
                raise ConnectionError(f"{path}: the server hung up after {len(whole)} bytes")
            whole += part
    first, *lines = whole[:end].decode("latin-1").split("\r\n")
    pairs = [(name.lower(), value.strip()) for name, _, value in (line.partition(":") for line in lines)]
    return Answer(int(first.split()[1]), pairs, whole[end + 4 :])


def load(pid: int, port: int, asked: bytes, body_size: int, *, count: int, connections: int = 4) -> Load:
    """``count`` requests in a closed loop, all answered with bodies of ``body_size`` bytes."""
    before = cpu_seconds(pid)
    with selectors.DefaultSelector() as ready:
        loop = _Loop(asked, body_size, count, ready)
        for _ in range(connections):
            ready.register(_Link(port), selectors.EVENT_READ)
        try:
            seconds = loop.run()
        finally:
            for key in list(ready.get_map().values()):
                _link(key).socket.close()
    return Load((cpu_seconds(pid) - before) / count, sorted(seconds)[ceil(count * 0.99) - 1])


class _Link:
    """One connection; ``missing`` bytes of the present answer are still to come, None while its head is."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.missing: int | None = None
        self.began = 0.0

    def fileno(self) -> int:
        return self.socket.fileno()


class _Loop:
    """Every connection asks again as soon as it has its answer, until all requests are made."""

    def __init__(self, asked: bytes, body_size: int, count: int, ready: selectors.BaseSelector) -> None:
        self._asked, self._body_size, self._count, self._ready = asked, body_size, count, ready
        self._sent = 0
        self._buffer = memoryview(bytearray(_BUFFER))

    def run(self) -> list[float]:
        """Seconds of each request."""
        seconds: list[float] = []
        for key in list(self._ready.get_map().values()):
            self._send(_link(key))
        while len(seconds) < self._count:
            answered = self._ready.select(timeout=10)
            if not answered:
                raise TimeoutError(f"no answer within 10 s, after {len(seconds)}")
            for key, _ in answered:
                link = _link(key)
                if self._received(link):
                    seconds.append(time.perf_counter() - link.began)
                    self._send(link)
        return seconds

    def _send(self, link: _Link) -> None:
        if self._sent < self._count:
            self._sent += 1
            link.missing, link.began = None, time.perf_counter()
            link.socket.sendall(self._asked)

    def _received(self, link: _Link) -> bool:
        """Take what has come; whether the answer is whole."""
        got = link.socket.recv_into(self._buffer)
        if not got:
            raise ConnectionError("the server hung up")
        if link.missing is None:
            # uvicorn writes the head in one piece; its length varies with the request's id.
            end = bytes(self._buffer[: min(got, 4096)]).index(b"\r\n\r\n")
            link.missing = end + 4 + self._body_size
        link.missing -= got
        return link.missing == 0


def _link(key: selectors.SelectorKey) -> _Link:
    link = key.fileobj
    if not isinstance(link, _Link):
        raise TypeError("the selector gave something else than a connection")
    return link


def cpu_seconds(pid: int) -> float:
    """CPU time of a process, all threads: in nanoseconds where the kernel counts them, else in clock ticks. Linux only."""
    tasks = Path(f"/proc/{pid}/task")
    try:
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks.iterdir()) / 1e9
    except FileNotFoundError:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _body_size(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0
