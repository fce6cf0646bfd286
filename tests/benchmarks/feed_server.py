"""A thousand sites on loopback, each at an address of its own; a process of its own.

    python -m tests.benchmarks.feed_server FOLDER COUNT

It prints the sites' addresses, then obeys lines: "change NUMBER..." has these feeds publish
something; each is answered with the seconds of processor time and the requests so far. All answers
are ready before they are asked for.
"""

import asyncio
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.feed_copies import Copy, copies

_END = b"\r\n\r\n"


@dataclass(frozen=True)
class _Answers:
    tag: bytes
    full: bytes
    unchanged: bytes

    @classmethod
    def of(cls, body: bytes, tag: bytes) -> "_Answers":
        head = b'ETag: "' + tag + b'"\r\n'
        length = f"Content-Length: {len(body)}\r\n".encode()
        full = b"HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\n" + head + length
        unchanged = b"HTTP/1.1 304 Not Modified\r\n" + head + b"\r\n"
        return cls(b'If-None-Match: "' + tag + b'"', full + b"\r\n" + body, unchanged)


class _Site:
    """Answers to one feed."""

    def __init__(self, copy: Copy, number: int) -> None:
        self.answers = _Answers.of(copy.body, f"{number}-1".encode())
        self._later = copy.later and _Answers.of(copy.later, f"{number}-2".encode())
        self.can_change = copy.later is not None

    def change(self) -> None:
        assert self._later, "whoever chooses looks at `can_change`"
        self.answers = self._later


class _Server:
    def __init__(self, sites: Sequence[_Site]) -> None:
        self.sites = {f"127.1.{n // 250}.{n % 250 + 1}": site for n, site in enumerate(sites)}
        self.requests = 0

    async def listen(self) -> list[str]:
        """Returns the addresses of the feeds."""
        loop = asyncio.get_running_loop()
        urls = []
        for host in self.sites:
            server = await loop.create_server(lambda: _Connection(self), host, 0)
            urls.append(f"http://{host}:{server.sockets[0].getsockname()[1]}/feed.xml")
        return urls


class _Connection(asyncio.Protocol):
    def __init__(self, server: _Server) -> None:
        self._server = server
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._site = self._server.sites[transport.get_extra_info("sockname")[0]]

    def data_received(self, data: bytes) -> None:
        self._received += data
        while _END in self._received:
            request, _, self._received = self._received.partition(_END)
            self._server.requests += 1
            answers = self._site.answers
            self._transport.write(answers.unchanged if answers.tag in request else answers.full)


async def _serve(folder: Path, count: int) -> None:
    sites = [_Site(copy, number) for number, copy in enumerate(copies(folder, count))]
    server = _Server(sites)
    urls = await server.listen()
    _say({"urls": urls, "changing": [n for n, site in enumerate(sites) if site.can_change]})
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        for number in line.split()[1:]:
            sites[int(number)].change()
        _say({"processor": time.process_time(), "requests": server.requests})


def _say(value: object) -> None:
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1]), int(sys.argv[2])))
