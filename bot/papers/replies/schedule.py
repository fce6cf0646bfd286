"""How the schedule reads, and what changes of it are answered with."""

from dataclasses import replace
from datetime import date

from bot.communities.replies import setting
from bot.core.post import Button, Post, Style, channel, moment, when
from bot.core.reply import Reply, say, show
from bot.core.text import shown
from bot.papers.cards.meetings import minutes, where
from bot.papers.cards.papers import paper_link
from bot.papers.keys import CALL_OFF, KEEP, UNDO_CHANGE, UNDO_PAUSE, UNDO_PICK, UNDO_SKIP
from bot.papers.rules import Step
from bot.papers.schedule.place import place_shown
from bot.papers.schedule.reminders import describe_reminders
from bot.papers.schedule.schedules import Paused, Resumed
from bot.papers.schedule.skips import SkipAsked
from bot.papers.schedule.views import ScheduleView
from bot.papers.views import Dropped, Meeting, NominationView, RoundView

_OTHERWISE = "Choose one from the list, or give a link or a room."
UNKNOWN_CHANNEL = (
    "I can't see that channel. It may have been deleted, or I'm missing *View Channel* there. "
    f"{_OTHERWISE}"
)
ROW_TITLE = 120
NOTE = 250
WITH_REASON = ".r"  # ends the argument of *Call it off* where the organiser gave a reason
DROPPED_STEPS: dict[str, str] = {
    Step.CALL: "a call for nominations",
    Step.PICK: "a pick",
    Step.START: "the start",
}


def schedule_card(schedule: ScheduleView, footnote: str = "") -> Post:
    """When the group meets, and the meetings to come."""
    parts = (where(schedule.place), _pause(schedule), *map(_meeting_row, schedule.meetings))
    return Post(
        title="Meetings",
        text=schedule_line(schedule),
        details=tuple(part for part in parts if part),
        footnote=footnote,
    )


def schedule_line(schedule: ScheduleView) -> str:
    """When the group meets and when members are reminded, in two sentences."""
    before = describe_reminders(schedule.reminders)
    reminding = f"I remind those going {before}." if before else "No reminders."
    return f"{schedule.description}, {minutes(schedule.duration)}. {reminding}"


def dropped_row(dropped: Dropped) -> str:
    step = DROPPED_STEPS.get(dropped.step, "a reminder")
    return f"{moment(dropped.at, 'f')}: {step} for {moment(dropped.meets_at, 'f')} came too late"


def setting_lines(schedule: ScheduleView) -> list[str]:
    """What is set, and what came too late, for `/settings show`."""
    return [setting("Meetings", schedule_line(schedule)), *map(dropped_row, schedule.dropped)]


def not_to_talk_in(channel_ref: str) -> str:
    return f"{channel(channel_ref)} isn't a voice or stage channel. {_OTHERWISE}"


def place_set(place: str | None, meeting: Meeting | None, warning: str) -> Reply:
    """The place of all meetings, or of one, is another one now."""
    which = "all meetings" if meeting is None else f"the meeting on {moment(meeting.meets_at)}"
    did = f"Place set for {which}: {place_shown(place)}" if place else f"Place removed from {which}"
    return say(f"{did}. {warning}".strip())


def place_warning(channel_ref: str, missing: str) -> str:
    """What is in the way of a calendar entry in this channel."""
    return (
        f"I'm missing {missing} in {channel(channel_ref)}. Until I have it, meetings in the "
        "calendar link to their announcement."
    )


def called_off(meeting: Meeting) -> Reply:
    undo = Button(UNDO_SKIP, meeting.day.isoformat(), "Undo")
    return say(f"Called off: the meeting on {moment(meeting.meets_at)}.", undo)


def call_off_question(asked: SkipAsked, *, with_reason: bool) -> Reply:
    """Whether to call off a meeting that people are going to."""
    day = asked.meeting.day.isoformat()
    going = "1 person is" if asked.going == 1 else f"{asked.going:,} people are"
    return say(
        f"{going} going on {moment(asked.meeting.meets_at)}. Shall I call the meeting off and tell "
        "them?",
        Button(CALL_OFF, day + (WITH_REASON if with_reason else ""), "Call it off", Style.DANGER),
        Button(KEEP, day, "Keep it"),
    )


KEPT = say("Kept: the meeting stays as it is.")


def on_again(meeting: Meeting) -> Reply:
    return say(f"Back on: the meeting on {moment(meeting.meets_at)}.")


def paused(pause: Paused) -> Reply:
    end = f"until {_day(pause.until)}" if pause.until else "until you run `/schedule resume`"
    stays = (
        " The meeting that's already announced stays; `/schedule skip` calls it off."
        if pause.announced
        else ""
    )
    return say(f"Paused: no meetings {end}.{stays}", _undo_pause(pause.mark, pause.before))


def resumed(resumed: Resumed) -> Reply:
    card = schedule_card(resumed.schedule)
    return show(replace(card, buttons=(_undo_pause("", resumed.before),)))


PAUSE_UNDONE = say("Undone. `/schedule show` lists the meetings.")


def picked(round_: RoundView) -> Reply:
    undo = Button(UNDO_PICK, f"{round_.id}.{round_.nomination.id}", "Undo")
    return say(f"Picked {_title(round_)} for {moment(round_.meets_at)}.", undo)


def pick_undone(round_: RoundView) -> Reply:
    return say(f"Pick undone: {_title(round_)} is back in the queue, and voting continues.")


def changed(round_: RoundView, before: NominationView) -> Reply:
    undo = Button(UNDO_CHANGE, f"{round_.id}.{before.id}.{round_.nomination.id}", "Undo")
    new, old = _title(round_), paper_link(before.paper)
    return say(f"Changed: {new} replaces {old} for {moment(round_.meets_at)}.", undo)


def change_undone(round_: RoundView) -> Reply:
    return say(f"Undone: {_title(round_)} is the paper of the week again.")


def weekday_and_day(day: date) -> str:
    return f"{day:%A} {_day(day)}"


def _title(round_: RoundView) -> str:
    return paper_link(round_.nomination.paper)


def _undo_pause(mark: str, before: str) -> Button:
    """Its argument says which pause it undoes, and what was before; see `pause_of`."""
    return Button(UNDO_PAUSE, f"{mark}.{before}", "Undo")


def _pause(schedule: ScheduleView) -> str:
    if not schedule.paused:
        return ""
    if schedule.paused_until is None:
        return "**Paused** until an organiser runs `/schedule resume`."
    return f"**Paused** until {_day(schedule.paused_until)}."


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _meeting_row(meeting: Meeting) -> str:
    place = f" · {place_shown(meeting.place)}" if meeting.place else ""
    if meeting.paper is not None:
        return f"{when(meeting.meets_at)}{place} · {paper_link(meeting.paper, ROW_TITLE)}"
    if meeting.note:
        return f"~~{moment(meeting.meets_at)}~~ {shown(meeting.note, NOTE)}"
    return when(meeting.meets_at) + place
