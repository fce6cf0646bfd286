"""Papers that are put forward."""

from collections.abc import Callable, Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from bot.communities.model import Community
from bot.communities.service import Actor, Communities
from bot.core.database import Database, after_commit
from bot.core.errors import UserError
from bot.core.outbox import Outbox, Queued
from bot.core.requests import once
from bot.core.text import cut
from bot.core.time.clock import Clock
from bot.papers.cards.nominations import nomination_card
from bot.papers.keys import card_key
from bot.papers.library import PaperResolver
from bot.papers.merging import join_known
from bot.papers.model import Nomination, NominationState, Paper, PaperState
from bot.papers.nomination_queries import (
    add_vote,
    nomination_up,
    refresh_nomination,
    view,
)
from bot.papers.outcomes import (
    AlreadyDiscussed,
    AlreadyUp,
    NeedsDetails,
    Nominated,
    Outcome,
    PaperDraft,
    Unconfirmed,
    unconfirmed,
)
from bot.papers.queries import (
    describe,
    discussed,
    find_paper,
    is_bare,
    new_paper,
    similar_papers,
    type_in,
    typed_paper,
)
from bot.papers.references.text import Kind, Reference, no_paper_in, parse
from bot.papers.sources.record import NotFound, PaperRecord, Unavailable
from bot.papers.typed import LONGEST_TITLE, parse_draft, parse_reason
from bot.papers.views import Discussed, NominationView

NOMINATING = "nominations.nominate"  # one step for a request, in whichever way it is done
UNSURE = "I'm not sure that this page is a paper."
NOT_FOUND = "I couldn't find it anywhere."
NO_PAPER = "I can't find a paper in that. Please give a link, an arXiv id, a DOI or a title."


