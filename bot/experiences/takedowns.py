"""Organisers take posted experiences down, and put them back.

    hide ──> the card says so, and nobody finds it; its thread and questions about it stay
    show_again ──> all as it was

Its author isn't told, and stays as anonymous as before.
"""

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.communities.service import Actor, Communities
from bot.communities.subjects import EXPERIENCE, number_in
from bot.core.database import Database, after_commit
from bot.core.errors import UserError
from bot.core.outbox import Outbox
from bot.core.requests import once
from bot.core.time.clock import Clock
from bot.experiences.archive import NO_SUCH_EXPERIENCE
from bot.experiences.keys import card_key
from bot.experiences.model import Experience, ExperienceState
from bot.experiences.publishing import Publishing
from bot.experiences.queries import find_experience
from bot.experiences.search import forget
from bot.experiences.views import ExperienceView

MOST_LISTED = 100
NOT_POSTED = "It isn't posted, so there's nothing to take down or put back."


class Takedowns:
    """What organisers hide from members, and show again."""

    def __init__(
        self,
        database: Database,
        communities: Communities,
        publishing: Publishing,
        outbox: Outbox,
        clock: Clock,
    ) -> None:
        self._database = database
        self._communities = communities
        self._publishing = publishing
        self._outbox = outbox
        self._clock = clock
        self.on_change: Callable[[], None] = lambda: None  # searches are to find it again

    async def hide(self, actor: Actor, experience_id: int) -> ExperienceView:
        """Take it down. Twice is once."""
        actor.require_organiser()
        async with self._database.transaction() as session:
            await once(session, actor.request, "hiding.hide", self._clock.now())
            experience = await self._posted(session, actor, experience_id)
            if experience.state == ExperienceState.POSTED:
                experience.state = ExperienceState.HIDDEN
                await session.flush()
                await forget(session, experience.id)
                await self._publishing.retitled(session, experience)
            return ExperienceView.of(experience)

    async def show_again(self, actor: Actor, experience_id: int) -> ExperienceView:
        """Put back what was taken down. Twice is once."""
        actor.require_organiser()
        async with self._database.transaction() as session:
            await once(session, actor.request, "hiding.show_again", self._clock.now())
            experience = await self._posted(session, actor, experience_id)
            if experience.state == ExperienceState.HIDDEN:
                experience.state = ExperienceState.POSTED
                experience.searchable = False
                await session.flush()
                after_commit(session, self.on_change)
                await self._publishing.retitled(session, experience)
            return ExperienceView.of(experience)

    async def hidden(self, actor: Actor) -> list[ExperienceView]:
        """What was taken down, the latest first."""
        actor.require_organiser()
        async with self._database.reading() as session:
            community = await self._communities.require(session, actor)
            found = await session.execute(
                select(Experience)
                .where(Experience.community_id == community.id)
                .where(Experience.state == ExperienceState.HIDDEN)
                .order_by(Experience.id.desc())
                .limit(MOST_LISTED)
            )
            return [ExperienceView.of(one) for one in found.scalars()]

    async def behind(self, actor: Actor, mark: int | None) -> int | None:
        """Which experience a message of ours is the card of, by its mark."""
        async with self._database.reading() as session:
            community = await self._communities.require(session, actor)
            key = await self._outbox.key_by_id(session, community.id, mark or 0)
        number = number_in(key or "", EXPERIENCE)
        return number if number and key == card_key(number) else None

    async def _posted(self, session: AsyncSession, actor: Actor, experience_id: int) -> Experience:
        community = await self._communities.require(session, actor)
        experience = await find_experience(session, community.id, experience_id)
        if experience is None:
            raise UserError(NO_SUCH_EXPERIENCE)
        if experience.state not in (ExperienceState.POSTED, ExperienceState.HIDDEN):
            raise UserError(NOT_POSTED)
        return experience
