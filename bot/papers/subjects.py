"""Papers and meetings as what a question can be about."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.communities.subjects import MEETING, PAPER, Subject, number_in
from bot.core.outbox import Outbox
from bot.papers.keys import thread_key
from bot.papers.model import Nomination, Paper, Round, RoundState

SUGGESTED = 10
ANNOUNCED = (RoundState.ANNOUNCED, RoundState.HELD)


class PaperSubjects:
    """Each paper that the community knows. It is discussed where it was last announced."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox

    async def subject(
        self, session: AsyncSession, community_id: int, number: int
    ) -> Subject | None:
        paper = await session.get(Paper, number)
        if paper is None or paper.community_id != community_id:
            return None
        return Subject(PAPER, paper.id, paper.title, paper.url)

    async def subject_behind(
        self, session: AsyncSession, community_id: int, key: str
    ) -> Subject | None:
        nomination = await session.get(Nomination, number_in(key, "nomination"))
        if nomination is None:
            return None
        return await self.subject(session, community_id, nomination.paper_id)

    async def subjects_like(
        self, session: AsyncSession, community_id: int, typed: str
    ) -> list[Subject]:
        statement = select(Paper).where(Paper.community_id == community_id)
        for word in typed.casefold().split()[:10]:
            statement = statement.where(Paper.search_text.contains(word, autoescape=True))
        found = await session.execute(statement.order_by(Paper.id.desc()).limit(SUGGESTED))
        return [Subject(PAPER, one.id, one.title, one.url) for one in found.scalars()]

    async def thread_of(
        self, session: AsyncSession, community_id: int, number: int, *, opening: bool
    ) -> str | None:
        found = await session.execute(
            select(Round.id)
            .join(Nomination, Nomination.id == Round.nomination_id)
            .where(Nomination.paper_id == number, Round.community_id == community_id)
            .where(Round.state.in_(ANNOUNCED))
            .order_by(Round.meets_at.desc())
            .limit(1)
        )
        round_id = found.scalar_one_or_none()
        return thread_key(round_id) if round_id is not None else None


class MeetingSubjects:
    """Each meeting that was announced; people know it by its paper."""

    async def subject(
        self, session: AsyncSession, community_id: int, number: int
    ) -> Subject | None:
        round_ = await session.get(Round, number)
        if round_ is None or round_.community_id != community_id or round_.state not in ANNOUNCED:
            return None
        return _meeting(round_)

    async def subject_behind(
        self, session: AsyncSession, community_id: int, key: str
    ) -> Subject | None:
        return await self.subject(session, community_id, number_in(key, "round"))

    async def subjects_like(
        self, session: AsyncSession, community_id: int, typed: str
    ) -> list[Subject]:
        statement = (
            select(Round)
            .join(Nomination, Nomination.id == Round.nomination_id)
            .join(Paper, Paper.id == Nomination.paper_id)
            .where(Round.community_id == community_id, Round.state.in_(ANNOUNCED))
        )
        for word in typed.casefold().split()[:10]:
            statement = statement.where(Paper.search_text.contains(word, autoescape=True))
        found = await session.execute(statement.order_by(Round.meets_at.desc()).limit(SUGGESTED))
        return [subject for one in found.scalars() if (subject := _meeting(one))]

    async def thread_of(
        self, session: AsyncSession, community_id: int, number: int, *, opening: bool
    ) -> str | None:
        return thread_key(number)


def _meeting(round_: Round) -> Subject | None:
    if round_.nomination is None:
        return None
    paper = round_.nomination.paper
    return Subject(MEETING, round_.id, paper.title, paper.url)
