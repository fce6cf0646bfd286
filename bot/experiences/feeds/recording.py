"""Writes down what feeds have answered: experiences, posts, and when each is asked again.

answers ─┬─ nothing new, failed ──> one transaction for all of them
         └─ something to read ────> one for each community's
                     and in each: what waits for its turn goes out
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.communities.service import Communities
from bot.core.database import Database, after_commit
from bot.core.time.clock import Clock
from bot.experiences.feeds.decisions import Decision, Knowledge, decide, fresh_of
from bot.experiences.feeds.entries import newest_experience, recall, record
from bot.experiences.feeds.health import FeedHealth, describe, is_turning_over, next_time
from bot.experiences.feeds.rules import (
    Filter,
)
from bot.experiences.identity.keys import Fresh
from bot.experiences.model import Delivery, Experience, ExperienceState, Feed, FeedState
from bot.experiences.publishing import Publishing
from bot.experiences.sources.documents import Entry
from bot.experiences.sources.fetching import Asked, Failed, FetchResult, Read, Unchanged

log = logging.getLogger(__name__)

OUR_FAULT = "Something went wrong on my side; the log says what."


@dataclass(frozen=True)
class Due:
    """A feed that is asked, by its id and its community's."""

    id: int
    community_id: int
    asked: Asked


_Followed = Row[int, datetime, datetime | None, int, list[str], list[str], list[str]]
_Short = tuple[Due, Unchanged | Failed]
_Long = tuple[Due, Read]
_Taken = tuple[Feed, Read, Sequence[Decision]]


@dataclass(frozen=True)
class _Plan:
    """Entries that are to be decided, and all that is known of their feed and community."""

    found: list[tuple[Entry, Fresh]]
    known: Knowledge
    followed: _Followed


class Recording:
    """What follows from answers. `on_change` is called when experiences are new or have changed."""

    def __init__(
        self,
        database: Database,
        communities: Communities,
        publishing: Publishing,
        clock: Clock,
    ) -> None:
        self._database = database
        self._publishing = publishing
        self._health = FeedHealth(communities, publishing, clock)
        self._clock = clock
        self.on_change: Callable[[], None] = lambda: None  # searches are to find what is new
        self._turn = asyncio.Lock()  # new documents may have the same experience

    async def record(self, answers: Sequence[tuple[Due, FetchResult]]) -> None:
        """Write down what was answered."""
        short = [(due, answer) for due, answer in answers if not isinstance(answer, Read)]
        if short:
            async with self._database.transaction() as session:
                await self._note(session, await self._note_uneventful(session, short))
        reads = [(due, answer) for due, answer in answers if isinstance(answer, Read)]
        async with self._turn:
            for some in _of_different_communities(reads):
                await self._take_in_or_fail(some)

    async def take_in(self, due: Due, read: Read) -> None:
        """Write down what a feed has that was just found. Raises what goes wrong."""
        async with self._turn:
            await self._take_in([(due, read)])

    async def _take_in_or_fail(self, reads: Sequence[_Long]) -> None:
        """What raises counts as a failure: it is checked again later, and holds up no other."""
        try:
            await self._take_in(reads)
        except Exception:
            if len(reads) > 1:  # it is one of them
                for one in reads:
                    await self._take_in_or_fail([one])
                return
            (due, _) = reads[0]
            log.exception("%s could not be recorded", due.asked.url)
            async with self._database.transaction() as session:
                await self._note(session, [(due, Failed(OUR_FAULT))])

    async def _note_uneventful(
        self, session: AsyncSession, answers: Sequence[_Short]
    ) -> list[_Short]:
        """Most feeds have nothing new, to post or to tell: two statements do for all of them.

        Returns the other answers.
        """
        given = {"ids": [due.id for due, answer in answers if isinstance(answer, Unchanged)]}
        dull = {(row.id, row.url): row for row in await session.execute(_UNEVENTFUL, given)}
        now = self._clock.now()
        noted, rest = [], []
        for due, answer in answers:
            row = dull.get((due.id, due.asked.url))
            if row is None or isinstance(answer, Failed) or answer.moved_to not in (None, row.url):
                rest.append((due, answer))
            else:
                at = next_time(answer, row, now)
                noted.append({"feed_id": row.id, "now": now, "at": at})
        if noted:
            await (await session.connection()).execute(_STILL_THE_SAME, noted)
        return rest

    async def _note(self, session: AsyncSession, answers: Sequence[_Short]) -> None:
        if not answers:
            return
        feeds = await _still_there(session, [due for due, _ in answers])
        with session.no_autoflush:  # what changes about feeds is written at the end, together
            for due, answer in answers:
                if (feed := feeds.get(due.id)) is None:
                    continue
                if isinstance(answer, Failed):
                    await self._health.failed(session, feed, answer)
                else:
                    await self._health.succeeded(session, (feed, answer))

    async def _take_in(self, reads: Sequence[_Long]) -> None:
        """Decide what each entry is, and record it with the posts it implies.

        The documents are of different communities, and so have no experience in common.
        """
        while not await self._take_in_unless_outdated(reads):
            pass  # somebody added an experience meanwhile: an import, or a member who submits one

    async def _take_in_unless_outdated(self, reads: Sequence[_Long]) -> bool:
        """Whether what was known when the entries were decided is still all there is."""
        now = self._clock.now()
        async with self._database.reading() as session:
            newest = await newest_experience(session)
            rows = await session.execute(_FOLLOWED, {"ids": [due.id for due, _ in reads]})
            followed = {row.id: row for row in rows}
            plans = [
                await _planned(session, due, read, followed.get(due.id)) for due, read in reads
            ]
        decided = await asyncio.to_thread(_decide_all, plans, now)
        async with self._database.transaction() as session:
            if await newest_experience(session) != newest:
                return False
            feeds = await _still_there(session, [due for due, _ in reads])
            taken = [
                (feeds[due.id], read, decisions)
                for (due, read), decisions in zip(reads, decided, strict=True)
                if due.id in feeds
            ]
            with session.no_autoflush:  # what changes about feeds is written at the end, together
                await self._record_taken(session, taken, now)
        return True

    async def _record_taken(
        self, session: AsyncSession, taken: Sequence[_Taken], now: datetime
    ) -> None:
        stopped = {feed.id for feed, _, decisions in taken if is_turning_over(feed, decisions, now)}
        told = [(feed, read) for feed, read, _ in taken if feed.id in stopped]
        taken = [(feed, read, found) for feed, read, found in taken if feed.id not in stopped]
        for feed, read in told:
            await self._health.stop(session, feed, read)
        for feed, read, decisions in taken:
            describe(feed, read)
            if any(decision.verdict for decision in decisions):
                feed.newest_at = newest_at(decisions, now)
                after_commit(session, self.on_change)
        changed = await record(session, [(feed, decisions) for feed, _, decisions in taken], now)
        if changed:
            await self._publishing.refresh(session, changed)
            after_commit(session, self.on_change)
        await self._health.succeeded(session, *((feed, read) for feed, read, _ in taken))


