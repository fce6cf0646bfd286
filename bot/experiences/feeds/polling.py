"""Keeps feeds read: asks those that are due, many at once, and has recorded what they answer."""

import asyncio
import logging
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import Row, bindparam, func, or_, select

from bot.communities.model import Community
from bot.core.database import Database
from bot.core.time.clock import Clock
from bot.experiences.feeds.recording import OUR_FAULT, Due, Recording
from bot.experiences.model import Feed
from bot.experiences.sources.fetching import Asked, Failed, FeedSource, FetchResult, Read

log = logging.getLogger(__name__)

ASKED_AT_ONCE = 32
ENOUGH_ROOM = ASKED_AT_ONCE // 4  # to look for more that are due
LOOK_AGAIN = 1  # seconds
FURTHEST = timedelta(days=3)  # a day and a tenth, and the hours in which a site wants none


class Polling:
    """Checks the feeds that are due."""

    def __init__(
        self,
        database: Database,
        recording: Recording,
        source: FeedSource,
        clock: Clock,
    ) -> None:
        self._database = database
        self._recording = recording
        self._source = source
        self._clock = clock

    async def advance_due(self) -> datetime | None:
        """Ask all feeds that are due; returns when the next one is.

        Those that become due meanwhile are asked, too, so that a slow site holds up nobody.
        """
        asking: dict[asyncio.Task[FetchResult], Due] = {}
        done: set[asyncio.Task[FetchResult]] = set()
        try:
            while True:
                room = ASKED_AT_ONCE - len(asking)
                if room >= ENOUGH_ROOM or not done:
                    busy = [one.id for one in asking.values()]
                    for due in await self._due(apart_from=busy, most=room):
                        asking[asyncio.create_task(self._source.ask(due.asked))] = due
                if not asking:
                    return await self.next_due()
                done, _ = await asyncio.wait(
                    asking, timeout=LOOK_AGAIN, return_when=asyncio.FIRST_COMPLETED
                )
                await self._recording.record(
                    [(asking.pop(task), _answer_of(task)) for task in done]
                )
        finally:
            for task in asking:
                task.cancel()
            await asyncio.gather(*asking, return_exceptions=True)

    async def next_due(self) -> datetime | None:
        """When the next feed is to be asked, or the next digest goes out."""
        async with self._database.reading() as session:
            found = await session.execute(
                select(func.min(Feed.next_poll_at))
                .join(Community, Community.id == Feed.community_id)
                .where(Community.left_at.is_(None))
            )
            return found.scalar_one_or_none()

    async def begin(self, feed_id: int, read: Read) -> None:
        """Take in what a feed has that was just found."""
        await self._recording.take_in(await self._due_now(feed_id), read)

    async def ask_now(self, feed_id: int) -> FetchResult:
        """Ask one feed, due or not, and record what follows."""
        due = await self._due_now(feed_id)
        answer = await self._source.ask(due.asked)
        await self._recording.record([(due, answer)])
        return answer

    async def _due_now(self, feed_id: int) -> Due:
        async with self._database.reading() as session:
            return _due_of((await session.execute(_ASKED.where(Feed.id == feed_id))).one())

    async def _due(self, *, apart_from: Collection[int], most: int) -> list[Due]:
        if most <= 0:
            return []
        async with self._database.reading() as session:
            now = self._clock.now()
            given = {
                "now": now,
                "too_far": now + FURTHEST,
                "busy": list(apart_from),
                "most": most,
            }
            return [_due_of(row) for row in await session.execute(_DUE, given)]


def _answer_of(task: asyncio.Task[FetchResult]) -> FetchResult:
    """What was answered; a bug of ours is a failure of that feed alone."""
    error = task.exception()
    if error is None:
        return task.result()
    log.error("a feed could not be asked", exc_info=error)
    return Failed(OUR_FAULT)


def _due_of(row: Row[int, int, str, str | None, str | None, str | None]) -> Due:
    return Due(row.id, row.community_id, Asked(row.url, row.etag, row.last_modified, row.body_hash))


_ASKED = select(Feed.id, Feed.community_id, Feed.url, Feed.etag, Feed.last_modified, Feed.body_hash)
_DUE = (
    _ASKED.join(Community, Community.id == Feed.community_id)
    .where(Community.left_at.is_(None))
    # One further off was written by a clock that was ahead.
    .where(or_(Feed.next_poll_at <= bindparam("now"), Feed.next_poll_at > bindparam("too_far")))
    .where(Feed.id.not_in(bindparam("busy", expanding=True)))
    .order_by(Feed.next_poll_at)
    .limit(bindparam("most"))
)
