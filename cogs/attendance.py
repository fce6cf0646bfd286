"""The buttons with which members say whether they come, and whether to remind them."""

from bot.adapters.discord.actors import actor_of
from bot.adapters.discord.replies import Interaction, say
from bot.core.errors import UserError
from bot.core.ids import GONE, pressed
from bot.core.post import Button
from bot.core.time.clock import Clock
from bot.papers.cards import ANSWERS, RSVP
from bot.papers.reminders import Reminders, describe_reminders
from bot.papers.rounds import Rounds

REMINDERS = "reminders"
SAID = {
    "going": "See you there.",
    "maybe": "Noted: maybe. Press *Going* when you know; only those who go are reminded.",
    "cant": "Noted: you can't. The thread stays open for you.",
}


class Attendance:
    """`actions` are the buttons that belong to it."""

    def __init__(self, rounds: Rounds, reminders: Reminders, clock: Clock) -> None:
        self._rounds = rounds
        self._reminders = reminders
        self._clock = clock
        self.actions = {RSVP: self._answer, REMINDERS: self.turn_reminders}

    async def turn_reminders(self, interaction: Interaction, wanted: str) -> None:
        """On or off, for whoever asks."""
        if wanted not in ("on", "off"):
            raise UserError(GONE)
        on = wanted == "on"
        await self._reminders.turn(await actor_of(interaction), on=on)
        if on:
            sentence = "Your reminders are on: I ping you before meetings you go to."
        else:
            sentence = "Your reminders are off: I won't ping you before meetings or at their start."
        await say(interaction, sentence, _switch(on))

    async def _answer(self, interaction: Interaction, argument: str) -> None:
        round_ref, _, answer = argument.partition(".")
        if answer not in ANSWERS:
            raise UserError("I don't know that answer.")
        actor = await actor_of(interaction)
        round_ = await self._rounds.answer(actor, pressed(round_ref), answer)
        if answer != "going":
            await say(interaction, SAID[answer])
            return
        offsets = await self._reminders.of(actor)
        if offsets is None:
            await say(interaction, f"{SAID[answer]} Your reminders are off.", _switch(False))
            return
        left = round_.meets_at - self._clock.now()
        coming = describe_reminders(before for before in offsets if left > before)
        if coming:
            promised = f"{SAID[answer]} I'll remind you in the thread {coming}."
            await say(interaction, promised, _switch(True))
        else:
            await say(interaction, SAID[answer])


def _switch(on: bool) -> Button:
    return Button(REMINDERS, "off" if on else "on", "Don't remind me" if on else "Remind me")
