"""The schedule: set, shown, paused and resumed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.communities.model import Community
from bot.communities.service import Actor, Communities
from bot.core.database import Database
from bot.core.errors import UserError
from bot.core.requests import is_new, once
from bot.core.time.clock import Clock
from bot.core.time.parsing import parse_date, parse_time, parse_zone
from bot.core.time.recurrence import Cadence, next_weekday
from bot.papers.model import DEFAULT_REMINDERS, Round, RoundState, Schedule
from bot.papers.rounds.queries import active_round
from bot.papers.rounds.rounds import Rounds
from bot.papers.schedule.meetings import (
    is_paused_on,
    local_day,
    pause_of,
    require_schedule,
    schedule_of,
)
from bot.papers.schedule.place import parse_place
from bot.papers.schedule.reminders import parse_reminders
from bot.papers.schedule.views import ScheduleView, view_schedule

SHORTEST, LONGEST = 15, 480  # minutes
NEW_SCHEDULE: dict[str, Any] = {
    "cadence": Cadence.WEEKLY,
    "nth": None,
    "duration_minutes": 60,
    "reminders": list(DEFAULT_REMINDERS),
}


@dataclass(frozen=True)
class Paused:
    """A pause that has begun; `mark` and `before` are what `pause_of` says now and said before."""

    until: date | None
    announced: bool  # whether a meeting is announced, which stays
    mark: str
    before: str


@dataclass(frozen=True)
class Resumed:
    """The schedule after a pause, and what `pause_of` said before."""

    schedule: ScheduleView
    before: str


class Schedules:
    """Use cases around the recurring meeting. Times that people type are local."""

    def __init__(
        self, database: Database, communities: Communities, rounds: Rounds, clock: Clock
    ) -> None:
        self._database = database
        self._communities = communities
        self._rounds = rounds
        self._clock = clock

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
        changes = _parsed(weekday, at, cadence, nth, duration_minutes, place, reminders)
        new_zone = parse_zone(zone) if zone else None
        async with self._database.transaction() as session:
            if not await is_new(session, actor.request, "schedules.set", self._clock.now()):
                return await self.view(session, actor)
            community = await self._communities.require(session, actor)
            await self.catch_up(session, community)
            if new_zone is not None:
                await self._communities.change_zone(session, community, new_zone)
            if starting:
                today = local_day(community.zone, self._clock.now())
                changes["first"] = parse_date(starting, today)
            return await self.change(session, community, **changes)

    async def show(self, actor: Actor) -> ScheduleView:
        """The schedule and its next five meetings."""
        async with self._database.reading() as session:
            return await self.view(session, actor)

    async def pause(self, actor: Actor, until: str | None = None) -> Paused:
        """Hold no meetings before that day, or none until `resume`.

        A meeting that is announced already stays.
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
                raise UserError("Please give the first day with meetings again, tomorrow or later.")
            before = pause_of(schedule)
            schedule.paused, schedule.paused_until = True, day
            round_ = await self._rounds.move(session, schedule)
            announced = round_ is not None and round_.state == RoundState.ANNOUNCED
            return Paused(day, announced, pause_of(schedule), before)

    async def resume(self, actor: Actor) -> Resumed:
        """Hold meetings again."""
        actor.require_organiser()
        async with self._database.transaction() as session:
            await once(session, actor.request, "schedules.resume", self._clock.now())
            community = await self._communities.require(session, actor)
            schedule = await require_schedule(session, community.id)
            await self._rounds.catch_up(session, schedule)
            if not is_paused_on(schedule, self._today(community)):
                raise UserError("The schedule isn't paused. `/schedule show` lists the meetings.")
            before = pause_of(schedule)
            schedule.paused, schedule.paused_until = False, None
            round_ = await self._rounds.move(session, schedule)
            return Resumed(await self._view(session, community, schedule, round_), before)

    async def change(
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
        """Change what is given, in the caller's transaction.

        A cadence comes with its `nth`; a place is wrapped, since it may be taken away.
        """
        given = {name: value for name, value in changes.items() if value is not None}
        schedule = await schedule_of(session, community.id)
        if schedule is None:
            schedule = self._new(community, given)
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

    async def view(self, session: AsyncSession, actor: Actor) -> ScheduleView:
        """The schedule and its next five meetings, in the caller's transaction."""
        community = await self._communities.require(session, actor)
        schedule = await require_schedule(session, community.id)
        round_ = await active_round(session, community.id)
        return await self._view(session, community, schedule, round_)

    async def catch_up(self, session: AsyncSession, community: Community | None) -> None:
        """Do what is due by the settings that are about to change, in the caller's transaction."""
        schedule = await schedule_of(session, community.id) if community else None
        if schedule is not None:
            await self._rounds.catch_up(session, schedule)

    async def _remind(
        self, session: AsyncSession, schedule: Schedule, reminders: list[int]
    ) -> None:
        """Remind so long before each meeting, also of one that is announced already."""
        schedule.reminders = reminders
        await session.flush()
        round_ = await active_round(session, schedule.community_id)
        if round_ is not None and round_.state == RoundState.ANNOUNCED:
            await self._rounds.pass_over(session, schedule, round_)

    def _new(self, community: Community, given: Mapping[str, Any]) -> Schedule:
        if not {"weekday", "local_time"} <= given.keys():
            raise UserError("There is no schedule yet. Please give both the weekday and the time.")
        return Schedule(community_id=community.id, anchor=self._today(community), **NEW_SCHEDULE)

    def _anchor(
        self,
        schedule: Schedule,
        community: Community,
        before: tuple[str, int],
        first: date | None,
    ) -> date:
        """The day from which the schedule counts; it stays as it was if that's possible."""
        weekday = schedule.weekday
        same_days = before == (schedule.cadence, weekday)
        if first is None and same_days and schedule.anchor.weekday() == weekday:
            return schedule.anchor
        return next_weekday(first or max(self._today(community), schedule.anchor), weekday)

    async def _view(
        self,
        session: AsyncSession,
        community: Community,
        schedule: Schedule,
        active: Round | None,
    ) -> ScheduleView:
        dropped = await self._rounds.dropped(session, community.id)
        now = self._clock.now()
        return await view_schedule(session, community, schedule, active, dropped, now)

    def _today(self, community: Community) -> date:
        return local_day(community.zone, self._clock.now())


def _parsed(
    weekday: int | None,
    at: str | None,
    cadence: Cadence | None,
    nth: int | None,
    duration_minutes: int | None,
    place: str | None,
    reminders: str | None,
) -> dict[str, Any]:
    """What was typed and chosen, as `Schedules.change` takes it."""
    local_time = parse_time(at) if at is not None else None
    if duration_minutes is not None and not SHORTEST <= duration_minutes <= LONGEST:
        raise UserError(f"A meeting can last from {SHORTEST} minutes to {LONGEST // 60} hours.")
    return {
        "weekday": weekday,
        "local_time": local_time,
        "cadence": cadence,
        "nth": nth,
        "duration_minutes": duration_minutes,
        "place": None if place is None else (parse_place(place),),
        "reminders": None if reminders is None else parse_reminders(reminders),
    }
