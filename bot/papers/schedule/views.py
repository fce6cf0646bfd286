"""The schedule as commands show it; made from records inside a transaction."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import islice

from sqlalchemy.ext.asyncio import AsyncSession

from bot.communities.model import Community
from bot.core.time.parsing import describe
from bot.papers.model import Round, RoundState, Schedule
from bot.papers.schedule.meetings import (
    Occasions,
    is_paused_on,
    local_day,
    occasions_of,
    own_places,
    pause_of,
)
from bot.papers.schedule.reminders import offsets_of
from bot.papers.views import Dropped, Meeting, PaperView

MEETINGS_SHOWN = 5


@dataclass(frozen=True)
class ScheduleView:
    """The schedule in words, and the meetings to come."""

    description: str
    duration: timedelta
    paused: bool
    paused_until: date | None
    meetings: tuple[Meeting, ...]
    dropped: tuple[Dropped, ...] = ()
    pause: str = ""  # see `pause_of`
    place: str | None = None
    reminders: tuple[timedelta, ...] = ()


async def view_schedule(
    session: AsyncSession,
    community: Community,
    schedule: Schedule,
    active: Round | None,
    dropped: list[Dropped],
    now: datetime,
) -> ScheduleView:
    """The schedule with its next five meetings, of which the active round may be the first."""
    occasions = await occasions_of(session, schedule, community.zone)
    places = await own_places(session, schedule.id)
    meetings = [_meeting_of(active)] if active and active.state == RoundState.ANNOUNCED else []
    coming = islice(occasions.after(now), MEETINGS_SHOWN - len(meetings))
    meetings += [_coming(occasions, day, instant) for day, instant in coming]
    return ScheduleView(
        description=describe(occasions.recurrence),
        duration=timedelta(minutes=schedule.duration_minutes),
        paused=is_paused_on(schedule, local_day(community.zone, now)),
        paused_until=schedule.paused_until,
        meetings=tuple(replace(one, place=places.get(one.day)) for one in meetings),
        dropped=tuple(dropped),
        pause=pause_of(schedule),
        place=schedule.place,
        reminders=offsets_of(schedule.reminders),
    )


def _meeting_of(round_: Round) -> Meeting:
    assert round_.nomination is not None, "an announced round has a paper"
    return Meeting(round_.day, round_.meets_at, PaperView.of(round_.nomination.paper), "announced")


def _coming(occasions: Occasions, day: date, instant: datetime) -> Meeting:
    if day in occasions.skips:
        reason = occasions.skips[day]
        return Meeting(day, instant, note=f"called off: {reason}" if reason else "called off")
    return Meeting(day, instant, note="paused" if is_paused_on(occasions.schedule, day) else "")
