"""Anonymous authors are blocked by what they wrote; they aren't told, and nobody learns who.

A block holds for all that is written under the pseudonym in its community. The cause is a column
of `Block` with the id of what was written, such as `question_id=7`.
"""

from datetime import datetime

from sqlalchemy import Select, delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.communities.authors import Written
from bot.communities.model import Block
from bot.communities.service import Actor
from bot.core.errors import UserError

BLOCK, BLOCK_AUTHOR = "moderate_block", "Block its author"  # the button
CAN_BLOCK = "If its author is anonymous, you can block them."
BY_NAME = "Its author isn't anonymous. Please use your server's own moderation for them."
NOT_BLOCKED = "Nobody is blocked for that."


async def is_blocked(session: AsyncSession, community_id: int, pseudonym: str | None) -> bool:
    """Whether what is written under this pseudonym is to be withheld."""
    if pseudonym is None:
        return False
    found = await session.execute(
        select(Block.id)
        .where(Block.community_id == community_id, Block.pseudonym == pseudonym)
        .limit(1)
    )
    return found.first() is not None


async def block(
    session: AsyncSession,
    community_id: int,
    written: Written,
    actor: Actor,
    now: datetime,
    **cause: int,
) -> None:
    """Have nobody see what its author writes anonymously from now on. Twice is once.

    Raises UserError where it was written by name.
    """
    if written.pseudonym is None:
        raise UserError(BY_NAME)
    if (await session.execute(_caused(cause))).first() is None:
        session.add(
            Block(
                community_id=community_id,
                pseudonym=written.pseudonym,
                by_ref=actor.member_ref,
                created_at=now,
                **cause,
            )
        )


async def unblock(session: AsyncSession, **cause: int) -> None:
    """Lift the block that has this cause. What was withheld meanwhile stays so."""
    known = (await session.execute(_caused(cause))).scalar_one_or_none()
    if known is None:
        raise UserError(NOT_BLOCKED)
    await session.execute(delete(Block).where(Block.id == known))


def _caused(cause: dict[str, int]) -> Select[int]:
    return select(Block.id).filter_by(**cause)
