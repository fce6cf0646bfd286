"""What each step of a round does, inside the transaction that decides it.

Every step changes records and puts posts into the outbox; nothing here talks to a platform.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.communities.model import Community
from bot.core.outbox import Outbox, Queued, State
from bot.core.post import Action, EventStatus, Post, Status
from bot.papers import posts
from bot.papers.model import Nomination, NominationState, Round, RoundState, RoundStep, Rsvp
from bot.papers.rules import Choice, Planned, Step, choose, expires
from bot.papers.views import Attendance, RoundView
from bot.papers.works import (
    announce_key,
    candidates,
    count_votes_of_others,
    event_key,
    open_records,
    refresh_nomination,
    round_key,
    tell_nominator,
    thread_key,
    view,
)

log = logging.getLogger(__name__)

PINGS_A_POST = 80  # Discord takes 100, and 2,000 characters must hold them
BEFORE_THE_EVENT = timedelta(minutes=1)  # Discord takes no event that has begun


class RoundSteps:
    """The steps of one round."""

    def __init__(
        self,
        session: AsyncSession,
        outbox: Outbox,
        community: Community,
        round_: Round,
        now: datetime,
    ) -> None:
        assert community.papers_channel_ref is not None, "a schedule has a channel"
        self._session = session
        self._outbox = outbox
        self._community = community
        self._round = round_
        self._now = now
        self._channel = community.papers_channel_ref

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

    async def announce(self, choice: Choice, *, due_at: datetime) -> None:
        """Announcement, thread and event: three rows, so that a crash between them is mended."""
        round_, now = self._round, self._now
        nomination = await self._session.get_one(Nomination, choice.nomination_id)
        nomination.state = NominationState.PICKED
        round_.state, round_.nomination_id = RoundState.ANNOUNCED, nomination.id
        round_.announced_at, round_.tie_break = now, choice.tie_break
        await self._session.flush()
        await self._session.refresh(round_, ["nomination"])
        shown = await self.view()
        announcement = posts.announcement(shown, self._community.ping_role_ref)
        await self._put(announce_key(round_.id), announcement, due_at=due_at, until=round_.meets_at)
        await self._put(
            thread_key(round_.id),
            posts.discussion_thread(shown.nomination.paper),
            anchor=announce_key(round_.id),
            due_at=due_at,
            until=shown.ends_at,
        )
        await self._put(
            event_key(round_.id),
            posts.calendar_event(shown),
            destination=f"community:{self._community.external_id}",
            anchor=announce_key(round_.id),
            due_at=due_at,
            until=round_.meets_at - BEFORE_THE_EVENT,
        )
        await refresh_nomination(self._session, self._outbox, nomination, now)

    async def call_off(self, reason: str | None) -> None:
        """The meeting is not held. If it was announced, those who go are told."""
        was_announced = self._round.state == RoundState.ANNOUNCED
        self._round.state = RoundState.CANCELLED
        await self._session.flush()
        if not was_announced:
            await self._unsay(Step.CALL, Step.PICK)
            return
        going = await self._going()
        parts = len(_in_groups(await self._who_answered()))  # whoever has since changed their mind
        in_thread = [
            name
            for step in (Step.REMIND_DAY, Step.REMIND_HOUR, Step.START)
            for name in _names_of_parts(step, parts)
        ]
        # The thread is kept: that the meeting is off is said there.
        await self._unsay(Step.CALL, Step.PICK, "announce", "event", *in_thread)
        nomination = self._nomination()
        nomination.state = NominationState.OPEN
        shown = await self.view()
        await self._say_in_thread(
            "called_off",
            [posts.called_off(shown, some, reason) for some in _in_groups(going)],
            due_at=self._now,
            until=shown.ends_at,
        )
        await self._set_event(Status.CANCELLED)
        await self.edit_announcement()
        await refresh_nomination(self._session, self._outbox, nomination, self._now)

    async def edit_announcement(self) -> None:
        """Have the announcement show what is known now."""
        post = posts.announcement(await self.view(), self._community.ping_role_ref)
        await self._outbox.put_edit(
            self._session, announce_key(self._round.id), post, now=self._now
        )

    async def view(self) -> RoundView:
        counted = await self._session.execute(
            select(Rsvp.answer, func.count())
            .where(Rsvp.round_id == self._round.id)
            .group_by(Rsvp.answer)
        )
        return RoundView.of(
            self._round,
            await view(self._session, self._nomination()),
            Attendance(**dict(counted.all())),
        )

    async def _do(self, planned: Planned) -> None:
        match planned.step:
            case Step.CALL:
                await self._call(planned)
            case Step.PICK:
                await self._pick(planned)
            case Step.LAPSE:
                await self._lapse()
            case Step.REMIND_DAY | Step.REMIND_HOUR:
                await self._remind(planned)
            case Step.START:
                await self._start(planned)
            case Step.CLOSE:
                await self._close()

    async def _call(self, planned: Planned) -> None:
        if not await open_records(self._session, self._community.id):
            await self._say(planned, posts.call_for_nominations(self._round.meets_at))

    async def _pick(self, planned: Planned) -> None:
        up = await candidates(self._session, self._community.id)
        choice = choose([candidate for candidate, _ in up])
        if choice is None:
            await self._say(planned, posts.open_week(self._round.meets_at))
        else:
            await self.announce(choice, due_at=planned.due_at)

    async def _lapse(self) -> None:
        """The meeting's time has come without a paper; the nominations stay for the next."""
        self._round.state = RoundState.UNFILLED
        await self._age_nominations()

    async def _remind(self, planned: Planned) -> None:
        shown, going = await self.view(), await self._going()
        reminders = [posts.reminder(shown, some) for some in _in_groups(going)]
        await self._say_in_thread(
            planned.step, reminders, due_at=planned.due_at, until=planned.until
        )

    async def _start(self, planned: Planned) -> None:
        shown, going = await self.view(), await self._going()
        starts = [posts.started(shown, some) for some in _in_groups(going)]
        await self._say_in_thread(planned.step, starts, due_at=planned.due_at, until=planned.until)
        await self._set_event(Status.ACTIVE)

    async def _close(self) -> None:
        """The meeting is over. A paper whose announcement never got out stays in the queue."""
        announced = await self._outbox.find(self._session, announce_key(self._round.id))
        held = announced is not None and announced.state is State.SENT
        nomination = self._nomination()
        self._round.state = RoundState.HELD if held else RoundState.UNFILLED
        nomination.state = NominationState.DISCUSSED if held else NominationState.OPEN
        await self._session.flush()
        await self._set_event(Status.COMPLETED)
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
            post = posts.expired_nomination(shown)
            await tell_nominator(
                self._session, self._outbox, nomination, "expired", post, self._now
            )

    async def _who_answered(self) -> Sequence[str]:
        found = await self._session.execute(
            select(Rsvp.member_ref).where(Rsvp.round_id == self._round.id)
        )
        return found.scalars().all()

    async def _going(self) -> Sequence[str]:
        found = await self._session.execute(
            select(Rsvp.member_ref)
            .where(Rsvp.round_id == self._round.id, Rsvp.answer == "going")
            .order_by(Rsvp.answered_at, Rsvp.member_ref)
        )
        return found.scalars().all()

    async def _say(self, planned: Planned, post: Post) -> None:
        key = round_key(self._round.id, planned.step)
        await self._put(key, post, due_at=planned.due_at, until=planned.until)

    async def _say_in_thread(
        self, name: str, said: Sequence[Post], *, due_at: datetime, until: datetime
    ) -> None:
        """Say it in the discussion thread, in as many posts as the pings need."""
        for part, post in zip(_names_of_parts(name, len(said)), said, strict=True):
            await self._put(
                round_key(self._round.id, part),
                post,
                anchor=thread_key(self._round.id),
                due_at=due_at,
                until=until,
            )

    async def _unsay(self, *names: str) -> None:
        keys = [round_key(self._round.id, name) for name in names]
        await self._outbox.cancel(self._session, keys, now=self._now)

    async def _set_event(self, status: Status) -> None:
        await self._put(
            f"{event_key(self._round.id)}:{status}",
            EventStatus(status),
            destination=f"community:{self._community.external_id}",
            anchor=event_key(self._round.id),
        )

    async def _put(
        self,
        key: str,
        action: Action,
        *,
        destination: str | None = None,
        anchor: str | None = None,
        due_at: datetime | None = None,
        until: datetime | None = None,
    ) -> None:
        step = Queued(
            key=key,
            action=action,
            community_id=self._community.id,
            destination=destination or self._channel,
            anchor=anchor,
            due_at=due_at,
            expires_at=until,
        )
        await self._outbox.put(self._session, step, now=self._now)

    def _nomination(self) -> Nomination:
        assert self._round.nomination is not None, "an announced round has a paper"
        return self._round.nomination


def _names_of_parts(name: str, count: int) -> list[str]:
    """What is said in one post has the name itself; further posts are numbered."""
    return [name, *(f"{name}:{number}" for number in range(2, count + 1))]


def _in_groups(members: Sequence[str]) -> list[Sequence[str]]:
    """The members in groups that one post can ping; one empty group if there are none."""
    starts = range(0, max(len(members), 1), PINGS_A_POST)
    return [members[start : start + PINGS_A_POST] for start in starts]
