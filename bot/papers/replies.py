"""How papers, queues and schedules read when somebody asks for them."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import timedelta

from bot.core.paging import page_of
from bot.core.post import Button, Menu, Post, Style, moment, when
from bot.core.reply import Reply, say, show, turn_to
from bot.core.text import one_line, plural, shown
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
from bot.papers.drafts import Typed
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

# Actions of buttons and menus
POST_DRAFT, FIX_DRAFT, DROP_DRAFT = "nominate_post", "nominate_fix", "nominate_cancel"
DETAILS, SAME = "details", "same"
QUEUE, QUEUE_VOTE, HISTORY, SEARCH = "queue", "queue_vote", "history", "search"
SHOW_PAPER, REMINDERS = "show_paper", "reminders"

# In place of choices
NONE_OF_YOURS = "You have no such nomination that is up for vote."
NONE_YET = "Nothing has been nominated yet. /paper nominate takes any link."
NONE_FITS = "No paper here has these words."

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


def preview(unconfirmed: Unconfirmed, draft_id: str) -> Reply:
    """A nomination as it will look, for its nominator alone."""
    card = nomination_card(unconfirmed.preview)
    shown_first = replace(
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
    return show(shown_first)


def nominated(outcome: Outcome) -> Reply:
    """What came of a nomination, for the person who made it."""
    return say(outcome_sentence(outcome), *_next_steps(outcome))


def posted(outcome: Outcome) -> Reply:
    """The same in place of the preview."""
    done = Post("Nominated", outcome_sentence(outcome), buttons=_next_steps(outcome))
    return turn_to(done)


CANCELLED = Post("Cancelled", "Nothing was posted.")


def _next_steps(outcome: Outcome) -> tuple[Button, ...]:
    """What the person may want to press after a nomination."""
    match outcome:
        case NeedsDetails(_, title, link):
            return (Button(DETAILS, Typed(title, link).label, "Type it in", Style.PRIMARY),)
        case Nominated(nomination, similar, _) if similar is not None:
            pair = f"{nomination.id}.{similar.id}"
            return (Button(SAME, pair, "The same: join them", Style.PRIMARY),)
        case _:
            return ()


def outcome_sentence(outcome: Outcome) -> str:
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


def voted(nomination: NominationView, *, counted: bool) -> Reply:
    did = "Your vote counts" if counted else "You took your vote back"
    votes = plural(nomination.votes, "vote")
    return say(f"{did}: {paper_link(nomination.paper)} has {votes}.")


def joined(nomination: NominationView) -> Reply:
    """Two nominations of one paper are one now."""
    votes = plural(nomination.votes, "vote")
    return say(f"Joined: {paper_link(nomination.paper)} has {votes}.")


def withdrawn(nomination: NominationView) -> Reply:
    undo = Button("undo_withdraw", str(nomination.id), "Undo")
    return say(f"Withdrawn: {paper_link(nomination.paper)}.", undo)


def queue_page(nominations: Sequence[NominationView], voted: Collection[int], number: int) -> Post:
    """A page of what is up for vote, with a vote button for each of its rows."""
    rows = [queue_row(n, one, voted=one.id in voted) for n, one in enumerate(nominations, 1)]
    empty = "Nothing is nominated yet. `/paper nominate` takes any link."
    page = page_of("Up for vote", rows, number, QUEUE, empty=empty)
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


def queue_row(number: int, nomination: NominationView, *, voted: bool) -> str:
    mark = " ✓" if voted else ""
    votes = f"**{plural(nomination.votes, 'vote')}**{mark}"
    return f"{number} · {votes} · {paper_row(nomination.paper)}"


def history_page(discussed: Sequence[Discussed], number: int) -> Post:
    rows = [history_row(one) for one in discussed]
    empty = "Nothing has been discussed yet. `/schedule show` tells when we meet."
    return page_of("Discussed so far", rows, number, HISTORY, empty=empty)


def search_page(papers: Sequence[PaperView], text: str, number: int) -> Post:
    """A page of what was found, with a menu that opens one of its rows."""
    rows = [paper_row(paper) for paper in papers]
    empty = "Nothing here has all of these words. `/paper nominate` puts a paper forward."
    page = page_of("Papers found", rows, number, SEARCH, empty=empty, argument=one_line(text))
    on_page = {
        str(paper.id): one_line(paper.title)
        for row, paper in zip(rows, papers, strict=True)
        if row in page.details
    }
    return replace(page, menu=Menu(SHOW_PAPER, "Show one of these", tuple(on_page.items())))


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


_NOT_COMING = {
    "maybe": "Noted: maybe. Press *Going* when you know; I only remind those who are going.",
    "cant": "Noted: you can't. The thread stays open for you.",
}


def not_coming(answer: str) -> Reply:
    """To `maybe` and `cant`."""
    return say(_NOT_COMING[answer])


def coming(reminders: Sequence[timedelta] | None) -> Reply:
    """To *Going*, with the reminders that are still to come; None where they are off."""
    if reminders is None:
        return say("See you there. Your reminders are off.", _reminders_button(on=False))
    if not reminders:
        return say("See you there.")
    before = describe_reminders(reminders)
    return say(
        f"See you there. I'll remind you in the thread {before}.", _reminders_button(on=True)
    )


def reminders_turned(*, on: bool) -> Reply:
    if on:
        sentence = "Your reminders are on: I ping you before meetings you go to."
    else:
        sentence = "Your reminders are off: I won't ping you before meetings or at their start."
    return say(sentence, _reminders_button(on=on))


def _reminders_button(*, on: bool) -> Button:
    return Button(REMINDERS, "off" if on else "on", "Don't remind me" if on else "Remind me")
