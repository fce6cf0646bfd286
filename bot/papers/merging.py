"""Two papers that turn out to be one work are made one.

These functions run inside a service's transaction.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.core.outbox import Outbox
from bot.papers.cards.nominations import discussed_before
from bot.papers.model import Nomination, NominationState, Paper, PaperReference, PaperState, Vote
from bot.papers.nomination_queries import (
    nomination_up,
    notify_nominator,
    refresh_card,
    refresh_nomination,
)
from bot.papers.queries import (
    discussed,
    find_paper,
    search_text,
)
from bot.papers.references.text import Reference

DESCRIPTION = ("title", "authors", "year", "venue", "abstract", "url", "pdf_url")


async def merge(
    session: AsyncSession, outbox: Outbox, *, kept: Paper, dropped: Paper, now: datetime
) -> None:
    """Make one paper of two that are the same work; the older open nomination takes the votes."""
    mine, other = await nomination_up(session, kept.id), await nomination_up(session, dropped.id)
    if mine is not None and other is not None:
        stays, goes = sorted((mine, other), key=lambda n: (n.state != NominationState.PICKED, n.id))
        await _move_votes(session, goes, stays)
        goes.state = NominationState.MERGED
        await refresh_nomination(session, outbox, goes, now)
    await session.execute(
        update(PaperReference).where(PaperReference.paper_id == dropped.id).values(paper_id=kept.id)
    )
    nominations = await session.execute(select(Nomination).where(Nomination.paper_id == dropped.id))
    for nomination in nominations.scalars():
        nomination.paper = kept
    _keep_the_better(kept, dropped)
    await session.flush()
    # Or the references would be deleted with the paper that had them.
    await session.refresh(dropped, ["references"])
    await session.delete(dropped)
    await session.flush()
    await session.refresh(kept, ["references"])
    kept.search_text = search_text(kept)
    await _take_down_if_discussed(session, outbox, kept, now)
    await refresh_card(session, outbox, kept.id, now)


async def _take_down_if_discussed(
    session: AsyncSession, outbox: Outbox, paper: Paper, now: datetime
) -> None:
    """What was discussed before is not up for vote; its nominator is told."""
    nomination = await nomination_up(session, paper.id)
    if nomination is None or nomination.state != NominationState.OPEN:
        return
    before = await discussed(session, outbox, paper)
    if before is not None:
        nomination.state = NominationState.MERGED
        shown = await refresh_nomination(session, outbox, nomination, now)
        post = discussed_before(shown, before)
        await notify_nominator(session, outbox, nomination, "discussed", post, now)


def _keep_the_better(kept: Paper, dropped: Paper) -> None:
    """What a source says goes before what a person typed; what waits for one goes on waiting."""
    if kept.state != PaperState.COMPLETE and dropped.state == PaperState.COMPLETE:
        for name in DESCRIPTION:
            setattr(kept, name, getattr(dropped, name))
        kept.state, kept.retry_at = PaperState.COMPLETE, None
    elif kept.state == PaperState.UNKNOWN and dropped.state == PaperState.WAITING:
        kept.state, kept.retry_at = PaperState.WAITING, dropped.retry_at


async def join_known(
    session: AsyncSession,
    outbox: Outbox,
    paper: Paper,
    references: Iterable[Reference],
    now: datetime,
) -> None:
    """This paper has these references: all others that have one of them are the same work."""
    references = set(references)
    while other := await find_paper(session, paper.community_id, references, other_than=paper.id):
        await merge(session, outbox, kept=paper, dropped=other, now=now)


async def _move_votes(session: AsyncSession, source: Nomination, target: Nomination) -> None:
    have = select(Vote.member_ref).where(Vote.nomination_id == target.id)
    await session.execute(
        update(Vote)
        .where(Vote.nomination_id == source.id, Vote.member_ref.not_in(have))
        .values(nomination_id=target.id)
    )
