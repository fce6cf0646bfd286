"""What would be posted of feeds that nobody follows yet. Nothing is stored.

files and addresses ─ read, some at once ─> documents ─ decide, one by one ─> a verdict per entry
"""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.core.errors import PaperclubError, UserError
from bot.core.time.clock import Clock
from bot.experiences.cards import EXCERPT
from bot.experiences.feeds.decisions import (
    Decision,
    Knowledge,
    dated_at,
    decide,
    fresh_of,
    notes_of,
)
from bot.experiences.feeds.rules import Filter, Verdict
from bot.experiences.identity.keys import Known, hashed
from bot.experiences.identity.memory import Memory
from bot.experiences.sources.documents import Document, Entry
from bot.experiences.sources.fetching import MOST_BYTES, FeedSource
from bot.experiences.sources.parser_pool import Readers

STANDARD_INPUT = "-"
WAITING = "waiting"  # it would be posted, and its date lies ahead
_LATEST = 1  # what `/feed add` posts of a new feed, unless told otherwise
_AT_ONCE = 4  # documents
_NO_FILE = "There is no such file. (A web address begins with https://.)"
_TOO_LARGE = f"It is larger than {MOST_BYTES // 1_000_000} MB, so it is no feed."


@dataclass(frozen=True)
class EntryPreview:
    """An entry as it would be posted. `verdict` is one of `Verdict`, or `WAITING`."""

    identity: str
    title: str
    author: str
    published_at: datetime | None
    link: str | None
    excerpt: str
    image: str | None
    tags: tuple[str, ...]
    facts: dict[str, str]
    verdict: str

    def described(self) -> dict[str, Any]:
        """The entry for `--json`."""
        published = self.published_at.isoformat() if self.published_at else None
        return {
            "identity": self.identity,
            "title": self.title,
            "author": self.author,
            "published": published,
            "link": self.link,
            "excerpt": self.excerpt,
            "image": self.image,
            "tags": list(self.tags),
            "facts": self.facts,
            "verdict": self.verdict,
        }


@dataclass(frozen=True)
class Preview:
    """A feed and its entries, the newest first. `source` is what was asked for."""

    source: str
    url: str | None  # where the feed was found
    title: str
    notes: tuple[str, ...]
    entries: tuple[EntryPreview, ...]


@dataclass(frozen=True)
class Unjudged:
    """A document that is no feed, or can't be read; `reason` is a sentence."""

    source: str
    reason: str


@dataclass(frozen=True)
class _Read:
    document: Document
    url: str | None


class Previews:
    """Looks at documents as if each were followed now, one after the other, by one community."""

    def __init__(
        self, source: FeedSource, readers: Readers, clock: Clock, *, standard_input: bytes = b""
    ) -> None:
        self._source = source
        self._readers = readers
        self._clock = clock
        self._standard_input = standard_input
        self._seen = Memory(one_feed=False)
        self._count = 0

    async def of(self, sources: Sequence[str]) -> AsyncGenerator[Preview | Unjudged, None]:
        """What is in each source: a file, a web address, or `-`. In the order given."""
        # A place is free again when its document is judged, so that few are held at a time.
        places = asyncio.Semaphore(_AT_ONCE)
        reading = [asyncio.create_task(self._read(source, places)) for source in sources]
        try:
            for source, task in zip(sources, reading, strict=True):
                read = await task
                yield read if isinstance(read, Unjudged) else self._judged(source, read)
                places.release()
        finally:
            for task in reading:
                task.cancel()
            await asyncio.gather(*reading, return_exceptions=True)

    async def _read(self, source: str, places: asyncio.Semaphore) -> _Read | Unjudged:
        await places.acquire()
        try:
            if source.lower().startswith(("http://", "https://")):
                found = await self._source.find(source)
                return _Read(found.read.document, found.url)
            body = await self._body(source)
            document = await self._readers.read(body, url="", charset=None, now=self._clock.now())
            return _Read(document, None)
        except PaperclubError as error:
            return Unjudged(source, str(error))

    async def _body(self, source: str) -> bytes:
        if source == STANDARD_INPUT:
            body = self._standard_input
        else:
            return await asyncio.to_thread(contents_of, source)
        return _unless_too_large(body)

    def _judged(self, source: str, read: _Read) -> Preview:
        document, now = read.document, self._clock.now()
        known = Knowledge(Memory(), self._seen, {}, {})
        fresh = fresh_of(document)
        decisions = decide(fresh, known, Filter(), first=True, latest=_LATEST, now=now)
        for decision in decisions:
            self._remember(decision)
        return Preview(
            source=source,
            url=read.url,
            title=document.title,
            notes=notes_of(document),
            entries=tuple(_previewed(decision, now) for decision in reversed(decisions)),
        )

    def _remember(self, decision: Decision) -> None:
        """What is an experience of its own is known to the documents that follow."""
        if decision.verdict in (Verdict.POST, Verdict.EARLIER):
            self._count += 1
            keys = replace(decision.keys, guid=None)  # which is the document's alone
            known = Known(self._count, keys, decision.entry.published_at)
            self._seen.add(known, decision.entry.content.text)


def contents_of(name: str) -> bytes:
    """What is in a file. Raises UserError if there is none, or more than a feed has."""
    try:
        with Path(name).open("rb") as file:
            return _unless_too_large(file.read(MOST_BYTES + 1))
    except FileNotFoundError as error:
        raise UserError(_NO_FILE) from error
    except IsADirectoryError as error:
        raise UserError("That is a folder, not a feed.") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "its name is no file's"
        raise UserError(f"I can't read that file ({reason}).") from error


def _unless_too_large(body: bytes) -> bytes:
    if len(body) > MOST_BYTES:
        raise UserError(_TOO_LARGE)
    return body


def _previewed(decision: Decision, now: datetime) -> EntryPreview:
    from bot.experiences.excerpts import excerpt  # not for each start, as in `posts`

    entry = decision.entry
    return EntryPreview(
        identity=_identity(decision),
        title=entry.title,
        author=entry.author,
        published_at=entry.published_at,
        link=entry.link,
        excerpt=excerpt(entry.content.lead, title=entry.title, limit=EXCERPT),
        image=entry.content.image_url,
        tags=entry.tags,
        facts=entry.facts,
        verdict=_verdict(decision, now),
    )


def _identity(decision: Decision) -> str:
    """What the entry is known by: the first key of it that says something, as it is stated."""
    entry, keys = decision.entry, decision.keys
    if keys.guid and entry.guid:
        return entry.guid
    if keys.address and entry.link:
        return entry.link
    return f"hash:{hashed(_stated(entry))}"


def _stated(entry: Entry) -> str:
    published = entry.published_at.isoformat() if entry.published_at else ""
    return "\x00".join((entry.title, published, entry.content.text))


def _verdict(decision: Decision, now: datetime) -> str:
    verdict = decision.verdict or Verdict.DUPLICATE  # the document has the same experience twice
    if verdict is Verdict.POST and dated_at(decision.entry, now) > now:
        return WAITING
    return verdict.value
