"""Organisers block the anonymous author of an experience, without learning who that is."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.communities.blocks import block, unblock
from bot.communities.model import Block
from bot.communities.service import Actor, Communities
from bot.core.database import Database
from bot.core.errors import UserError
from bot.core.requests import once
from bot.core.time.clock import Clock
from bot.experiences.archive import NO_SUCH_EXPERIENCE
from bot.experiences.model import Experience, ExperienceState, Origin
from bot.experiences.queries import find_experience
from bot.experiences.views import ExperienceView

FROM_A_BLOG = "It comes from a blog. `/feed remove` unfollows one."
# What organisers have seen of members' experiences.
SEEN = (
    ExperienceState.SUBMITTED,
    ExperienceState.POSTED,
    ExperienceState.HIDDEN,
    ExperienceState.DECLINED,
    ExperienceState.DELETED,
)
MOST_LISTED = 100


class AuthorBlocks:
    """Whose anonymous experiences go unseen."""

    def __init__(self, database: Database, communities: Communities, clock: Clock) -> None:
        self._database = database
        self._communities = communities
        self._clock = clock

    async def block(self, actor: Actor, experience_id: int) -> None:
        """Have nobody see what its author writes anonymously from now on.

        They are not told. Raises UserError where it was written by name.
        """
        actor.require_organiser()
        async with self._database.transaction() as session:
            now = self._clock.now()
            await once(session, actor.request, "author_blocks.block", now)
            written = await self._submitted(session, actor, experience_id)
            await block(
                session, written.community_id, written, actor, now, experience_id=written.id
            )

    async def unblock(self, actor: Actor, experience_id: int) -> None:
        """Lift the block that was made for this. What was withheld meanwhile stays so."""
        actor.require_organiser()
        async with self._database.transaction() as session:
            await once(session, actor.request, "author_blocks.unblock", self._clock.now())
            written = await self._submitted(session, actor, experience_id)
            await unblock(session, experience_id=written.id)

    async def blockable(self, actor: Actor) -> list[ExperienceView]:
        """What authors can be blocked for, the latest first."""
        return await self._listed(actor, blocked=False)

    async def blocking(self, actor: Actor) -> list[ExperienceView]:
        """What authors are blocked for, the latest first."""
        return await self._listed(actor, blocked=True)

    async def _listed(self, actor: Actor, *, blocked: bool) -> list[ExperienceView]:
        actor.require_organiser()
        causes = select(Block.experience_id).where(Block.experience_id.is_not(None))
        known = Experience.id.in_(causes)
        async with self._database.reading() as session:
            community = await self._communities.require(session, actor)
            found = await session.execute(
                select(Experience)
                .where(Experience.community_id == community.id)
                .where(Experience.pseudonym.is_not(None), Experience.state.in_(SEEN))
                .where(known if blocked else ~known)
                .order_by(Experience.id.desc())
                .limit(MOST_LISTED)
            )
            return [ExperienceView.of(one) for one in found.scalars()]

    async def _submitted(
        self, session: AsyncSession, actor: Actor, experience_id: int
    ) -> Experience:
        community = await self._communities.require(session, actor)
        experience = await find_experience(session, community.id, experience_id)
        if experience is None:
            raise UserError(NO_SUCH_EXPERIENCE)
        if experience.origin != Origin.MEMBER:
            raise UserError(FROM_A_BLOG)
        if experience.state not in SEEN:
            raise UserError(NO_SUCH_EXPERIENCE)
        return experience
