"""Who can help with a topic, and wants to be pinged about its unanswered questions."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.communities.service import Actor, Communities
from bot.communities.subjects import number_in
from bot.core.database import Database
from bot.core.outbox import Outbox
from bot.core.requests import once
from bot.core.time.clock import Clock
from bot.questions.keys import offer_key
from bot.questions.model import Helper, Question
from bot.questions.queries import settings_of
from bot.questions.rules import topic_among


class Helpers:
    """Turn pings for topics on and off."""

    def __init__(
        self, database: Database, communities: Communities, outbox: Outbox, clock: Clock
    ) -> None:
        self._database = database
        self._communities = communities
        self._outbox = outbox
        self._clock = clock

    async def help_with(self, actor: Actor, topic: str) -> bool:
        """Turn a member's pings for a topic on or off.

        Returns whether they do now.
        """
        async with self._database.transaction() as session:
            await once(session, actor.request, "preferences.help_with", self._clock.now())
            community = await self._communities.require(session, actor)
            settings = await settings_of(session, community.id)
            topic = topic_among(settings.topics, topic)
            known = await session.get(Helper, (community.id, topic, actor.member_ref))
            if known is None:
                session.add(
                    Helper(
                        community_id=community.id,
                        topic=topic,
                        member_ref=actor.member_ref,
                        offered_at=None,
                    )
                )
                return True
            await session.delete(known)
            await self._stop_pinging(session, community.id, topic, actor.member_ref)
            return False

    async def helps_with(self, actor: Actor) -> list[str]:
        """The topics of whose unanswered questions the member wants to hear."""
        async with self._database.reading() as session:
            community = await self._communities.require(session, actor)
            found = await session.execute(
                select(Helper.topic)
                .where(Helper.community_id == community.id, Helper.member_ref == actor.member_ref)
                .order_by(Helper.topic)
            )
            return list(found.scalars())

    async def _stop_pinging(
        self, session: AsyncSession, community_id: int, topic: str, member_ref: str
    ) -> None:
        """An offer that waits in the outbox pings them no more."""
        for key in await self._outbox.waiting(session, community_id, offer_key("%")):
            question = await session.get_one(Question, number_in(key, "question"))
            if question.topic == topic:
                await self._outbox.spare(session, community_id, key, member_ref)
