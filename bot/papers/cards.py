"""The wording of every post of the paper of the week, as values."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.communities.subjects import ASK, MEETING
from bot.core.post import (
    Button,
    Event,
    LinkButton,
    Post,
    Style,
    Thread,
    channel,
    member,
    moment,
    role,
    when,
)
from bot.core.text import cut, excerpt, harmless, link, one_line, plural, safe_address, shown
from bot.papers.keys import RSVP, VOTE
from bot.papers.model import NominationState, PaperState, RoundState
from bot.papers.rules import TieBreak
from bot.papers.schedule.place import place_named, place_shown
from bot.papers.views import Attendance, Discussed, NominationView, PaperView, RoundView

TITLE = 250  # characters of a title in a post; titles of real papers stay below
ABSTRACT = 600
REASON = 500
NAME = 80
VENUE = 100
AUTHORS_SHOWN = 3
GOING_SHOWN = 10
THREAD_NAME = 100  # Discord's limit, and readable anywhere
EVENT_NAME = 100
EVENT_TEXT = 1000

ANSWERS = {"going": "Going", "maybe": "Maybe", "cant": "Can't"}


def paper_link(paper: PaperView, longest: int = TITLE) -> str:
    return link(paper.title, paper.url, longest)


def authors(paper: PaperView) -> str:
    """Up to three authors, then how many others there are."""
    names = ", ".join(shown(name, NAME) for name in paper.authors[:AUTHORS_SHOWN])
    others = len(paper.authors) - AUTHORS_SHOWN
    return f"{names} and {plural(others, 'other')}" if others > 0 else names


def byline(paper: PaperView) -> str:
    """Authors, venue and year, as far as they are known."""
    venue = shown(paper.venue or "", VENUE)
    year = str(paper.year) if paper.year else ""
    published = venue if year and year in venue else f"{venue} {year}".strip()
    if paper.state is PaperState.WAITING:
        published = "Looking up title and authors…"
    return " · ".join(part for part in (authors(paper), published) if part)


def nominated_by(nomination: NominationView) -> str:
    line = f"Nominated by {member(nomination.member_ref)}"
    if nomination.reason:
        line += f": {shown(nomination.reason, REASON)}"
    return line


def nomination_card(nomination: NominationView) -> Post:
    """A paper that is up for vote, or what became of it."""
    paper, votes = nomination.paper, plural(nomination.votes, "vote")
    outcome = {
        NominationState.PICKED: "Picked as the paper of the week.",
        NominationState.DISCUSSED: "Discussed.",
        NominationState.WITHDRAWN: "Withdrawn.",
        NominationState.EXPIRED: "Expired: no one else voted for it in 12 rounds.",
        NominationState.MERGED: "Merged with another nomination of the same paper.",
    }.get(NominationState(nomination.state))
    return Post(
        title=paper_link(paper),
        text=byline(paper),
        details=(nominated_by(nomination), f"**{votes}**" + (f" · {outcome}" if outcome else "")),
        buttons=() if outcome else (vote_button(nomination.id), *links(paper)),
    )


def vote_button(nomination_id: int) -> Button:
    return Button(VOTE, str(nomination_id), "Upvote", Style.PRIMARY)


def links(paper: PaperView) -> tuple[LinkButton, ...]:
    pages = ((paper.url, "Paper"), (paper.pdf_url, "PDF"))
    return tuple(
        LinkButton(address, label) for url, label in pages if (address := safe_address(url))
    )


def announcement(
    round_: RoundView, ping_role_ref: str | None = None, *, taken_back: bool = False
) -> Post:
    """The paper of the week. Over, it can be asked about; called off, only read."""
    nomination = round_.nomination
    paper = nomination.paper
    ended = {
        RoundState.HELD: "This meeting is over; the thread stays open.",
        RoundState.CANCELLED: "**This meeting was called off.** The paper stays in the queue.",
    }.get(round_.state)
    if taken_back:
        ended = "**This pick was taken back.** The paper stays in the queue, and voting continues."
    rsvp = tuple(
        Button(RSVP, f"{round_.id}.{answer}", label, style)
        for (answer, label), style in zip(
            ANSWERS.items(), (Style.SUCCESS, Style.SECONDARY, Style.SECONDARY), strict=True
        )
    )
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
        buttons=(*(() if ended else rsvp), *(() if called_off else ask), *links(paper)),
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


def abstract(paper: PaperView) -> str:
    """The beginning of the abstract, as a quotation."""
    text = shown(paper.abstract or "", ABSTRACT, excerpt)
    return f"> {text}" if text else ""


def minutes(duration: timedelta) -> str:
    return plural(int(duration.total_seconds() // 60), "minute")


def discussion_thread(paper: PaperView) -> Thread:
    return Thread(named(paper.title, THREAD_NAME) or "Paper of the week")


def named(text: str, longest: int) -> str:
    """Text from people as the name of a thread or an event, where Discord formats nothing."""
    return cut(harmless(one_line(text)), longest)


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


def expired_nomination(nomination: NominationView) -> Post:
    return Post(
        pinged=member(nomination.member_ref),
        ping_members=(nomination.member_ref,),
        title="A nomination has expired",
        text=f"No one else voted for {paper_link(nomination.paper)} in 12 rounds. "
        "Nominate it again if you still want to read it.",
    )


def no_such_paper(nomination: NominationView, reason: str) -> Post:
    if nomination.state == NominationState.PICKED:
        next_step = "It's already picked; an organiser can replace it with `/schedule change`."
    else:
        next_step = (
            "Withdraw it with `/paper withdraw` and nominate the right link, or nominate this one "
            "again and type in title and authors yourself."
        )
    return Post(
        pinged=member(nomination.member_ref),
        ping_members=(nomination.member_ref,),
        title="No such paper",
        text=f"You nominated {paper_link(nomination.paper)}. {reason} {next_step}",
    )


def discussed_before(nomination: NominationView, before: Discussed) -> Post:
    thread = f" → {channel(before.thread_ref)}" if before.thread_ref else "."
    return Post(
        pinged=member(nomination.member_ref),
        ping_members=(nomination.member_ref,),
        title="Already discussed",
        text=f"You nominated {paper_link(nomination.paper)}. The group discussed this paper on "
        f"{moment(before.met_at, 'D')}, so it's no longer up for vote{thread}",
    )


def discussed_on(discussed: Discussed) -> str:
    """When the group has discussed a paper, and where."""
    thread = f" → {channel(discussed.thread_ref)}" if discussed.thread_ref else "."
    return f"Discussed on {moment(discussed.met_at, 'D')}{thread}"
