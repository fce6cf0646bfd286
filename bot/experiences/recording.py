"""Writes down what feeds have answered: experiences, posts, and when each is asked again.

answers ─┬─ nothing new, failed ──> one transaction for all of them
         └─ something to read ────> one for each community's
                     and in each: what waits for its turn goes out
"""

import asyncio
import logging
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Row, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.communities.model import Community
from bot.communities.service import Communities
from bot.core.database import Database, after_commit
from bot.core.post import Post
from bot.core.time.clock import Clock, elapsed
from bot.core.time.weekly import FURTHEST, next_digest
from bot.experiences.cards import feed_failing, feed_recovered, feed_stopped
from bot.experiences.decisions import Decision, decide, fresh_of, notes_of
from bot.experiences.entries import newest_experience, recall, record
from bot.experiences.model import Delivery, Experience, ExperienceState, Feed, FeedState
from bot.experiences.publishing import Publishing
from bot.experiences.rules import (
    GONE,
    TURNOVERS_WITHIN,
    Filter,
    in_time_to_tell,
    is_impossible,
    is_to_be_told,
    is_turned_over,
    next_delay,
    next_interval,
    out_of_skipped,
)
from bot.experiences.sources.fetching import Answer, Asked, Failed, Read, Unchanged
from bot.experiences.views import FeedView

log = logging.getLogger(__name__)

IMPOSSIBLE = (
    "Each time I look, all of its entries have other ids, links, dates or texts, so I can't tell "
    "what is new."
)
STUMBLED = "Something went wrong on my side; the log says what."


@dataclass(frozen=True)
class Due:
    """A feed that is asked, by its id and its community's."""

    id: int
    community_id: int
    asked: Asked


_Followed = Row[int, datetime, datetime | None, int, list[str], list[str], list[str]]
_Paced = Row[int, str, datetime | None, int | None, list[int]]
_Short = tuple[Due, Unchanged | Failed]
_Long = tuple[Due, Read]
_Taken = tuple[Feed, Read, Sequence[Decision]]


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
        self._communities = communities
        self._publishing = publishing
        self._clock = clock
        self.on_change: Callable[[], None] = lambda: None  # searches are to find what is new
        self._turn = (
            asyncio.Lock()
        )  # two documents that are new at once may have the same experience

    async def record(self, answers: Sequence[tuple[Due, Answer]]) -> None:
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
        """What stumbles counts as a failure: it is asked again later, and holds up nobody."""
        try:
            await self._take_in(reads)
        except Exception:
            if len(reads) > 1:  # it is one of them
                for one in reads:
                    await self._take_in_or_fail([one])
                return
            (due, _) = reads[0]
            log.exception("%s stumbled", due.asked.url)
            async with self._database.transaction() as session:
                await self._note(session, [(due, Failed(STUMBLED))])

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
                at = _next_time(answer, row, now)
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
                    await self._note_failure(session, feed, answer)
                else:
                    await self._note_success(session, (feed, answer))

    async def _take_in(self, reads: Sequence[_Long]) -> None:
        """Decide what each entry is, and record it with the posts it implies.

        The documents are of different communities, and so have no experience in common.
        """
        while not await self._take_in_unless_outdated(reads):
            pass  # somebody added an experience meanwhile: an import, or a member who hands one in

    async def _take_in_unless_outdated(self, reads: Sequence[_Long]) -> bool:
        """Whether what was known when the entries were decided is still all there is."""
        now = self._clock.now()
        async with self._database.reading() as session:
            newest = await newest_experience(session)
            rows = await session.execute(_FOLLOWED, {"ids": [due.id for due, _ in reads]})
            followed = {row.id: row for row in rows}
            plans = [
                await self._plan(session, due, read, followed.get(due.id), now)
                for due, read in reads
            ]
        decided = await asyncio.to_thread(lambda: [plan() for plan in plans])
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

    async def _plan(
        self,
        session: AsyncSession,
        due: Due,
        read: Read,
        followed: _Followed | None,
        now: datetime,
    ) -> Callable[[], list[Decision]]:
        """What is left to do of deciding, once all that is known is at hand."""
        if followed is None:
            return list
        found = fresh_of(read.document)
        first, latest = followed.read_at is None, followed.latest
        feed_id = None if first else due.id
        known = await recall(session, due.community_id, feed_id, [fresh for _, fresh in found])
        wanted = filter_of(followed)
        return lambda: decide(
            found, known, wanted, first=first, latest=latest, now=now, since=followed.created_at
        )

    async def _record_taken(
        self, session: AsyncSession, taken: Sequence[_Taken], now: datetime
    ) -> None:
        stopped = {feed.id for feed, _, decisions in taken if _is_impossible(feed, decisions, now)}
        told = [(feed, read) for feed, read, _ in taken if feed.id in stopped]
        taken = [(feed, read, found) for feed, read, found in taken if feed.id not in stopped]
        for feed, read in told:
            await self._stop(session, feed, read)
        for feed, read, decisions in taken:
            _describe(feed, read)
            if any(decision.verdict for decision in decisions):
                feed.newest_at = newest_at(decisions, now)
                after_commit(session, self.on_change)
        changed = await record(session, [(feed, decisions) for feed, _, decisions in taken], now)
        if changed:
            await self._publishing.refresh(session, changed)
            after_commit(session, self.on_change)
        await self._note_success(session, *((feed, read) for feed, read, _ in taken))

    async def _stop(self, session: AsyncSession, feed: Feed, read: Read) -> None:
        """Post nothing more of a feed whose old entries can't be told from new ones."""
        _describe(feed, read)
        feed.read_at, feed.last_error = self._clock.now(), IMPOSSIBLE
        await self._publishing.shelve(session, feed)
        if feed.state == FeedState.FOLLOWED:
            feed.state, feed.next_poll_at = FeedState.PAUSED, None
            await self._tell(session, feed, "stopped", feed_stopped(FeedView.of(feed)))

    async def _note_success(
        self, session: AsyncSession, *answered: tuple[Feed, Unchanged | Read]
    ) -> None:
        """They could be read: trouble is over, and what waits for its turn is posted."""
        now = self._clock.now()
        for feed, answer in answered:
            if feed.told_at is not None:
                waiting = await self._publishing.waiting(session, feed)
                notice = feed_recovered(FeedView.of(feed), waiting)
                await self._tell(session, feed, "back", notice)
            feed.failures, feed.failing_since, feed.last_error, feed.told_at = 0, None, None, None
            feed.read_at = now
            await self._move(session, feed, answer.moved_to)
        await self._publishing.release(session, *(feed for feed, _ in answered))
        for feed, answer in answered:
            await self._ask_again(session, feed, _next_time(answer, feed, now))

    async def _note_failure(self, session: AsyncSession, feed: Feed, failed: Failed) -> None:
        now = self._clock.now()
        feed.failures += 1
        feed.failing_since = min(feed.failing_since or now, now)
        feed.last_error = failed.reason
        log.info("%s: %s", feed.url, failed.reason)
        gone = failed.status == GONE
        # What waits for its turn, or for a digest, is here already: it needs no site.
        await self._publishing.release(session, feed, for_good=gone)
        delay = next_delay(feed.failures, asked_for=failed.retry_after, luck=random.random())
        await self._ask_again(session, feed, in_time_to_tell(feed.failing_since, now, now + delay))
        if is_to_be_told(failed.status, feed.failing_since, feed.told_at, now):
            feed.told_at = now
            community = await session.get_one(Community, feed.community_id)
            notice = feed_failing(
                FeedView.of(feed), failed.reason, community.external_id, paused=gone
            )
            await self._tell(session, feed, "trouble", notice)
        if gone:
            feed.state, feed.next_poll_at = FeedState.PAUSED, None

    async def _tell(self, session: AsyncSession, feed: Feed, what: str, notice: Post) -> None:
        key = f"feed:{feed.id}:{what}:{int(self._clock.now().timestamp())}"
        await self._communities.notices.post(session, feed.community_id, key, notice)

    async def _ask_again(self, session: AsyncSession, feed: Feed, at: datetime) -> None:
        """Set when the feed is asked next; a digest that is due earlier goes out with it."""
        if feed.delivery == Delivery.WEEKLY:
            now = self._clock.now()
            if feed.digest_at is None or feed.digest_at - now > FURTHEST:
                community = await session.get_one(Community, feed.community_id)
                feed.digest_at = next_digest(now, ZoneInfo(community.zone))
            at = min(at, max(feed.digest_at, now + timedelta(minutes=1)))
        feed.next_poll_at = at if feed.state == FeedState.FOLLOWED else None

    async def _move(self, session: AsyncSession, feed: Feed, moved_to: str | None) -> None:
        """Remember a permanent redirect, unless the community follows that address already."""
        if moved_to is None or moved_to == feed.url:
            return
        await session.flush()  # another one that was asked with this may have moved there, too
        taken = await session.execute(
            select(Feed.id).where(Feed.community_id == feed.community_id, Feed.url == moved_to)
        )
        if taken.first() is None:
            log.info("%s has moved to %s", feed.url, moved_to)
            feed.url = moved_to


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


