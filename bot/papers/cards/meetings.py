"""The cards of meetings: announcement, thread, calendar."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.communities.subjects import ASK, MEETING
from bot.core.post import (
    Button,
    Event,
    Post,
    Style,
    Thread,
    member,
    moment,
    role,
    when,
)
from bot.core.text import cut, plural, safe_address, shown
from bot.papers.cards.nominations import REASON, nominated_by
from bot.papers.cards.papers import NAME, TITLE, abstract, authors, byline, links, named, paper_link
from bot.papers.keys import RSVP
from bot.papers.model import RoundState
from bot.papers.rules import TieBreak
from bot.papers.schedule.place import place_named, place_shown
from bot.papers.views import Attendance, PaperView, RoundView

GOING_SHOWN = 10
THREAD_NAME = 100  # Discord's limit, and readable anywhere
EVENT_NAME = 100
EVENT_TEXT = 1000
ANSWERS = {"going": "Going", "maybe": "Maybe", "cant": "Can't"}
_ENDED = {
    RoundState.HELD: "This meeting is over; the thread stays open.",
    RoundState.CANCELLED: "**This meeting was called off.** The paper stays in the queue.",
}
_TAKEN_BACK = "**This pick was taken back.** The paper stays in the queue, and voting continues."


def announcement(
    round_: RoundView, ping_role_ref: str | None = None, *, taken_back: bool = False
) -> Post:
    """The paper of the week. Over, it can be asked about; called off, only read."""
    nomination = round_.nomination
    paper = nomination.paper
    ended = _TAKEN_BACK if taken_back else _ENDED.get(round_.state)
    ask = (Button(ASK, f"{MEETING}.{round_.id}", "Ask about this"),)
    called_off = round_.state is RoundState.CANCELLED
    return Post(
        pinged=role(ping_role_ref) if ping_role_ref else "",
        ping_roles=(ping_role_ref,) if ping_role_ref else (),
        title=f"Paper of the week: {paper_link(paper)}",
        text=byline(paper),
        details=tuple(
            part
            for part in (
                f"**We meet** {when(round_.meets_at)} for {minutes(round_.duration)}",
                where(round_.place),
                abstract(paper),
                nominated_by(nomination),
                attendance_line(round_.attendance),
                going_line(round_.attendance),
                ended,
            )
            if part
        ),
        footnote=tie_note(round_.tie_break, nomination.votes),
        buttons=(
            *(() if ended else _answer_buttons(round_.id)),
            *(() if called_off else ask),
            *links(paper),
        ),
    )


def _answer_buttons(round_id: int) -> tuple[Button, ...]:
    styles = (Style.SUCCESS, Style.SECONDARY, Style.SECONDARY)
    return tuple(
        Button(RSVP, f"{round_id}.{answer}", label, style)
        for (answer, label), style in zip(ANSWERS.items(), styles, strict=True)
    )


def attendance_line(attendance: Attendance) -> str:
    return (
        f"**{attendance.going}** going · **{attendance.maybe}** maybe · **{attendance.cant}** can't"
    )


def going_line(attendance: Attendance) -> str:
    """The names of the first who go, then how many others do."""
    names = ", ".join(
        shown(one.name, NAME) or member(one.ref) for one in attendance.first[:GOING_SHOWN]
    )
    others = attendance.going - min(len(attendance.first), GOING_SHOWN)
    if names and others > 0:
        names += f" and {plural(others, 'other')}"
    return f"**Going:** {names}" if names else ""


def where(place: str | None) -> str:
    return f"**Where** {place_shown(place)}" if place else ""


def tie_note(tie_break: TieBreak | None, votes: int) -> str:
    if tie_break is None:
        return ""
    because = {
        TieBreak.FEWER_PICKS: "its nominator has been picked less often",
        TieBreak.OLDER: "it was nominated first",
    }[tie_break]
    return f"It was a tie at {plural(votes, 'vote')}. I picked this paper because {because}."


def minutes(duration: timedelta) -> str:
    return plural(int(duration.total_seconds() // 60), "minute")


def discussion_thread(paper: PaperView) -> Thread:
    return Thread(named(paper.title, THREAD_NAME) or "Paper of the week")


def calendar_event(round_: RoundView) -> Event:
    paper = round_.nomination.paper
    # Discord formats an event's description, and makes links and mentions of what it finds there.
    parts = (shown(paper.title, TITLE), authors(paper), safe_address(paper.url))
    return Event(
        name=named(f"Paper of the week: {paper.title}", EVENT_NAME),
        text=cut("\n".join(part for part in parts if part), EVENT_TEXT),
        starts_at=round_.meets_at,
        ends_at=round_.ends_at,
        place=place_named(round_.place),
    )


def reminder(round_: RoundView, going: Sequence[str]) -> Post:
    """Pings those who go; for everyone else it is a line in the thread."""
    return _in_thread(f"We meet {when(round_.meets_at)}", round_, going)


def started(round_: RoundView, going: Sequence[str]) -> Post:
    return _in_thread("We're starting", round_, going)


def _in_thread(title: str, round_: RoundView, going: Sequence[str]) -> Post:
    return Post(
        pinged=" ".join(member(ref) for ref in going),
        ping_members=tuple(going),
        title=title,
        text=paper_link(round_.nomination.paper),
        details=(where(round_.place),) if round_.place else (),
    )


def called_off(round_: RoundView, going: Sequence[str], reason: str | None) -> Post:
    because = f": {shown(reason, REASON)}" if reason else "."
    return Post(
        pinged=" ".join(member(ref) for ref in going),
        ping_members=tuple(going),
        title="This meeting is called off",
        text=f"{moment(round_.meets_at)}{because} The paper stays in the queue with its votes.",
    )


def back_on(round_: RoundView, going: Sequence[str]) -> Post:
    return _in_thread(f"This meeting is back on: {when(round_.meets_at)}", round_, going)


def taken_back(round_: RoundView, going: Sequence[str]) -> Post:
    return Post(
        pinged=" ".join(member(ref) for ref in going),
        ping_members=tuple(going),
        title="This pick was taken back",
        text=f"{paper_link(round_.nomination.paper)} stays in the queue with its votes. We'll "
        f"still meet on {moment(round_.meets_at)}; I'll announce another paper for it.",
    )


def changed(round_: RoundView, before: PaperView, going: Sequence[str]) -> Post:
    return Post(
        pinged=" ".join(member(ref) for ref in going),
        ping_members=tuple(going),
        title=f"We'll read another paper: {paper_link(round_.nomination.paper)}",
        text=f"It replaces {paper_link(before)}, which stays in the queue with its votes. "
        f"We'll still meet on {moment(round_.meets_at)}.",
    )


def call_for_nominations(meets_at: datetime) -> Post:
    return Post(
        title="What shall we read next?",
        text=f"Nothing has been nominated for {moment(meets_at)} yet. Nominate a paper with "
        "`/paper nominate`: a link, an id or a title will do.",
    )


def open_week(meets_at: datetime) -> Post:
    return Post(
        title="No paper is picked yet",
        text=f"Nothing was nominated for {moment(meets_at)}. Nominate a paper with "
        "`/paper nominate`; an organiser can still pick it with `/schedule pick` until then.",
    )
