"""The cards of nominations, and what their nominators are told."""

from bot.core.post import (
    Button,
    Post,
    Style,
    channel,
    member,
    moment,
)
from bot.core.text import plural, shown
from bot.papers.cards.papers import byline, links, paper_link
from bot.papers.keys import VOTE
from bot.papers.model import NominationState
from bot.papers.views import Discussed, NominationView

REASON = 500


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


def nominated_by(nomination: NominationView) -> str:
    line = f"Nominated by {member(nomination.member_ref)}"
    if nomination.reason:
        line += f": {shown(nomination.reason, REASON)}"
    return line


def vote_button(nomination_id: int) -> Button:
    return Button(VOTE, str(nomination_id), "Upvote", Style.PRIMARY)


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
