"""Whether what somebody writes in AMAs may be published."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from bot.communities.pseudonyms import Pseudonyms
from bot.communities.service import Actor, Communities
from bot.core.database import Database
from bot.core.requests import once
from bot.core.time.clock import Clock
from bot.questions.model import (
    PublishConsent,
)


@dataclass(frozen=True)
class Consent:
    """Whether what somebody wrote may be published; None while they have not said."""

    agreed: bool | None
    first: bool  # whether they are asked for the first time


class AmaConsent:
    """Ask each author once, and keep what they decide."""

    def __init__(
        self, database: Database, communities: Communities, pseudonyms: Pseudonyms, clock: Clock
    ) -> None:
        self._database = database
        self._communities = communities
        self._pseudonyms = pseudonyms
        self._clock = clock

    async def consent(self, actor: Actor, *, anonymous: bool) -> Consent:
        """Whether they have agreed that what they write is published; they are asked once.

        What is written by name and what is not are asked apart, or the one would tell of the other.
        """
        async with self._database.transaction() as session:
            community = await self._communities.require(session, actor)
            known, author = await self._known_consent(session, community.id, actor, anonymous)
            if known is not None:
                return Consent(known.agreed, first=False)
            session.add(
                PublishConsent(
                    community_id=community.id,
                    author=author,
                    agreed=None,
                    asked_at=self._clock.now(),
                )
            )
            return Consent(None, first=True)

    async def agree(self, actor: Actor, *, anonymous: bool, agreed: bool) -> None:
        """Keep whether they agree, for all that they wrote and will write."""
        async with self._database.transaction() as session:
            await once(session, actor.request, "interviews.agree", self._clock.now())
            community = await self._communities.require(session, actor)
            known, author = await self._known_consent(session, community.id, actor, anonymous)
            if known is None:
                known = PublishConsent(
                    community_id=community.id, author=author, asked_at=self._clock.now()
                )
                session.add(known)
            known.agreed = agreed

    async def _known_consent(
        self, session: AsyncSession, community_id: int, actor: Actor, anonymous: bool
    ) -> tuple[PublishConsent | None, str]:
        author = actor.member_ref
        if anonymous:
            author = self._pseudonyms.of(community_id, actor.member_ref)
        return await session.get(PublishConsent, (community_id, author)), author
