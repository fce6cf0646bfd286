"""Plays saved versions of one feed through the service, on a database in memory.

files, oldest first ─ follow the first, poll the others ─> what became of each entry, and why
"""

import asyncio
import re
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bot.communities.model import Community
from bot.communities.service import Actor, Communities
from bot.core.database import Base, Database
from bot.core.errors import PaperclubError
from bot.core.outbox import Outbox
from bot.experiences.feeds.decisions import BEHIND
from bot.experiences.feeds.inspection import FeedInspection
from bot.experiences.feeds.polling import Polling
from bot.experiences.feeds.preview import contents_of
from bot.experiences.feeds.recording import Recording
from bot.experiences.feeds.rules import Verdict
from bot.experiences.feeds.service import Feeds
from bot.experiences.feeds.wishes import Wishes
from bot.experiences.model import Experience, ExperienceState, Feed, FeedEntry, FeedState
from bot.experiences.publishing import Publishing
from bot.experiences.sources.documents import NotAFeed
from bot.experiences.sources.fetching import Asked, Failed, FetchResult, Found, Read, Unchanged
from bot.experiences.sources.parser_pool import Readers, Unreadable

BETWEEN = timedelta(hours=6)  # versions whose files don't say when they were saved
_SAVED_AT = re.compile(r"(?:^|_)(\d{9,10})$")  # at the end of a file's name, in unix time
_ADDRESS = "https://replay.invalid/feed"
_CHANNEL = "replay"
_ORGANISER = Actor("replay", "replay", "organiser", organiser=True)
_COMPARED = ("title", "link", "author", "text", "image_url", "tags")
_WORDS = {"image_url": "picture"}


@dataclass(frozen=True)
class Event:
    """What became of an entry in one version: it was posted, edited, archived, waits or dropped."""

    action: str
    title: str
    link: str | None
    reason: str


@dataclass(frozen=True)
class Version:
    """One saved version. `stopped` says why nothing more of the feed is posted."""

    file: str
    at: datetime
    entries: int = 0
    events: tuple[Event, ...] = ()
    notes: tuple[str, ...] = ()
    stopped: str | None = None
    error: str | None = None

    def described(self) -> dict[str, Any]:
        """The version for `--json`."""
        actions: dict[str, list[dict[str, Any]]] = {action: [] for action in ACTIONS}
        for event in self.events:
            told = {"title": event.title, "link": event.link, "reason": event.reason}
            actions[event.action].append(told)
        return {
            "file": self.file,
            "at": self.at.isoformat(),
            "entries": self.entries,
            **actions,
            "notes": list(self.notes),
            "stopped": self.stopped,
            "error": self.error,
        }


POSTED, EDITED, ARCHIVED, WAITING, DROPPED = "posted", "edited", "archived", "waiting", "dropped"
ACTIONS = (POSTED, EDITED, ARCHIVED, WAITING, DROPPED)


class ReplayClock:
    """A clock that goes from version to version."""

    def __init__(self, instant: datetime) -> None:
        self.instant = instant

    def now(self) -> datetime:
        return self.instant

    async def sleep_until(self, when: datetime) -> None:
        self.instant = max(self.instant, when)


@dataclass
class _Shelf:
    """Where the service finds the feed: it has one version at a time."""

    answer: FetchResult = field(default_factory=lambda: Failed("There is nothing yet."))

    async def ask(self, asked: Asked) -> FetchResult:
        same = isinstance(self.answer, Read) and self.answer.body_hash == asked.body_hash
        return Unchanged() if same else self.answer

    async def find(self, address: str) -> Found:
        if isinstance(self.answer, Read):
            return Found(_ADDRESS, self.answer)
        raise PaperclubError("There is nothing to follow yet.")


