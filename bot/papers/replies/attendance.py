"""What somebody is answered who says whether they come, or turns reminders on or off."""

from collections.abc import Sequence
from datetime import timedelta

from bot.core.post import Button
from bot.core.reply import Reply, say
from bot.papers.keys import REMINDERS
from bot.papers.schedule.reminders import describe_reminders

_NOT_COMING = {
    "maybe": "Noted: maybe. Press *Going* when you know; I only remind those who are going.",
    "cant": "Noted: you can't come. You can still read and write in the thread.",
}


def not_coming(answer: str) -> Reply:
    """To `maybe` and `cant`."""
    return say(_NOT_COMING[answer])


def coming(reminders: Sequence[timedelta] | None) -> Reply:
    """To *Going*, with the reminders that are still to come; None where they are off."""
    if reminders is None:
        return say("See you there. Your reminders are off.", _button(on=False))
    if not reminders:
        return say("See you there.")
    before = describe_reminders(reminders)
    return say(f"See you there. I'll remind you in the thread {before}.", _button(on=True))


def reminders_turned(*, on: bool) -> Reply:
    if on:
        sentence = "Your reminders are on: I'll ping you before meetings you're going to."
    else:
        sentence = "Your reminders are off: I won't ping you before meetings or when they start."
    return say(sentence, _button(on=on))


def _button(*, on: bool) -> Button:
    return Button(REMINDERS, "off" if on else "on", "Don't remind me" if on else "Remind me")
