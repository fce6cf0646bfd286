"""Statements that several services share, inside their transaction."""

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.communities.model import Community, Incident

# Made once, since every command asks it.
_BY_REF = select(Community).where(
    Community.platform == bindparam("platform"), Community.external_id == bindparam("external_id")
)


async def find_community(
    session: AsyncSession, platform: str, community_ref: str
) -> Community | None:
    """The community's record, if it has one."""
    found = await session.execute(_BY_REF, {"platform": platform, "external_id": community_ref})
    return found.scalar_one_or_none()


async def open_incident(session: AsyncSession, community_id: int, subject: str) -> Incident | None:
    """The problem with this subject that organisers know of and that isn't over."""
    found = await session.execute(
        select(Incident)
        .where(Incident.community_id == community_id, Incident.subject == subject)
        .where(Incident.closed_at.is_(None))
    )
    return found.scalars().first()


def in_person(community: Community) -> str:
    """The outbox destination of whoever has set the bot up: a direct message."""
    return f"user:{community.set_up_by_ref}"
