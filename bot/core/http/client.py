"""The one HTTP client. Everything that the bot reads from the web comes through `HttpClient.get`.

    get ─> cache? ─> for each hop: judge the address ─> wait for a turn ─> ask ─> read up to a limit
                         ^                                                  │
                         └──────────────── redirect (at most five) <────────┘

What members see when it fails are the sentences of `core.http.messages`.
"""

import asyncio
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from http.cookies import BaseCookie
from pathlib import Path
from typing import Self

import aiohttp
from aiohttp.abc import AbstractResolver
from multidict import CIMultiDict
from yarl import URL

from bot.core.charsets import known_charset
from bot.core.errors import FetchFailed
from bot.core.http.cache import DiskCache, Kept
from bot.core.http.guard import Guard, GuardedResolver, Network, literal
from bot.core.http.messages import explained, named, not_public, redirected, web_address
from bot.core.http.rate_limit import Pace, Pacer
from bot.core.text import one_line
from bot.core.time.clock import Clock

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT_REDIRECTS = frozenset({301, 308})
_KEPT_HEADERS = ("Content-Type", "ETag", "Last-Modified")
_CHUNK = 64 * 1024
_CONNECTIONS = 100  # feeds that are slow to answer must not keep members waiting


@dataclass(frozen=True)
class Limits:
    """What one `get` may cost. `paces` is keyed by host name ("host:port" if unusual)."""

    connect: timedelta = timedelta(seconds=10)
    total: timedelta = timedelta(
        seconds=30
    )  # network time of all hops; waiting for a turn is extra
    longest_wait: timedelta = timedelta(seconds=60)  # for a turn
    redirects: int = 5
    paces: Mapping[str, Pace] = field(default_factory=dict)


@dataclass(frozen=True)
class Response:
    """An answer with any status but 429 and 503, which are raised as FetchFailed.

    `url` is where the answer came from after redirects; `moved` says that all of them were
    permanent, so that this is the address to remember. `headers` ignores case.
    """

    status: int
    url: str
    headers: Mapping[str, str]
    body: bytes
    moved: bool = False

    @property
    def charset(self) -> str | None:
        """The encoding that the header states, if it states a usual one."""
        found = re.search(r"charset\s*=\s*[\"']?([\w.:-]+)", self.headers.get("Content-Type", ""))
        return known_charset(found.group(1)) if found else None

    def text(self) -> str:
        """The body as text; what cannot be decoded becomes U+FFFD."""
        try:
            return self.body.decode(self.charset or "utf-8-sig", "replace")
        except LookupError:
            return self.body.decode("utf-8-sig", "replace")


class TooLarge(FetchFailed):
    """The body is larger than the caller wanted."""


