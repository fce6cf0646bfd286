"""Sites on loopback that mean no good, and a bot that reads them through its real client."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import ip_network

from bot.core.http.client import HttpClient, Limits
from bot.core.time.clock import Clock
from bot.experiences.sources.fetching import Fetcher
from bot.experiences.sources.parser_pool import Readers

Serve = Callable[[asyncio.StreamWriter], Awaitable[None]]
HOUR = timedelta(hours=1)


@dataclass
class Site:
    """A server whose answers are written byte by byte. `address` is one that may be asked."""

    pages: dict[str, Serve] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)  # by path
    connections: int = 0
    url: str = ""

    def page(self, path: str, serve: Serve | bytes, **headers: str) -> str:
        if isinstance(serve, bytes):
            serve = answering(serve, **headers)
        self.pages[path] = serve
        return self.url + path

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            path = head.split()[1]
            self.asked.append(path)
            await self.pages.get(path, answering(b"", status="404 Not Found"))(writer)
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


@asynccontextmanager
async def site(host: str = "127.0.0.2") -> AsyncIterator[Site]:
    """A site at an address of loopback of its own."""
    made = Site()
    server = await asyncio.start_server(made._answer, host, 0)
    made.url = f"http://{host}:{server.sockets[0].getsockname()[1]}"
    try:
        yield made
    finally:
        server.close()


def answering(body: bytes, status: str = "200 OK", **headers: str) -> Serve:
    """One answer; `headers` are written with underscores."""
    given = {"Content-Length": str(len(body)), "Connection": "close"}
    given |= {name.replace("_", "-"): value for name, value in headers.items()}

    async def serve(writer: asyncio.StreamWriter) -> None:
        head = "".join(f"{name}: {value}\r\n" for name, value in given.items())
        writer.write(f"HTTP/1.1 {status}\r\n{head}\r\n".encode("latin-1") + body)
        await writer.drain()

    return serve


def endless(beginning: bytes, again: bytes, counted: list[int]) -> Serve:
    """A body without an end; `counted` gets the size of each piece that was taken."""

    async def serve(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + beginning)
        while True:
            writer.write(again)
            await writer.drain()
            counted.append(len(again))

    return serve


def stuck(beginning: bytes, until: asyncio.Event) -> Serve:
    """A body that stops in the middle, until the test has seen enough."""

    async def serve(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + beginning)
        await writer.drain()
        await until.wait()

    return serve


@asynccontextmanager
async def fetcher(clock: Clock, *, total: timedelta = HOUR) -> AsyncIterator[Fetcher]:
    """What the application reads with. It may ask 127.0.0.2 and no other address of loopback."""
    allowed = ip_network("127.0.0.2/32")
    limits = Limits(total=total)
    async with (
        HttpClient(clock=clock, allowed_networks=[allowed], limits=limits) as client,
        Readers(seconds=5) as readers,
    ):
        yield Fetcher(client, readers, clock.now)
