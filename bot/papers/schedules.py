"""The schedule: set, shown, skipped, paused and resumed."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.communities.model import Community
from bot.communities.service import Actor, Communities
from bot.core.clock import Clock
from bot.core.database import Database
from bot.core.errors import UserError
from bot.core.requests import is_new, once
from bot.core.text import one_line
from bot.papers.calendar import Cadence, next_weekday
from bot.papers.meetings import (
    Occasions,
    is_paused_on,
    occasions_of,
    recurrence_of,
    schedule_of,
)
from bot.papers.model import Round, RoundState, Schedule, Skip
from bot.papers.rounds import Rounds, active_round
from bot.papers.views import Dropped, Meeting, PaperView
from bot.papers.when import describe, parse_date, parse_time, parse_zone

MEETINGS_SHOWN = 5
SHORTEST, LONGEST = 15, 480  # minutes
LONGEST_REASON = 200
NO_SCHEDULE = "There is no schedule yet. An organiser sets one with `/schedule set`."


@dataclass(frozen=True)
class ScheduleView:
    """The schedule in words, and the meetings that come."""

    description: str
    duration: timedelta
    paused: bool
    paused_until: date | None
    meetings: tuple[Meeting, ...]
    dropped: tuple[Dropped, ...] = ()


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
            known = await schedule_of(session, community.id)
            if known is None:
                return await self._set(session, community, weekday, local_time)
            return await self._set(
                session,
                community,
                weekday,
                local_time,
                cadence=Cadence(known.cadence),
                nth=known.nth,
                duration_minutes=known.duration_minutes,
            )

    async def set(
        self,
        actor: Actor,
        *,
        weekday: int,
        at: str,
        cadence: Cadence = Cadence.WEEKLY,
        nth: int | None = None,
        duration_minutes: int = 60,
        zone: str | None = None,
        starting: str | None = None,
    ) -> ScheduleView:
        """Change when the group meets. A meeting that is announced already stays as it is."""
        actor.require_organiser()
        local_time = parse_time(at)
        new_zone = parse_zone(zone) if zone else None
        if not SHORTEST <= duration_minutes <= LONGEST:
            raise UserError(f"A meeting lasts from {SHORTEST} minutes to {LONGEST // 60} hours.")
        async with self._database.transaction() as session:
            if not await is_new(session, actor.request, "schedules.set", self._clock.now()):
                return await self._show(session, actor)
            community = await self._communities.require(session, actor)
            await self._catch_up(session, community)
            community.zone = new_zone or community.zone
            first = parse_date(starting, self._today(community)) if starting else None
            return await self._set(
                session,
                community,
                weekday,
                local_time,
                cadence=cadence,
                nth=nth,
                duration_minutes=duration_minutes,
                first=first,
            )

    async def show(self, actor: Actor) -> ScheduleView:
        """The schedule and its next five meetings."""
        async with self._database.reading() as session:
            return await self._show(session, actor)

    async def skip(self, actor: Actor, day_text: str, reason: str | None = None) -> Meeting:
        """No meeting on that day. If it was announced, those who go are told."""
        actor.require_organiser()
        reason = one_line(reason or "")[:LONGEST_REASON] or None
        async with self._database.transaction() as session:
            await once(session, actor.request, "schedules.skip", self._clock.now())
            community = await self._communities.require(session, actor)
            schedule = await _schedule(session, community)
            await self._rounds.catch_up(session, schedule)
            day = parse_date(day_text, self._today(community))
            round_ = await active_round(session, community.id)
            if round_ is not None and round_.day == day:
                meeting = Meeting(day, round_.meets_at)
                await self._remember_skip(session, schedule, day, reason)
                await self._rounds.call_off(session, community, round_, reason)
            else:
                recurrence = recurrence_of(schedule, community.zone)
                if not recurrence.meeting_on(day):
                    raise UserError(
                        f"No meeting falls on {day:%A} {day.day} {day:%B %Y}. "
                        "`/schedule show` lists the next ones."
                    )
                meeting = Meeting(day, recurrence.instant(day))
                await self._remember_skip(session, schedule, day, reason)
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
            schedule = await _schedule(session, community)
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
            schedule = await _schedule(session, community)
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
        weekday: int,
        local_time: time,
        *,
        cadence: Cadence = Cadence.WEEKLY,
        nth: int | None = None,
        duration_minutes: int = 60,
        first: date | None = None,
    ) -> ScheduleView:
        schedule = await schedule_of(session, community.id)
        if schedule is None:
            schedule = Schedule(community_id=community.id, anchor=self._today(community))
            session.add(schedule)
        schedule.anchor = self._anchor(schedule, community, weekday, cadence, first)
        schedule.weekday, schedule.local_time = weekday, local_time
        schedule.cadence, schedule.nth = cadence, nth
        schedule.duration_minutes = duration_minutes
        await session.flush()
        round_ = await self._rounds.move(session, schedule)
        return await self._view(session, community, schedule, round_)

    async def _show(self, session: AsyncSession, actor: Actor) -> ScheduleView:
        community = await self._communities.require(session, actor)
        schedule = await _schedule(session, community)
        round_ = await active_round(session, community.id)
        return await self._view(session, community, schedule, round_)

    async def _catch_up(self, session: AsyncSession, community: Community | None) -> None:
        """What is due is due by the settings that are about to change."""
        schedule = await schedule_of(session, community.id) if community else None
        if schedule is not None:
            await self._rounds.catch_up(session, schedule)

    def _anchor(
        self,
        schedule: Schedule,
        community: Community,
        weekday: int,
        cadence: Cadence,
        first: date | None,
    ) -> date:
        """The day from which the schedule counts. Fortnights keep their rhythm if they can."""
        same_rhythm = (schedule.cadence, schedule.weekday) == (cadence, weekday)
        if first is None and same_rhythm and schedule.anchor.weekday() == weekday:
            return schedule.anchor
        return next_weekday(first or max(self._today(community), schedule.anchor), weekday)

    async def _remember_skip(
        self, session: AsyncSession, schedule: Schedule, day: date, reason: str | None
    ) -> None:
        found = await session.execute(
            select(Skip).where(Skip.schedule_id == schedule.id, Skip.day == day)
        )
        if found.first() is not None:
            raise UserError(f"{day:%A} {day.day} {day:%B} is skipped already.")
        session.add(Skip(schedule_id=schedule.id, day=day, reason=reason))
        await session.flush()

    async def _view(
        self,
        session: AsyncSession,
        community: Community,
        schedule: Schedule,
        active: Round | None,
    ) -> ScheduleView:
        occasions = await occasions_of(session, schedule, community.zone)
        meetings = [_meeting_of(active)] if active and active.state == RoundState.ANNOUNCED else []
        coming = islice(occasions.after(self._clock.now()), MEETINGS_SHOWN - len(meetings))
        meetings += [_coming(occasions, day, instant) for day, instant in coming]
        return ScheduleView(
            description=describe(occasions.recurrence),
            duration=timedelta(minutes=schedule.duration_minutes),
            paused=is_paused_on(schedule, self._today(community)),
            paused_until=schedule.paused_until,
            meetings=tuple(meetings),
            dropped=tuple(await self._rounds.dropped(session, community.id)),
        )

    def _today(self, community: Community) -> date:
        return self._clock.now().astimezone(ZoneInfo(community.zone)).date()


async def _schedule(session: AsyncSession, community: Community) -> Schedule:
    schedule = await schedule_of(session, community.id)
    if schedule is None:
        raise UserError(NO_SCHEDULE)
    return schedule


def _meeting_of(round_: Round) -> Meeting:
    assert round_.nomination is not None, "an announced round has a paper"
    return Meeting(round_.day, round_.meets_at, PaperView.of(round_.nomination.paper), "announced")


def _coming(occasions: Occasions, day: date, instant: datetime) -> Meeting:
    if day in occasions.skips:
        reason = occasions.skips[day]
        return Meeting(day, instant, note=f"skipped: {reason}" if reason else "skipped")
    return Meeting(day, instant, note="paused" if is_paused_on(occasions.schedule, day) else "")