class HttpClient:
    """Reads pages; use as an async context manager, or call `close()`.

    Addresses that are not public are refused unless they lie in `allowed_networks`. Environment
    proxies are ignored: through one, nobody could say which address is being connected to.
    """

    def __init__(
        self,
        *,
        contact: str = "",
        clock: Clock,
        allowed_networks: Iterable[Network] = (),
        cache_directory: Path | None = None,
        limits: Limits | None = None,
        resolver: AbstractResolver | None = None,
    ) -> None:
        self._agent = "Paperclub/0.1" + (f" (+{one_line(contact)})" if contact.strip() else "")
        self._clock = clock
        self._guard = Guard(allowed_networks)
        self._cache = DiskCache(cache_directory) if cache_directory else None
        self._limits = limits or Limits()
        self._pacer = Pacer(clock, self._limits.paces, self._limits.longest_wait)
        self._resolver = resolver
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def get(
        self,
        url: str,
        *,
        accept: str | None = None,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        max_bytes: int = 10_000_000,
        cache_for: timedelta | None = None,
    ) -> Response:
        """Read `url`, following redirects.

        `max_bytes` counts after decompression. `headers` go to every hop, so nothing secret belongs
        there. With `cache_for`, an answer (200 only) that is younger comes from the disk.

        Raises FetchRefused for an address that must not be asked (its sentence is for the person
        who gave it), FetchFailed when there is no answer or the site wants to be left alone
        (`retry_after`), TooLarge when the body is.
        """
        target = web_address(url, params)
        key = f"{target}\n{accept or ''}"
        if cache_for and (kept := await self._read_cache(key, cache_for)):
            return Response(200, kept.url, CIMultiDict(kept.headers), kept.body)
        sent = CIMultiDict(headers or {})
        if accept:
            sent["Accept"] = accept
        response = await self._follow(target, sent, max_bytes)
        if cache_for and response.status == 200:
            await self._write_cache(key, response)
        return response

    async def _follow(self, url: URL, headers: CIMultiDict[str], max_bytes: int) -> Response:
        """Ask hop by hop. Cookies live as long as this chain: publishers loop without them."""
        loop = asyncio.get_running_loop()
        cookies = _Cookies()
        left = self._limits.total.total_seconds()
        moved = False
        for hop in range(self._limits.redirects + 1):
            self._judge(url)
            async with self._pacer.turn(_site(url)):
                started = loop.time()
                answer = await self._ask(url, headers, cookies, left, max_bytes)
                left = max(0.1, left - (loop.time() - started))
            location = answer.headers.get("Location")
            if answer.status not in _REDIRECTS or not location:
                return Response(answer.status, str(url), answer.headers, answer.body, moved)
            moved = answer.status in _PERMANENT_REDIRECTS and (moved or hop == 0)
            url = redirected(url, location)
        raise FetchFailed(f"{named(url)} redirects more than {self._limits.redirects} times.")

    async def _ask(
        self,
        url: URL,
        headers: CIMultiDict[str],
        cookies: "_Cookies",
        seconds: float,
        max_bytes: int,
    ) -> Response:
        """One request, in words that a person understands if it fails."""
        timeout = aiohttp.ClientTimeout(
            total=seconds, sock_connect=self._limits.connect.total_seconds()
        )
        try:
            async with self._open_session().get(
                url,
                headers=headers,
                cookies=cookies.for_site(url),
                timeout=timeout,
                allow_redirects=False,
            ) as answer:
                cookies.take(answer)
                self._pacer.note_answer(
                    _site(url), answer.status, answer.headers.get("Retry-After")
                )
                is_redirect = answer.status in _REDIRECTS and "Location" in answer.headers
                body = b"" if is_redirect else await _read(answer, max_bytes)
                return Response(answer.status, str(url), answer.headers, body)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise explained(error, url) from error

    def _judge(self, url: URL) -> None:
        """Refuse an address literal before anything is asked; names are judged when resolved."""
        address = literal(url.raw_host or "")
        if address is not None and not self._guard.permits(address):
            raise not_public(url)

    def _open_session(self) -> aiohttp.ClientSession:
        """The session needs a running loop, so it is made at the first request."""
        if self._session is None:
            resolver = GuardedResolver(self._resolver or aiohttp.ThreadedResolver(), self._guard)
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    resolver=resolver,
                    socket_factory=self._guard.make_socket,
                    limit=_CONNECTIONS,
                ),
                headers={"User-Agent": self._agent},
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=False,
            )
        return self._session

    async def _read_cache(self, key: str, cache_for: timedelta) -> Kept | None:
        if self._cache is None:
            return None
        return await asyncio.to_thread(self._cache.read, key, self._clock.now(), cache_for)

    async def _write_cache(self, key: str, response: Response) -> None:
        if self._cache is None:
            return
        headers = {
            name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers
        }
        kept = Kept(response.url, headers, response.body)
        await asyncio.to_thread(self._cache.write, key, self._clock.now(), kept)


class _Cookies:
    """What the sites of one chain have set. Most set nothing, and a jar takes long to make."""

    def __init__(self) -> None:
        self._jar: aiohttp.CookieJar | None = None

    def for_site(self, url: URL) -> BaseCookie[str] | None:
        return self._jar.filter_cookies(url) if self._jar is not None else None

    def take(self, answer: aiohttp.ClientResponse) -> None:
        if answer.cookies:
            if self._jar is None:  # one that is empty counts as false
                self._jar = aiohttp.CookieJar()
            self._jar.update_cookies(answer.cookies, answer.url)


async def _read(answer: aiohttp.ClientResponse, max_bytes: int) -> bytes:
    """The body. It is decompressed while it streams, so a bomb is cut off at the limit."""
    body = bytearray()
    async for chunk in answer.content.iter_chunked(_CHUNK):
        body += chunk
        if len(body) > max_bytes:
            answer.close()
            raise TooLarge(f"That page is larger than {_size(max_bytes)}.")
    return bytes(body)


def _site(url: URL) -> str:
    """The pacer's name for a site; upper and lower case and a final dot make no difference."""
    host = (url.raw_host or "").lower().rstrip(".")
    return host if url.is_default_port() else f"{host}:{url.port}"


def _size(size: int) -> str:
    return f"{size // 1_000_000} MB" if size >= 1_000_000 else f"{size // 1_000} kB"
