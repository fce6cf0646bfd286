"""What was asked of the bot is done once, however often it arrives.

Chat platforms deliver again what they had no answer to, and people press *Send* again. Whoever
changes something says first, in the same transaction, which request it is for. The table's key is
what counts, not a look at it: of two processes that get one request, one goes on.
"""

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import String, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bot.core.database import Base, Database
from bot.core.errors import Repeated
from bot.core.time.clock import Clock

KEPT = timedelta(days=7)  # platforms repeat within minutes; a form may stay open for days
PRUNED_EVERY = timedelta(hours=6)
_INSERT: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


class HandledRequest(Base):
    """One step of a request that was done. What the request was can't be read from it."""

    __tablename__ = "handled_request"

    request: Mapped[str] = mapped_column(String(64), primary_key=True)
    step: Mapped[str] = mapped_column(String(64), primary_key=True)
    handled_at: Mapped[datetime] = mapped_column(index=True)


async def once(session: AsyncSession, request: str, step: str, now: datetime) -> None:
    """Raise Repeated if this step of the request was done before. Comes first in a transaction."""
    if not await is_new(session, request, step, now):
        raise Repeated


async def is_new(session: AsyncSession, request: str, step: str, now: datetime) -> bool:
    """Whether this step is still to be done; from the commit on it is not.

    For requests of several steps, of which the first may have been done and the others not.
    """
    if not request:
        return True
    row = {"request": _hashed(request), "step": step, "handled_at": now}
    insert = _INSERT[session.get_bind().dialect.name](HandledRequest).values(row)
    unless_there = insert.on_conflict_do_nothing().returning(HandledRequest.step)
    done = await session.execute(unless_there)
    return done.first() is not None


async def was_handled(session: AsyncSession, request: str) -> bool:
    """Whether anything was done for this request."""
    found = await session.execute(
        select(HandledRequest.step).where(HandledRequest.request == _hashed(request)).limit(1)
    )
    return found.first() is not None


class Requests:
    """Looks after what is remembered of requests."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def was_handled(self, request: str) -> bool:
        """Whether anything was done for this request."""
        async with self._database.reading() as session:
            return await was_handled(session, request)

    async def forget(self) -> datetime:
        """Forget what nobody repeats any more; returns when to look again."""
        now = self._clock.now()
        async with self._database.transaction() as session:
            await session.execute(
                delete(HandledRequest).where(HandledRequest.handled_at < now - KEPT)
            )
        return now + PRUNED_EVERY


def _hashed(request: str) -> str:
    return sha256(request.encode()).hexdigest()
