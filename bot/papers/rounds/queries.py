"""Rounds as records. These functions run inside a service's transaction."""

from datetime import timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.papers.model import Round, RoundState, RoundStep
from bot.papers.rules import Progress

ACTIVE = (RoundState.OPEN, RoundState.ANNOUNCED)

# Made once, since most commands ask these.
_ACTIVE_ROUND = (
    select(Round)
    .where(Round.community_id == bindparam("community_id"), Round.state.in_(ACTIVE))
    .order_by(Round.meets_at)
    .limit(1)
)
DONE = select(RoundStep.step).where(RoundStep.round_id == bindparam("round_id"))


async def active_round(session: AsyncSession, community_id: int) -> Round | None:
    """The round that is under way: open or announced. There is at most one."""
    found = await session.execute(_ACTIVE_ROUND, {"community_id": community_id})
    return found.scalars().first()


async def done_steps(session: AsyncSession, round_id: int) -> frozenset[str]:
    """The steps that are taken or dropped."""
    found = await session.execute(DONE, {"round_id": round_id})
    return frozenset(found.scalars())


def progress_of(round_: Round, done: frozenset[str]) -> Progress:
    """How far a round has come, as the rules see it."""
    return Progress(
        meets_at=round_.meets_at,
        duration=timedelta(minutes=round_.duration_minutes),
        opened_at=round_.opened_at,
        announced_at=round_.announced_at,
        done=done,
    )
