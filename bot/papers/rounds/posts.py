"""What a round says and has in the calendar, as rows of the outbox; inside the transaction."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.communities.model import Community
from bot.core.outbox import Outbox, Queued, change_key
from bot.core.post import Action, Event, EventEdit, EventStatus, Post, Rename, Status
from bot.papers.cards import meetings
from bot.papers.keys import announce_key, event_key, round_key, thread_key
from bot.papers.model import Nomination, RemindersOff, Round, Rsvp
from bot.papers.nomination_queries import (
    view,
)
from bot.papers.rules import REMINDER, Planned, Step
from bot.papers.schedule.meetings import place_of
from bot.papers.schedule.place import channel_ref_of
from bot.papers.views import Attendance, Attendee, RoundView

PINGS_A_POST = 80  # Discord takes 100, and 2,000 characters must hold them
BEFORE_THE_EVENT = timedelta(minutes=1)  # Discord takes no event that has begun


class RoundPosts:
    """The posts of one round."""

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

    async def view(self) -> RoundView:
        counted = await self._session.execute(
            select(Rsvp.answer, func.count())
            .where(Rsvp.round_id == self._round.id)
            .group_by(Rsvp.answer)
        )
        return RoundView.of(
            self._round,
            await view(self._session, self.nomination()),
            Attendance(**dict(counted.all()), first=await self._first_who_go()),
            await place_of(self._session, self._round.schedule_id, self._round.day),
        )

    async def going(self, *, reminded: bool = False) -> Sequence[str]:
        """Who goes; or those of them who want to be reminded."""
        statement = (
            select(Rsvp.member_ref)
            .where(Rsvp.round_id == self._round.id, Rsvp.answer == "going")
            .order_by(Rsvp.answered_at, Rsvp.member_ref)
        )
        if reminded:
            off = select(RemindersOff.member_ref).where(
                RemindersOff.community_id == self._community.id
            )
            statement = statement.where(Rsvp.member_ref.not_in(off))
        return (await self._session.execute(statement)).scalars().all()

    async def announce(self, due_at: datetime) -> None:
        """Announcement, thread and event: three rows, so that a crash between them is mended."""
        round_, shown = self._round, await self.view()
        announcement = meetings.announcement(shown, self._community.ping_role_ref)
        await self._put(announce_key(round_.id), announcement, due_at=due_at, until=round_.meets_at)
        await self._put(
            thread_key(round_.id),
            meetings.discussion_thread(shown.nomination.paper),
            anchor=announce_key(round_.id),
            due_at=due_at,
            until=shown.ends_at,
        )
        await self.put_event(due_at=due_at)

    async def put_event(self, *, due_at: datetime | None = None) -> None:
        """The calendar entry. One for a channel is made somewhere in any case, and put there by
        an edit if that is refused at first."""
        event, until = meetings.calendar_event(await self.view()), self._round.meets_at
        until -= BEFORE_THE_EVENT
        await self._put_in_calendar(
            self.event_key, event, announce_key(self._round.id), due_at=due_at, until=until
        )
        if channel_ref_of(event.place):
            key, edit = change_key(self.event_key, EventEdit.kind), EventEdit(event)
            await self._put_in_calendar(key, edit, self.event_key, due_at=due_at, until=until)

    async def set_event(self, status: Status) -> None:
        key = self.event_key
        if status is not Status.ACTIVE:
            await self._outbox.cancel(
                self._session, [change_key(key, EventEdit.kind)], now=self._now
            )
        await self._put_in_calendar(f"{key}:{status}", EventStatus(status), key)

    async def _put_in_calendar(
        self,
        key: str,
        action: Event | EventEdit | EventStatus,
        anchor: str,
        *,
        due_at: datetime | None = None,
        until: datetime | None = None,
    ) -> None:
        place = f"community:{self._community.external_id}"
        await self._put(key, action, destination=place, anchor=anchor, due_at=due_at, until=until)

    async def edit_announcement(self, *, taken_back: bool = False) -> None:
        """Have the announcement show what is known now."""
        post = meetings.announcement(
            await self.view(), self._community.ping_role_ref, taken_back=taken_back
        )
        await self._outbox.put_edit(
            self._session, announce_key(self._round.id), post, now=self._now
        )

    async def edit_everything(self) -> None:
        """Have announcement, thread, event and reminders on their way show what is known now."""
        await self.edit_announcement()
        shown = await self.view()
        name = meetings.discussion_thread(shown.nomination.paper).name
        event = meetings.calendar_event(shown)
        for key, change in (
            (thread_key(self._round.id), Rename(name)),
            (self.event_key, EventEdit(event)),
        ):
            await self._outbox.put_change(self._session, key, change, now=self._now)
        for key in await self.waiting(REMINDER, Step.START):
            in_thread = meetings.started if _is_named(key, [Step.START]) else meetings.reminder
            await self._outbox.put_edit(
                self._session, key, in_thread(shown, ()), still_pings=True, now=self._now
            )

    async def post(self, planned: Planned, post: Post) -> None:
        key = round_key(self._round.id, planned.step)
        await self._put(key, post, due_at=planned.due_at, until=planned.until)

    async def post_in_thread(
        self, name: str, posts: Sequence[Post], *, due_at: datetime, until: datetime
    ) -> None:
        """Post in the discussion thread, in as many posts as the pings need."""
        for number, post in enumerate(posts, 1):  # further posts are numbered
            await self._put(
                round_key(self._round.id, name if number == 1 else f"{name}:{number}"),
                post,
                anchor=thread_key(self._round.id),
                due_at=due_at,
                until=until,
            )

    async def waiting(self, *names: str) -> list[str]:
        """The outbox keys of what is not posted yet under these names, in however many posts."""
        waiting = await self._outbox.waiting(
            self._session, self._community.id, f"{round_key(self._round.id, '')}%"
        )
        return [key for key in waiting if _is_named(key, names)]

    async def cancel_waiting(self, *names: str) -> None:
        """Drop what is not posted yet under these names."""
        await self._outbox.cancel(self._session, await self.waiting(*names), now=self._now)

    @property
    def event_key(self) -> str:
        return event_key(self._round.id, self._round.events)

    def nomination(self) -> Nomination:
        assert self._round.nomination is not None, "an announced round has a paper"
        return self._round.nomination

    async def _first_who_go(self) -> tuple[Attendee, ...]:
        found = await self._session.execute(
            select(Rsvp.member_ref, Rsvp.name)
            .where(Rsvp.round_id == self._round.id, Rsvp.answer == "going")
            .order_by(Rsvp.answered_at, Rsvp.member_ref)
            .limit(meetings.GOING_SHOWN)
        )
        return tuple(Attendee(ref, name) for ref, name in found)

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


def _is_named(key: str, names: Sequence[str]) -> bool:
    """Whether the row of a round has one of these names; `REMINDER` stands for all reminders."""
    name = key.split(":")[2]
    return name in names or (REMINDER in names and name.startswith(REMINDER))


def in_groups(members: Sequence[str]) -> list[Sequence[str]]:
    """The members in groups that one post can ping; one empty group if there are none."""
    starts = range(0, max(len(members), 1), PINGS_A_POST)
    return [members[start : start + PINGS_A_POST] for start in starts]
