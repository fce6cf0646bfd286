"""Single meetings that are called off."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.communities.service import Actor, Communities
from bot.core.database import Database
from bot.core.errors import UserError
from bot.core.requests import once
from bot.core.text import one_line
from bot.core.time.clock import Clock
from bot.core.time.parsing import parse_date
from bot.papers.model import RoundState, Schedule, Skip
from bot.papers.rounds.queries import active_round
from bot.papers.rounds.rounds import Rounds
from bot.papers.schedule.meetings import local_day, meeting_on, require_schedule
from bot.papers.views import Meeting

LONGEST_REASON = 200


@dataclass(frozen=True)
class SkipAsked:
    """A meeting that people are going to; it is called off when the organiser is sure."""

    meeting: Meeting
    going: int


class Skips:
    """Use cases around meetings that are called off."""

    def __init__(
        self, database: Database, communities: Communities, rounds: Rounds, clock: Clock
    ) -> None:
        self._database = database
        self._communities = communities
        self._rounds = rounds
        self._clock = clock

    async def skip(self, actor: Actor, day_text: str, reason: str | None = None) -> Meeting:
        """Call the meeting of that day off. If it is announced, those who go are told."""
        skipped = await self.skip_unless_people_go(actor, day_text, reason, sure=True)
        assert isinstance(skipped, Meeting), "who is sure is not asked"
        return skipped

    async def skip_unless_people_go(
        self, actor: Actor, day_text: str, reason: str | None = None, *, sure: bool = False
    ) -> Meeting | SkipAsked:
        """The same, unless people are going and the organiser is not `sure`."""
        actor.require_organiser()
        reason = one_line(reason or "")[:LONGEST_REASON] or None
        async with self._database.transaction() as session:
            await once(session, actor.request, "schedules.skip", self._clock.now())
            community = await self._communities.require(session, actor)
            schedule = await require_schedule(session, community.id)
            await self._rounds.catch_up(session, schedule)
            day = parse_date(day_text, local_day(community.zone, self._clock.now()))
            round_ = await active_round(session, community.id)
            meeting = Meeting(day, meeting_on(day, schedule, community.zone, round_))
            hit = round_ if round_ is not None and round_.day == day else None
            announced = hit is not None and hit.state == RoundState.ANNOUNCED
            if hit is not None and announced and not sure:
                going = await self._rounds.revisions(session, community, hit).going()
                if going:
                    return SkipAsked(meeting, len(going))
            skip = await _add_skip(session, schedule, day, reason)
            if hit is not None:
                skip.round_id = hit.id if announced else None
                await self._rounds.call_off(session, community, hit, reason)
            await self._rounds.advance(session, schedule)
            return meeting


async def _add_skip(
    session: AsyncSession, schedule: Schedule, day: date, reason: str | None
) -> Skip:
    found = await session.execute(
        select(Skip).where(Skip.schedule_id == schedule.id, Skip.day == day)
    )
    if found.first() is not None:
        raise UserError(
            f"The meeting on {day:%A} {day.day} {day:%B} is already called off. "
            "`/schedule show` lists the next ones."
        )
    skip = Skip(schedule_id=schedule.id, day=day, reason=reason)
    session.add(skip)
    await session.flush()
    return skip