class Replay:
    """A community that follows one feed, from its first version on."""

    def __init__(self, readers: Readers, *, latest: int, now: datetime) -> None:
        self._readers, self._latest, self._real_now = readers, latest, now
        self._clock = ReplayClock(datetime.min.replace(tzinfo=UTC))
        self._shelf = _Shelf()
        self._database = Database("sqlite+aiosqlite:///:memory:")
        outbox = Outbox()
        communities = Communities(self._database, outbox, self._clock)
        publishing = Publishing(outbox, self._clock)
        recording = Recording(self._database, communities, publishing, self._clock)
        self._polling = Polling(self._database, recording, self._shelf, self._clock)
        self._feeds = Feeds(
            self._database, communities, self._polling, publishing, self._shelf, self._clock
        )
        self._inspection = FeedInspection(self._database, communities, self._shelf, self._clock)
        self._feed_id: int | None = None
        self._seen: dict[int, Mapping[str, Any]] = {}

    async def of(self, files: Sequence[str]) -> AsyncGenerator[Version, None]:
        """What became of the entries of each version, in the order given."""
        try:
            await self._set_up()
            for file in files:
                yield await self._play(file)
        finally:
            await self._database.close()

    async def _set_up(self) -> None:
        async with self._database.transaction() as session:
            await (await session.connection()).run_sync(Base.metadata.create_all)
            session.add(
                Community(
                    platform=_ORGANISER.platform,
                    external_id=_ORGANISER.community_ref,
                    zone="UTC",
                    papers_channel_ref=_CHANNEL,
                    experiences_channel_ref=_CHANNEL,
                    set_up_by_ref=_ORGANISER.member_ref,
                    created_at=self._real_now,
                )
            )

    async def _play(self, file: str) -> Version:
        saved_at = _saved_at(file, self._real_now)
        try:
            body = await asyncio.to_thread(contents_of, file)
            document = await self._readers.read(
                body, url="", charset=None, now=saved_at or self._real_now
            )
        except (NotAFeed, Unreadable, PaperclubError) as error:
            self._pass_time(saved_at, None)
            return Version(file, self._clock.now(), error=str(error))
        dates = (entry.published_at for entry in document.entries)
        past = [date for date in dates if date is not None and date <= self._real_now]
        self._pass_time(saved_at, max(past, default=None))
        self._shelf.answer = Read(document, None, None, sha256(body).hexdigest())
        stopped = await self._stopped()
        if stopped:
            return Version(file, self._clock.now(), len(document.entries), stopped=stopped)
        look = await self._inspection.look(_ORGANISER, _ADDRESS)
        await self._poll()
        dropped = [
            Event(DROPPED, decision.entry.title, decision.entry.link, decision.reason)
            for decision in look.decisions
            if decision.verdict in (Verdict.FILTERED, Verdict.DUPLICATE)
            or (decision.verdict is None and decision.entry_id is None)
        ]
        return Version(
            file=file,
            at=self._clock.now(),
            entries=len(document.entries),
            events=(*await self._changes(), *dropped),
            notes=look.notes,
            stopped=await self._stopped(),
        )

    def _pass_time(self, saved_at: datetime | None, newest: datetime | None) -> None:
        """To when the version was saved: as its file says, or when it can have been at first."""
        if self._seen or self._feed_id is not None:
            earliest = self._clock.now() + (timedelta(0) if saved_at else BETWEEN)
            self._clock.instant = max(earliest, saved_at or newest or earliest)
        else:
            self._clock.instant = saved_at or newest or self._real_now - BETWEEN

    async def _poll(self) -> None:
        """Follow the feed or ask it, and again as long as something waits for its turn."""
        if self._feed_id is None:
            wishes = Wishes(_CHANNEL, latest=self._latest)
            added = await self._feeds.add(_ORGANISER, _ADDRESS, wishes)
            self._feed_id = added.feed.id
        else:
            await self._polling.ask_now(self._feed_id)
        while await self._is_behind():
            await self._polling.ask_now(self._feed_id)

    async def _is_behind(self) -> bool:
        async with self._database.reading() as session:
            ripe = select(Experience.id).where(
                Experience.state == ExperienceState.WAITING,
                Experience.dated_at <= self._clock.now(),
            )
            return (await session.execute(ripe.limit(1))).first() is not None

    async def _stopped(self) -> str | None:
        if self._feed_id is None:
            return None
        async with self._database.reading() as session:
            feed = await session.get_one(Feed, self._feed_id)
            return feed.last_error if feed.state == FeedState.PAUSED else None

    async def _changes(self) -> list[Event]:
        """What is otherwise than after the version before."""
        columns = [getattr(Experience, name) for name in _COMPARED]
        rows = (
            select(
                *(Experience.id, Experience.state, Experience.published_at, FeedEntry.verdict),
                *columns,
            )
            .join(FeedEntry, FeedEntry.experience_id == Experience.id)
            .order_by(Experience.dated_at, Experience.id)
        )
        async with self._database.reading() as session:
            found: dict[int, Mapping[str, Any]] = {
                row.id: dict(row._mapping) for row in await session.execute(rows)
            }
        before, self._seen = self._seen, found
        return [
            Event(action, row["title"], row["link"], reason)
            for number, row in found.items()
            for action, reason in _events(before.get(number), row, first=not before)
        ]


def _events(
    before: Mapping[str, Any] | None, row: Mapping[str, Any], *, first: bool
) -> list[tuple[str, str]]:
    events = []
    if before is None or before["state"] != row["state"]:
        events.append(_placed(row, is_new=before is None, first=first))
    if before is not None:
        changed = [_WORDS.get(name, name) for name in _COMPARED if before[name] != row[name]]
        if changed:
            events.append((EDITED, f"The feed has another {', '.join(changed)}."))
    return events


def _placed(row: Mapping[str, Any], *, is_new: bool, first: bool) -> tuple[str, str]:
    state, verdict = row["state"], row["verdict"]
    if state == ExperienceState.WAITING:
        return WAITING, "Its date lies ahead."
    if state == ExperienceState.POSTED:
        if not is_new:
            return POSTED, "Its date has come."
        return POSTED, "It is among the newest of the first version." if first else "It is new."
    if verdict == Verdict.EARLIER:
        return ARCHIVED, "It was there before the feed was followed."
    if verdict == Verdict.OLD and row["published_at"] is None:
        return ARCHIVED, BEHIND
    if verdict == Verdict.OLD:
        return ARCHIVED, "It is dated more than a week before the feed was followed."
    return ARCHIVED, "The feed was stopped before its turn."


def _saved_at(file: str, now: datetime) -> datetime | None:
    found = _SAVED_AT.search(Path(file).stem)
    at = datetime.fromtimestamp(int(found[1]), UTC) if found else None
    return at if at and at <= now else None
