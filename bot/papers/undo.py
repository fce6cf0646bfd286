"""What organisers and members take back: a skip, a pause, a pick, a change, a withdrawal.

Each looks again whether the person may do it and whether it still can be undone, says why if not,
and does nothing the second time.
"""

from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.communities.model import Community
from bot.communities.service import Actor, Communities
from bot.core.database import Database
from bot.core.errors import UserError
from bot.core.outbox import Outbox
from bot.core.requests import once
from bot.core.time.clock import Clock
from bot.papers.model import Nomination, NominationState, Round, RoundState, Rsvp, Schedule, Skip
from bot.papers.nomination_queries import (
    nomination_up,
    refresh_nomination,
)
from bot.papers.queries import (
    discussed,
)
from bot.papers.rounds.queries import active_round
from bot.papers.rounds.rounds import Rounds
from bot.papers.schedule.meetings import OPEN_ENDED, pause_of, recurrence_of, schedule_of
from bot.papers.views import Meeting, NominationView, RoundView


class Undo:
    """Use cases of the *Undo* buttons of the paper of the week."""

    def __init__(
        self,
        database: Database,
        communities: Communities,
        outbox: Outbox,
        rounds: Rounds,
        clock: Clock,
    ) -> None:
        self._database = database
        self._communities = communities
        self._outbox = outbox
        self._rounds = rounds
        self._clock = clock

    async def skip(self, actor: Actor, day: date) -> Meeting:
        """Hold the meeting of that day after all: as it was announced, if its paper is still up."""
        actor.require_organiser()
        async with self._database.transaction() as session:
            await once(session, actor.request, "undo.skip", self._clock.now())
            community, schedule = await self._scheduled(session, actor)
            found = await session.execute(
                select(Skip).where(Skip.schedule_id == schedule.id, Skip.day == day)
            )
            skip = found.scalar_one_or_none()
            if skip is None:
                raise UserError("That meeting isn't called off any more.")
            called_off = await session.get(Round, skip.round_id) if skip.round_id else None
            meets_at = (
                called_off.meets_at
                if called_off is not None
                else recurrence_of(schedule, community.zone).instant(day)
            )
            if meets_at <= self._clock.now():
                raise UserError("That meeting's time has passed, so it stays called off.")
            await session.delete(skip)
            if called_off is None or not _is_up(called_off.nomination):
                await self._rounds.move(session, schedule)
            else:
                await self._hold_after_all(session, community, schedule, called_off)
            return Meeting(day, meets_at)

    async def pause(self, actor: Actor, *, now_is: str, before: str) -> None:
        """Pause as before, if the pause is still the one to undo; see `pause_of`."""
        actor.require_organiser()
        async with self._database.transaction() as session:
            await once(session, actor.request, "undo.pause", self._clock.now())
            _, schedule = await self._scheduled(session, actor)
            if pause_of(schedule) != now_is:
                raise UserError("The pause has changed since then, so there's nothing to undo.")
            schedule.paused, schedule.paused_until = _pause(before)
            await self._rounds.move(session, schedule)

    async def pick(self, actor: Actor, round_id: int, nomination_id: int) -> RoundView:
        """Take the announced paper back: it returns to the queue, and the round goes on by votes.

        Who goes to the meeting still goes.
        """
        actor.require_organiser()
        async with self._database.transaction() as session:
            await once(session, actor.request, "undo.pick", self._clock.now())
            community, schedule = await self._scheduled(session, actor)
            round_ = await self._announced(session, community, round_id, nomination_id)
            revisions = self._rounds.revisions(session, community, round_)
            taken_back = await revisions.view()
            await revisions.take_back()
            following = await self._rounds.advance(session, schedule)
            if following is not None and following.meets_at == round_.meets_at:
                await _take_answers(session, round_, following)
            return taken_back

    async def change(self, actor: Actor, round_id: int, before: int, after: int) -> RoundView:
        """Announce the nomination `before` again, which `after` has replaced."""
        actor.require_organiser()
        async with self._database.transaction() as session:
            await once(session, actor.request, "undo.change", self._clock.now())
            community, _ = await self._scheduled(session, actor)
            round_ = await self._announced(session, community, round_id, after)
            nomination = await session.get(Nomination, before)
            if nomination is None or nomination.community_id != community.id:
                raise UserError(
                    "I can't find that nomination. `/paper queue` shows what's up for vote."
                )
            if not _is_up(nomination):
                raise UserError("The previous paper is no longer up for vote.")
            revisions = self._rounds.revisions(session, community, round_)
            await revisions.replace(nomination, undoes=True)
            return await revisions.view()

    async def withdrawal(self, actor: Actor, nomination_id: int) -> NominationView:
        """Put a withdrawn nomination up again, with its votes: one's own, or any as organiser."""
        async with self._database.transaction() as session:
            await once(session, actor.request, "undo.withdrawal", self._clock.now())
            community = await self._communities.require(session, actor)
            nomination = await session.get(Nomination, nomination_id)
            if nomination is None or nomination.community_id != community.id:
                raise UserError(
                    "I can't find that nomination. `/paper queue` shows what's up for vote."
                )
            if nomination.member_ref != actor.member_ref and not actor.organiser:
                raise UserError("Only the nominator or an organiser can put it up again.")
            if nomination.state != NominationState.WITHDRAWN:
                raise UserError("That nomination isn't withdrawn any more.")
            if await nomination_up(session, nomination.paper_id) is not None:
                raise UserError("Someone has nominated that paper again since then.")
            if await discussed(session, self._outbox, nomination.paper) is not None:
                raise UserError("The group has discussed that paper since then.")
            nomination.state = NominationState.OPEN
            now = self._clock.now()
            return await refresh_nomination(session, self._outbox, nomination, now)

    async def _scheduled(self, session: AsyncSession, actor: Actor) -> tuple[Community, Schedule]:
        """The community and its schedule, after what is due."""
        community = await self._communities.require(session, actor)
        schedule = await schedule_of(session, community.id)
        if schedule is None:
            raise UserError("There's no schedule any more, so there's nothing to undo.")
        await self._rounds.catch_up(session, schedule)
        return community, schedule

    async def _announced(
        self, session: AsyncSession, community: Community, round_id: int, nomination_id: int
    ) -> Round:
        """The round, if this nomination is announced for it and it is still ahead."""
        round_ = await session.get(Round, round_id)
        if round_ is None or round_.community_id != community.id:
            raise UserError("I can't find that meeting.")
        if round_.state == RoundState.ANNOUNCED:
            self._rounds.require_ahead(round_)
        if round_.state != RoundState.ANNOUNCED or round_.nomination_id != nomination_id:
            raise UserError(
                "That paper is no longer the announced one, so there's nothing to undo."
            )
        return round_

    async def _hold_after_all(
        self, session: AsyncSession, community: Community, schedule: Schedule, round_: Round
    ) -> None:
        under_way = await active_round(session, community.id)
        if under_way is not None:
            if under_way.state == RoundState.ANNOUNCED:
                raise UserError(
                    "The next meeting's paper is already announced, so this meeting stays called "
                    "off."
                )
            await self._rounds.call_off(session, community, under_way, None)
        await self._rounds.revisions(session, community, round_).hold_after_all()
        await self._rounds.pass_over(session, schedule, round_)
        await self._rounds.advance(session, schedule)


def _is_up(nomination: Nomination | None) -> bool:
    return nomination is not None and nomination.state == NominationState.OPEN


def _pause(mark: str) -> tuple[bool, date | None]:
    """Whether there is a pause, and until when; what `pause_of` has written."""
    if mark in ("", OPEN_ENDED):
        return mark == OPEN_ENDED, None
    try:
        return True, date.fromisoformat(mark)
    except ValueError as error:
        raise UserError("I can't find that pause.") from error


async def _take_answers(session: AsyncSession, earlier: Round, later: Round) -> None:
    """Who has answered for the one has answered for the other."""
    answers = await session.execute(select(Rsvp).where(Rsvp.round_id == earlier.id))
    session.add_all(
        Rsvp(
            round_id=later.id,
            member_ref=one.member_ref,
            answer=one.answer,
            answered_at=one.answered_at,
            name=one.name,
        )
        for one in answers.scalars().all()
    )
    await session.flush()
