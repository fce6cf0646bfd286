"""When a group meets, as its schedule, its skips and its pause say.

These functions run inside a service's transaction.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import CompoundSelect, bindparam, false, func, null, select, true, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from bot.papers.calendar import Cadence, Recurrence
from bot.papers.model import Round, RoundState, Schedule, Skip

MEETINGS_LOOKED_AT = 600  # weeks; whoever gives a day gives one within ten years

# Made once, since most commands ask these.
_SCHEDULE = select(Schedule).where(Schedule.community_id == bindparam("community_id"))
_SKIPS = select(Skip.day, Skip.reason, true()).where(Skip.schedule_id == bindparam("schedule_id"))
_LAST_DAY = select(func.max(Round.day), null(), false()).where(
    Round.schedule_id == bindparam("schedule_id"),
    Round.state.not_in((RoundState.OPEN, RoundState.CANCELLED)),
)
_DAYS: CompoundSelect[Any] = union_all(_SKIPS, _LAST_DAY)


async def schedule_of(session: AsyncSession, community_id: int) -> Schedule | None:
    found = await session.execute(_SCHEDULE, {"community_id": community_id})
    return found.scalar_one_or_none()


def recurrence_of(schedule: Schedule, zone: str) -> Recurrence:
    return Recurrence(
        zone=zone,
        weekday=schedule.weekday,
        time=schedule.local_time,
        cadence=Cadence(schedule.cadence),
        anchor=schedule.anchor,
        nth=schedule.nth,
    )


def is_paused_on(schedule: Schedule, day: date) -> bool:
    return schedule.paused and (schedule.paused_until is None or day < schedule.paused_until)


@dataclass(frozen=True)
class Occasions:
    """The days on which a group meets by its schedule, and those among them that are skipped.

    `first_day` is the first one for another meeting: the group meets once a day, whatever is
    changed.
    """

    schedule: Schedule
    recurrence: Recurrence
    first_day: date
    skips: dict[date, str | None]  # with the reasons

    def after(self, moment: datetime) -> Iterator[tuple[date, datetime]]:
        """Local day and instant of all of them in order, whether or not a meeting is held."""
        days = self.recurrence.after(moment)
        return ((day, instant) for day, instant in days if day >= self.first_day)

    def next_meeting(self, after: datetime) -> tuple[date, datetime] | None:
        """The next one that is neither skipped nor paused, or None while there is none ahead."""
        if self.schedule.paused and self.schedule.paused_until is None:
            return None
        held = (
            (day, instant)
            for day, instant in islice(self.after(after), MEETINGS_LOOKED_AT)
            if day not in self.skips and not is_paused_on(self.schedule, day)
        )
        return next(held, None)


async def occasions_of(session: AsyncSession, schedule: Schedule, zone: str) -> Occasions:
    found = await session.execute(_DAYS, {"schedule_id": schedule.id})
    skips, first = {}, schedule.anchor
    for day, reason, is_skip in found:
        if is_skip:
            skips[day] = reason
        elif day is not None:
            first = max(first, day + timedelta(days=1))
    return Occasions(schedule, recurrence_of(schedule, zone), first, skips)
