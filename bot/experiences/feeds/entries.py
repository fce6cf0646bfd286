"""Takes in what a feed has: knows each entry again or finds it new, and records what follows.

document ─ compare with what is known ─> decisions ─ one transaction ─> records, search, posts
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, func, select, union, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.core.database import insert_many
from bot.experiences.feeds.decisions import Decision, Knowledge, dated_at
from bot.experiences.feeds.rules import Verdict
from bot.experiences.identity.keys import Fresh, Keys, Known, comparable, content_of
from bot.experiences.identity.memory import Memory
from bot.experiences.model import (
    Experience,
    ExperienceState,
    Feed,
    FeedEntry,
    Origin,
)

_KEYS = (
    *("guid_key", "address_key", "title_key", "slug_key", "content_key"),
    *("digest", "published_at"),
)
REMEMBERED = 5_000  # entries of a feed, the newest ones


async def recall(
    session: AsyncSession, community_id: int, feed_id: int | None, fresh: Sequence[Fresh]
) -> Knowledge:
    """Whatever may be one of these, with the texts that have to be compared."""
    entries, digests, experience_ids = Memory(), {}, {}
    dates: list[datetime | None] = []
    if feed_id is not None:
        rows = (await session.execute(_ENTRIES, {"feed_id": feed_id})).all()
        for entry in reversed(rows):
            keys = Keys(entry.guid_key, entry.address_key, entry.title_key, entry.slug_key)
            entries.add(Known(entry.id, keys, entry.published_at, entry.content_key))
            dates.append(entry.published_at)
            digests[entry.id], experience_ids[entry.id] = entry.digest, entry.experience_id
        entries.learn(await _texts(session, entries, fresh, _ENTRY_TEXTS))
    # In a thread, since texts of many entries without keys take a while to compare.
    unknown = await asyncio.to_thread(_unknown, entries, fresh) if feed_id else fresh
    experiences = Memory(one_feed=False)
    keys_wanted = {
        "addresses": [one.keys.address for one in unknown if one.keys.address],
        "titles": [one.keys.title for one in unknown if one.keys.title],
    }
    if keys_wanted["addresses"] or keys_wanted["titles"]:
        own = set(experience_ids.values())  # what this feed has brought, it is compared with above
        wanted = keys_wanted | {"community_id": community_id}
        found = (await session.execute(_EXPERIENCES, wanted)).all()
        for row in sorted(found, key=lambda row: row.id):
            if row.id not in own:
                keys = Keys(None, row.address_key, row.title_key, row.slug_key)
                experiences.add(Known(row.id, keys, row.published_at))
        experiences.learn(await _texts(session, experiences, unknown, _EXPERIENCE_TEXTS))
    newest_at = max((date for date in dates if date is not None), default=None)
    return Knowledge(entries, experiences, digests, experience_ids, newest_at)


async def fates(session: AsyncSession, decisions: Sequence[Decision]) -> dict[int, str]:
    """What became of the entries that are known, by their ids, in sentences."""
    ids = [decision.entry_id for decision in decisions if decision.entry_id is not None]
    rows = await session.execute(_FATES, {"ids": ids})
    return {row.id: _fate(row.verdict, row.state, row.published_at) for row in rows}


async def record(
    session: AsyncSession, taken: Sequence[tuple[Feed, Sequence[Decision]]], now: datetime
) -> list[int]:
    """Write down what was decided for each feed; returns the experiences that have changed."""
    new = [
        (feed, decision)
        for feed, decisions in taken
        for decision in decisions
        if decision.verdict in (Verdict.POST, Verdict.EARLIER, Verdict.OLD)
    ]
    ids = await add_experiences(
        session,
        [
            experience_row(decision, feed.community_id, feed.title, now) | {"feed_id": feed.id}
            for feed, decision in new
        ],
    )
    experience_ids = {id(decision): number for (_, decision), number in zip(new, ids, strict=True)}
    entries = [
        _entry_row(decision, feed.id, experience_ids.get(id(decision), decision.experience_id))
        for feed, decisions in taken
        for decision in decisions
        if decision.verdict is not None
    ]
    await insert_many(session, FeedEntry, entries)
    return [
        number
        for feed, decisions in taken
        for number in await _record_changes(session, feed.id, decisions)
    ]


def experience_row(
    decision: Decision, community_id: int, blog: str, now: datetime
) -> dict[str, Any]:
    """A new experience as a record."""
    waits = decision.verdict is Verdict.POST
    return _contents(decision) | {
        "community_id": community_id,
        "origin": Origin.FEED,
        "state": ExperienceState.WAITING if waits else ExperienceState.KEPT,
        "blog": blog,
        "published_at": decision.entry.published_at,
        "dated_at": dated_at(decision.entry, now),
    }


async def add_experiences(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> list[int]:
    """Add experiences; returns their ids in the order given."""
    if not rows:
        return []
    # Who writes is alone, so that what is newer afterwards is ours, in our order. RETURNING would
    # take a statement for each row to be as sure.
    newest = await newest_experience(session)
    await insert_many(session, Experience, rows)
    return list((await session.execute(_NEWER, {"newest": newest})).scalars())


async def newest_experience(session: AsyncSession) -> int:
    """The id of the experience that was added last, of whatever community; 0 if there is none."""
    return (await session.execute(_NEWEST)).scalar_one() or 0


def _fate(verdict: str, state: str | None, published_at: datetime | None) -> str:
    match verdict, state:
        case Verdict.FILTERED, _:
            return "When it came, your filter kept it out."
        case Verdict.DUPLICATE, _:
            return "When it came, the same experience was here already."
        case Verdict.EARLIER, _:
            return "It was there before you followed the feed."
        case Verdict.OLD, _ if published_at is None:
            return "When it came, it had no date and stood behind the entries I knew, with others."
        case Verdict.OLD, _:
            return "When it came, it was dated more than a week before you followed the feed."
        case _, ExperienceState.WAITING:
            return "It waits for its turn, its date or a digest."
        case _, ExperienceState.POSTED:
            return "I have posted it."
        case _, ExperienceState.HIDDEN:
            return "I had posted it; an organiser has taken it down."
        case _:
            return "It came, but its feed was removed before its turn."


def _contents(decision: Decision) -> dict[str, Any]:
    """What a feed says about an experience, and may change."""
    entry, keys = decision.entry, decision.keys
    return {
        "title": entry.title,
        "author": entry.author,
        "link": entry.link,
        "address_key": keys.address,
        "title_key": keys.title,
        "slug_key": keys.slug,
        "lead": entry.content.lead,
        "text": entry.content.text,
        "image_url": entry.content.image_url,
        "image_text": entry.content.image_text,
        "tags": list(entry.tags),
    }


def _entry_row(decision: Decision, feed_id: int, experience_id: int | None) -> dict[str, Any]:
    return _entry_keys(decision) | {
        "feed_id": feed_id,
        "experience_id": experience_id,
        "verdict": decision.verdict,
    }


def _entry_keys(decision: Decision) -> dict[str, Any]:
    keys = decision.keys
    return {
        "guid_key": keys.guid,
        "address_key": keys.address,
        "title_key": keys.title,
        "slug_key": keys.slug,
        "content_key": content_of(keys, decision.entry.comparable),
        "digest": decision.digest,
        "published_at": decision.entry.published_at,
    }


async def _record_changes(
    session: AsyncSession, feed_id: int, decisions: Sequence[Decision]
) -> list[int]:
    """What a feed changes about an experience counts, unless it came from elsewhere."""
    keys = [{"entry": d.entry_id} | _entry_keys(d) for d in decisions if d.changed or d.rekeyed]
    if keys:
        await (await session.connection()).execute(_NEW_KEYS, keys)
    changed = [decision for decision in decisions if decision.changed]
    if not changed:
        return []
    ids = [d.experience_id for d in changed if d.experience_id is not None]
    own = select(Experience.id).where(Experience.id.in_(ids), Experience.feed_id == feed_id)
    mine = set((await session.execute(own)).scalars()) if ids else set()
    edited = []
    for decision in changed:
        if decision.experience_id in mine:
            experience = await session.get_one(Experience, decision.experience_id)
            for name, value in _contents(decision).items():
                setattr(experience, name, value)
            edited.append(experience.id)
            experience.searchable = False
    return edited


def _unknown(memory: Memory, fresh: Sequence[Fresh]) -> list[Fresh]:
    matches = memory.match(*fresh)
    return [one for one, match in zip(fresh, matches, strict=True) if match is None]


async def _texts(
    session: AsyncSession,
    memory: Memory,
    fresh: Sequence[Fresh],
    statement: Select[int, str, str | None],
) -> dict[int, str]:
    """The texts that `memory` needs to tell experiences apart."""
    wanted = memory.undecided(*fresh)
    if not wanted:
        return {}
    rows = await session.execute(statement, {"ids": list(wanted)})
    return {row.id: comparable(row.text, row.image_url) for row in rows}


_ENTRIES = (
    select(
        FeedEntry.id,
        FeedEntry.guid_key,
        FeedEntry.address_key,
        FeedEntry.title_key,
        FeedEntry.slug_key,
        FeedEntry.content_key,
        FeedEntry.published_at,
        FeedEntry.digest,
        FeedEntry.experience_id,
    )
    .where(FeedEntry.feed_id == bindparam("feed_id"))
    .order_by(FeedEntry.id.desc())
    .limit(REMEMBERED)
)
_ENTRY_TEXTS = (
    select(FeedEntry.id, Experience.text, Experience.image_url)
    .join(Experience, Experience.id == FeedEntry.experience_id)
    .where(FeedEntry.id.in_(bindparam("ids", expanding=True)))
)
_NEW_KEYS = (
    update(FeedEntry)
    .where(FeedEntry.id == bindparam("entry"))
    .values({name: bindparam(name) for name in _KEYS})
)
_FATES = (
    select(FeedEntry.id, FeedEntry.verdict, FeedEntry.published_at, Experience.state)
    .outerjoin(Experience, Experience.id == FeedEntry.experience_id)
    .where(FeedEntry.id.in_(bindparam("ids", expanding=True)))
)
_IN_COMMUNITY = select(
    Experience.id,
    Experience.address_key,
    Experience.title_key,
    Experience.slug_key,
    Experience.published_at,
).where(Experience.community_id == bindparam("community_id"))
_EXPERIENCES = union(  # with an "or" SQLite looks through all that the community has
    _IN_COMMUNITY.where(Experience.address_key.in_(bindparam("addresses", expanding=True))),
    _IN_COMMUNITY.where(Experience.title_key.in_(bindparam("titles", expanding=True))),
)
_EXPERIENCE_TEXTS = select(Experience.id, Experience.text, Experience.image_url).where(
    Experience.id.in_(bindparam("ids", expanding=True))
)
_NEWEST = select(func.max(Experience.id))
_NEWER = select(Experience.id).where(Experience.id > bindparam("newest")).order_by(Experience.id)
