"""Accounts become posts: at once or gathered weekly, into a channel or a forum."""

from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.communities.model import Community
from bot.core.clock import Clock
from bot.core.outbox import Outbox
from bot.core.post import Action
from bot.experiences.model import Delivery, Experience, ExperienceState, Feed
from bot.experiences.posts import (
    account_topic,
    ask_thread,
    digest,
    digest_topic,
    experience_card,
    in_digests,
)
from bot.experiences.rules import AT_ONCE, next_digest
from bot.experiences.views import ExperienceView, FeedView


class Publishing:
    """Puts accounts into the outbox, inside the transactions of others."""

    def __init__(self, outbox: Outbox, clock: Clock) -> None:
        self._outbox = outbox
        self._clock = clock

    async def release(self, session: AsyncSession, feed: Feed, *, for_good: bool = False) -> None:
        """Post what waits for its turn: the oldest few, or all of a week's if that is due.

        `for_good`: there is no next time, so that everything goes out whose date has come.
        """
        now = self._clock.now()
        if feed.delivery == Delivery.WEEKLY:
            if for_good or (feed.digest_at is not None and feed.digest_at <= now):
                await self._publish_digest(session, feed)
            return
        oldest = (
            select(Experience)
            .where(*_waiting(feed), Experience.dated_at <= now)
            .order_by(Experience.dated_at, Experience.id)
        )
        for experience in (
            (await session.execute(oldest.limit(None if for_good else AT_ONCE))).scalars().all()
        ):
            await self.publish(session, experience, feed.channel_ref)

    async def publish(
        self, session: AsyncSession, experience: Experience, channel_ref: str
    ) -> None:
        """Post one account, with a thread to ask in."""
        experience.state = ExperienceState.POSTED
        shown, key = ExperienceView.of(experience), card_key(experience.id)
        group = experience.community_id
        await self._put(session, group, key, account_topic(shown), channel_ref)
        await self._put(
            session,
            group,
            thread_key(experience.id),
            ask_thread(shown),
            channel_ref,
            anchor=key,
        )

    async def refresh(self, session: AsyncSession, experience_ids: Iterable[int]) -> None:
        """Have the posts of these accounts show what the accounts are now."""
        for number in experience_ids:
            experience = await session.get_one(Experience, number)
            if experience.state == ExperienceState.POSTED:
                card = experience_card(ExperienceView.of(experience))
                await self._outbox.put_edit(session, card_key(number), card, now=self._clock.now())

    async def waiting(self, session: AsyncSession, feed: Feed) -> int:
        """How many accounts of the feed are still to be posted."""
        count = select(func.count()).select_from(Experience).where(*_waiting(feed))
        return (await session.execute(count)).scalar_one()

    async def move(self, session: AsyncSession, feed: Feed) -> None:
        """What is queued for the feed's old channel goes to the new one."""
        numbers = await session.execute(
            select(Experience.id).where(
                Experience.feed_id == feed.id, Experience.state == ExperienceState.POSTED
            )
        )
        keys = [key(number) for number in numbers.scalars() for key in (card_key, thread_key)]
        await self._outbox.move(
            session,
            keys,
            destination=feed.channel_ref,
            lane=lane_of(feed.channel_ref),
            now=self._clock.now(),
        )

    async def _publish_digest(self, session: AsyncSession, feed: Feed) -> None:
        now = self._clock.now()
        found = await session.execute(
            select(Experience)
            .where(*_waiting(feed), Experience.dated_at <= now)
            .order_by(Experience.dated_at, Experience.id)
        )
        parts = in_digests([ExperienceView.of(one) for one in found.scalars()])
        for number, part in enumerate(parts, start=1):
            await self._put_digest(session, feed, part, number, len(parts))
        community = await session.get_one(Community, feed.community_id)
        feed.digest_at = next_digest(now, ZoneInfo(community.zone))

    async def _put_digest(
        self,
        session: AsyncSession,
        feed: Feed,
        part: Sequence[ExperienceView],
        number: int,
        parts: int,
    ) -> None:
        numbered = f" ({number} of {parts})" if parts > 1 else ""
        post = digest(FeedView.of(feed), part, part=numbered)
        action = digest_topic(FeedView.of(feed), post, part=numbered)
        key = f"digest:{feed.id}:{part[0].id}"  # an account is in one digest
        await self._put(session, feed.community_id, key, action, feed.channel_ref)
        await session.execute(
            update(Experience)
            .where(Experience.id.in_([experience.id for experience in part]))
            .values(state=ExperienceState.POSTED)
        )

    async def _put(
        self,
        session: AsyncSession,
        community_id: int,
        key: str,
        action: Action,
        channel_ref: str,
        *,
        anchor: str | None = None,
    ) -> None:
        await self._outbox.put(
            session,
            key,
            action,
            community_id=community_id,
            destination=channel_ref,
            lane=lane_of(channel_ref),
            anchor=anchor,
            now=self._clock.now(),
        )


def card_key(experience_id: int) -> str:
    return f"experience:{experience_id}:card"


def thread_key(experience_id: int) -> str:
    return f"experience:{experience_id}:thread"


def lane_of(channel_ref: str) -> str:
    """Accounts have a lane of their own: they stay where their feed posts to."""
    return f"experiences:{channel_ref}"


def _waiting(feed: Feed) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return Experience.feed_id == feed.id, Experience.state == ExperienceState.WAITING
