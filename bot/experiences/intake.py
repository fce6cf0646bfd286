"""Takes in what a feed has: knows each entry again or finds it new, and records what follows.

document ─ compare with what is known ─> decisions ─ one transaction ─> records, search, posts
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, func, select, union, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.core.database import insert_many
from bot.experiences.identity import Fresh, Keys, Known, Memory, hashed
from bot.experiences.model import (
    Experience,
    ExperienceState,
    Feed,
    FeedEntry,
    Origin,
)
from bot.experiences.rules import Filter, Verdict
from bot.experiences.sources.documents import Document, Entry

REMEMBERED = 5_000  # entries of a feed, the newest ones


@dataclass(frozen=True)
class Decision:
    """What is to become of an entry. `entry_id` and `experience_id` name what it is already."""

    entry: Entry
    keys: Keys
    verdict: Verdict | None  # None: nothing new about it
    reason: str = ""
    entry_id: int | None = None
    experience_id: int | None = None
    changed: bool = False

    @property
    def digest(self) -> str:
        return digest_of(self.entry)


@dataclass
class Knowledge:
    """What is known before a document is looked at: of the feed, and of the whole community."""

    entries: Memory
    experiences: Memory
    digests: dict[int, str]  # by the id of a feed's entry
    experience_ids: dict[int, int | None]


def digest_of(entry: Entry) -> str:
    """A short name for all that is shown and searched of an entry."""
    content = entry.content
    shown = (entry.title, entry.author, entry.link, content.text, content.image_url, *entry.tags)
    return hashed("\x00".join(part or "" for part in shown))


def fresh_of(document: Document) -> list[tuple[Entry, Fresh]]:
    """The document's entries, the oldest first, ready to be compared."""
    # Documents have the newest first, as a rule; entries without a date keep their places.
    return [
        (entry, Fresh(entry.keys, entry.content.text, entry.published_at))
        for entry in reversed(document.entries)
    ]


async def recall(
    session: AsyncSession, community_id: int, feed_id: int | None, fresh: Sequence[Fresh]
) -> Knowledge:
    """Whatever may be one of these, with the texts that have to be compared."""
    entries, digests, experience_ids = Memory(), {}, {}
    if feed_id is not None:
        for entry in await session.execute(_ENTRIES, {"feed_id": feed_id}):
            keys = Keys(entry.guid_key, entry.address_key, entry.title_key, entry.slug_key)
            entries.add(Known(entry.id, keys, entry.published_at))
            digests[entry.id], experience_ids[entry.id] = entry.digest, entry.experience_id
        texts = await _texts(session, entries, fresh, _ENTRY_TEXTS)
        entries.learn(texts)
    unknown = [one for one in fresh if entries.find(one) is None]
    experiences = Memory()
    keys_wanted = {
        "addresses": [one.keys.address for one in unknown if one.keys.address],
        "titles": [one.keys.title for one in unknown if one.keys.title],
    }
    if keys_wanted["addresses"] or keys_wanted["titles"]:
        for row in await session.execute(
            _EXPERIENCES, keys_wanted | {"community_id": community_id}
        ):
            keys = Keys(None, row.address_key, row.title_key, row.slug_key)
            experiences.add(Known(row.id, keys, row.published_at))
        experiences.learn(await _texts(session, experiences, unknown, _EXPERIENCE_TEXTS))
    return Knowledge(entries, experiences, digests, experience_ids)


async def fates(session: AsyncSession, decisions: Sequence[Decision]) -> dict[int, str]:
    """What became of the entries that are known, by their ids, in sentences."""
    ids = [decision.entry_id for decision in decisions if decision.entry_id is not None]
    rows = await session.execute(_FATES, {"ids": ids})
    return {row.id: _fate(row.verdict, row.state) for row in rows}


def decide(
    found: Sequence[tuple[Entry, Fresh]],
    known: Knowledge,
    wanted: Filter,
    *,
    first: bool,
    latest: int,
    now: datetime,
) -> list[Decision]:
    """What is to become of each entry, the oldest first. `known` learns as it goes.

    `first`: nobody has followed the feed before; of what is there the newest `latest` are posted.
    """
    decisions = [
        _decide(entry, fresh, known, wanted, -number)
        for number, (entry, fresh) in enumerate(found, start=1)
    ]
    if all(decision.entry.published_at for decision in decisions):
        decisions.sort(key=lambda decision: dated_at(decision.entry, now))
    if not first:
        return decisions
    present = [d for d in decisions if d.verdict is Verdict.POST and dated_at(d.entry, now) <= now]
    earlier = {id(d) for d in present[: max(0, len(present) - latest)]}
    return [
        replace(d, verdict=Verdict.EARLIER, reason="It was there before you followed the feed.")
        if id(d) in earlier
        else d
        for d in decisions
    ]


def dated_at(entry: Entry, now: datetime) -> datetime:
    """When it counts as published: an entry without a date counts from when it is first seen."""
    return entry.published_at or now


