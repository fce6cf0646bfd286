"""Nominations and votes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.communities.model import Community
from bot.communities.service import Actor, Communities
from bot.core.database import Database, after_commit
from bot.core.errors import UserError
from bot.core.outbox import Outbox, Queued
from bot.core.requests import once
from bot.core.text import cut, one_line, plain
from bot.core.time.clock import Clock
from bot.papers.cards import nomination_card
from bot.papers.keys import card_key
from bot.papers.library import PaperResolver
from bot.papers.merging import join_known, merge
from bot.papers.model import Nomination, NominationState, Paper, PaperState, Vote
from bot.papers.queries import (
    candidates,
    describe,
    discussed,
    find_paper,
    is_bare,
    new_paper,
    nomination_up,
    refresh_nomination,
    similar_papers,
    type_in,
    typed_paper,
    view,
)
from bot.papers.references import Kind, Reference, no_paper_in, parse
from bot.papers.rules import ranked
from bot.papers.sources.record import NotFound, PaperRecord, Unavailable
from bot.papers.views import Discussed, NominationView, PaperView

LONGEST_TITLE = 250
LONGEST_REASON = 500
LONGEST_LINK = 500
NOMINATING = "nominations.nominate"  # one step for a request, in whichever way it is done
NO_PAPER = "I can't find a paper in that. Please give a link, an arXiv id, a DOI or a title."

# Made once, since every vote asks it.
_OWN = (
    select(Nomination)
    .join(Community, Community.id == Nomination.community_id)
    .where(Nomination.id == bindparam("id"))
    .where(
        Community.platform == bindparam("platform"),
        Community.external_id == bindparam("community_ref"),
    )
)


@dataclass(frozen=True)
class Nominated:
    """The paper is up for vote; `waiting` says what is missing.

    `similar` is up, too, and may be the same work; or else `before`, which was discussed.
    """

    nomination: NominationView
    similar: NominationView | None = None
    waiting: str | None = None
    before: Discussed | None = None


@dataclass(frozen=True)
class AlreadyUp:
    """It was up already; `voted` tells whether this added a vote."""

    nomination: NominationView
    voted: bool


@dataclass(frozen=True)
class AlreadyDiscussed:
    discussed: Discussed


@dataclass(frozen=True)
class NeedsDetails:
    """No source knows it; the member can type title and authors."""

    reason: str
    title: str = ""
    link: str = ""


@dataclass(frozen=True)
class PaperDraft:
    """A paper that no source knows, as its nominator would post it."""

    title: str
    authors: tuple[str, ...] = ()
    link: str = ""
    reason: str | None = None
    record: PaperRecord | None = None  # what a page says of itself


@dataclass(frozen=True)
class Unconfirmed:
    """Not up yet: its nominator looks first at how it will look. `note` says why."""

    draft: PaperDraft
    note: str
    preview: NominationView


Outcome = Nominated | AlreadyUp | AlreadyDiscussed | NeedsDetails


@dataclass(frozen=True)
class Voted:
    """What a press of the vote button did."""

    counted: bool  # False: the vote was taken back
    nomination: NominationView


class Nominations:
    """Use cases around what is up for vote."""

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
        reason = _reason(reason)
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
            return self._unconfirmed(actor, draft, answer.reason)
        if isinstance(answer, NotFound):
            return NeedsDetails(answer.reason, link=first.url or "")
        if isinstance(answer, PaperRecord) and not answer.certain:
            draft = PaperDraft(
                answer.title, answer.authors, first.url or "", reason=reason, record=answer
            )
            return self._unconfirmed(actor, draft, "I'm not sure that this page is a paper.")
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

    async def preview(
        self, actor: Actor, *, title: str, authors: str, link: str, reason: str | None = None
    ) -> Outcome | Unconfirmed:
        """Show how a paper would look as the member describes it; a known one gets their vote."""
        draft, references = _described(title, authors, link, reason)
        async with self._database.transaction() as session:
            community = await self._communities.require(session, actor)
            paper = await find_paper(session, community.id, references)
            if paper is not None and not is_bare(paper):
                known = await self._outcome_if_settled(session, actor, paper)
                if known is not None:
                    return known
        return self._unconfirmed(actor, draft, "I couldn't find it anywhere.")

    def _unconfirmed(self, actor: Actor, draft: PaperDraft, note: str) -> Unconfirmed:
        record = draft.record
        paper = PaperView(
            id=0,
            title=draft.title,
            authors=draft.authors,
            year=record.year if record else None,
            venue=record.venue if record else None,
            abstract=record.abstract if record else None,
            url=draft.link or None,
            pdf_url=None,
            state=PaperState.UNKNOWN,
        )
        shown = NominationView(
            id=0,
            paper=paper,
            member_ref=actor.member_ref,
            reason=draft.reason,
            state=NominationState.OPEN,
            votes=1,
            nominated_at=self._clock.now(),
        )
        return Unconfirmed(draft, note, shown)

    async def nominate_typed(
        self, actor: Actor, *, title: str, authors: str, link: str, reason: str | None = None
    ) -> Outcome:
        """Put forward a paper as the member describes it; authors are separated by commas."""
        draft, references = _described(title, authors, link, reason)
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

    async def toggle_vote(self, actor: Actor, nomination_id: int) -> Voted:
        """Vote, or take the vote back. Raises UserError when voting on it is over."""
        async with self._database.transaction() as session:
            await once(session, actor.request, "nominations.toggle_vote", self._clock.now())
            nomination = await self._own(session, actor, nomination_id)
            if nomination.state != NominationState.OPEN:
                raise UserError(
                    "Voting on this paper is over. `/paper queue` shows what's up for vote."
                )
            counted = await self._vote(session, actor, nomination, take_back=True)
            return Voted(counted, await self._show(session, nomination))

    async def queue(self, actor: Actor) -> list[NominationView]:
        """What is up for vote, in the order in which it would be picked."""
        async with self._database.reading() as session:
            community = await self._communities.require(session, actor)
            return await open_nominations(session, community.id)

    async def votes_of(self, actor: Actor) -> frozenset[int]:
        """The nominations that are up and have the member's vote, by id."""
        async with self._database.reading() as session:
            community = await self._communities.require(session, actor)
            found = await session.execute(
                select(Vote.nomination_id)
                .join(Nomination, Nomination.id == Vote.nomination_id)
                .where(Nomination.community_id == community.id)
                .where(Nomination.state == NominationState.OPEN)
                .where(Vote.member_ref == actor.member_ref)
            )
            return frozenset(found.scalars())

    async def withdraw(self, actor: Actor, nomination_id: int) -> NominationView:
        """Take a nomination back: one's own, or any as an organiser."""
        async with self._database.transaction() as session:
            await once(session, actor.request, "nominations.withdraw", self._clock.now())
            nomination = await self._own(session, actor, nomination_id)
            if nomination.member_ref != actor.member_ref and not actor.organiser:
                raise UserError("Only the nominator or an organiser can withdraw a nomination.")
            if nomination.state != NominationState.OPEN:
                raise UserError("That nomination is no longer up for vote.")
            nomination.state = NominationState.WITHDRAWN
            return await self._show(session, nomination)

    async def same_paper(self, actor: Actor, mine_id: int, other_id: int) -> NominationView:
        """The member says that two nominations are one work: theirs is joined to the other."""
        async with self._database.transaction() as session:
            await once(session, actor.request, "nominations.same_paper", self._clock.now())
            mine = await self._own(session, actor, mine_id)
            other = await self._own(session, actor, other_id)
            if mine.member_ref != actor.member_ref and not actor.organiser:
                raise UserError("Only the nominator or an organiser can merge two nominations.")
            if mine.state != NominationState.OPEN or mine.paper_id == other.paper_id:
                raise UserError("These two are already merged, or no longer up for vote.")
            kept = await session.get_one(Paper, other.paper_id)
            dropped = await session.get_one(Paper, mine.paper_id)
            await merge(session, self._outbox, kept=kept, dropped=dropped, now=self._clock.now())
            up = await nomination_up(session, other.paper_id)
            return await self._show(session, up or other)

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
            voted = nomination.state == NominationState.OPEN and await self._vote(
                session, actor, nomination, take_back=False
            )
            return AlreadyUp(await self._show(session, nomination), voted)
        before = await discussed(session, self._outbox, paper)
        return AlreadyDiscussed(before) if before is not None else None

    async def _is_left_over(self, session: AsyncSession, paper: Paper) -> bool:
        """Whether it is only known since somebody typed it in and took it back."""
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
        await self._vote(session, actor, nomination, take_back=False)
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

    async def _vote(
        self, session: AsyncSession, actor: Actor, nomination: Nomination, *, take_back: bool
    ) -> bool:
        """Add the member's vote; where it is there already, `take_back` removes it."""
        key = (nomination.id, actor.member_ref)
        vote = await session.get(Vote, key)
        if vote is None:
            session.add(
                Vote(
                    nomination_id=nomination.id,
                    member_ref=actor.member_ref,
                    created_at=self._clock.now(),
                )
            )
        elif take_back:
            await session.delete(vote)
        await session.flush()
        return vote is None

    async def _show(self, session: AsyncSession, nomination: Nomination) -> NominationView:
        """The nomination as it is now, which its card is to show too."""
        return await refresh_nomination(session, self._outbox, nomination, self._clock.now())

    async def _own(self, session: AsyncSession, actor: Actor, nomination_id: int) -> Nomination:
        """The nomination, if it is of the actor's community."""
        found = await session.execute(
            _OWN,
            {
                "id": nomination_id,
                "platform": actor.platform,
                "community_ref": actor.community_ref,
            },
        )
        nomination = found.scalar_one_or_none()
        if nomination is None:
            await self._communities.require(session, actor)
            raise UserError(
                "I can't find that nomination. `/paper queue` shows what's up for vote."
            )
        return nomination

    async def _community_id(self, actor: Actor) -> int:
        return (await self._communities.settings(actor)).id


