"""Experiences become posts: at once or gathered weekly, into a channel or a forum."""

from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.communities.model import Community
from bot.core.outbox import Outbox, Queued
from bot.core.post import Action, Rename
from bot.core.time.clock import Clock
from bot.core.time.weekly import next_digest
from bot.experiences.cards import (
    DELETED,
    TAKEN_DOWN,
    ask_thread,
    digest,
    digest_topic,
    experience_card,
    experience_topic,
    in_digests,
    withdrawn_card,
)
from bot.experiences.feeds.rules import AT_ONCE
from bot.experiences.keys import card_key, correction_keys, digest_key, lane_of, thread_key
from bot.experiences.model import Correction, Delivery, Experience, ExperienceState, Feed
from bot.experiences.review_cards import correction_card
from bot.experiences.views import CorrectionView, ExperienceView, FeedView


class Publishing:
    """Puts experiences into the outbox, inside the transactions of others."""

    def __init__(self, outbox: Outbox, clock: Clock) -> None:
        self._outbox = outbox
        self._clock = clock

    async def release(self, session: AsyncSession, *feeds: Feed, for_good: bool = False) -> None:
        """Post what waits for its turn: each feed's oldest few, or all of a week's if that is due.

        `for_good`: there is no next time, so that everything goes out whose date has come.
        """
        now, rows = self._clock.now(), []
        for feed in feeds:
            if feed.delivery == Delivery.WEEKLY:
                if for_good or (feed.digest_at is not None and feed.digest_at <= now):
                    rows += await self._digests(session, feed)
                continue
            ripe = _RIPE if for_good else _RIPEST
            found = await session.execute(ripe, {"feed_id": feed.id, "now": now})
            for experience in found.scalars():
                rows += _posting(experience, feed.channel_ref)
        if rows:
            await self._outbox.put(session, *rows, now=now)

    async def shelve(self, session: AsyncSession, feed: Feed) -> None:
        """What waits to be posted stays in the archive instead."""
        waiting = (Experience.feed_id == feed.id, Experience.state == ExperienceState.WAITING)
        await session.execute(update(Experience).where(*waiting).values(state=ExperienceState.KEPT))

    async def publish(
        self, session: AsyncSession, experience: Experience, channel_ref: str
    ) -> None:
        """Post one experience, with a thread to ask in."""
        rows = _posting(experience, channel_ref)
        await self._outbox.put(session, *rows, now=self._clock.now())

    async def refresh(self, session: AsyncSession, experience_ids: Iterable[int]) -> None:
        """Have the posts of these experiences show what the experiences are now."""
        for number in experience_ids:
            experience = await session.get_one(Experience, number)
            if experience.state == ExperienceState.POSTED:
                card = experience_card(ExperienceView.of(experience))
                await self._outbox.put_edit(session, card_key(number), card, now=self._clock.now())

    async def retitled(self, session: AsyncSession, experience: Experience) -> None:
        """Have card, thread and what was told of corrections show what it is now, or that it is
        gone."""
        gone, now = _GONE.get(experience.state), self._clock.now()
        shown = ExperienceView.of(experience)
        card = withdrawn_card(gone) if gone else experience_card(shown)
        topic = gone or experience_topic(shown).name
        thread = gone or ask_thread(shown).name
        keys = card_key(experience.id), thread_key(experience.id)
        there = await self._outbox.find_all(session, keys)
        refs = [(there[key].message_ref or "") if key in there else "" for key in keys]
        in_forum = bool(refs[1]) and refs[0].startswith(f"{refs[1]}/")
        await self._outbox.put_edit(session, keys[0], card, name=topic, now=now)
        name = Rename(topic if in_forum else thread)
        await self._outbox.put_change(session, keys[1], name, now=now)
        await self._recorrected(session, experience, shown, gone)

    async def _recorrected(
        self, session: AsyncSession, experience: Experience, shown: ExperienceView, gone: str | None
    ) -> None:
        community = await session.get_one(Community, experience.community_id)
        found = await session.execute(
            select(Correction).where(Correction.experience_id == experience.id)
        )
        for correction in found.scalars():
            card = (
                withdrawn_card(gone)
                if gone
                else correction_card(shown, CorrectionView.of(correction), community.external_id)
            )
            for key in correction_keys(correction.id):
                await self._outbox.put_edit(session, key, card, now=self._clock.now())

    async def waiting(self, session: AsyncSession, feed: Feed) -> int:
        """How many experiences of the feed are still to be posted."""
        return (await session.execute(_COUNT_WAITING, {"feed_id": feed.id})).scalar_one()

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

    async def _digests(self, session: AsyncSession, feed: Feed) -> list[Queued]:
        """A week's experiences in as few posts as can hold them; now they count as posted."""
        now = self._clock.now()
        found = (await session.execute(_RIPE, {"feed_id": feed.id, "now": now})).scalars().all()
        for experience in found:
            experience.state = ExperienceState.POSTED
        community = await session.get_one(Community, feed.community_id)
        feed.digest_at = next_digest(now, ZoneInfo(community.zone))
        parts = in_digests([ExperienceView.of(one) for one in found])
        return [
            _digest(feed, part, f" ({number} of {len(parts)})" if len(parts) > 1 else "")
            for number, part in enumerate(parts, start=1)
        ]


def _posting(experience: Experience, channel_ref: str) -> tuple[Queued, Queued]:
    """An experience's card and its thread; from now on it counts as posted."""
    experience.state = ExperienceState.POSTED
    shown, group = ExperienceView.of(experience), experience.community_id
    key = card_key(experience.id)
    card = _row(key, experience_topic(shown), group, channel_ref)
    thread = _row(thread_key(experience.id), ask_thread(shown), group, channel_ref, anchor=key)
    return card, thread


def _digest(feed: Feed, experiences: Sequence[ExperienceView], part: str) -> Queued:
    shown = FeedView.of(feed)
    action = digest_topic(shown, digest(shown, experiences, part=part), part=part)
    key = digest_key(feed.id, experiences[0].id)
    return _row(key, action, feed.community_id, feed.channel_ref)


def _row(
    key: str, action: Action, community_id: int, channel_ref: str, *, anchor: str | None = None
) -> Queued:
    return Queued(
        key=key,
        action=action,
        community_id=community_id,
        destination=channel_ref,
        lane=lane_of(channel_ref),
        anchor=anchor,
    )


_GONE: dict[str, str] = {
    ExperienceState.DELETED: DELETED,
    ExperienceState.HIDDEN: TAKEN_DOWN,
}
_WAITING = (
    Experience.feed_id == bindparam("feed_id"),
    Experience.state == ExperienceState.WAITING,
)
_COUNT_WAITING = select(func.count()).select_from(Experience).where(*_WAITING)
_RIPE = (
    select(Experience)
    # What has no date of its own waits for none, whatever a clock that was ahead has put there.
    .where(*_WAITING)
    .where(or_(Experience.dated_at <= bindparam("now"), Experience.published_at.is_(None)))
    .order_by(Experience.dated_at, Experience.id)
)
_RIPEST = _RIPE.limit(AT_ONCE)
