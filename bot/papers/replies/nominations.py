"""What somebody is answered who nominates, votes or withdraws."""

from dataclasses import replace

from bot.core.post import Button, Post, Style
from bot.core.reply import Reply, say, show, turn_to
from bot.core.text import plural
from bot.papers.cards.nominations import nomination_card
from bot.papers.cards.papers import discussed_on, links, paper_link
from bot.papers.drafts import Typed
from bot.papers.keys import DETAILS, DROP_DRAFT, FIX_DRAFT, POST_DRAFT, SAME, UNDO_WITHDRAW
from bot.papers.outcomes import (
    AlreadyDiscussed,
    AlreadyUp,
    NeedsDetails,
    Nominated,
    Outcome,
    Unconfirmed,
)
from bot.papers.views import NominationView

NONE_OF_YOURS = "You have no nomination like that in the queue."  # in place of choices
CANCELLED = Post("Cancelled", "Nothing was posted.")


def preview(unconfirmed: Unconfirmed, draft_id: str) -> Reply:
    """A nomination as it will look, for its nominator alone."""
    card = nomination_card(unconfirmed.preview)
    shown_first = replace(
        card,
        footnote="Only you can see this preview. Post it, fix it or cancel.",
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


def outcome_sentence(outcome: Outcome) -> str:
    match outcome:
        case Nominated():
            return _nominated_sentence(outcome)
        case AlreadyUp(nomination, voted):
            title, votes = paper_link(nomination.paper), plural(nomination.votes, "vote")
            if nomination.state == "picked":
                return f"{title} is already this week's paper."
            added = "I added your vote" if voted else "you've already voted for it"
            return f"{title} is already up for vote; {added}. It has {votes}."
        case AlreadyDiscussed(discussed):
            return f"{paper_link(discussed.paper)}: {discussed_on(discussed)}"
        case NeedsDetails(reason):
            return f"{reason} You can type in title and authors yourself."


def voted(nomination: NominationView, *, counted: bool) -> Reply:
    did = "Vote added" if counted else "Vote taken back"
    votes = plural(nomination.votes, "vote")
    return say(f"{did}: {paper_link(nomination.paper)} has {votes}.")


def merged(nomination: NominationView) -> Reply:
    """Two nominations of one paper are one now."""
    votes = plural(nomination.votes, "vote")
    return say(f"Merged: {paper_link(nomination.paper)} has {votes}.")


def withdrawn(nomination: NominationView) -> Reply:
    undo = Button(UNDO_WITHDRAW, str(nomination.id), "Undo")
    return say(f"Withdrawn: {paper_link(nomination.paper)}.", undo)


def withdrawal_undone(nomination: NominationView) -> Reply:
    votes = plural(nomination.votes, "vote")
    return say(f"Up for vote again: {paper_link(nomination.paper)} has {votes}.")


def _nominated_sentence(outcome: Nominated) -> str:
    parts = [f"{paper_link(outcome.nomination.paper)} is up for vote. Your vote is counted."]
    if outcome.waiting:
        parts.append(f"{outcome.waiting} I'll fill in title and authors as soon as I can.")
    if outcome.similar is not None:
        parts.append(
            f"It looks like {paper_link(outcome.similar.paper)}, which is already up for vote. "
            "Is it the same paper?"
        )
    if outcome.before is not None:
        read = f"{paper_link(outcome.before.paper)}: {discussed_on(outcome.before)}"
        parts.append(f"It looks like a paper that the group has read. {read}")
    return " ".join(parts)


def _next_steps(outcome: Outcome) -> tuple[Button, ...]:
    """What the person may want to press after a nomination."""
    match outcome:
        case NeedsDetails(_, title, link):
            return (Button(DETAILS, Typed(title, link).label, "Type it in", Style.PRIMARY),)
        case Nominated(nomination, similar) if similar is not None:
            pair = f"{nomination.id}.{similar.id}"
            return (Button(SAME, pair, "The same: merge them", Style.PRIMARY),)
        case _:
            return ()