async def open_nominations(session: AsyncSession, community_id: int) -> list[NominationView]:
    """What is up for vote, in the order in which it would be picked."""
    up = dict(await candidates(session, community_id))
    return [NominationView.of(up[candidate], candidate.votes) for candidate in ranked(up)]


def _described(
    title: str, authors: str, link: str, reason: str | None
) -> tuple[PaperDraft, list[Reference]]:
    """What a member typed, looked over, and the references by which it is known."""
    title, reason = one_line(title), _reason(reason)
    if not any(character.isalnum() for character in title):
        raise UserError("The title is missing. Please type it as it appears on the paper.")
    if len(title) > LONGEST_TITLE:
        raise UserError(
            f"Please write up to {LONGEST_TITLE:,} characters; that title has {len(title):,}."
        )
    references = parse(link)[:1] if link.strip() else []
    if link.strip() and not references:
        raise UserError(
            no_paper_in(link) or "I can't read that link. A link begins with `https://`."
        )
    names = tuple(name for part in authors.split(",") if (name := one_line(part)))
    url = (references[0].url or "") if references else ""
    # Two works may have one title: it counts only where there is nothing better.
    references = references or [Reference(Kind.TITLE, title)]
    return PaperDraft(title, names, url, reason), references


def _reason(reason: str | None) -> str | None:
    if reason is None or not plain(reason).strip():
        return None
    if len(reason) > LONGEST_REASON:
        raise UserError(
            f"Please write up to {LONGEST_REASON:,} characters; your reason has {len(reason):,}."
        )
    return plain(reason).strip()