async def record(
    session: AsyncSession, taken: Sequence[tuple[Feed, Sequence[Decision]]], now: datetime
) -> list[int]:
    """Write down what was decided for each feed; returns the accounts that have changed."""
    new = [
        (feed, decision)
        for feed, decisions in taken
        for decision in decisions
        if decision.verdict in (Verdict.POST, Verdict.EARLIER)
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
        for number in await _record_changes(session, feed.id, [d for d in decisions if d.changed])
    ]


def experience_row(
    decision: Decision, community_id: int, blog: str, now: datetime
) -> dict[str, Any]:
    """A new account as a record."""
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
    """Add accounts; returns their ids in the order given."""
    if not rows:
        return []
    # Who writes is alone, so that what is newer afterwards is ours, in our order. RETURNING would
    # take a statement for each row to be as sure.
    newest = await newest_experience(session)
    await insert_many(session, Experience, rows)
    return list((await session.execute(_NEWER, {"newest": newest})).scalars())


async def newest_experience(session: AsyncSession) -> int:
    """The id of the account that was added last, of whatever community; 0 if there is none."""
    return (await session.execute(_NEWEST)).scalar_one() or 0


def _decide(entry: Entry, fresh: Fresh, known: Knowledge, wanted: Filter, number: int) -> Decision:
    same = known.entries.find(fresh)
    if same is not None:
        experience_id = known.experience_ids.get(same.id)
        changed = same.id in known.digests and known.digests[same.id] != digest_of(entry)
        return Decision(
            entry, fresh.keys, None, "I know it already.", same.id, experience_id, changed
        )
    known.entries.add(Known(number, fresh.keys, fresh.published_at), fresh.text)
    refusal = wanted.refusal(entry.title, entry.content.text, entry.tags)
    if refusal is not None:
        return Decision(entry, fresh.keys, Verdict.FILTERED, refusal)
    elsewhere = known.experiences.find(fresh)
    if elsewhere is not None:
        reason = "The same account is here already, from another feed, a member or the archive."
        return Decision(entry, fresh.keys, Verdict.DUPLICATE, reason, experience_id=elsewhere.id)
    return Decision(entry, fresh.keys, Verdict.POST, "It is new.")


def _fate(verdict: str, state: str | None) -> str:
    match verdict, state:
        case Verdict.FILTERED, _:
            return "When it came, your filter kept it out."
        case Verdict.DUPLICATE, _:
            return "When it came, the same account was here already."
        case Verdict.EARLIER, _:
            return "It was there before you followed the feed."
        case _, ExperienceState.WAITING:
            return "It waits for its turn, its date or a digest."
        case _, ExperienceState.POSTED:
            return "I have posted it."
        case _:
            return "It came, but its feed was removed before its turn."


def _contents(decision: Decision) -> dict[str, Any]:
    """What a feed says about an account, and may change."""
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
        "published_at": decision.entry.published_at,
        "verdict": decision.verdict,
    }


def _entry_keys(decision: Decision) -> dict[str, Any]:
    keys = decision.keys
    return {
        "guid_key": keys.guid,
        "address_key": keys.address,
        "title_key": keys.title,
        "slug_key": keys.slug,
        "digest": decision.digest,
    }


async def _record_changes(
    session: AsyncSession, feed_id: int, changed: Sequence[Decision]
) -> list[int]:
    """What a feed changes about an account counts, unless the account came from elsewhere."""
    if not changed:
        return []
    for decision in changed:
        await session.execute(
            update(FeedEntry)
            .where(FeedEntry.id == decision.entry_id)
            .values(**_entry_keys(decision))
        )
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


async def _texts(
    session: AsyncSession, memory: Memory, fresh: Iterable[Fresh], statement: Select[int, str]
) -> dict[int, str]:
    """The texts that `memory` needs to tell accounts apart."""
    wanted = {number for one in fresh for number in memory.undecided(one)}
    if not wanted:
        return {}
    rows = await session.execute(statement, {"ids": list(wanted)})
    return {row.id: row.text for row in rows}


_ENTRIES = (
    select(
        FeedEntry.id,
        FeedEntry.guid_key,
        FeedEntry.address_key,
        FeedEntry.title_key,
        FeedEntry.slug_key,
        FeedEntry.published_at,
        FeedEntry.digest,
        FeedEntry.experience_id,
    )
    .where(FeedEntry.feed_id == bindparam("feed_id"))
    .order_by(FeedEntry.id.desc())
    .limit(REMEMBERED)
)
_ENTRY_TEXTS = (
    select(FeedEntry.id, Experience.text)
    .join(Experience, Experience.id == FeedEntry.experience_id)
    .where(FeedEntry.id.in_(bindparam("ids", expanding=True)))
)
_FATES = (
    select(FeedEntry.id, FeedEntry.verdict, Experience.state)
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
_EXPERIENCE_TEXTS = select(Experience.id, Experience.text).where(
    Experience.id.in_(bindparam("ids", expanding=True))
)
_NEWEST = select(func.max(Experience.id))
_NEWER = select(Experience.id).where(Experience.id > bindparam("newest")).order_by(Experience.id)
