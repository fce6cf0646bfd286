"""Experiences as what a question can be about."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.communities.model import Community
from bot.communities.subjects import EXPERIENCE, Subject, number_in
from bot.core.outbox import Outbox
from bot.core.text import safe_address
from bot.experiences.archive import channel_for
from bot.experiences.keys import card_key, thread_key
from bot.experiences.model import SHOWN, Experience
from bot.experiences.publishing import Publishing
from bot.experiences.queries import find_experience
from bot.experiences.search import search

SUGGESTED = 10


class ExperienceSubjects:
    """Each experience that members see. One that was never posted is, to be discussed."""

    def __init__(self, outbox: Outbox, publishing: Publishing) -> None:
        self._outbox = outbox
        self._publishing = publishing

    async def subject(
        self, session: AsyncSession, community_id: int, number: int
    ) -> Subject | None:
        experience = await self._own(session, community_id, number)
        return _subject(experience) if experience else None

    async def subject_behind(
        self, session: AsyncSession, community_id: int, key: str
    ) -> Subject | None:
        return await self.subject(session, community_id, number_in(key, "experience"))

    async def subjects_like(
        self, session: AsyncSession, community_id: int, typed: str
    ) -> list[Subject]:
        wanted = select(Experience).where(
            Experience.community_id == community_id, Experience.state.in_(SHOWN)
        )
        if typed.strip():
            wanted = wanted.where(Experience.id.in_(await search(session, community_id, typed)))
        newest = wanted.order_by(Experience.dated_at.desc()).limit(SUGGESTED)
        return [_subject(one) for one in (await session.execute(newest)).scalars()]

    async def thread_of(
        self, session: AsyncSession, community_id: int, number: int, *, opening: bool
    ) -> str | None:
        experience = await self._own(session, community_id, number)
        if experience is None:
            return None
        keys = (thread_key(number), card_key(number))
        there = await self._outbox.find_all(session, keys)
        if not there and opening:
            community = await session.get_one(Community, community_id)
            channel_ref = await channel_for(session, community, experience)
            await self._publishing.publish(session, experience, channel_ref)
            there = await self._outbox.find_all(session, keys)
        return next((key for key in keys if key in there), None)

    async def _own(
        self, session: AsyncSession, community_id: int, number: int
    ) -> Experience | None:
        experience = await find_experience(session, community_id, number)
        return experience if experience is not None and experience.state in SHOWN else None


def _subject(experience: Experience) -> Subject:
    return Subject(
        EXPERIENCE,
        experience.id,
        experience.title or "Untitled",
        safe_address(experience.link),
        None if experience.anonymous else experience.member_ref,
    )
