"""What each step of a round does, inside the transaction that decides it.

Every step changes records and puts posts into the outbox; nothing here talks to a platform.
"""

import logging
from datetime import datetime

from bot.core.outbox import State
from bot.core.post import Status
from bot.papers.cards import meetings, nominations
from bot.papers.keys import announce_key
from bot.papers.model import Nomination, NominationState, RoundState, RoundStep
from bot.papers.nomination_queries import (
    candidates,
    count_votes_of_others,
    notify_nominator,
    open_records,
    refresh_nomination,
)
from bot.papers.rounds.posts import RoundPosts, in_groups
from bot.papers.rules import REMINDER, Choice, Planned, Step, choose, expires

log = logging.getLogger(__name__)


class RoundSteps(RoundPosts):
    """The steps of one round."""

    async def take(self, planned: Planned) -> None:
        """Take a step that is due, or drop it where it is too late; each happens at most once."""
        dropped = planned.is_too_late(self._now)
        if dropped:
            log.warning("round %s: too late for %s", self._round.id, planned.step)
        else:
            await self._do(planned)
        self._session.add(
            RoundStep(round_id=self._round.id, step=planned.step, at=self._now, dropped=dropped)
        )
        await self._session.flush()

    async def pick(self, choice: Choice, *, due_at: datetime) -> None:
        """This is the paper; it is announced."""
        round_, now = self._round, self._now
        nomination = await self._session.get_one(Nomination, choice.nomination_id)
        nomination.state = NominationState.PICKED
        round_.state, round_.nomination_id = RoundState.ANNOUNCED, nomination.id
        round_.announced_at, round_.tie_break = now, choice.tie_break
        await self._session.flush()
        await self._session.refresh(round_, ["nomination"])
        await self.announce(due_at)
        await refresh_nomination(self._session, self._outbox, nomination, now)

    async def _do(self, planned: Planned) -> None:
        match planned.step:
            case Step.CALL:
                await self._call(planned)
            case Step.PICK:
                await self._pick(planned)
            case Step.LAPSE:
                await self._lapse()
            case Step.START:
                await self._start(planned)
            case Step.CLOSE:
                await self._close()
            case _:
                assert planned.step.startswith(REMINDER)
                await self._remind(planned)

    async def _call(self, planned: Planned) -> None:
        if not await open_records(self._session, self._community.id):
            await self.post(planned, meetings.call_for_nominations(self._round.meets_at))

    async def _pick(self, planned: Planned) -> None:
        up = await candidates(self._session, self._community.id)
        choice = choose([candidate for candidate, _ in up])
        if choice is None:
            await self.post(planned, meetings.open_week(self._round.meets_at))
        else:
            await self.pick(choice, due_at=planned.due_at)

    async def _lapse(self) -> None:
        """The meeting's time has come without a paper; the nominations stay for the next."""
        self._round.state = RoundState.UNFILLED
        await self._age_nominations()

    async def _remind(self, planned: Planned) -> None:
        shown, going = await self.view(), await self.going(reminded=True)
        reminders = [meetings.reminder(shown, some) for some in in_groups(going)]
        await self.post_in_thread(
            planned.step, reminders, due_at=planned.due_at, until=planned.until
        )

    async def _start(self, planned: Planned) -> None:
        shown, going = await self.view(), await self.going(reminded=True)
        starts = [meetings.started(shown, some) for some in in_groups(going)]
        await self.post_in_thread(planned.step, starts, due_at=planned.due_at, until=planned.until)
        await self.set_event(Status.ACTIVE)

    async def _close(self) -> None:
        """The meeting is over. A paper whose announcement never got out stays in the queue."""
        announced = await self._outbox.find(self._session, announce_key(self._round.id))
        held = announced is not None and announced.state is State.SENT
        nomination = self.nomination()
        self._round.state = RoundState.HELD if held else RoundState.UNFILLED
        nomination.state = NominationState.DISCUSSED if held else NominationState.OPEN
        await self._session.flush()
        await self.set_event(Status.COMPLETED)
        await self.edit_announcement()
        await refresh_nomination(self._session, self._outbox, nomination, self._now)
        await self._age_nominations()

    async def _age_nominations(self) -> None:
        """Count the round for what was up in vain; what nobody else ever voted for expires."""
        for nomination in await open_records(self._session, self._community.id):
            if (
                nomination.created_at >= self._round.meets_at
                or nomination.id == self._round.nomination_id
            ):
                continue
            nomination.rounds_waited += 1
            others = await count_votes_of_others(self._session, nomination)
            if not expires(others, nomination.rounds_waited):
                continue
            nomination.state = NominationState.EXPIRED
            shown = await refresh_nomination(self._session, self._outbox, nomination, self._now)
            post = nominations.expired_nomination(shown)
            await notify_nominator(
                self._session, self._outbox, nomination, "expired", post, self._now
            )
