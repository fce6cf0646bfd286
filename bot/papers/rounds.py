"""Rounds: what the schedule has due is done here, and what members say about a meeting.

`advance` takes a schedule as far as it goes: it opens the next round, and takes each step of the
round that is due (`rules.plan`). It runs in one transaction, with the posts that the steps imply.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from itertools import islice

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.communities.model import Community
from bot.communities.service import Actor, Communities
from bot.core.clock import Clock
from bot.core.database import Database, after_commit
from bot.core.errors import UserError
from bot.core.outbox import Outbox, State
from bot.core.post import EventStatus, Post, Status
from bot.papers import posts
from bot.papers.calendar import Cadence, Recurrence
from bot.papers.model import (
    Nomination,
    NominationState,
    Round,
    RoundState,
    RoundStep,
    Rsvp,
    Schedule,
    Skip,
)
from bot.papers.rules import (
    Choice,
    Offsets,
    Planned,
    Progress,
    Step,
    choose,
    expires,
    plan,
    upcoming,
)
from bot.papers.views import Attendance, Dropped, RoundView
from bot.papers.works import (
    announce_key,
    candidates_of,
    event_key,
    open_records,
    refresh_nomination,
    thread_key,
    view,
)

log = logging.getLogger(__name__)

PINGS_A_POST = 80  # Discord takes 100, and 2,000 characters must hold them
MEETINGS_LOOKED_AT = 520  # ten years of weeks: nobody skips more
BEFORE_THE_EVENT = timedelta(minutes=1)  # Discord takes no event that has begun


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
        self.on_change: Callable[[], None] = lambda: None  # the next due instant may be another

    async def advance_due(self) -> datetime | None:
        """Do all that is due in all communities; returns when the next step is due."""
        for schedule_id in await self._due():
            try:
                async with self._database.transaction() as session:
                    schedule = await session.get_one(Schedule, schedule_id)
                    await self.advance(session, schedule)
            except Exception:
                # One community's trouble must not hold up the others.
                log.exception("the round of schedule %s stumbled", schedule_id)
        return await self.next_due()

    async def next_due(self) -> datetime | None:
        """When the next step of any community is due; past instants are being worked on."""
        async with self._database.reading() as session:
            statement = (
                select(func.min(Schedule.next_due_at))
                .join(Community, Community.id == Schedule.community_id)
                .where(Community.left_at.is_(None))
            )
            return (await session.execute(statement)).scalar_one_or_none()

    async def pick(self, actor: Actor, paper_id: int | None = None) -> RoundView:
        """Decide now, by votes or by hand, and announce. For organisers."""
        actor.require_organiser()
        async with self._database.transaction() as session:
            community = await self._communities.require(session, actor)
            round_ = await active_round(session, community.id)
            if round_ is None:
                raise UserError("No meeting is ahead. `/schedule show` tells why.")
            if round_.state == RoundState.ANNOUNCED:
                raise UserError(
                    "This meeting's paper is announced already. To undo that, call the meeting "
                    "off with `/schedule skip`."
                )
            choice = await self._choice(session, community.id, paper_id)
            await self._announce(session, community, round_, choice, due_at=self._clock.now())
            await self.advance(session, await session.get_one(Schedule, round_.schedule_id))
            return await self._view(session, round_)

    async def answer(self, actor: Actor, round_id: int, answer: str) -> RoundView:
        """A member says whether they come: going, maybe or cant."""
        now = self._clock.now()
        async with self._database.transaction() as session:
            community = await self._communities.require(session, actor)
            round_ = await session.get(Round, round_id)
            if round_ is None or round_.community_id != community.id:
                raise UserError("I don't know that meeting.")
            over = now >= round_.meets_at + timedelta(minutes=round_.duration_minutes)
            if round_.state != RoundState.ANNOUNCED or over:
                raise UserError("That meeting is over or called off.")
            rsvp = await session.get(Rsvp, (round_id, actor.member_ref))
            if rsvp is None:
                rsvp = Rsvp(round_id=round_id, member_ref=actor.member_ref)
                session.add(rsvp)
            rsvp.answer, rsvp.answered_at = answer, now
            await session.flush()
            await self._edit_announcement(session, community, round_)
            return await self._view(session, round_)

    async def dropped(self, session: AsyncSession, community_id: int) -> list[Dropped]:
        """The latest steps that came too late, for the organisers."""
        found = await session.execute(
            select(RoundStep, Round.meets_at)
            .join(Round, Round.id == RoundStep.round_id)
            .where(Round.community_id == community_id, RoundStep.dropped)
            .order_by(RoundStep.at.desc())
            .limit(5)
        )
        return [Dropped(Step(step.step), step.at, meets_at) for step, meets_at in found]

    async def advance(self, session: AsyncSession, schedule: Schedule) -> None:
        """Take the schedule as far as it goes now, and note when it goes on."""
        community = await session.get_one(Community, schedule.community_id)
        now = self._clock.now()
        after_commit(session, self.on_change)
        while True:
            round_ = await active_round(session, community.id)
            round_ = round_ or await self._open_next(session, community, schedule, now)
            if round_ is None:
                schedule.next_due_at = None
                return
            planned = upcoming(_progress(round_), self._offsets)
            assert planned is not None, "a round that has taken its last step is not active"
            if planned.due_at > now:
                schedule.next_due_at = planned.due_at
                return
            await self._take(session, community, round_, planned, now)

    async def move(self, session: AsyncSession, schedule: Schedule) -> None:
        """The schedule was changed: an open round moves along, an announced one stays."""
        community = await session.get_one(Community, schedule.community_id)
        now = self._clock.now()
        round_ = await active_round(session, community.id)
        if round_ is not None and round_.state == RoundState.OPEN:
            await self._cancel_open(session, round_)
            successor = await self._open_next(session, community, schedule, now)
            if successor is not None:
                await self._inherit(session, successor, round_, now)
        await self.advance(session, schedule)

    async def call_off(
        self, session: AsyncSession, community: Community, round_: Round, reason: str | None
    ) -> None:
        """This meeting is not held. If it was announced, those who go are told."""
        if round_.state == RoundState.OPEN:
            await self._cancel_open(session, round_)
            return
        round_.state = RoundState.CANCELLED
        assert round_.nomination is not None, "an announced round has a paper"
        round_.nomination.state = NominationState.OPEN
        await session.flush()
        await self._outbox.cancel(
            session,
            [f"round:{round_.id}:{step}" for step in (Step.REMIND_DAY, Step.REMIND_HOUR)],
        )
        going = await _going(session, round_.id)
        shown = await self._view(session, round_)
        post = posts.called_off(shown, going[:PINGS_A_POST], reason)
        await self._say_in_thread(
            session, community, round_, "called_off", post, until=round_.meets_at
        )
        await self._set_event(session, community, round_, Status.CANCELLED)
        await self._edit_announcement(session, community, round_)
        await refresh_nomination(session, self._outbox, round_.nomination, self._clock.now())

    async def _due(self) -> Sequence[int]:
        async with self._database.reading() as session:
            due = await session.execute(
                select(Schedule.id)
                .join(Community, Community.id == Schedule.community_id)
                .where(Schedule.next_due_at <= self._clock.now(), Community.left_at.is_(None))
                .order_by(Schedule.next_due_at)
            )
            return due.scalars().all()

    async def _open_next(
        self, session: AsyncSession, community: Community, schedule: Schedule, now: datetime
    ) -> Round | None:
        last = await session.execute(
            select(func.max(Round.meets_at)).where(
                Round.schedule_id == schedule.id, Round.state != RoundState.CANCELLED
            )
        )
        after = max(now, last.scalar_one_or_none() or now)
        meeting = await next_meeting(session, schedule, community.zone, after)
        if meeting is None:
            return None
        day, meets_at = meeting
        round_ = Round(
            community_id=community.id,
            schedule_id=schedule.id,
            day=day,
            meets_at=meets_at,
            duration_minutes=schedule.duration_minutes,
            state=RoundState.OPEN,
            opened_at=now,
        )
        session.add(round_)
        await session.flush()
        await session.refresh(round_, ["nomination", "steps"])
        return round_

    async def _inherit(
        self, session: AsyncSession, successor: Round, moved: Round, now: datetime
    ) -> None:
        """The moved round has been open as long as its predecessor; what is done stays done."""
        successor.opened_at = moved.opened_at
        done = _progress(moved).done
        for planned in plan(_progress(successor), self._offsets):
            if planned.step in done and planned.due_at <= now:
                session.add(RoundStep(round_id=successor.id, step=planned.step, at=now))
        await session.flush()
        await session.refresh(successor, ["steps"])

    async def _cancel_open(self, session: AsyncSession, round_: Round) -> None:
        round_.state = RoundState.CANCELLED
        await self._outbox.cancel(
            session, [f"round:{round_.id}:{step}" for step in (Step.CALL, Step.PICK)]
        )
        await session.flush()

    async def _take(
        self,
        session: AsyncSession,
        community: Community,
        round_: Round,
        planned: Planned,
        now: datetime,
    ) -> None:
        dropped = planned.is_too_late(now)
        session.add(RoundStep(round_id=round_.id, step=planned.step, at=now, dropped=dropped))
        if dropped:
            log.warning("round %s: too late to %s", round_.id, planned.step)
        elif planned.step is Step.CALL:
            await self._call(session, community, round_, planned)
        elif planned.step is Step.PICK:
            await self._pick(session, community, round_, planned)
        elif planned.step is Step.LAPSE:
            await self._lapse(session, community, round_)
        elif planned.step in (Step.REMIND_DAY, Step.REMIND_HOUR):
            await self._remind(session, community, round_, planned)
        elif planned.step is Step.START:
            await self._start(session, community, round_, planned)
        elif planned.step is Step.CLOSE:
            await self._close(session, community, round_)
        await session.flush()
        await session.refresh(round_, ["steps"])

    async def _call(
        self, session: AsyncSession, community: Community, round_: Round, planned: Planned
    ) -> None:
        if not await open_records(session, community.id):
            post = posts.call_for_nominations(round_.meets_at)
            await self._say(session, community, round_, planned, post)

    async def _pick(
        self, session: AsyncSession, community: Community, round_: Round, planned: Planned
    ) -> None:
        candidates = await candidates_of(
            session, community.id, await open_records(session, community.id)
        )
        choice = choose(candidates)
        if choice is None:
            await self._say(session, community, round_, planned, posts.open_week(round_.meets_at))
        else:
            await self._announce(session, community, round_, choice, due_at=planned.due_at)

    async def _choice(
        self, session: AsyncSession, community_id: int, paper_id: int | None
    ) -> Choice:
        nominations = await open_records(session, community_id)
        if paper_id is None:
            choice = choose(await candidates_of(session, community_id, nominations))
            if choice is None:
                raise UserError("Nothing is nominated yet. `/paper nominate` takes any link.")
            return choice
        for nomination in nominations:
            if nomination.paper_id == paper_id:
                return Choice(nomination.id, None)
        raise UserError("That paper is not up for vote. Nominate it first: `/paper nominate`.")

    async def _announce(
        self,
        session: AsyncSession,
        community: Community,
        round_: Round,
        choice: Choice,
        *,
        due_at: datetime,
    ) -> None:
        """Announcement, thread and event: three rows, so that a crash between them is mended."""
        now = self._clock.now()
        nomination = await session.get_one(Nomination, choice.nomination_id)
        nomination.state = NominationState.PICKED
        round_.state, round_.nomination_id = RoundState.ANNOUNCED, nomination.id
        round_.announced_at, round_.tie_break = now, choice.tie_break
        await session.flush()
        await session.refresh(round_, ["nomination"])
        shown = await self._view(session, round_)
        assert community.papers_channel_ref is not None, "a schedule has a channel"
        channel = community.papers_channel_ref
        calendar = f"community:{community.external_id}"
        steps = (
            (announce_key(round_.id), posts.announcement(shown, community.ping_role_ref), channel),
            (thread_key(round_.id), posts.discussion_thread(shown.nomination.paper), channel),
            (event_key(round_.id), posts.calendar_event(shown), calendar),
        )
        for key, action, destination in steps:
            follows = key != announce_key(round_.id)
            await self._outbox.put(
                session,
                key,
                action,
                community_id=community.id,
                destination=destination,
                anchor=announce_key(round_.id) if follows else None,
                now=now,
                due_at=due_at,
                expires_at=round_.meets_at - (BEFORE_THE_EVENT if follows else timedelta(0)),
            )
        await refresh_nomination(session, self._outbox, nomination, now)

    async def _lapse(self, session: AsyncSession, community: Community, round_: Round) -> None:
        """The meeting's time has come without a paper; the nominations stay for the next."""
        round_.state = RoundState.UNFILLED
        await self._age_nominations(session, community, round_)

    async def _remind(
        self, session: AsyncSession, community: Community, round_: Round, planned: Planned
    ) -> None:
        shown = await self._view(session, round_)
        going = await _going(session, round_.id)
        for number, some in enumerate(_in_groups(going)):
            await self._say_in_thread(
                session,
                community,
                round_,
                _numbered(planned.step, number),
                posts.reminder(shown, some),
                until=planned.until,
                due_at=planned.due_at,
            )

    async def _start(
        self, session: AsyncSession, community: Community, round_: Round, planned: Planned
    ) -> None:
        shown = await self._view(session, round_)
        going = await _going(session, round_.id)
        for number, some in enumerate(_in_groups(going)):
            await self._say_in_thread(
                session,
                community,
                round_,
                _numbered(planned.step, number),
                posts.started(shown, some),
                until=planned.until,
                due_at=planned.due_at,
            )
        await self._set_event(session, community, round_, Status.ACTIVE)

    async def _close(self, session: AsyncSession, community: Community, round_: Round) -> None:
        """The meeting is over. A paper whose announcement never got out stays in the queue."""
        assert round_.nomination is not None, "an announced round has a paper"
        announced = await self._outbox.find(session, announce_key(round_.id))
        held = announced is not None and announced.state is State.SENT
        round_.state = RoundState.HELD if held else RoundState.UNFILLED
        round_.nomination.state = NominationState.DISCUSSED if held else NominationState.OPEN
        await session.flush()
        await self._set_event(session, community, round_, Status.COMPLETED)
        await self._edit_announcement(session, community, round_)
        await refresh_nomination(session, self._outbox, round_.nomination, self._clock.now())
        await self._age_nominations(session, community, round_)

    async def _age_nominations(
        self, session: AsyncSession, community: Community, round_: Round
    ) -> None:
        """Count the round for what was up in vain; what nobody ever voted for expires."""
        now = self._clock.now()
        for nomination in await open_records(session, community.id):
            if nomination.created_at >= round_.meets_at or nomination.id == round_.nomination_id:
                continue
            nomination.rounds_waited += 1
            shown = await view(session, nomination)
            if not expires(shown.votes, nomination.rounds_waited):
                continue
            nomination.state = NominationState.EXPIRED
            await session.flush()
            await refresh_nomination(session, self._outbox, nomination, now)
            assert community.papers_channel_ref is not None
            await self._outbox.put(
                session,
                f"nomination:{nomination.id}:expired",
                posts.expired_nomination(shown),
                community_id=community.id,
                destination=community.papers_channel_ref,
                now=now,
            )

    async def _say(
        self,
        session: AsyncSession,
        community: Community,
        round_: Round,
        planned: Planned,
        post: Post,
    ) -> None:
        assert community.papers_channel_ref is not None, "a schedule has a channel"
        await self._outbox.put(
            session,
            f"round:{round_.id}:{planned.step}",
            post,
            community_id=community.id,
            destination=community.papers_channel_ref,
            now=self._clock.now(),
            due_at=planned.due_at,
            expires_at=planned.until,
        )

    async def _say_in_thread(
        self,
        session: AsyncSession,
        community: Community,
        round_: Round,
        name: str,
        post: Post,
        *,
        until: datetime,
        due_at: datetime | None = None,
    ) -> None:
        announced = await self._outbox.find(session, announce_key(round_.id))
        assert announced is not None, "only an announced round has a thread"
        await self._outbox.put(
            session,
            f"round:{round_.id}:{name}",
            post,
            community_id=community.id,
            destination=announced.destination,
            anchor=thread_key(round_.id),
            now=self._clock.now(),
            due_at=due_at,
            expires_at=until,
        )

    async def _set_event(
        self, session: AsyncSession, community: Community, round_: Round, status: Status
    ) -> None:
        event = await self._outbox.find(session, event_key(round_.id))
        assert event is not None, "only an announced round has an event"
        await self._outbox.put(
            session,
            f"{event_key(round_.id)}:{status}",
            EventStatus(status),
            community_id=community.id,
            destination=event.destination,
            anchor=event_key(round_.id),
            now=self._clock.now(),
        )

    async def _edit_announcement(
        self, session: AsyncSession, community: Community, round_: Round
    ) -> None:
        post = posts.announcement(await self._view(session, round_), community.ping_role_ref)
        await self._outbox.put_edit(session, announce_key(round_.id), post, now=self._clock.now())

    async def _view(self, session: AsyncSession, round_: Round) -> RoundView:
        assert round_.nomination is not None, "this round has a paper"
        counted = await session.execute(
            select(Rsvp.answer, func.count())
            .where(Rsvp.round_id == round_.id)
            .group_by(Rsvp.answer)
        )
        return RoundView.of(
            round_,
            await view(session, round_.nomination),
            Attendance(**dict(counted.all())),
        )


