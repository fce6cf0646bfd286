"""When a group meets, as its schedule, its skips and its pause say.

These functions run inside a service's transaction.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import CompoundSelect, bindparam, false, func, null, select, true, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from bot.core.errors import UserError
from bot.core.time.recurrence import Cadence, Recurrence
from bot.papers.model import MeetingPlace, Round, RoundState, Schedule, Skip

NO_SCHEDULE = "There's no schedule yet. An organiser can set one with `/schedule set`."
OPEN_ENDED = "open"
MEETINGS_LOOKED_AT = 600  # weeks; whoever gives a day gives one within ten years

# Made once, since most commands ask these.
_SCHEDULE = select(Schedule).where(Schedule.community_id == bindparam("community_id"))
_SKIPS = select(Skip.day, Skip.reason, true()).where(Skip.schedule_id == bindparam("schedule_id"))
_LAST_DAY = select(func.max(Round.day), null(), false()).where(
    Round.schedule_id == bindparam("schedule_id"),
    Round.state.not_in((RoundState.OPEN, RoundState.CANCELLED)),
)
_PLACES = (
    select(MeetingPlace.place, Schedule.place)
    .select_from(Schedule)
    .outerjoin(
        MeetingPlace,
        (MeetingPlace.schedule_id == Schedule.id) & (MeetingPlace.day == bindparam("day")),
    )
    .where(Schedule.id == bindparam("schedule_id"))
)
_OWN_PLACES = select(MeetingPlace.day, MeetingPlace.place).where(
    MeetingPlace.schedule_id == bindparam("schedule_id")
)
_DAYS: CompoundSelect[Any] = union_all(_SKIPS, _LAST_DAY)


async def schedule_of(session: AsyncSession, community_id: int) -> Schedule | None:
    found = await session.execute(_SCHEDULE, {"community_id": community_id})
    return found.scalar_one_or_none()


async def place_of(session: AsyncSession, schedule_id: int, day: date) -> str | None:
    """Where the meeting of that day is: its own place, or else the schedule's."""
    found = await session.execute(_PLACES, {"schedule_id": schedule_id, "day": day})
    own, usual = found.one()
    return own or usual


async def own_places(session: AsyncSession, schedule_id: int) -> dict[date, str]:
    """The meetings that have a place of their own."""
    found = await session.execute(_OWN_PLACES, {"schedule_id": schedule_id})
    return {row.day: row.place for row in found}


async def require_schedule(session: AsyncSession, community_id: int) -> Schedule:
    schedule = await schedule_of(session, community_id)
    if schedule is None:
        raise UserError(NO_SCHEDULE)
    return schedule


def meeting_on(day: date, schedule: Schedule, zone: str, active: Round | None) -> datetime:
    """When the meeting of that day begins; raises UserError where there is none."""
    if active is not None and active.day == day:
        return active.meets_at
    recurrence = recurrence_of(schedule, zone)
    if not recurrence.meeting_on(day):
        raise UserError(
            f"No meeting is planned for {day:%A} {day.day} {day:%B %Y}. "
            "`/schedule show` lists the next ones."
        )
    return recurrence.instant(day)


def local_day(zone: str, now: datetime) -> date:
    return now.astimezone(ZoneInfo(zone)).date()


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


def pause_of(schedule: Schedule) -> str:
    """The pause as a word: `open` without an end, the first day after it, or nothing."""
    if not schedule.paused:
        return ""
    return schedule.paused_until.isoformat() if schedule.paused_until else OPEN_ENDED


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
