"""How papers, queues and schedules read when somebody asks for them."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from bot.core.post import Button, Post, Style, moment, when
from bot.core.text import plural, shown
from bot.papers.cards import (
    abstract,
    byline,
    links,
    minutes,
    nominated_by,
    nomination_card,
    paper_link,
    vote_button,
    where,
)
from bot.papers.library import PaperDetails
from bot.papers.nominations import (
    AlreadyDiscussed,
    AlreadyUp,
    NeedsDetails,
    Nominated,
    Outcome,
    Unconfirmed,
)
from bot.papers.place import place_shown
from bot.papers.reminders import describe_reminders
from bot.papers.rules import Step
from bot.papers.schedules import ScheduleView
from bot.papers.views import Discussed, Dropped, Meeting, NominationView, PaperView

ROW_TITLE = 120
REFERENCE = 120
NOTE = 250
DROPPED_STEPS: dict[str, str] = {
    Step.CALL: "a call for nominations",
    Step.PICK: "a pick",
    Step.START: "the start",
}


def paper_card(details: PaperDetails) -> Post:
    """All that is known of a paper, and what the group has made of it."""
    paper, nomination = details.paper, details.nomination
    known_as = ", ".join(shown(str(ref), REFERENCE) for ref in details.references[:5])
    lines = [abstract(paper)]
    if nomination is not None:
        lines.append(f"**{plural(nomination.votes, 'vote')}** · {nominated_by(nomination)}")
    if details.discussed is not None:
        lines.append(_discussed_on(details.discussed))
    up = nomination is not None and nomination.state == "open"
    return Post(
        title=paper_link(paper),
        text=byline(paper),
        details=tuple(line for line in lines if line),
        footnote=known_as,
        buttons=(*((vote_button(nomination.id),) if nomination and up else ()), *links(paper)),
    )


POST_DRAFT, FIX_DRAFT, DROP_DRAFT = "nominate_post", "nominate_fix", "nominate_cancel"


def preview_card(unconfirmed: Unconfirmed, draft_id: str) -> Post:
    """A nomination as it will look, for its nominator alone."""
    card = nomination_card(unconfirmed.preview)
    return replace(
        card,
        footnote="Only you can see this. This is how it will look; post it, fix it or cancel.",
        details=(unconfirmed.note, *card.details),
        buttons=(
            Button(POST_DRAFT, draft_id, "Post", Style.PRIMARY),
            Button(FIX_DRAFT, draft_id, "Fix"),
            Button(DROP_DRAFT, draft_id, "Cancel"),
            *links(unconfirmed.preview.paper),
        ),
    )


def outcome_sentence(outcome: Outcome) -> str:
    """What came of a nomination, for the person who made it."""
    match outcome:
        case Nominated(nomination, similar, waiting, before):
            parts = [f"{paper_link(nomination.paper)} is up for vote. Your vote counts already."]
            if waiting:
                parts.append(f"{waiting} I'll fill in title and authors as soon as I can.")
            if similar is not None:
                parts.append(
                    f"It looks like {paper_link(similar.paper)}, which is up already. "
                    "Is it the same paper?"
                )
            if before is not None:
                read = f"{paper_link(before.paper)}: {_discussed_on(before)}"
                parts.append(f"It looks like one that the group has read. {read}")
            return " ".join(parts)
        case AlreadyUp(nomination, voted):
            title, votes = paper_link(nomination.paper), plural(nomination.votes, "vote")
            if nomination.state == "picked":
                return f"{title} is this week's paper."
            added = "I added your vote" if voted else "you have voted for it"
            return f"{title} is up already; {added}. It has {votes}."
        case AlreadyDiscussed(discussed):
            return f"{paper_link(discussed.paper)}: {_discussed_on(discussed)}"
        case NeedsDetails(reason):
            return f"{reason} You can type title and authors yourself."


QUEUE_VOTE = "queue_vote"


def queue_row(number: int, nomination: NominationView, *, voted: bool) -> str:
    mark = " ✓" if voted else ""
    votes = f"**{plural(nomination.votes, 'vote')}**{mark}"
    return f"{number} · {votes} · {paper_row(nomination.paper)}"


def queue_votes(
    page: Post, number: int, nominations: Sequence[NominationView], voted: Collection[int]
) -> Post:
    """A page of the queue with a vote button for each of its rows."""
    rows = [queue_row(n, one, voted=one.id in voted) for n, one in enumerate(nominations, 1)]
    buttons = tuple(
        Button(
            QUEUE_VOTE,
            f"{number}.{one.id}",
            f"✓ {n}" if one.id in voted else f"Upvote {n}",
            Style.SUCCESS if one.id in voted else Style.SECONDARY,
        )
        for n, (one, row) in enumerate(zip(nominations, rows, strict=True), 1)
        if row in page.details
    )
    return replace(page, buttons=(*buttons, *page.buttons))


def paper_row(paper: PaperView) -> str:
    line = byline(paper)
    return paper_link(paper, ROW_TITLE) + (f"\n-# {line}" if line else "")


def history_row(discussed: Discussed) -> str:
    thread = f" · <#{discussed.thread_ref}>" if discussed.thread_ref else ""
    return f"{moment(discussed.met_at, 'D')} · {paper_link(discussed.paper, ROW_TITLE)}{thread}"


def schedule_card(schedule: ScheduleView) -> Post:
    """When the group meets, and the meetings that come."""
    if schedule.paused and schedule.paused_until is None:
        state = "**Paused** until an organiser runs `/schedule resume`."
    elif schedule.paused and schedule.paused_until is not None:
        state = f"**Paused** until {schedule.paused_until.day} {schedule.paused_until:%B %Y}."
    else:
        state = ""
    before = describe_reminders(schedule.reminders)
    reminding = f"I remind those going {before}." if before else "I remind nobody."
    return Post(
        title="Meetings",
        text=f"We meet {schedule.description}, for {minutes(schedule.duration)}. {reminding}",
        details=tuple(
            part
            for part in (where(schedule.place), state, *map(_meeting_row, schedule.meetings))
            if part
        ),
    )


def dropped_row(dropped: Dropped) -> str:
    step = DROPPED_STEPS.get(dropped.step, "a reminder")
    return f"{moment(dropped.at, 'f')}: {step} for {moment(dropped.meets_at, 'f')} came too late"


def _meeting_row(meeting: Meeting) -> str:
    place = f" · {place_shown(meeting.place)}" if meeting.place else ""
    if meeting.paper is not None:
        return f"{when(meeting.meets_at)}{place} · {paper_link(meeting.paper, ROW_TITLE)}"
    if meeting.note:
        return f"~~{moment(meeting.meets_at)}~~ {shown(meeting.note, NOTE)}"
    return when(meeting.meets_at) + place


def _discussed_on(discussed: Discussed) -> str:
    thread = f" → <#{discussed.thread_ref}>" if discussed.thread_ref else "."
    return f"Discussed on {moment(discussed.met_at, 'D')}{thread}"