async def _planned(
    session: AsyncSession, due: Due, read: Read, followed: _Followed | None
) -> _Plan | None:
    """What there is to decide; None where nobody follows the feed any more."""
    if followed is None:
        return None
    found = fresh_of(read.document)
    feed_id = None if followed.read_at is None else due.id
    known = await recall(session, due.community_id, feed_id, [fresh for _, fresh in found])
    return _Plan(found, known, followed)


def _decide_all(plans: Sequence[_Plan | None], now: datetime) -> list[list[Decision]]:
    return [_decided(plan, now) if plan else [] for plan in plans]


def _decided(plan: _Plan, now: datetime) -> list[Decision]:
    followed = plan.followed
    return decide(
        plan.found,
        plan.known,
        filter_of(followed),
        first=followed.read_at is None,
        latest=followed.latest,
        now=now,
        since=followed.created_at,
    )


async def _still_there(session: AsyncSession, asked: Iterable[Due]) -> dict[int, Feed]:
    """The feeds by their ids, without those that were removed or led elsewhere meanwhile."""
    urls = {due.id: due.asked.url for due in asked}
    found = await session.execute(_FEEDS, {"ids": list(urls)})
    return {feed.id: feed for feed in found.scalars() if feed.url == urls[feed.id]}


def _of_different_communities(reads: Iterable[_Long]) -> Iterator[list[_Long]]:
    """All of them, in portions in which no community has more than one."""
    left = list(reads)
    while left:
        some = {due.community_id: (due, read) for due, read in reversed(left)}
        yield list(some.values())
        taken = {due.id for due, _ in some.values()}
        left = [one for one in left if one[0].id not in taken]


def newest_at(decisions: Sequence[Decision], now: datetime) -> datetime:
    """When the feed last had something new, going by the dates that it states."""
    dates = [decision.entry.published_at for decision in decisions]
    return max((date for date in dates if date is not None and date <= now), default=now)


def filter_of(feed: Feed | _Followed) -> Filter:
    return Filter(feed.categories, feed.keywords, feed.excluded)


_FOLLOWED = select(
    Feed.id,
    Feed.created_at,
    Feed.read_at,
    Feed.latest,
    Feed.categories,
    Feed.keywords,
    Feed.excluded,
).where(Feed.id.in_(bindparam("ids", expanding=True)))
_FEEDS = select(Feed).where(
    Feed.id.in_(bindparam("ids", expanding=True)), Feed.removed_at.is_(None)
)
_UNEVENTFUL = (
    select(Feed.id, Feed.url, Feed.newest_at, Feed.every_minutes, Feed.skip_hours)
    .where(Feed.id.in_(bindparam("ids", expanding=True)))
    .where(Feed.state == FeedState.FOLLOWED, Feed.delivery == Delivery.AT_ONCE)
    .where(Feed.told_at.is_(None), Feed.removed_at.is_(None))
    .where(
        ~select(Experience.id)
        .where(Experience.feed_id == Feed.id, Experience.state == ExperienceState.WAITING)
        .exists()
    )
)
_STILL_THE_SAME = (
    update(Feed)
    .where(Feed.id == bindparam("feed_id"))
    .values(
        failures=0,
        failing_since=None,
        last_error=None,
        read_at=bindparam("now"),
        next_poll_at=bindparam("at"),
    )
)
