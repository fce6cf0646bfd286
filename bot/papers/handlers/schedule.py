"""`/schedule`: when and where the group meets, and what it reads."""

from collections.abc import Mapping, Sequence

from bot.communities.calls import Call, ChannelKind, FormHandler, Handler, Need
from bot.communities.service import Actor
from bot.core.errors import UserError
from bot.core.ids import chosen
from bot.core.latest import Latest
from bot.core.post import channel
from bot.core.reply import Reply, show
from bot.core.time.recurrence import Cadence
from bot.papers.keys import CALL_OFF, KEEP
from bot.papers.queue import Queue
from bot.papers.replies import schedule as replies
from bot.papers.rounds.picks import Picks
from bot.papers.schedule.place import channel_ref_of
from bot.papers.schedule.places import Places
from bot.papers.schedule.schedules import Schedules
from bot.papers.schedule.skips import SkipAsked, Skips

REASONS_KEPT = 1000


class ScheduleHandlers:
    """Members may look; what changes something is for organisers, which the services check."""

    def __init__(
        self,
        schedules: Schedules,
        skips: Skips,
        places: Places,
        picks: Picks,
        queue: Queue,
    ) -> None:
        self._schedules = schedules
        self._skips = skips
        self._places = places
        self._picks = picks
        self._queue = queue
        self._reasons: Latest[tuple[Actor, str], str] = Latest(REASONS_KEPT)
        self.actions: Mapping[str, Handler] = {CALL_OFF: self._call_off, KEEP: self._keep}
        self.forms: Mapping[str, FormHandler] = {}

    async def show(self, call: Call) -> Reply:
        """When the group meets, and the next five meetings."""
        return show(replies.schedule_card(await self._schedules.show(call.actor)))

    async def setting_lines(self, actor: Actor) -> Sequence[str]:
        """What is set, and what came too late, for `/settings show`."""
        return replies.setting_lines(await self._schedules.show(actor))

    async def set(
        self,
        call: Call,
        *,
        weekday: int | None,
        time: str | None,
        cadence: str | None,
        duration: int | None,
        zone: str | None,
        starting: str | None,
        place: str | None,
        reminders: str | None,
    ) -> Reply:
        """Change when the group meets: what is given."""
        every, nth = _cadence(cadence)
        schedule = await self._schedules.set(
            call.actor,
            weekday=weekday,
            at=time,
            cadence=every,
            nth=nth,
            duration_minutes=duration,
            zone=zone,
            starting=starting,
            place=None if place is None else _place(call, place),
            reminders=reminders,
        )
        warning = _warning(call, schedule.place) if place is not None else ""
        return show(replies.schedule_card(schedule, warning))

    async def place(self, call: Call, place: str, date: str | None) -> Reply:
        """Set where the group meets, always or on one day."""
        text = _place(call, place)
        if date is None:
            meeting, where = None, await self._places.set(call.actor, text)
        else:
            meeting = await self._places.set_for(call.actor, date, text)
            where = meeting.place
        return replies.place_set(where, meeting, _warning(call, where))

    async def skip(self, call: Call, date: str, reason: str | None) -> Reply:
        """Call a meeting off; where people are going, ask first."""
        skipped = await self._skips.skip_unless_people_go(call.actor, date, reason)
        if not isinstance(skipped, SkipAsked):
            return replies.called_off(skipped)
        if reason:
            self._reasons.keep((call.actor, skipped.meeting.day.isoformat()), reason)
        return replies.call_off_question(skipped, with_reason=bool(reason))

    async def pause(self, call: Call, until: str | None) -> Reply:
        """Hold no meetings for a while, or until they are resumed."""
        return replies.paused(await self._schedules.pause(call.actor, until))

    async def resume(self, call: Call) -> Reply:
        """Hold meetings again."""
        return replies.resumed(await self._schedules.resume(call.actor))

    async def pick(self, call: Call, paper: str | None) -> Reply:
        """Pick the next paper now: by votes, or this one."""
        picked = await self._picks.pick(call.actor, chosen(paper) if paper else None)
        return replies.picked(picked)

    async def change(self, call: Call, paper: str) -> Reply:
        """Replace the paper that is announced."""
        round_, before = await self._picks.change(call.actor, chosen(paper))
        return replies.changed(round_, before)

    async def days_like(self, actor: Actor, typed: str) -> list[tuple[str, str]]:
        """The days of the next meetings, as names and dates."""
        schedule = await self._schedules.show(actor)
        days = {one.day.isoformat(): replies.weekday_and_day(one.day) for one in schedule.meetings}
        return [
            (name, day)
            for day, name in days.items()
            if typed.casefold() in f"{day} {name}".casefold()
        ]

    async def papers_up_like(self, actor: Actor, typed: str) -> list[tuple[str, str]]:
        """The papers that are up for vote, as titles and ids."""
        return [
            (up.paper.title, str(up.paper.id))
            for up in await self._queue.nominations(actor)
            if typed.casefold() in up.paper.title.casefold()
        ]

    async def _call_off(self, call: Call, argument: str) -> Reply:
        day = argument.removesuffix(replies.WITH_REASON)
        with_reason = day != argument
        reason = self._reasons.find((call.actor, day)) if with_reason else None
        if with_reason and reason is None:
            raise UserError("I no longer have your reason. Please run `/schedule skip` again.")
        return replies.called_off(await self._skips.skip(call.actor, day, reason))

    async def _keep(self, call: Call, _: str) -> Reply:
        return replies.KEPT


def _cadence(choice: str | None) -> tuple[Cadence | None, int | None]:
    """What a choice means; a number is that of the weekday within the month, -1 for the last."""
    if choice is None:
        return None, None
    if choice in tuple(Cadence):
        return Cadence(choice), None
    return Cadence.MONTHLY, int(choice)


def _place(call: Call, text: str) -> str:
    """The place as services take it. A channel that is named must be one to talk in."""
    channel_ref = call.channel_in(text)
    if channel_ref is None:
        return text
    kind = call.channel_kind(channel_ref)
    if kind is None:
        raise UserError(replies.UNKNOWN_CHANNEL)
    if kind is not ChannelKind.VOICE:
        raise UserError(replies.not_to_talk_in(channel_ref))
    return channel(channel_ref)


def _warning(call: Call, place: str | None) -> str:
    """What is in the way of a calendar entry at this place, if anything is."""
    channel_ref = channel_ref_of(place)
    missing = call.lacks(channel_ref, Need.EVENT) if channel_ref else ""
    return replies.place_warning(channel_ref, missing) if channel_ref and missing else ""
