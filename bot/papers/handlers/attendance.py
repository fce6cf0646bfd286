"""The buttons with which members say whether they come, and whether to remind them."""

from collections.abc import Mapping

from bot.communities.calls import Call, FormHandler, Handler
from bot.core.errors import UserError
from bot.core.ids import GONE, pressed
from bot.core.reply import Reply
from bot.core.time.clock import Clock
from bot.papers.cards.meetings import ANSWERS
from bot.papers.keys import REMINDERS, RSVP
from bot.papers.replies import attendance as replies
from bot.papers.rounds.rsvps import Rsvps
from bot.papers.schedule.reminders import Reminders


class AttendanceHandlers:
    def __init__(self, rsvps: Rsvps, reminders: Reminders, clock: Clock) -> None:
        self._rsvps = rsvps
        self._reminders = reminders
        self._clock = clock
        self.actions: Mapping[str, Handler] = {
            RSVP: self._answer,
            REMINDERS: self.turn_reminders,
        }
        self.forms: Mapping[str, FormHandler] = {}

    async def turn_reminders(self, call: Call, wanted: str) -> Reply:
        """Turn reminders `on` or `off`, for whoever asks."""
        if wanted not in ("on", "off"):
            raise UserError(GONE)
        on = wanted == "on"
        await self._reminders.turn(call.actor, on=on)
        return replies.reminders_turned(on=on)

    async def _answer(self, call: Call, argument: str) -> Reply:
        round_ref, _, answer = argument.partition(".")
        if answer not in ANSWERS:
            raise UserError(GONE)
        round_ = await self._rsvps.answer(call.actor, pressed(round_ref), answer)
        if answer != "going":
            return replies.not_coming(answer)
        offsets = await self._reminders.of(call.actor)
        left = round_.meets_at - self._clock.now()
        return replies.coming(None if offsets is None else [o for o in offsets if left > o])
