"""What is to become of each entry of a document, given what is known."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.core.text import one_line, plural
from bot.experiences.feeds.rules import AT_ONCE, Filter, Verdict, is_old
from bot.experiences.identity.keys import Fresh, Keys, Known, hashed, twins
from bot.experiences.identity.memory import Match, Memory
from bot.experiences.sources.documents import Document, Entry

ELSEWHERE = "The same experience is here already, from another feed, a member or the archive."
OLD = "It is dated more than a week before you followed the feed."
BEHIND = "It has no date and came behind the entries I knew, with many others, so it is an old one."
_LOOKED_AT = 1_000  # characters of a text, to see whether it shows any


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
    rekeyed: bool = False  # it is known by other keys now
    rebuilt: bool = False  # only its title and text say that it is known

    @property
    def is_news(self) -> bool:
        """Whether it looks new, by its keys at least."""
        return self.verdict is not None or self.rebuilt

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
    newest_at: datetime | None = None  # the latest date of the feed's entries


def digest_of(entry: Entry) -> str:
    """A short name for all that is shown and searched of an entry."""
    content = entry.content
    shown = (entry.title, entry.author, entry.link, content.text, content.image_url, *entry.tags)
    return hashed("\x00".join(part or "" for part in shown))


def fresh_of(document: Document) -> list[tuple[Entry, Fresh]]:
    """The document's entries, the oldest first, ready to be compared; without the empty ones."""
    # Documents have the newest first, as a rule; entries without a date keep their places.
    return [
        (entry, Fresh(entry.keys, entry.comparable, entry.published_at))
        for entry in reversed(document.entries)
        if not _is_empty(entry)
    ]


def notes_of(document: Document) -> tuple[str, ...]:
    """What was odd about a document, in sentences."""
    empty = sum(map(_is_empty, document.entries))
    if not empty:
        return document.notes
    have = "has" if empty == 1 else "have"
    entries = plural(empty, "entry", "entries")
    return (*document.notes, f"I left out {entries} that {have} neither title nor text.")


def decide(
    found: Sequence[tuple[Entry, Fresh]],
    known: Knowledge,
    wanted: Filter,
    *,
    first: bool,
    latest: int,
    now: datetime,
    since: datetime | None = None,
) -> list[Decision]:
    """What is to become of each entry, the oldest first.

    `first`: nobody has followed the feed before; of what is there the newest `latest` are posted.
    Later, what is much older than `since` and than what is known is not.
    """
    decisions = _decisions(found, known, wanted)
    if all(decision.entry.published_at for decision in decisions):
        decisions.sort(key=lambda decision: dated_at(decision.entry, now))
    if not first:
        behind = _behind(decisions)
        since = min(since, now) if since else None
        return [
            _unless_old(one, place in behind, since, known.newest_at)
            for place, one in enumerate(decisions)
        ]
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


def _decisions(
    found: Sequence[tuple[Entry, Fresh]], known: Knowledge, wanted: Filter
) -> list[Decision]:
    """Known, filtered out, known from elsewhere, or else new: in the order given."""
    decisions: dict[int, Decision] = {}
    for place in twins([fresh for _, fresh in found]):
        entry, fresh = found[place]
        decisions[place] = Decision(entry, fresh.keys, None, "It stands in the feed twice.")
    places = [place for place in range(len(found)) if place not in decisions]
    for place, match in zip(
        places, known.entries.match(*(found[place][1] for place in places)), strict=True
    ):
        entry, fresh = found[place]
        if match is not None:
            decisions[place] = _known(entry, fresh, match, known)
        elif refusal := wanted.refusal(entry.title, entry.content.text, entry.tags):
            decisions[place] = Decision(entry, fresh.keys, Verdict.FILTERED, refusal)
    places = [place for place in places if place not in decisions]
    for place, match in zip(
        places, known.experiences.match(*(found[place][1] for place in places)), strict=True
    ):
        entry, fresh = found[place]
        if match is None:
            decisions[place] = Decision(entry, fresh.keys, Verdict.POST, "It is new.")
        else:
            decisions[place] = Decision(
                entry, fresh.keys, Verdict.DUPLICATE, ELSEWHERE, experience_id=match.known.id
            )
    return [decisions[place] for place in range(len(found))]


def _known(entry: Entry, fresh: Fresh, match: Match, known: Knowledge) -> Decision:
    same = match.known
    return Decision(
        entry,
        fresh.keys,
        None,
        "I know it already.",
        same.id,
        known.experience_ids.get(same.id),
        changed=same.id in known.digests and known.digests[same.id] != digest_of(entry),
        rekeyed=_stored(fresh) != _stored(same) or same.content is None,
        rebuilt=match.rebuilt,
    )


def _behind(decisions: Sequence[Decision]) -> set[int]:
    """The places of new entries without dates that come before all that are known, as if older.

    A few may be the newest of a feed that has them last; a feed that got longer has many.
    """
    known = (place for place, one in enumerate(decisions) if one.entry_id is not None)
    places = range(next(known, 0))
    found = {n for n in places if decisions[n].entry.published_at is None}
    return found if len(found) > AT_ONCE else set()


def _unless_old(
    decision: Decision, behind: bool, since: datetime | None, newest_at: datetime | None
) -> Decision:
    if decision.verdict is not Verdict.POST:
        return decision
    if behind or is_old(decision.entry.published_at, since, newest_at):
        return replace(decision, verdict=Verdict.OLD, reason=BEHIND if behind else OLD)
    return decision


def _is_empty(entry: Entry) -> bool:
    content = entry.content
    return not (one_line(entry.title) or one_line(content.text[:_LOOKED_AT]) or content.image_url)


def _stored(one: Fresh | Known) -> tuple[object, ...]:
    keys = one.keys
    return keys.guid, keys.address, keys.title, keys.slug, one.published_at
