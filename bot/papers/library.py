"""The papers that a community knows: added, recognised, completed later, merged, found again."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.communities.service import Actor, Communities
from bot.communities.subjects import Work
from bot.core.database import Database, has_come_by
from bot.core.errors import UserError
from bot.core.outbox import Outbox
from bot.core.time.clock import Clock
from bot.papers.cards.nominations import no_such_paper
from bot.papers.merging import join_known, merge
from bot.papers.model import Paper, PaperState, Round, RoundState
from bot.papers.nomination_queries import (
    nomination_up,
    notify_nominator,
    refresh_card,
    view,
)
from bot.papers.queries import (
    LONGEST_RETRY,
    add_references,
    describe,
    discussed,
    find_paper,
    is_bare,
    paper_with_references,
    references_of,
    retry_pause,
    thread_ref,
)
from bot.papers.references.text import Reference, no_paper_in, parse
from bot.papers.rounds.rounds import Rounds
from bot.papers.sources.record import Answer, NotFound, PaperRecord, Unavailable
from bot.papers.views import Discussed, NominationView, PaperView

log = logging.getLogger(__name__)

COMPLETED_AT_ONCE = 10
NO_PAPER = "I can't find a paper in that. Please give a link, an arXiv id, a DOI or a title."


class PaperResolver(Protocol):
    """Asks the outside services; never raises for trouble out there."""

    async def resolve(self, references: Sequence[Reference]) -> Answer: ...


@dataclass(frozen=True)
class PaperDetails:
    """A paper with its place in the community."""

    paper: PaperView
    references: tuple[Reference, ...]
    nomination: NominationView | None  # while it is up for vote, or picked
    discussed: Discussed | None


class Library:
    """Use cases around papers themselves."""

    def __init__(
        self,
        database: Database,
        communities: Communities,
        outbox: Outbox,
        resolver: PaperResolver,
        clock: Clock,
        rounds: Rounds,
    ) -> None:
        self._database = database
        self._communities = communities
        self._outbox = outbox
        self._resolver = resolver
        self._clock = clock
        self._rounds = rounds

    async def show(self, actor: Actor, paper_id: int) -> PaperDetails:
        """A paper of this community; raises UserError if there is none with this id."""
        async with self._database.reading() as session:
            community = await self._communities.require(session, actor)
            paper = await paper_with_references(session, paper_id)
            if paper is None or paper.community_id != community.id:
                raise UserError(
                    "I can't find that paper. Choose one from the list that appears as you type."
                )
            nomination = await nomination_up(session, paper.id)
            return PaperDetails(
                paper=PaperView.of(paper),
                references=tuple(references_of(paper)),
                nomination=await view(session, nomination) if nomination else None,
                discussed=await discussed(session, self._outbox, paper),
            )

    async def search(self, actor: Actor, text: str, *, limit: int = 100) -> list[PaperView]:
        """Papers that hold every word of `text` in title, authors, venue, year or ids."""
        async with self._database.reading() as session:
            community = await self._communities.require(session, actor)
            statement = select(Paper).where(Paper.community_id == community.id)
            for word in text.casefold().split()[:10]:
                statement = statement.where(Paper.search_text.contains(word, autoescape=True))
            found = await session.execute(statement.order_by(Paper.id.desc()).limit(limit))
            return [PaperView.of(paper) for paper in found.scalars()]

    async def work(self, actor: Actor, text: str) -> Work:
        """The paper that a text names by link, id or title; see `Works`."""
        references = parse(text)[:1]
        if not references:
            raise UserError(no_paper_in(text) or NO_PAPER)
        async with self._database.reading() as session:
            community = await self._communities.require(session, actor)
            known = await find_paper(session, community.id, references)
            if known is not None:
                return Work(_reference(references_of(known)), known.title, known.url)
        answer = await self._resolver.resolve(references)
        if isinstance(answer, NotFound):
            raise UserError(f"{answer.reason} Please give a link or an id that leads to the paper.")
        if isinstance(answer, Unavailable):
            first = references[0]
            return Work(_reference(references), first.value, first.url)
        return Work(_reference(answer.references), answer.title, answer.url)

    async def history(self, actor: Actor, *, limit: int = 500) -> list[Discussed]:
        """The papers that were discussed, the latest first."""
        async with self._database.reading() as session:
            community = await self._communities.require(session, actor)
            rounds = await session.execute(
                select(Round)
                .where(Round.community_id == community.id, Round.state == RoundState.HELD)
                .order_by(Round.meets_at.desc())
                .limit(limit)
            )
            return [
                Discussed(
                    PaperView.of(round_.nomination.paper),
                    round_.meets_at,
                    await thread_ref(session, self._outbox, round_),
                )
                for round_ in rounds.scalars()
                if round_.nomination is not None
            ]

    async def complete_due(self) -> datetime | None:
        """Ask again for papers whose source was unavailable; returns when to ask next."""
        async with self._database.reading() as session:
            due = (
                await session.execute(
                    select(Paper.id)
                    .where(Paper.state == PaperState.WAITING)
                    .where(has_come_by(Paper.retry_at, self._clock.now(), LONGEST_RETRY))
                    .order_by(Paper.retry_at)
                    .limit(COMPLETED_AT_ONCE)
                )
            ).scalars()
            due_ids = list(due)
        for paper_id in due_ids:
            await self._complete(paper_id)
        async with self._database.reading() as session:
            waiting = select(func.min(Paper.retry_at)).where(Paper.state == PaperState.WAITING)
            return (await session.execute(waiting)).scalar_one_or_none()

    async def _complete(self, paper_id: int) -> None:
        async with self._database.reading() as session:
            paper = await paper_with_references(session, paper_id)
            if paper is None:
                return  # it was joined with another one meanwhile
            references = references_of(paper)
        answer = await self._resolver.resolve(references)
        now = self._clock.now()
        async with self._database.transaction() as session:
            paper = await paper_with_references(session, paper_id)
            if paper is None or paper.state != PaperState.WAITING:
                return
            if isinstance(answer, Unavailable):
                paper.attempts += 1
                paper.retry_at = now + retry_pause(paper.attempts, answer.retry_after)
                log.info("paper %s is still incomplete: %s", paper.id, answer.reason)
                return
            if isinstance(answer, NotFound):
                log.warning("paper %s stays as it was typed: %s", paper.id, answer.reason)
                paper.state, paper.retry_at = PaperState.UNKNOWN, None
                await self._tell_not_found(session, paper, answer.reason, now)
            else:
                paper = await self._absorb(session, paper, answer, now)
            await refresh_card(session, self._outbox, paper.id, now)
            await self._rounds.refresh(session, paper.community_id)

    async def _tell_not_found(
        self, session: AsyncSession, paper: Paper, reason: str, now: datetime
    ) -> None:
        """Nobody sees what is wrong with a bare id but the one who nominated it."""
        nomination = await nomination_up(session, paper.id)
        if nomination is not None and is_bare(paper):
            post = no_such_paper(await view(session, nomination), reason)
            await notify_nominator(session, self._outbox, nomination, "not_found", post, now)

    async def _absorb(
        self, session: AsyncSession, paper: Paper, record: PaperRecord, now: datetime
    ) -> Paper:
        """Give a paper its metadata; where they show that it is known already, join the two."""
        known = await find_paper(
            session, paper.community_id, record.references, other_than=paper.id
        )
        if known is None:
            describe(paper, record)
            return paper
        await merge(session, self._outbox, kept=known, dropped=paper, now=now)
        await join_known(session, self._outbox, known, record.references, now)
        if known.state == PaperState.COMPLETE:
            add_references(known, record.references)
        else:
            describe(known, record)
        return known


def _reference(references: Iterable[Reference]) -> str:
    """One of a paper's references that stands for it."""
    return min(f"{reference.kind}:{reference.value}" for reference in references)
