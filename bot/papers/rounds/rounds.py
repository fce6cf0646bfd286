"""What a schedule has due is done here.

`advance` takes a schedule as far as it goes: it opens the next round, and takes each step of the
round that is due (`rules.plan`). It runs in one transaction, with the posts that the steps imply.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy import bindparam, func, literal_column, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.communities.model import Community
from bot.communities.service import Communities
from bot.core.database import Database, after_commit
from bot.core.errors import UserError
from bot.core.outbox import Outbox
from bot.core.time.clock import Clock
from bot.papers.model import Round, RoundState, RoundStep, Schedule
from bot.papers.rounds.next_round import open_round
from bot.papers.rounds.queries import ACTIVE, active_round, done_steps, progress_of
from bot.papers.rounds.revisions import RoundRevisions
from bot.papers.rounds.steps import RoundSteps
from bot.papers.rules import Offsets, plan, upcoming
from bot.papers.schedule.meetings import occasions_of
from bot.papers.schedule.reminders import offsets_of
from bot.papers.views import Dropped

log = logging.getLogger(__name__)

LOOK_AGAIN = timedelta(minutes=10)
FAR_AHEAD = timedelta(days=1)  # after less than that, its round is the right one

# Made once, since most commands ask these.
_AHEAD = (
    select(Round.schedule_id)
    .join(Community, Community.id == Round.community_id)
    .where(Round.state == literal_column("'open'"), Round.opened_at > bindparam("then"))
    .where(Community.left_at.is_(None))
)
_DROPPED = (
    select(RoundStep.step, RoundStep.at, Round.meets_at)
    .join(Round, Round.id == RoundStep.round_id)
    .where(Round.community_id == bindparam("community_id"), RoundStep.dropped)
    .order_by(RoundStep.at.desc())
    .limit(5)
)


class Rounds:
    """Use cases around the round; `offsets` say when its steps are due."""

    def __init__(
        self,
        database: Database,
        communities: Communities,
        outbox: Outbox,
        clock: Clock,
        offsets: Offsets | None = None,
    ) -> None:
        self._database = database
        self._communities = communities
        self._outbox = outbox
        self._clock = clock
        self._offsets = offsets or Offsets()
        self._looked_at: datetime | None = None  # see `_ahead`
        self.on_change: Callable[[], None] = lambda: None  # the next due instant may be another

    async def advance_due(self) -> datetime | None:
        """Do all that is due in all communities; returns when the next step is due."""
        failed = []
        ahead = await self._ahead()
        for schedule_id in (*ahead, *await self._due()):
            try:
                async with self._database.transaction() as session:
                    schedule = await session.get_one(Schedule, schedule_id)
                    if schedule_id in ahead:
                        await self._put_right(session, schedule)
                    await self.advance(session, schedule)
            except Exception:
                # One community's problem must not hold up the others; it is tried again with
                # the next waking.
                log.exception("the round of schedule %s failed", schedule_id)
                failed.append(schedule_id)
        return await self.next_due(apart_from=failed)

    async def next_due(self, *, apart_from: Sequence[int] = ()) -> datetime | None:
        """When the next step of any community is due, apart from some schedules."""
        async with self._database.reading() as session:
            statement = (
                select(func.min(Schedule.next_due_at))
                .join(Community, Community.id == Schedule.community_id)
                .where(Community.left_at.is_(None), Schedule.id.not_in(apart_from))
            )
            return (await session.execute(statement)).scalar_one_or_none()

    def require_ahead(self, round_: Round) -> None:
        """Raises UserError when the meeting has begun."""
        if self._clock.now() >= round_.meets_at:
            raise UserError("That meeting has started, so its paper can't change any more.")

    async def dropped(self, session: AsyncSession, community_id: int) -> list[Dropped]:
        """The latest steps that came too late, for the organisers."""
        found = await session.execute(_DROPPED, {"community_id": community_id})
        return [Dropped(step, at, meets_at) for step, at, meets_at in found]

    async def advance(self, session: AsyncSession, schedule: Schedule) -> Round | None:
        """Take the schedule as far as it goes now, and note when it goes on.

        Returns the round that is under way then.
        """
        round_ = await active_round(session, schedule.community_id)
        return await self._go_on(session, schedule, round_)

    async def _go_on(
        self, session: AsyncSession, schedule: Schedule, round_: Round | None
    ) -> Round | None:
        community = await session.get_one(Community, schedule.community_id)
        now = self._clock.now()
        after_commit(session, self.on_change)
        while True:
            if round_ is None or round_.state not in ACTIVE:
                occasions = await occasions_of(session, schedule, community.zone)
                round_ = await self._open(session, schedule, occasions.next_meeting(now), now)
            if round_ is None:
                schedule.next_due_at = None
                return None
            progress = progress_of(round_, await done_steps(session, round_.id))
            planned = upcoming(progress, self.offsets_of(schedule))
            assert planned is not None, "a round that has taken its last step is not active"
            if planned.due_at > now:
                schedule.next_due_at = planned.due_at
                return round_
            await self.steps(session, community, round_).take(planned)

    async def catch_up(self, session: AsyncSession, schedule: Schedule) -> None:
        """Do what is due here: whoever changes something means what is there after that."""
        if schedule.next_due_at is not None and schedule.next_due_at <= self._clock.now():
            await self.advance(session, schedule)

    async def move(self, session: AsyncSession, schedule: Schedule) -> Round | None:
        """The schedule was changed: an open round moves along, an announced one stays.

        Returns the round that is under way then.
        """
        round_ = await active_round(session, schedule.community_id)
        if round_ is not None and round_.state == RoundState.OPEN:
            now = self._clock.now()
            community = await session.get_one(Community, schedule.community_id)
            meeting = (await occasions_of(session, schedule, community.zone)).next_meeting(now)
            if meeting == (round_.day, round_.meets_at):
                round_.duration_minutes = schedule.duration_minutes
            else:
                await self.call_off(session, community, round_, None)
                round_ = await self._open(session, schedule, meeting, now)
        return await self._go_on(session, schedule, round_)

    async def call_off(
        self, session: AsyncSession, community: Community, round_: Round, reason: str | None
    ) -> None:
        """This meeting is not held. If it was announced, those who go are told."""
        await self.revisions(session, community, round_).call_off(reason)

    async def refresh(self, session: AsyncSession, community_id: int) -> None:
        """Something that stands on the announcement or in the calendar may have changed."""
        round_ = await active_round(session, community_id)
        if round_ is not None and round_.state == RoundState.ANNOUNCED:
            community = await session.get_one(Community, community_id)
            await self.steps(session, community, round_).edit_everything()

    async def pass_over(self, session: AsyncSession, schedule: Schedule, round_: Round) -> None:
        """What would have been due by now is not made up for: the reminders were changed, or the
        meeting is on again."""
        done = await done_steps(session, round_.id)
        now = self._clock.now()
        session.add_all(
            RoundStep(round_id=round_.id, step=planned.step, at=now)
            for planned in plan(progress_of(round_, done), self.offsets_of(schedule))
            if planned.step not in done and planned.due_at <= now
        )
        await session.flush()

    def offsets_of(self, schedule: Schedule) -> Offsets:
        """When the steps are due by what this group has set."""
        return replace(self._offsets, reminders=offsets_of(schedule.reminders))

    def revisions(
        self, session: AsyncSession, community: Community, round_: Round
    ) -> RoundRevisions:
        return RoundRevisions(session, self._outbox, community, round_, self._clock.now())

    async def _ahead(self) -> Sequence[int]:
        """Schedules whose round was opened by a clock that was far ahead, and is right now.

        That is looked for as soon as the clock goes back, and otherwise now and then.
        """
        now, before = self._clock.now(), self._looked_at
        if before is not None and timedelta(0) <= now - before < LOOK_AGAIN:
            return ()
        self._looked_at = now
        async with self._database.reading() as session:
            found = await session.execute(_AHEAD, {"then": now + FAR_AHEAD})
            return found.scalars().all()

    async def _put_right(self, session: AsyncSession, schedule: Schedule) -> None:
        """Go on from the present: what has lapsed by the wrong clock is still to come, unless it
        was announced."""
        await session.execute(
            update(Round)
            .where(Round.schedule_id == schedule.id, Round.state == RoundState.UNFILLED)
            .where(Round.announced_at.is_(None), Round.meets_at > self._clock.now())
            .values(state=RoundState.CANCELLED)
        )
        round_ = await self.move(session, schedule)
        if round_ is not None:  # it may be the right one
            round_.opened_at = min(round_.opened_at, self._clock.now())

    async def _due(self) -> Sequence[int]:
        async with self._database.reading() as session:
            due = await session.execute(
                select(Schedule.id)
                .join(Community, Community.id == Schedule.community_id)
                .where(Schedule.next_due_at <= self._clock.now(), Community.left_at.is_(None))
                .order_by(Schedule.next_due_at)
            )
            return due.scalars().all()

    def steps(self, session: AsyncSession, community: Community, round_: Round) -> RoundSteps:
        return RoundSteps(session, self._outbox, community, round_, self._clock.now())

    async def _open(
        self,
        session: AsyncSession,
        schedule: Schedule,
        meeting: tuple[date, datetime] | None,
        now: datetime,
    ) -> Round | None:
        return await open_round(session, self._outbox, schedule, meeting, self._offsets, now)
