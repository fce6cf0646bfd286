"""What is decided about a round after its announcement, inside the transaction that decides it.

The meeting is called off, or on again; the pick is taken back, or another paper replaces it. What
stands in the channel, the thread and the calendar follows, and those who go are told once.
"""

from collections.abc import Callable, Sequence

from bot.core.outbox import State
from bot.core.post import Post, Status
from bot.papers.cards import meetings
from bot.papers.keys import announce_key, numbered, round_key, thread_key
from bot.papers.model import Nomination, NominationState, RoundState
from bot.papers.nomination_queries import (
    refresh_nomination,
)
from bot.papers.rounds.posts import RoundPosts, in_groups
from bot.papers.rules import REMINDER, Step
from bot.papers.views import PaperView, RoundView

CALLED_OFF, BACK_ON, TAKEN_BACK, CHANGED = "called_off", "back_on", "taken_back", "changed"
ToThread = Callable[[RoundView, Sequence[str]], Post]


class RoundRevisions(RoundPosts):
    """The changes of one round."""

    async def call_off(self, reason: str | None) -> None:
        """The meeting is not held. If it was announced, those who go are told."""
        if await self._end():
            await self._notify(
                CALLED_OFF, lambda shown, going: meetings.called_off(shown, going, reason)
            )
            await self.edit_announcement()

    async def take_back(self) -> None:
        """The paper is not this one, and it is open which one it is."""
        if await self._end():
            await self._notify(TAKEN_BACK, meetings.taken_back)
            await self.edit_announcement(taken_back=True)

    async def hold_after_all(self) -> None:
        """A meeting that was called off is on again, with its card, its thread and its answers.

        What was in the calendar can't come back there, so that it is put there anew.
        """
        told = numbered(CALLED_OFF, self._round.changes)
        await self.cancel_waiting(told)
        heard = await self._is_posted(told)
        self._round.state = RoundState.ANNOUNCED
        self._round.changes += 1
        self._round.events += 1
        nomination = self.nomination()
        nomination.state = NominationState.PICKED
        await self._session.flush()
        for key, until in (
            (announce_key(self._round.id), self._round.meets_at),
            (thread_key(self._round.id), (await self.view()).ends_at),
        ):
            await self._outbox.reopen(self._session, [key], until=until, now=self._now)
        await self.put_event()
        if heard:
            await self._notify(BACK_ON, meetings.back_on)
        await self.edit_everything()
        await refresh_nomination(self._session, self._outbox, nomination, self._now)

    async def replace(self, nomination: Nomination, *, undoes: bool = False) -> None:
        """Another paper is read; the one that was announced returns to the queue.

        Where it `undoes` a change of which nobody has read, that is not told either.
        """
        before = self.nomination()
        told = numbered(CHANGED, self._round.changes)
        await self.cancel_waiting(told)
        unheard = undoes and not await self._is_posted(told)
        self._round.changes += 1
        before.state, nomination.state = NominationState.OPEN, NominationState.PICKED
        self._round.nomination_id, self._round.tie_break = nomination.id, None
        await self._session.flush()
        await self._session.refresh(self._round, ["nomination"])
        replaced = PaperView.of(before.paper)
        if await self.going() and not unheard:
            await self._notify(
                CHANGED, lambda shown, going: meetings.changed(shown, replaced, going)
            )
        await self.edit_everything()
        for shown in (before, nomination):
            await refresh_nomination(self._session, self._outbox, shown, self._now)

    async def _end(self) -> bool:
        """This round goes no further; tells whether it was announced."""
        was_announced = self._round.state == RoundState.ANNOUNCED
        self._round.state = RoundState.CANCELLED
        await self._session.flush()
        if not was_announced:
            await self.cancel_waiting(Step.CALL, Step.PICK)
            return False
        # The thread is kept: that the meeting is off is said there.
        told = (numbered(name, self._round.changes) for name in (BACK_ON, CHANGED))
        await self.cancel_waiting(Step.CALL, Step.PICK, "announce", REMINDER, Step.START, *told)
        await self._outbox.cancel(self._session, [self.event_key], now=self._now)
        nomination = self.nomination()
        nomination.state = NominationState.OPEN
        await self._session.flush()
        await self.set_event(Status.CANCELLED)
        await refresh_nomination(self._session, self._outbox, nomination, self._now)
        return True

    async def _notify(self, name: str, to_thread: ToThread) -> None:
        """Post it in the thread, and ping those who go."""
        shown, going = await self.view(), await self.going()
        await self.post_in_thread(
            numbered(name, self._round.changes),
            [to_thread(shown, some) for some in in_groups(going)],
            due_at=self._now,
            until=shown.ends_at,
        )

    async def _is_posted(self, name: str) -> bool:
        """Whether people have read it, or may have."""
        notice = await self._outbox.find(self._session, round_key(self._round.id, name))
        return notice is not None and notice.state is not State.EXPIRED