def _is_impossible(feed: Feed, decisions: Sequence[Decision], now: datetime) -> bool:
    """Whether all of the feed has been new too often; counts how often it was."""
    news = sum(decision.is_news for decision in decisions)
    if feed.read_at is None or not is_turned_over(news, len(decisions)):
        feed.turnovers, feed.turning_since = 0, None
        return False
    turning_since = min(feed.turning_since or now, now)
    if feed.turning_since is None or now - turning_since > TURNOVERS_WITHIN:
        feed.turnovers, turning_since = 0, now
    feed.turning_since = turning_since
    feed.turnovers += 1
    return is_impossible(feed.turnovers, len(decisions))


def newest_at(decisions: Sequence[Decision], now: datetime) -> datetime:
    """When the feed last had something new, going by the dates that it states."""
    dates = [decision.entry.published_at for decision in decisions]
    return max((date for date in dates if date is not None and date <= now), default=now)


def filter_of(feed: Feed | _Followed) -> Filter:
    return Filter(feed.categories, feed.keywords, feed.excluded)


def _next_time(answer: Unchanged | Read, feed: Feed | _Paced, now: datetime) -> datetime:
    """When to ask a feed again that could be read, by its pace and by what its site wants."""
    quiet_for = None if feed.newest_at is None else elapsed(feed.newest_at, now)
    wanted = (answer.every, feed.every_minutes and timedelta(minutes=feed.every_minutes))
    asked_for = max(filter(None, wanted), default=None)
    interval = next_interval(quiet_for, asked_for=asked_for, luck=random.random())
    return out_of_skipped(now + interval, feed.skip_hours)


def _describe(feed: Feed, read: Read) -> None:
    """What the document says about the feed itself."""
    feed.title = read.document.title or feed.title
    feed.site_url = read.document.site_url
    feed.notes = list(notes_of(read.document))
    feed.every_minutes = read.document.every_minutes
    feed.skip_hours = sorted(read.document.skip_hours)
    feed.etag, feed.last_modified, feed.body_hash = read.etag, read.last_modified, read.body_hash


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
