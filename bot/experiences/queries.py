"""Statements that several services share, inside their transactions."""

from sqlalchemy.ext.asyncio import AsyncSession

from bot.experiences.model import Experience


async def find_experience(
    session: AsyncSession, community_id: int, experience_id: int
) -> Experience | None:
    """The experience by its id, if it is this community's: ids come from outside."""
    found = await session.get(Experience, experience_id)
    return found if found is not None and found.community_id == community_id else None
