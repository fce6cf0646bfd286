"""Experiences become findable. Facts are found, and words indexed, after experiences are recorded.

It takes longer than recording them, and nobody waits for it.
"""

from collections.abc import Iterable

from sqlalchemy import bindparam, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.core.search import Entry, SearchIndex, community_label
from bot.experiences.facts import facts_of
from bot.experiences.labels import label_of
from bot.experiences.model import SHOWN, Experience

_INDEX = SearchIndex("experience_search")
_DUE = (
    select(Experience)
    .where(text("NOT experience.searchable"))  # in the words of the index that has these alone
    .where(Experience.state.in_(SHOWN))
    .order_by(Experience.id)
    .limit(bindparam("most"))
)


async def catch_up(session: AsyncSession, most: int = 10) -> int:
    """Have some experiences found that are new or have changed; returns how many."""
    found = (await session.execute(_DUE, {"most": most})).scalars().all()
    for one in found:
        one.facts = facts_of(one.title, one.text, one.tags)
    if found:
        await _INDEX.put(session, [_entry(one) for one in found])
        for one in found:
            one.searchable = True
        await session.flush()
    return len(found)


async def forget(session: AsyncSession, experience_id: int) -> None:
    """Take it out of the search."""
    await _INDEX.drop(session, experience_id)


async def search(
    session: AsyncSession, community_id: int, wanted: str, labels: Iterable[str] = ()
) -> list[int]:
    """The ids of experiences with all words and labels, the latest first."""
    return await _INDEX.find(session, wanted, [community_label(community_id), *labels])


def _entry(experience: Experience) -> Entry:
    facts = experience.facts | experience.corrections
    labels = [community_label(experience.community_id)]
    labels += [label_of("tag", tag) for tag in experience.tags]
    labels += [label_of(kind, value) for kind, value in facts.items() if value]
    said = (experience.title, experience.author, experience.blog, *experience.tags)
    text = "\n".join((*said, *facts.values(), experience.text))
    return Entry(experience.id, labels, text)