class Nominations:
    """Use cases around putting a paper forward."""

    def __init__(
        self,
        database: Database,
        communities: Communities,
        outbox: Outbox,
        resolver: PaperResolver,
        clock: Clock,
    ) -> None:
        self._database = database
        self._communities = communities
        self._outbox = outbox
        self._resolver = resolver
        self._clock = clock
        self.on_waiting: Callable[[], None] = lambda: None  # a paper is to be completed later

    async def nominate(
        self, actor: Actor, text: str, reason: str | None = None, *, title_allowed: bool = True
    ) -> Outcome | Unconfirmed:
        """Put forward the first paper that a text names by link or id, or else by title.

        What no source knows is not put forward before `post`. May take as long as the slowest
        source. Raises UserError where the text names nothing.
        """
        reason = parse_reason(reason)
        references = parse(text, title_allowed=title_allowed)[:1]
        if not references:
            raise UserError(no_paper_in(text) or NO_PAPER)
        known = await self._known(actor, references)
        if known is not None:
            return known
        answer = await self._resolver.resolve(references)
        first = references[0]
        if isinstance(answer, NotFound) and first.kind is Kind.TITLE:
            draft = PaperDraft(cut(first.value, LONGEST_TITLE), reason=reason)
            return unconfirmed(actor, draft, answer.reason, self._clock.now())
        if isinstance(answer, NotFound):
            return NeedsDetails(answer.reason, link=first.url or "")
        if isinstance(answer, PaperRecord) and not answer.certain:
            draft = PaperDraft(
                answer.title, answer.authors, first.url or "", reason=reason, record=answer
            )
            return unconfirmed(actor, draft, UNSURE, self._clock.now())
        return await self._nominate(actor, references, answer, reason)

    async def post(self, actor: Actor, draft: PaperDraft) -> Outcome:
        """Put forward what its nominator has looked at."""
        if draft.record is not None:
            return await self._nominate(actor, parse(draft.link)[:1], draft.record, draft.reason)
        return await self.nominate_typed(
            actor,
            title=draft.title,
            authors=", ".join(draft.authors),
            link=draft.link,
            reason=draft.reason,
        )

    async def preview(
        self, actor: Actor, *, title: str, authors: str, link: str, reason: str | None = None
    ) -> Outcome | Unconfirmed:
        """Show how a paper would look as the member describes it; a known one gets their vote."""
        draft, references = parse_draft(title, authors, link, reason)
        async with self._database.transaction() as session:
            community = await self._communities.require(session, actor)
            paper = await find_paper(session, community.id, references)
            if paper is not None and not is_bare(paper):
                known = await self._outcome_if_settled(session, actor, paper)
                if known is not None:
                    return known
        return unconfirmed(actor, draft, NOT_FOUND, self._clock.now())

    async def nominate_typed(
        self, actor: Actor, *, title: str, authors: str, link: str, reason: str | None = None
    ) -> Outcome:
        """Put forward a paper as the member describes it; authors are separated by commas."""
        draft, references = parse_draft(title, authors, link, reason)
        community_id, now = await self._community_id(actor), self._clock.now()
        async with self._database.transaction() as session:
            await once(session, actor.request, NOMINATING, now)
            paper = await find_paper(session, community_id, references)
            if paper is None:
                paper = typed_paper(
                    community_id,
                    title=draft.title,
                    authors=draft.authors,
                    references=references,
                    now=now,
                )
                session.add(paper)
            elif is_bare(paper) or await self._is_left_over(session, paper):
                type_in(paper, title=draft.title, authors=draft.authors)
            return await self._put_forward(session, actor, paper, draft.reason, None)

    async def _nominate(
        self,
        actor: Actor,
        references: Sequence[Reference],
        answer: PaperRecord | Unavailable,
        reason: str | None,
    ) -> Outcome:
        community_id, now = await self._community_id(actor), self._clock.now()
        waiting = answer.reason if isinstance(answer, Unavailable) else None
        stated = set(references) | (
            set() if isinstance(answer, Unavailable) else set(answer.references)
        )
        async with self._database.transaction() as session:
            await once(session, actor.request, NOMINATING, now)
            paper = await find_paper(session, community_id, stated)
            if paper is None:
                paper = new_paper(community_id, references, answer, now)
                session.add(paper)
                if waiting:
                    after_commit(session, self.on_waiting)
            elif not isinstance(answer, Unavailable):
                await join_known(session, self._outbox, paper, stated, now)
                describe(paper, answer)
            return await self._put_forward(session, actor, paper, reason, waiting)

    async def _known(self, actor: Actor, references: Sequence[Reference]) -> Outcome | None:
        """The outcome where the community knows the paper already, without asking any source."""
        async with self._database.transaction() as session:
            community = await self._communities.require(session, actor)
            paper = await find_paper(session, community.id, references)
            if paper is None:
                return None
            return await self._outcome_if_settled(session, actor, paper)

    async def _outcome_if_settled(
        self, session: AsyncSession, actor: Actor, paper: Paper
    ) -> Outcome | None:
        if not await self._is_settled(session, paper):
            return None
        await once(session, actor.request, NOMINATING, self._clock.now())
        return await self._known_outcome(session, actor, paper)

    async def _known_outcome(
        self, session: AsyncSession, actor: Actor, paper: Paper
    ) -> Outcome | None:
        nomination = await nomination_up(session, paper.id)
        if nomination is not None:
            voted = nomination.state == NominationState.OPEN and await add_vote(
                session, actor, nomination, self._clock.now()
            )
            return AlreadyUp(await self._show(session, nomination), voted)
        before = await discussed(session, self._outbox, paper)
        return AlreadyDiscussed(before) if before is not None else None

    async def _is_left_over(self, session: AsyncSession, paper: Paper) -> bool:
        """Whether it is only known since someone typed it in and took it back."""
        return paper.state != PaperState.COMPLETE and not await self._is_settled(session, paper)

    async def _is_settled(self, session: AsyncSession, paper: Paper) -> bool:
        """Whether it is up already, or was discussed."""
        return (
            await nomination_up(session, paper.id) is not None
            or await discussed(session, self._outbox, paper) is not None
        )

    async def _put_forward(
        self,
        session: AsyncSession,
        actor: Actor,
        paper: Paper,
        reason: str | None,
        waiting: str | None,
    ) -> Outcome:
        await session.flush()
        known = await self._known_outcome(session, actor, paper)
        if known is not None:
            return known
        community = await session.get_one(Community, paper.community_id)
        nomination = Nomination(
            community_id=community.id,
            paper_id=paper.id,
            member_ref=actor.member_ref,
            reason=reason,
            created_at=self._clock.now(),
        )
        session.add(nomination)
        await session.flush()
        await add_vote(session, actor, nomination, self._clock.now())
        await session.refresh(nomination)
        shown = await view(session, nomination)
        assert community.papers_channel_ref is not None, "`require` has seen to this"
        card = Queued(
            key=card_key(nomination.id),
            action=nomination_card(shown),
            community_id=community.id,
            destination=community.papers_channel_ref,
        )
        await self._outbox.put(session, card, now=self._clock.now())
        similar, before = await self._twin(session, paper)
        return Nominated(shown, similar, waiting, before)

    async def _twin(
        self, session: AsyncSession, paper: Paper
    ) -> tuple[NominationView | None, Discussed | None]:
        """What may be the same work: one that is up, or else one that was discussed."""
        before = None
        for other in await similar_papers(session, paper):
            up = await nomination_up(session, other.id)
            if up is not None:
                return await view(session, up), None
            before = before or await discussed(session, self._outbox, other)
        return None, before

    async def _show(self, session: AsyncSession, nomination: Nomination) -> NominationView:
        """The nomination as it is now, which its card is to show too."""
        return await refresh_nomination(session, self._outbox, nomination, self._clock.now())

    async def _community_id(self, actor: Actor) -> int:
        return (await self._communities.settings(actor)).id
