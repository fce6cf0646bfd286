"""Asks a feed for what is new: one conditional request, judged.

ask ─ 304, or the same bytes ──> Unchanged
    ├ something to read ───────> Read
    └ anything else ───────────> Failed   (a value: one bad feed is no exception)
"""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.core.errors import FetchFailed, FetchRefused, UserError
from bot.core.http.client import HttpClient, Response
from bot.experiences.sources.discovery import usual_paths
from bot.experiences.sources.documents import Document, NotAFeed
from bot.experiences.sources.parser_pool import Readers, Unreadable
from bot.experiences.sources.urls import typed

ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml, "
    "application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.5"
)
MOST_BYTES = 10_000_000
MOST_TRIED = 30  # addresses, to find the feed of a page
_MAX_AGE = re.compile(r"max-age\s*=\s*\"?(\d{1,9})")
_SAID = {
    401: "It wants a password.",
    403: "I'm not allowed to read it.",
    404: "There is nothing at that address any more.",
    410: "The site says that it is gone for good.",
}


@dataclass(frozen=True)
class Asked:
    """What a feed is asked with: where it is, and what it answered before."""

    url: str
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None


@dataclass(frozen=True)
class Unchanged:
    """Nothing is new. `every` is how often the server wants to be asked at most."""

    every: timedelta | None = None
    moved_to: str | None = None


@dataclass(frozen=True)
class Read:
    """There is something to look at; the rest is for the next request."""

    document: Document
    etag: str | None
    last_modified: str | None
    body_hash: str
    every: timedelta | None = None
    moved_to: str | None = None


@dataclass(frozen=True)
class Failed:
    """It could not be read. `reason` is a sentence for the organisers."""

    reason: str
    status: int | None = None
    retry_after: timedelta | None = None


FetchResult = Unchanged | Read | Failed


@dataclass(frozen=True)
class Found:
    """A feed that was found, and what it has."""

    url: str
    read: Read


class FeedSource(Protocol):
    """Where feeds are read from; tests and the demo bring their own."""

    async def find(self, address: str) -> Found:
        """The feed at an address, or the one that the page there names. Raises UserError."""
        ...

    async def ask(self, asked: Asked) -> FetchResult:
        """One request. Never raises: whatever goes wrong is an answer."""
        ...


class Fetcher:
    """Reads feeds from the web."""

    def __init__(self, client: HttpClient, readers: Readers, now: Callable[[], datetime]) -> None:
        self._client = client
        self._readers = readers
        self._now = now

    async def ask(self, asked: Asked) -> FetchResult:
        try:
            response = await self._client.get(
                asked.url, accept=ACCEPT, headers=_conditions(asked), max_bytes=MOST_BYTES
            )
        except FetchRefused as error:
            return Failed(str(error))
        except FetchFailed as error:
            return Failed(str(error), retry_after=error.retry_after)
        return await self._judge(asked, response)

    async def find(self, address: str) -> Found:
        address = typed(address)
        response = await self._get(address)
        answer = await self._judge(Asked(address), response)
        if isinstance(answer, Read):
            return Found(answer.moved_to or address, answer)
        if response.status != 200:
            raise UserError(f"I can't read that. {_reason(answer)}")
        page = response.body
        named = await self._readers.find_feeds(page, url=response.url, charset=response.charset)
        for candidate in dict.fromkeys([*named, *usual_paths(response.url)][:MOST_TRIED]):
            answer = await self.ask(Asked(candidate))
            if isinstance(answer, Read):
                return Found(answer.moved_to or candidate, answer)
        raise UserError(
            "I found no feed there. Look for a link named *RSS*, *Atom* or *Feed* on the page, and "
            "give me that."
        )

    async def _get(self, address: str) -> Response:
        try:
            return await self._client.get(address, accept=ACCEPT, max_bytes=MOST_BYTES)
        except FetchFailed as error:
            raise UserError(f"I can't read that. {error}") from error

    async def _judge(self, asked: Asked, response: Response) -> FetchResult:
        moved_to = response.url if response.moved else None
        every = _max_age(response)
        if response.status == 304:
            return Unchanged(every, moved_to)
        if response.status != 200:
            said = _SAID.get(response.status, f"The site returned an error ({response.status}).")
            return Failed(said, response.status)
        body_hash = hashlib.sha256(response.body).hexdigest()
        if body_hash == asked.body_hash:
            return Unchanged(every, moved_to)
        try:
            document = await self._readers.read(
                response.body, url=response.url, charset=response.charset, now=self._now()
            )
        except (NotAFeed, Unreadable) as error:
            return Failed(str(error))
        return Read(
            document=document,
            etag=_header(response, "ETag"),
            last_modified=_header(response, "Last-Modified"),
            body_hash=body_hash,
            every=every,
            moved_to=moved_to,
        )


def _reason(answer: FetchResult) -> str:
    return answer.reason if isinstance(answer, Failed) else ""


def _conditions(asked: Asked) -> dict[str, str]:
    """Both are sent where both are known, as HTTP wants it."""
    stated = {"If-None-Match": asked.etag, "If-Modified-Since": asked.last_modified}
    return {name: value for name, value in stated.items() if value}


def _header(response: Response, name: str) -> str | None:
    """A header's value, if it is one that can be stored and sent back."""
    value = response.headers.get(name, "")
    return value if value.isascii() and value.isprintable() and 0 < len(value) <= 500 else None


def _max_age(response: Response) -> timedelta | None:
    found = _MAX_AGE.search(response.headers.get("Cache-Control", ""))
    return timedelta(seconds=int(found[1])) if found else None
