"""Looks up a community's experiences."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.communities.model import Community
from bot.communities.service import Actor, Communities
from bot.core.database import Database
from bot.core.errors import UserError
from bot.experiences.model import SHOWN, Experience, Feed
from bot.experiences.queries import find_experience
from bot.experiences.search import catch_up, search
from bot.experiences.views import ExperienceView

LONGEST_FACT = 60
LONGEST_SEARCH = 40  # a button's id holds it
MOST_LABELS = 3
SUGGESTED = 25
NO_SUCH_EXPERIENCE = "I don't know that experience. `/experience latest` shows what there is."
NO_CHANNEL = (
    "There's no channel for experiences yet. An organiser can choose one with `/setup start`, or "
    "follow a blog with `/feed add`."
)


@dataclass(frozen=True)
class Wanted:
    """What is looked for: words, and labels as `label_of` makes them. Nothing finds everything."""

    text: str = ""
    labels: tuple[str, ...] = ()


@dataclass(frozen=True)
class Page:
    """One experience of those that were found, by its number from zero."""

    experience: ExperienceView | None
    number: int
    count: int


class Archive:
    """The experiences that members can read and find."""

    def __init__(
        self,
        database: Database,
        communities: Communities,
    ) -> None:
        self._database = database
        self._communities = communities

    async def index_due(self) -> None:
        """Have all experiences found by searches that are not, yet, a few at a time."""
        while True:
            async with self._database.transaction() as session:
                if not await catch_up(session):
                    return

    async def page(self, actor: Actor, wanted: Wanted, number: int) -> Page:
        """One of the experiences that have all of this, the latest first."""
        async with self._database.reading() as session:
            community = await self._communities.require(session, actor)
            if wanted.text.strip() or wanted.labels:
                return await _found(session, community.id, wanted, number)
            return await _latest(session, community.id, number)

    async def show(self, actor: Actor, experience_id: int) -> ExperienceView:
        async with self._database.reading() as session:
            found = await shown_experience(session, self._communities, actor, experience_id)
            return ExperienceView.of(found)

    async def like(self, actor: Actor, typed: str) -> list[ExperienceView]:
        """Experiences whose text has what is typed, for autocomplete; the latest without."""
        async with self._database.reading() as session:
            community = await self._communities.require(session, actor)
            if typed.strip():
                ids = await search(session, community.id, typed)
                wanted = select(Experience).where(Experience.id.in_(ids))
            else:
                wanted = select(Experience).where(*_shown(community.id))
            newest = wanted.order_by(Experience.dated_at.desc()).limit(SUGGESTED)
            return [ExperienceView.of(one) for one in (await session.execute(newest)).scalars()]

    async def values(self, actor: Actor, kind: str, typed: str) -> list[str]:
        """The values that experiences have for a kind of fact, or as tags; the usual ones first."""
        async with self._database.reading() as session:
            community = await self._communities.require(session, actor)
            found = await session.execute(
                select(Experience.facts, Experience.corrections, Experience.tags)
                .where(*_shown(community.id))
                .order_by(Experience.dated_at.desc())
                .limit(1000)
            )
            return _usual(kind, typed, found)


async def shown_experience(
    session: AsyncSession, communities: Communities, actor: Actor, experience_id: int
) -> Experience:
    """The experience, if the actor's community has it and it is shown to members."""
    community = await communities.require(session, actor)
    experience = await find_experience(session, community.id, experience_id)
    if experience is None or experience.state not in SHOWN:
        raise UserError(NO_SUCH_EXPERIENCE)
    return experience


async def channel_for(session: AsyncSession, community: Community, experience: Experience) -> str:
    """Where an experience is posted. Raises UserError."""
    if experience.feed_id is not None:
        feed = await session.get_one(Feed, experience.feed_id)
        return feed.channel_ref
    if community.experiences_channel_ref is None:
        raise UserError(NO_CHANNEL)
    return community.experiences_channel_ref


async def _latest(session: AsyncSession, community_id: int, number: int) -> Page:
    count = select(func.count()).select_from(Experience).where(*_shown(community_id))
    total = (await session.execute(count)).scalar_one()
    number = max(0, min(number, total - 1))
    newest = (
        select(Experience.id)  # which the index has: the experiences before it are not read
        .where(*_shown(community_id))
        .order_by(Experience.dated_at.desc(), Experience.id.desc())
        .offset(number)
        .limit(1)
    )
    found = await session.execute(
        select(Experience).where(Experience.id == newest.scalar_subquery())
    )
    experience = found.scalar_one_or_none()
    return Page(ExperienceView.of(experience) if experience else None, number, total)


async def _found(session: AsyncSession, community_id: int, wanted: Wanted, number: int) -> Page:
    ids = await search(session, community_id, wanted.text, wanted.labels)
    if not ids:
        return Page(None, 0, 0)
    number = max(0, min(number, len(ids) - 1))
    experience = await session.get_one(Experience, ids[number])
    return Page(ExperienceView.of(experience), number, len(ids))


def _shown(community_id: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return Experience.community_id == community_id, Experience.state.in_(SHOWN)


def _usual(kind: str, typed: str, found: Iterable[Any]) -> list[str]:
    counts: Counter[str] = Counter()
    for row in found:
        facts = row.facts | row.corrections
        counts.update(row.tags if kind == "tag" else filter(None, [facts.get(kind)]))
    fitting = (value for value, _ in counts.most_common() if typed.casefold() in value.casefold())
    return list(islice(fitting, SUGGESTED))
