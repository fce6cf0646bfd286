"""Rounds: what the schedule has due is done here, and what members say about a meeting.

`advance` takes a schedule as far as it goes: it opens the next round, and takes each step of the
round that is due (`rules.plan`). It runs in one transaction, with the posts that the steps imply.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import takewhile
from operator import itemgetter

from sqlalchemy import bindparam, func, literal_column, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.communities.model import Community
from bot.communities.service import Actor, Communities
from bot.core.database import Database, after_commit
from bot.core.errors import UserError
from bot.core.outbox import Outbox, State
from bot.core.requests import once
from bot.core.time.clock import Clock
from bot.papers.keys import round_key
from bot.papers.meetings import occasions_of, schedule_of
from bot.papers.model import Nomination, Round, RoundState, RoundStep, Rsvp, Schedule
from bot.papers.nomination_queries import (
    candidates,
    view,
)
from bot.papers.reminders import offsets_of
from bot.papers.revisions import RoundRevisions
from bot.papers.rules import Choice, Offsets, Progress, Step, choose, pick_at, plan, upcoming
from bot.papers.steps import RoundSteps
from bot.papers.views import Dropped, NominationView, RoundView

log = logging.getLogger(__name__)

ROUNDS_LOOKED_AT = 20  # nobody changes a schedule more often between two meetings
MOVED_AT_MOST = timedelta(days=6)  # a round that is further away is another one
LOOK_AGAIN = timedelta(minutes=10)
FAR_AHEAD = timedelta(days=1)  # after less than that, its round is the right one
ACTIVE = (RoundState.OPEN, RoundState.ANNOUNCED)
UNSAID = (State.EXPIRED, State.FAILED)

# Made once, since most commands ask these.
_ACTIVE_ROUND = (
    select(Round)
    .where(Round.community_id == bindparam("community_id"), Round.state.in_(ACTIVE))
    .order_by(Round.meets_at)
    .limit(1)
)
_RECENT = (
    select(Round.id, Round.state, Round.meets_at, Round.opened_at, Round.announced_at)
    .where(Round.schedule_id == bindparam("schedule_id"))
    .order_by(Round.id.desc())
    .limit(ROUNDS_LOOKED_AT)
)
_DONE = select(RoundStep.step).where(RoundStep.round_id == bindparam("round_id"))
_TAKEN = _DONE.where(~RoundStep.dropped)
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
        stumbled = []
        ahead = await self._ahead()
        for schedule_id in (*ahead, *await self._due()):
            try:
                async with self._database.transaction() as session:
                    schedule = await session.get_one(Schedule, schedule_id)
                    if schedule_id in ahead:
                        await self._put_right(session, schedule)
                    await self.advance(session, schedule)
            except Exception:
                # One community's trouble must not hold up the others; it is tried again with
                # the next waking.
                log.exception("the round of schedule %s stumbled", schedule_id)
                stumbled.append(schedule_id)
        return await self.next_due(apart_from=stumbled)

    async def next_due(self, *, apart_from: Sequence[int] = ()) -> datetime | None:
        """When the next step of any community is due, apart from some schedules."""
        async with self._database.reading() as session:
            statement = (
                select(func.min(Schedule.next_due_at))
                .join(Community, Community.id == Schedule.community_id)
                .where(Community.left_at.is_(None), Schedule.id.not_in(apart_from))
            )
            return (await session.execute(statement)).scalar_one_or_none()

    async def pick(self, actor: Actor, paper_id: int | None = None) -> RoundView:
        """Decide now, by votes or by hand, and announce. For organisers."""
        actor.require_organiser()
        async with self._database.transaction() as session:
            await once(session, actor.request, "rounds.pick", self._clock.now())
            community = await self._communities.require(session, actor)
            schedule = await schedule_of(session, community.id)
            if schedule is not None:
                await self.catch_up(session, schedule)
            round_ = await active_round(session, community.id)
            if schedule is None or round_ is None:
                raise UserError("There's no next meeting. `/schedule show` tells you why.")
            if round_.state == RoundState.ANNOUNCED:
                raise UserError(
                    "This meeting's paper is already announced. `/schedule change` replaces it; "
                    "`/schedule skip` calls the meeting off."
                )
            choice = await self._choice(session, community.id, paper_id)
            steps = self._steps(session, community, round_)
            await steps.pick(choice, due_at=self._clock.now())
            await self.advance(session, schedule)
            return await steps.view()

    async def change(self, actor: Actor, paper_id: int) -> tuple[RoundView, NominationView]:
        """Read another paper than was announced; returns also what it replaces. For organisers."""
        actor.require_organiser()
        async with self._database.transaction() as session:
            await once(session, actor.request, "rounds.change", self._clock.now())
            community = await self._communities.require(session, actor)
            schedule = await schedule_of(session, community.id)
            if schedule is not None:
                await self.catch_up(session, schedule)
            round_ = await active_round(session, community.id)
            if schedule is None or round_ is None or round_.state != RoundState.ANNOUNCED:
                raise UserError("No paper is announced yet. `/schedule pick` picks one now.")
            self.require_ahead(round_)
            revisions = self.revisions(session, community, round_)
            if revisions.nomination().paper_id == paper_id:
                raise UserError("That's already this week's paper.")
            choice = await self._choice(session, community.id, paper_id)
            before = await view(session, revisions.nomination())
            await revisions.replace(await session.get_one(Nomination, choice.nomination_id))
            return await revisions.view(), before

    def require_ahead(self, round_: Round) -> None:
        """Raises UserError when the meeting has begun."""
        if self._clock.now() >= round_.meets_at:
            raise UserError("That meeting has started, so its paper can't change any more.")

    async def answer(self, actor: Actor, round_id: int, answer: str) -> RoundView:
        """A member says whether they come: going, maybe or cant."""
        now = self._clock.now()
        async with self._database.transaction() as session:
            await once(session, actor.request, "rounds.answer", now)
            community = await self._communities.require(session, actor)
            round_ = await session.get(Round, round_id)
            if round_ is None or round_.community_id != community.id:
                raise UserError("I can't find that meeting.")
            over = now >= round_.meets_at + timedelta(minutes=round_.duration_minutes)
            if round_.state != RoundState.ANNOUNCED or over:
                raise UserError("That meeting is over or called off.")
            steps = self._steps(session, community, round_)
            rsvp = await session.get(Rsvp, (round_id, actor.member_ref))
            if rsvp is None:
                rsvp = Rsvp(round_id=round_id, member_ref=actor.member_ref, name="")
                session.add(rsvp)
            elif (rsvp.answer, rsvp.name) == (answer, actor.name):
                return await steps.view()
            if rsvp.answer != answer:  # the first to answer stand first
                rsvp.answer, rsvp.answered_at = answer, now
            rsvp.name = actor.name
            await session.flush()
            await steps.edit_announcement()
            return await steps.view()

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
            progress = _progress(round_, await _done(session, round_.id))
            planned = upcoming(progress, self.offsets_of(schedule))
            assert planned is not None, "a round that has taken its last step is not active"
            if planned.due_at > now:
                schedule.next_due_at = planned.due_at
                return round_
            await self._steps(session, community, round_).take(planned)

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
            await self._steps(session, community, round_).edit_everything()

    async def pass_over(self, session: AsyncSession, schedule: Schedule, round_: Round) -> None:
        """What would have been due by now is not made up for: the reminders were changed, or the
        meeting is on again."""
        done = await _done(session, round_.id)
        now = self._clock.now()
        session.add_all(
            RoundStep(round_id=round_.id, step=planned.step, at=now)
            for planned in plan(_progress(round_, done), self.offsets_of(schedule))
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

    async def _open(
        self,
        session: AsyncSession,
        schedule: Schedule,
        meeting: tuple[date, datetime] | None,
        now: datetime,
    ) -> Round | None:
        if meeting is None:
            return None
        day, meets_at = meeting
        round_ = Round(
            community_id=schedule.community_id,
            schedule_id=schedule.id,
            day=day,
            meets_at=meets_at,
            duration_minutes=schedule.duration_minutes,
            state=RoundState.OPEN,
            opened_at=now,
            nomination=None,
        )
        inherited = await self._inherit(session, round_)
        session.add(round_)
        await session.flush()
        session.add_all(RoundStep(round_id=round_.id, step=step, at=now) for step in inherited)
        return round_

    async def _inherit(self, session: AsyncSession, round_: Round) -> frozenset[str]:
        """Where this is an open round that was moved or put off, it goes on with what was said.

        Nominations are not asked for again. The pick keeps its time if that is still to come;
        otherwise there is time to vote from now on.
        """
        found = await session.execute(_RECENT, {"schedule_id": round_.schedule_id})
        since_the_last_meeting = takewhile(
            lambda r: r.state == RoundState.CANCELLED and r.announced_at is None, found
        )
        distance, moved = min(
            ((abs(r.meets_at - round_.meets_at), r) for r in since_the_last_meeting),
            key=itemgetter(0),
            default=(timedelta.max, None),
        )
        if moved is None or distance > MOVED_AT_MOST:
            return frozenset()
        done = await self._said(session, moved.id)
        opened_now, round_.opened_at = round_.opened_at, moved.opened_at
        if pick_at(_progress(round_, done), self._offsets) > opened_now:
            return done - {Step.PICK}
        round_.opened_at = opened_now
        return done

    async def _said(self, session: AsyncSession, round_id: int) -> frozenset[str]:
        """The steps that were taken, apart from those whose post never got out; none of those
        that end a round."""
        taken = await session.execute(_TAKEN, {"round_id": round_id})
        done = {round_key(round_id, step): step for step in taken.scalars()}
        posts = await self._outbox.find_all(session, list(done))
        unsaid = {done[key] for key, post in posts.items() if post.state in UNSAID}
        return frozenset(done.values()) - unsaid - {Step.LAPSE}

    async def _choice(
        self, session: AsyncSession, community_id: int, paper_id: int | None
    ) -> Choice:
        up = await candidates(session, community_id)
        if paper_id is None:
            choice = choose([candidate for candidate, _ in up])
            if choice is None:
                raise UserError(
                    "Nothing is up for vote yet. Nominate a paper with `/paper nominate`."
                )
            return choice
        for _, nomination in up:
            if nomination.paper_id == paper_id:
                return Choice(nomination.id, None)
        raise UserError("That paper isn't up for vote. Nominate it first with `/paper nominate`.")

    def _steps(self, session: AsyncSession, community: Community, round_: Round) -> RoundSteps:
        return RoundSteps(session, self._outbox, community, round_, self._clock.now())


async def active_round(session: AsyncSession, community_id: int) -> Round | None:
    """The round that is under way: open or announced. There is at most one."""
    found = await session.execute(_ACTIVE_ROUND, {"community_id": community_id})
    return found.scalars().first()


def _progress(round_: Round, done: frozenset[str]) -> Progress:
    return Progress(
        meets_at=round_.meets_at,
        duration=timedelta(minutes=round_.duration_minutes),
        opened_at=round_.opened_at,
        announced_at=round_.announced_at,
        done=done,
    )


async def _done(session: AsyncSession, round_id: int) -> frozenset[str]:
    found = await session.execute(_DONE, {"round_id": round_id})
    return frozenset(found.scalars())