async def active_round(session: AsyncSession, community_id: int) -> Round | None:
    """The round that is under way: open or announced. There is at most one."""
    found = await session.execute(
        select(Round)
        .where(Round.community_id == community_id)
        .where(Round.state.in_((RoundState.OPEN, RoundState.ANNOUNCED)))
        .order_by(Round.meets_at)
        .limit(1)
    )
    return found.scalars().first()


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
    found = await session.execute(select(Skip.day).where(Skip.schedule_id == schedule.id))
    skipped = set(found.scalars())
    meetings = islice(recurrence_of(schedule, zone).after(after), MEETINGS_LOOKED_AT)
    return next(
        (
            (day, instant)
            for day, instant in meetings
            if day >= schedule.anchor and day not in skipped and not is_paused_on(schedule, day)
        ),
        None,
    )


async def _going(session: AsyncSession, round_id: int) -> list[str]:
    found = await session.execute(
        select(Rsvp.member_ref)
        .where(Rsvp.round_id == round_id, Rsvp.answer == "going")
        .order_by(Rsvp.answered_at, Rsvp.member_ref)
    )
    return list(found.scalars())


def _progress(round_: Round) -> Progress:
    return Progress(
        meets_at=round_.meets_at,
        duration=timedelta(minutes=round_.duration_minutes),
        opened_at=round_.opened_at,
        announced_at=round_.announced_at,
        done=frozenset(Step(step.step) for step in round_.steps),
    )


def _in_groups(members: Sequence[str]) -> list[Sequence[str]]:
    """The members in groups that one post can ping; one empty group if there are none."""
    starts = range(0, max(len(members), 1), PINGS_A_POST)
    return [members[start : start + PINGS_A_POST] for start in starts]


def _numbered(step: Step, number: int) -> str:
    return step if number == 0 else f"{step}:{number + 1}"
