"""When a group meets, as its schedule, its skips and its pause say.

These functions run inside a service's transaction.
"""

from datetime import date, datetime, timedelta
from itertools import islice

from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.papers.calendar import Cadence, Recurrence
from bot.papers.model import Round, RoundState, Schedule, Skip

MEETINGS_LOOKED_AT = 600  # weeks; whoever gives a day gives one within ten years

# Made once, since most commands ask these.
_LAST_DAY = select(func.max(Round.day)).where(
    Round.schedule_id == bindparam("schedule_id"),
    Round.state.not_in((RoundState.OPEN, RoundState.CANCELLED)),
)
_SCHEDULE = select(Schedule).where(Schedule.community_id == bindparam("community_id"))
_SKIPS = select(Skip.day, Skip.reason).where(Skip.schedule_id == bindparam("schedule_id"))


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


async def next_meeting(
    session: AsyncSession, schedule: Schedule, zone: str, after: datetime
) -> tuple[date, datetime] | None:
    """The next meeting that is neither skipped nor paused, or None while there is none ahead."""
    if schedule.paused and schedule.paused_until is None:
        return None
    skips, first = await skips_of(session, schedule), await first_free_day(session, schedule)
    meetings = islice(recurrence_of(schedule, zone).after(after), MEETINGS_LOOKED_AT)
    return next(
        (
            (day, instant)
            for day, instant in meetings
            if day >= first and day not in skips and not is_paused_on(schedule, day)
        ),
        None,
    )


async def skips_of(session: AsyncSession, schedule: Schedule) -> dict[date, str | None]:
    """The days on which there is no meeting, with the reasons."""
    found = await session.execute(_SKIPS, {"schedule_id": schedule.id})
    return {skip.day: skip.reason for skip in found}


async def first_free_day(session: AsyncSession, schedule: Schedule) -> date:
    """The first day for another meeting: the group meets once a day, whatever is changed."""
    last = (await session.execute(_LAST_DAY, {"schedule_id": schedule.id})).scalar_one_or_none()
    return max(schedule.anchor, last + timedelta(days=1)) if last else schedule.anchor
