"""Papers as records: recognised, added, described.

These functions run inside a service's transaction. Any shared reference means the same work.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from bot.core.outbox import Outbox
from bot.papers.keys import thread_key
from bot.papers.model import (
    Nomination,
    Paper,
    PaperReference,
    PaperState,
    Round,
    RoundState,
)
from bot.papers.references.text import Kind, Reference, canonical
from bot.papers.rules import looks_the_same
from bot.papers.sources.record import PaperRecord, Unavailable
from bot.papers.views import Discussed, PaperView

FIRST_RETRY = timedelta(minutes=10)
LONGEST_RETRY = timedelta(days=1)


async def find_paper(
    session: AsyncSession,
    community_id: int,
    references: Iterable[Reference],
    *,
    other_than: int | None = None,
) -> Paper | None:
    """The community's paper that has one of these references: any shared one means the same."""
    wanted = [
        (PaperReference.kind == ref.kind) & (PaperReference.value == ref.value)
        for ref in references
    ]
    if not wanted:
        return None
    found = await session.execute(
        select(Paper)
        .join(PaperReference)
        .where(PaperReference.community_id == community_id, or_(*wanted))
        .where(Paper.id != (other_than or 0))
        .options(selectinload(Paper.references))
        .order_by(Paper.id)
        .limit(1)
    )
    return found.scalars().first()


async def paper_with_references(session: AsyncSession, paper_id: int) -> Paper | None:
    return await session.get(Paper, paper_id, options=[selectinload(Paper.references)])


async def similar_papers(session: AsyncSession, paper: Paper) -> list[Paper]:
    """Papers that may be the same work, going by title, first author and year."""
    mine = (paper.title, paper.authors, paper.year)
    others = await session.execute(
        select(Paper.id, Paper.title, Paper.authors, Paper.year).where(
            Paper.community_id == paper.community_id, Paper.id != paper.id
        )
    )
    return [
        await session.get_one(Paper, other.id)
        for other in others
        if looks_the_same(mine, (other.title, other.authors, other.year))
    ]


def new_paper(
    community_id: int,
    references: Sequence[Reference],
    answer: PaperRecord | Unavailable,
    now: datetime,
) -> Paper:
    """A paper from what a source said, or from its bare reference while the source is away."""
    paper = Paper(community_id=community_id, created_at=now, authors=[], title="", search_text="")
    paper.references = []
    add_references(paper, references)
    if isinstance(answer, PaperRecord):
        describe(paper, answer)
        return paper
    best = canonical(references)
    assert best is not None, "a paper needs a reference"
    paper.title = _bare_title(best)
    paper.url = best.url
    paper.state, paper.retry_at = PaperState.WAITING, now + retry_pause(1, answer.retry_after)
    paper.search_text = search_text(paper)
    return paper


def is_bare(paper: Paper) -> bool:
    """Whether all that is known of it is what it was nominated by."""
    described = paper.authors or paper.state == PaperState.COMPLETE
    return not described and paper.title in map(_bare_title, references_of(paper))


def _bare_title(reference: Reference) -> str:
    if reference.kind in (Kind.TITLE, Kind.PAGE):
        return reference.value
    return f"{reference.kind} {reference.value}"


def typed_paper(
    community_id: int,
    *,
    title: str,
    authors: Sequence[str],
    references: Sequence[Reference],
    now: datetime,
) -> Paper:
    """A paper that no source knows, as a member described it."""
    best = canonical(references)
    paper = Paper(
        community_id=community_id,
        title=title,
        authors=list(authors),
        url=best.url if best else None,
        state=PaperState.UNKNOWN,
        created_at=now,
        search_text="",
    )
    paper.references = []
    add_references(paper, references)
    return paper


def type_in(paper: Paper, *, title: str, authors: Sequence[str]) -> None:
    """Take over what a member says of a paper that no source has described."""
    paper.title = title
    paper.authors = list(authors) or paper.authors
    paper.search_text = search_text(paper)


def describe(paper: Paper, record: PaperRecord) -> None:
    """Take over what a source says."""
    paper.title = record.title
    paper.authors = list(record.authors)
    paper.year, paper.venue, paper.abstract = record.year, record.venue, record.abstract
    add_references(paper, record.references)
    best = canonical(references_of(paper))
    paper.url = record.url or (best.url if best else None)
    paper.pdf_url = record.pdf_url
    paper.state, paper.retry_at = PaperState.COMPLETE, None


async def discussed(session: AsyncSession, outbox: Outbox, paper: Paper) -> Discussed | None:
    """When this paper was last discussed, and where."""
    found = await session.execute(
        select(Round)
        .join(Nomination, Nomination.id == Round.nomination_id)
        .where(Nomination.paper_id == paper.id, Round.state == RoundState.HELD)
        .order_by(Round.meets_at.desc())
        .limit(1)
    )
    round_ = found.scalars().first()
    if round_ is None:
        return None
    return Discussed(
        PaperView.of(paper), round_.meets_at, await thread_ref(session, outbox, round_)
    )


async def thread_ref(session: AsyncSession, outbox: Outbox, round_: Round) -> str | None:
    """Where the discussion of a round is: its thread, or else nothing."""
    thread = await outbox.find(session, thread_key(round_.id))
    return thread.message_ref if thread else None


def references_of(paper: Paper) -> list[Reference]:
    return [Reference(Kind(r.kind), r.value) for r in paper.references]


def add_references(paper: Paper, references: Iterable[Reference]) -> None:
    """The paper has these references too, and is found by them."""
    known = set(references_of(paper))
    paper.references.extend(
        PaperReference(community_id=paper.community_id, kind=ref.kind, value=ref.value)
        for ref in sorted(set(references) - known)
    )
    paper.search_text = search_text(paper)


def search_text(paper: Paper) -> str:
    """What `/paper search` looks in."""
    words = [paper.title, *paper.authors, paper.venue or "", str(paper.year or "")]
    words += [ref.value for ref in paper.references]
    return " ".join(words).casefold()


def retry_pause(attempts: int, asked_for: timedelta | None) -> timedelta:
    pause: timedelta = min(FIRST_RETRY * 2 ** min(attempts - 1, 10), LONGEST_RETRY)
    return max(pause, min(asked_for or timedelta(0), LONGEST_RETRY))
