"""Look into a feed before it is followed, or to see why something of it isn't posted."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bot.communities.service import Actor, Communities
from bot.core.database import Database
from bot.core.time.clock import Clock
from bot.experiences.feeds.decisions import Decision, dated_at, decide, fresh_of, notes_of
from bot.experiences.feeds.entries import fates, recall
from bot.experiences.feeds.recording import filter_of
from bot.experiences.feeds.records import find_feed
from bot.experiences.feeds.rules import Filter, Verdict
from bot.experiences.model import Feed, FeedState
from bot.experiences.sources.fetching import FeedSource


@dataclass(frozen=True)
class Look:
    """What a feed has, and what would become of each entry, the newest first. Nothing is stored."""

    title: str
    url: str
    followed: bool
    decisions: tuple[Decision, ...]
    notes: tuple[str, ...]


class FeedInspection:
    """Reads feeds and stores nothing."""

    def __init__(
        self, database: Database, communities: Communities, source: FeedSource, clock: Clock
    ) -> None:
        self._database = database
        self._communities = communities
        self._source = source
        self._clock = clock

    async def look(self, actor: Actor, address: str) -> Look:
        """What is in a feed, and what would become of it; for a feed that is followed, as it is."""
        actor.require_organiser()
        await self._communities.settings(actor)
        found = await self._source.find(address)
        document = found.read.document
        fresh = fresh_of(document)
        async with self._database.reading() as session:
            community = await self._communities.require(session, actor)
            memory = await find_feed(session, community.id, found.url)
            known = await recall(
                session, community.id, memory.id if memory else None, [one for _, one in fresh]
            )
        feed = memory if memory and memory.removed_at is None else None
        wanted, latest = (filter_of(feed), feed.latest) if feed else (Filter(), 1)
        first = memory is None or memory.read_at is None
        now = self._clock.now()
        since = memory.created_at if memory else None
        decisions = decide(fresh, known, wanted, first=first, latest=latest, now=now, since=since)
        async with self._database.reading() as session:
            became = await fates(session, decisions)
        return Look(
            title=document.title or found.url,
            url=found.url,
            followed=feed is not None,
            decisions=tuple(_explained(one, became, now) for one in reversed(decisions)),
            notes=(*_stopped(feed), *notes_of(document)),
        )


def _explained(decision: Decision, became: Mapping[int, str], now: datetime) -> Decision:
    """With what became of an entry that is known, or what one waits for that is new."""
    if decision.verdict is Verdict.POST and dated_at(decision.entry, now) > now:
        return replace(decision, reason="It is new, and its date lies ahead.")
    return replace(decision, reason=became.get(decision.entry_id or 0, decision.reason))


def _stopped(feed: Feed | None) -> tuple[str, ...]:
    """Why nothing more of a feed is posted."""
    if feed is None or feed.state != FeedState.PAUSED or not feed.last_error:
        return ()
    return (f"{feed.last_error} I've stopped posting from this feed.",)
