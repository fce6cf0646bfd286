"""How a feed fares: what a check changes about it, and what organisers hear of that."""

import logging
import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.communities.model import Community
from bot.communities.service import Communities
from bot.core.post import Post
from bot.core.time.clock import Clock, elapsed
from bot.core.time.weekly import FURTHEST, next_digest
from bot.experiences.feeds.cards import feed_failing, feed_recovered, feed_stopped
from bot.experiences.feeds.decisions import Decision, notes_of
from bot.experiences.feeds.rules import (
    GONE,
    TURNOVERS_WITHIN,
    in_time_to_tell,
    is_impossible,
    is_to_be_told,
    is_turned_over,
    next_delay,
    next_interval,
    out_of_skipped,
)
from bot.experiences.keys import feed_notice_name
from bot.experiences.model import Delivery, Feed, FeedState
from bot.experiences.publishing import Publishing
from bot.experiences.sources.fetching import Failed, Read, Unchanged
from bot.experiences.views import FeedView

log = logging.getLogger(__name__)

IMPOSSIBLE = (
    "Each time I look, all of its entries have other ids, links, dates or texts, so I can't tell "
    "what is new."
)

Paced = Row[int, str, datetime | None, int | None, list[int]]


class FeedHealth:
    """Changes feeds inside the transactions of others."""

    def __init__(self, communities: Communities, publishing: Publishing, clock: Clock) -> None:
        self._communities = communities
        self._publishing = publishing
        self._clock = clock

    async def succeeded(
        self, session: AsyncSession, *answered: tuple[Feed, Unchanged | Read]
    ) -> None:
        """They could be read: problems are over, and what waits for its turn is posted."""
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
            await self._ask_again(session, feed, next_time(answer, feed, now))

    async def failed(self, session: AsyncSession, feed: Feed, failed: Failed) -> None:
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

    async def stop(self, session: AsyncSession, feed: Feed, read: Read) -> None:
        """Post nothing more of a feed whose old entries can't be told from new ones."""
        describe(feed, read)
        feed.read_at, feed.last_error = self._clock.now(), IMPOSSIBLE
        await self._publishing.shelve(session, feed)
        if feed.state == FeedState.FOLLOWED:
            feed.state, feed.next_poll_at = FeedState.PAUSED, None
            await self._tell(session, feed, "stopped", feed_stopped(FeedView.of(feed)))

    async def _tell(self, session: AsyncSession, feed: Feed, what: str, notice: Post) -> None:
        key = feed_notice_name(feed.id, what, self._clock.now())
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


def next_time(answer: Unchanged | Read, feed: Feed | Paced, now: datetime) -> datetime:
    """When to ask a feed again that could be read, by its pace and by what its site wants."""
    quiet_for = None if feed.newest_at is None else elapsed(feed.newest_at, now)
    wanted = (answer.every, feed.every_minutes and timedelta(minutes=feed.every_minutes))
    asked_for = max(filter(None, wanted), default=None)
    interval = next_interval(quiet_for, asked_for=asked_for, luck=random.random())
    return out_of_skipped(now + interval, feed.skip_hours)


def describe(feed: Feed, read: Read) -> None:
    """What the document says about the feed itself."""
    feed.title = read.document.title or feed.title
    feed.site_url = read.document.site_url
    feed.notes = list(notes_of(read.document))
    feed.every_minutes = read.document.every_minutes
    feed.skip_hours = sorted(read.document.skip_hours)
    feed.etag, feed.last_modified, feed.body_hash = read.etag, read.last_modified, read.body_hash


def is_turning_over(feed: Feed, decisions: Sequence[Decision], now: datetime) -> bool:
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
