"""The schedule: set, shown, skipped, paused and resumed."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.communities.model import Community
from bot.communities.service import Actor, Communities
from bot.core.database import Database
from bot.core.errors import UserError
from bot.core.requests import is_new, once
from bot.core.text import one_line
from bot.core.time.clock import Clock
from bot.core.time.parsing import describe, parse_date, parse_time, parse_zone
from bot.core.time.recurrence import Cadence, next_weekday
from bot.papers.meetings import (
    Occasions,
    is_paused_on,
    local_day,
    meeting_on,
    occasions_of,
    own_places,
    pause_of,
    require_schedule,
    schedule_of,
)
from bot.papers.model import DEFAULT_REMINDERS, Round, RoundState, Schedule, Skip
from bot.papers.place import parse_place
from bot.papers.reminders import offsets_of, parse_reminders
from bot.papers.rounds import Rounds, active_round
from bot.papers.views import Dropped, Meeting, PaperView

MEETINGS_SHOWN = 5
SHORTEST, LONGEST = 15, 480  # minutes
LONGEST_REASON = 200
NEW_SCHEDULE: dict[str, Any] = {
    "cadence": Cadence.WEEKLY,
    "nth": None,
    "duration_minutes": 60,
    "reminders": list(DEFAULT_REMINDERS),
}


@dataclass(frozen=True)
class SkipAsked:
    """A meeting to which people go; it is called off when the organiser is sure."""

    meeting: Meeting
    going: int


@dataclass(frozen=True)
class ScheduleView:
    """The schedule in words, and the meetings that come."""

    description: str
    duration: timedelta
    paused: bool
    paused_until: date | None
    meetings: tuple[Meeting, ...]
    dropped: tuple[Dropped, ...] = ()
    pause: str = ""  # see `pause_of`
    place: str | None = None
    reminders: tuple[timedelta, ...] = ()


class Schedules:
    """Use cases around the recurring meeting. Times that people type are local."""

    def __init__(
        self, database: Database, communities: Communities, rounds: Rounds, clock: Clock
    ) -> None:
        self._database = database
        self._communities = communities
        self._rounds = rounds
        self._clock = clock

    async def set_up(
        self,
        actor: Actor,
        *,
        zone: str,
        papers_channel_ref: str,
        weekday: int,
        at: str,
        ping_role_ref: str | None = None,
        organisers_channel_ref: str | None = None,
        organiser_role_ref: str | None = None,
    ) -> ScheduleView:
        """Everything a community needs to begin, in one go.

        Running it again changes what is given; cadence, duration and the rest stay.
        """
        actor.require_organiser()
        zone, local_time = parse_zone(zone), parse_time(at)
        async with self._database.transaction() as session:
            if not await is_new(session, actor.request, "schedules.set_up", self._clock.now()):
                return await self._show(session, actor)
            await self._catch_up(session, await self._communities.find(session, actor))
            community = await self._communities.set_up(
                session,
                actor,
                zone=zone,
                papers_channel_ref=papers_channel_ref,
                ping_role_ref=ping_role_ref,
                organisers_channel_ref=organisers_channel_ref,
                organiser_role_ref=organiser_role_ref,
            )
            return await self._set(session, community, weekday=weekday, local_time=local_time)

    async def set(
        self,
        actor: Actor,
        *,
        weekday: int | None = None,
        at: str | None = None,
        cadence: Cadence | None = None,
        nth: int | None = None,
        duration_minutes: int | None = None,
        zone: str | None = None,
        starting: str | None = None,
        place: str | None = None,
        reminders: str | None = None,
    ) -> ScheduleView:
        """Change when the group meets: what is given. A meeting that is announced stays as it is.

        Place and reminders hold for that one, too.
        """
        actor.require_organiser()
        changes: dict[str, Any] = {
            "weekday": weekday,
            "local_time": parse_time(at) if at is not None else None,
            "cadence": cadence,
            "nth": nth,
            "duration_minutes": duration_minutes,
        }
        new_zone = parse_zone(zone) if zone else None
        if duration_minutes is not None and not SHORTEST <= duration_minutes <= LONGEST:
            raise UserError(f"A meeting lasts from {SHORTEST} minutes to {LONGEST // 60} hours.")
        if place is not None:
            changes["place"] = (parse_place(place),)
        if reminders is not None:
            changes["reminders"] = parse_reminders(reminders)
        async with self._database.transaction() as session:
            if not await is_new(session, actor.request, "schedules.set", self._clock.now()):
                return await self._show(session, actor)
            community = await self._communities.require(session, actor)
            await self._catch_up(session, community)
            community.zone = new_zone or community.zone
            if starting:
                today = local_day(community.zone, self._clock.now())
                changes["first"] = parse_date(starting, today)
            return await self._set(session, community, **changes)

    async def show(self, actor: Actor) -> ScheduleView:
        """The schedule and its next five meetings."""
        async with self._database.reading() as session:
            return await self._show(session, actor)

    async def skip(self, actor: Actor, day_text: str, reason: str | None = None) -> Meeting:
        """No meeting on that day. If it was announced, those who go are told."""
        skipped = await self.skip_unless_people_go(actor, day_text, reason, sure=True)
        assert isinstance(skipped, Meeting), "nobody is asked who is sure"
        return skipped

    async def skip_unless_people_go(
        self, actor: Actor, day_text: str, reason: str | None = None, *, sure: bool = False
    ) -> Meeting | SkipAsked:
        """The same, unless people go there and the organiser is not `sure`."""
        actor.require_organiser()
        reason = one_line(reason or "")[:LONGEST_REASON] or None
        async with self._database.transaction() as session:
            await once(session, actor.request, "schedules.skip", self._clock.now())
            community = await self._communities.require(session, actor)
            schedule = await require_schedule(session, community.id)
            await self._rounds.catch_up(session, schedule)
            day = parse_date(day_text, self._today(community))
            round_ = await active_round(session, community.id)
            meeting = Meeting(day, meeting_on(day, schedule, community.zone, round_))
            hit = round_ if round_ is not None and round_.day == day else None
            announced = hit is not None and hit.state == RoundState.ANNOUNCED
            if hit is not None and announced and not sure:
                going = await self._rounds.revisions(session, community, hit).going()
                if going:
                    return SkipAsked(meeting, len(going))
            skip = await self._skip(session, schedule, day, reason)
            if hit is not None:
                skip.round_id = hit.id if announced else None
                await self._rounds.call_off(session, community, hit, reason)
            await self._rounds.advance(session, schedule)
            return meeting

    async def pause(self, actor: Actor, until: str | None = None) -> tuple[date | None, bool]:
        """No meetings before that day, or none until `resume`.

        A meeting that is announced already stays; the second value tells whether there is one.
        """
        actor.require_organiser()
        async with self._database.transaction() as session:
            await once(session, actor.request, "schedules.pause", self._clock.now())
            community = await self._communities.require(session, actor)
            schedule = await require_schedule(session, community.id)
            await self._rounds.catch_up(session, schedule)
            today = self._today(community)
            day = parse_date(until, today) if until else None
            if day == today:
                raise UserError("Give the first day on which you may meet again, from tomorrow on.")
            schedule.paused, schedule.paused_until = True, day
            round_ = await self._rounds.move(session, schedule)
            return day, round_ is not None and round_.state == RoundState.ANNOUNCED

    async def resume(self, actor: Actor) -> ScheduleView:
        """Meetings are held again."""
        actor.require_organiser()
        async with self._database.transaction() as session:
            await once(session, actor.request, "schedules.resume", self._clock.now())
            community = await self._communities.require(session, actor)
            schedule = await require_schedule(session, community.id)
            await self._rounds.catch_up(session, schedule)
            if not is_paused_on(schedule, self._today(community)):
                raise UserError("The schedule is not paused. `/schedule show` lists the meetings.")
            schedule.paused, schedule.paused_until = False, None
            round_ = await self._rounds.move(session, schedule)
            return await self._view(session, community, schedule, round_)

    async def _set(
        self,
        session: AsyncSession,
        community: Community,
        *,
        first: date | None = None,
        cadence: Cadence | None = None,
        nth: int | None = None,
        place: tuple[str | None] | None = None,
        reminders: list[int] | None = None,
        **changes: int | time | None,
    ) -> ScheduleView:
        """Change what is given. A rhythm brings its `nth`; a place is wrapped, since it may be
        taken away."""
        given = {name: value for name, value in changes.items() if value is not None}
        schedule = await schedule_of(session, community.id)
        if schedule is None:
            if not {"weekday", "local_time"} <= given.keys():
                raise UserError("There is no schedule yet: give the weekday and the time, too.")
            schedule = Schedule(
                community_id=community.id, anchor=self._today(community), **NEW_SCHEDULE
            )
            session.add(schedule)
        before = (schedule.cadence, schedule.weekday)
        for name, value in given.items():
            setattr(schedule, name, value)
        if cadence is not None:
            schedule.cadence, schedule.nth = cadence, nth
        schedule.anchor = self._anchor(schedule, community, before, first)
        if place is not None:
            (schedule.place,) = place
        await session.flush()
        if reminders is not None:
            await self._remind(session, schedule, reminders)
        round_ = await self._rounds.move(session, schedule)
        if place is not None:
            await self._rounds.refresh(session, community.id)
        return await self._view(session, community, schedule, round_)

    async def _show(self, session: AsyncSession, actor: Actor) -> ScheduleView:
        community = await self._communities.require(session, actor)
        schedule = await require_schedule(session, community.id)
        round_ = await active_round(session, community.id)
        return await self._view(session, community, schedule, round_)

    async def _remind(
        self, session: AsyncSession, schedule: Schedule, reminders: list[int]
    ) -> None:
        """Remind so long before each meeting, also of one that is announced already."""
        schedule.reminders = reminders
        await session.flush()
        round_ = await active_round(session, schedule.community_id)
        if round_ is not None and round_.state == RoundState.ANNOUNCED:
            await self._rounds.pass_over(session, schedule, round_)

    async def _catch_up(self, session: AsyncSession, community: Community | None) -> None:
        """What is due is due by the settings that are about to change."""
        schedule = await schedule_of(session, community.id) if community else None
        if schedule is not None:
            await self._rounds.catch_up(session, schedule)

    def _anchor(
        self,
        schedule: Schedule,
        community: Community,
        before: tuple[str, int],
        first: date | None,
    ) -> date:
        """The day from which the schedule counts. Fortnights keep their rhythm if they can."""
        weekday = schedule.weekday
        same_rhythm = before == (schedule.cadence, weekday)
        if first is None and same_rhythm and schedule.anchor.weekday() == weekday:
            return schedule.anchor
        return next_weekday(first or max(self._today(community), schedule.anchor), weekday)

    async def _skip(
        self, session: AsyncSession, schedule: Schedule, day: date, reason: str | None
    ) -> Skip:
        found = await session.execute(
            select(Skip).where(Skip.schedule_id == schedule.id, Skip.day == day)
        )
        if found.first() is not None:
            raise UserError(f"{day:%A} {day.day} {day:%B} is skipped already.")
        skip = Skip(schedule_id=schedule.id, day=day, reason=reason)
        session.add(skip)
        await session.flush()
        return skip

    async def _view(
        self,
        session: AsyncSession,
        community: Community,
        schedule: Schedule,
        active: Round | None,
    ) -> ScheduleView:
        occasions = await occasions_of(session, schedule, community.zone)
        places = await own_places(session, schedule.id)
        meetings = [_meeting_of(active)] if active and active.state == RoundState.ANNOUNCED else []
        coming = islice(occasions.after(self._clock.now()), MEETINGS_SHOWN - len(meetings))
        meetings += [_coming(occasions, day, instant) for day, instant in coming]
        return ScheduleView(
            description=describe(occasions.recurrence),
            duration=timedelta(minutes=schedule.duration_minutes),
            paused=is_paused_on(schedule, self._today(community)),
            paused_until=schedule.paused_until,
            meetings=tuple(replace(one, place=places.get(one.day)) for one in meetings),
            dropped=tuple(await self._rounds.dropped(session, community.id)),
            pause=pause_of(schedule),
            place=schedule.place,
            reminders=offsets_of(schedule.reminders),
        )

    def _today(self, community: Community) -> date:
        return local_day(community.zone, self._clock.now())


def _meeting_of(round_: Round) -> Meeting:
    assert round_.nomination is not None, "an announced round has a paper"
    return Meeting(round_.day, round_.meets_at, PaperView.of(round_.nomination.paper), "announced")


def _coming(occasions: Occasions, day: date, instant: datetime) -> Meeting:
    if day in occasions.skips:
        reason = occasions.skips[day]
        return Meeting(day, instant, note=f"skipped: {reason}" if reason else "skipped")
    return Meeting(day, instant, note="paused" if is_paused_on(occasions.schedule, day) else "")
