"""Hides the authors of anonymous experiences that older versions stored with their ids.

A migration can't: the pseudonyms take the host's key. So the bot does it when it starts, before
anything is sent. The messages to these authors, and the notices that one of them takes none, lose
the id as well; then the database file is rewritten, so that no overwritten id stays in it.
"""

import logging

from sqlalchemy import Select, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.communities.authors import address_of
from bot.communities.model import Incident
from bot.communities.pseudonyms import Pseudonyms
from bot.core.database import Database
from bot.core.outbox import PRIVATE, OutboxRow, State
from bot.core.time.clock import Clock
from bot.experiences.keys import author_key
from bot.experiences.model import Experience

log = logging.getLogger(__name__)

# In place of an id until the file has been rewritten, so that a crash in between is noticed.
_TO_ERASE = ""


async def hide_authors(database: Database, pseudonyms: Pseudonyms, clock: Clock) -> None:
    """Replace what ids there are by pseudonyms. Costs one query where there are none."""
    async with database.reading() as session:
        if not (await session.execute(_exposed().limit(1))).first():
            return
    async with database.transaction() as session:
        for experience in (await session.execute(_exposed())).scalars().all():
            if experience.member_ref != _TO_ERASE:
                await _hide(session, experience, pseudonyms, clock)
    await database.erase_deleted()
    async with database.transaction() as session:
        await session.execute(
            update(Experience)
            .where(Experience.anonymous, Experience.member_ref == _TO_ERASE)
            .values(member_ref=None)
        )
    log.info("hid the authors of anonymous experiences that an older version had stored")


def _exposed() -> Select[Experience]:
    return select(Experience).where(Experience.anonymous, Experience.member_ref.is_not(None))


async def _hide(
    session: AsyncSession, experience: Experience, pseudonyms: Pseudonyms, clock: Clock
) -> None:
    assert experience.member_ref is not None
    exposed = f"user:{experience.member_ref}"
    experience.pseudonym = pseudonyms.of(experience.community_id, experience.member_ref)
    experience.member_ref = _TO_ERASE
    hidden = address_of(experience)
    found = await session.execute(
        select(OutboxRow).where(
            OutboxRow.dedupe_key == author_key(experience.id, 1, "declined"),
            OutboxRow.destination == exposed,
        )
    )
    for row in found.scalars():
        row.destination, row.lane = hidden, f"answers:{hidden}"
        row.message_ref = row.place_ref = None
        if row.state == State.FAILED:  # as for every private message that is not taken
            row.state, row.claimed_at = State.EXPIRED, None
        if row.last_error is not None:
            row.last_error = "not taken"
    await session.flush()
    await _hide_incidents(session, experience.community_id, exposed, clock)


async def _hide_incidents(
    session: AsyncSession, community_id: int, exposed: str, clock: Clock
) -> None:
    """An incident stays only where something by name is held up as well."""
    held_up = await session.execute(
        select(OutboxRow.id).where(
            OutboxRow.community_id == community_id,
            OutboxRow.destination == exposed,
            OutboxRow.state == State.FAILED,
        )
    )
    if held_up.first() is not None:
        return
    found = await session.execute(
        select(Incident).where(
            Incident.community_id == community_id, Incident.subject == f"refused:{exposed}"
        )
    )
    for incident in found.scalars():
        incident.subject = f"refused:{PRIVATE}{incident.id}"
        incident.closed_at = incident.closed_at or clock.now()
