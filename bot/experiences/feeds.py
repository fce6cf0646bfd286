"""Which feeds a community follows."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.communities.model import Community
from bot.communities.service import Actor, Communities
from bot.core.database import Database, after_commit
from bot.core.errors import UserError
from bot.core.requests import once
from bot.core.text import shown
from bot.core.time.clock import Clock
from bot.experiences.decisions import Decision, dated_at, decide, fresh_of, notes_of
from bot.experiences.entries import fates, recall
from bot.experiences.model import Delivery, Experience, ExperienceState, Feed, FeedState
from bot.experiences.polling import Polling
from bot.experiences.publishing import Publishing
from bot.experiences.recording import filter_of
from bot.experiences.rules import MOST_LATEST, Filter, Verdict, phrases
from bot.experiences.sources.fetching import Answer, FeedSource, Found
from bot.experiences.sources.opml import FeedList, NotAList, Outline, write_opml
from bot.experiences.sources.parser_pool import Unreadable
from bot.experiences.views import FeedView

MOST_FEEDS = 500  # of a community
REMOVED_LAST = timedelta(days=1)
FORGOTTEN = "That was more than a day ago. Follow the feed anew with `/feed add`."
CLEAR = "-"
NO_PLACE = "I can't post experiences in this channel. Choose another one with `channel:`."
NOTHING_GIVEN = "Nothing to change: please give at least one of the other options."
NO_SUCH_FEED = "I don't follow that feed. `/feed list` shows those I do."
NOT_PAUSED = "That feed isn't paused any more, so there's nothing to undo."
PAUSED_ALREADY = "That feed is already paused, so there's nothing to undo."


@dataclass(frozen=True)
class Wishes:
    """How an organiser wants a feed followed. Texts are as typed; a single "-" clears one.

    What is None wasn't given: a new feed gets the default, another one stays as it is. `here_ref`
    is where a new one posts if neither its organiser nor the community chose a channel.
    """

    channel_ref: str | None = None
    categories: str | None = None
    keywords: str | None = None
    excluded: str | None = None
    latest: int | None = None
    delivery: Delivery | None = None
    here_ref: str | None = None


@dataclass(frozen=True)
class Added:
    """A feed that is followed now. `known`: it was before; `changed`: it has other wishes now.

    `waiting` experiences are posted later: with a digest, at their date, or after the first.
    """

    feed: FeedView
    known: bool = False
    changed: bool = False
    posted: int = 0
    waiting: int = 0
    kept: int = 0
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Look:
    """What a feed has, and what would become of each entry, the newest first. Nothing is stored."""

    title: str
    url: str
    followed: bool
    decisions: tuple[Decision, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Imported:
    """What became of a list: the new feeds, how many were left out, and the names of those whose
    addresses can't be followed."""

    added: tuple[FeedView, ...]
    known: int
    too_many: int
    left_out: tuple[str, ...] = ()


class Feeds:
    """The feeds that communities follow: use cases of organisers."""

    def __init__(
        self,
        database: Database,
        communities: Communities,
        polling: Polling,
        publishing: Publishing,
        source: FeedSource,
        read_list: Callable[[bytes], Awaitable[FeedList]],
        clock: Clock,
    ) -> None:
        self._database = database
        self._communities = communities
        self._polling = polling
        self._publishing = publishing
        self._source = source
        self._read_list = read_list
        self._clock = clock
        self.on_change: Callable[[], None] = lambda: None  # a feed may be due earlier now
        self.on_removal: Callable[[], None] = lambda: None  # one is to be forgotten in a day

    async def add(self, actor: Actor, address: str, wishes: Wishes) -> Added:
        """Follow a feed, given by its address or by its site's; or change what is wanted of it.

        May take as long as the slowest site. Raises UserError where no feed is found.
        """
        actor.require_organiser()
        await self._communities.settings(actor)
        wished = _wished(wishes)
        found = await self._source.find(address)
        async with self._database.transaction() as session:
            await once(session, actor.request, "following.add", self._clock.now())
            community = await self._communities.require(session, actor)
            feed = await _remembered(session, community.id, found.url)
            known = feed is not None and feed.removed_at is None
            if not known:
                await _require_room(session, community.id)
                new = self._new_feed(community, actor, found, _place(wishes, community))
                feed = await self._renewed(session, feed, new)
            assert feed is not None
            changed = _wish(feed, wished)
            if community.experiences_channel_ref is None:
                community.experiences_channel_ref = feed.channel_ref
            await session.flush()
            if known:
                await self._moved(session, feed)
                return Added(FeedView.of(feed), known=True, changed=changed)
            before = (await _counts(session, feed.id)).get(ExperienceState.POSTED, 0)
        await self._polling.begin(feed.id, found.read)
        return await self._added(feed.id, found, before)

    async def edit(self, actor: Actor, feed_id: int, wishes: Wishes) -> FeedView:
        """Change what is wanted of a feed; what isn't given stays as it is."""
        wished = _wished(wishes)
        if not wished:
            raise UserError(NOTHING_GIVEN)
        async with self._database.transaction() as session:
            await once(session, actor.request, "following.edit", self._clock.now())
            feed = await self._own(session, actor, feed_id)
            _wish(feed, wished)
            await session.flush()
            await self._moved(session, feed)
            return FeedView.of(feed)

    async def listed(self, actor: Actor) -> list[FeedView]:
        """All feeds of the community, by title."""
        actor.require_organiser()
        async with self._database.reading() as session:
            community = await self._communities.require(session, actor)
            found = await session.execute(
                select(Feed)
                .where(Feed.community_id == community.id, Feed.removed_at.is_(None))
                .order_by(func.lower(Feed.title), Feed.id)
            )
            return [FeedView.of(feed) for feed in found.scalars()]

    async def pause(self, actor: Actor, feed_id: int, *, undo: bool = False) -> FeedView:
        """Stop checking it; nothing is forgotten. To `undo` a resume, it must not be paused yet."""
        return await self._set_state(actor, feed_id, FeedState.PAUSED, undo=undo)

    async def resume(self, actor: Actor, feed_id: int, *, undo: bool = False) -> FeedView:
        """Check it again from now on. What is new and still there is posted."""
        return await self._set_state(actor, feed_id, FeedState.FOLLOWED, undo=undo)

    async def remove(self, actor: Actor, feed_id: int) -> FeedView:
        """Unfollow it. The experiences that it brought stay in the archive.

        For a day all of it is kept, also what waits to be posted: see `restore`.
        """
        async with self._database.transaction() as session:
            await once(session, actor.request, "following.remove", self._clock.now())
            feed = await self._own(session, actor, feed_id)
            feed.removed_at, feed.next_poll_at = self._clock.now(), None
            after_commit(session, self.on_removal)
            return FeedView.of(feed)

    async def restore(self, actor: Actor, feed_id: int) -> FeedView:
        """Follow a removed feed again, as it was. Raises UserError once it is forgotten."""
        actor.require_organiser()
        now = self._clock.now()
        async with self._database.transaction() as session:
            await once(session, actor.request, "following.restore", now)
            community = await self._communities.require(session, actor)
            feed = await session.get(Feed, feed_id)
            if feed is None or feed.community_id != community.id:
                raise UserError(FORGOTTEN)
            if feed.removed_at is not None:
                if feed.removed_at <= now - REMOVED_LAST:
                    raise UserError(FORGOTTEN)
                await _require_room(session, community.id)
                feed.removed_at = None
                feed.next_poll_at = now if feed.state == FeedState.FOLLOWED else None
                after_commit(session, self.on_change)
            return FeedView.of(feed)

    async def forget_removed(self) -> datetime | None:
        """Delete feeds that were removed a day ago; returns when the next ones are due."""
        due = self._clock.now() - REMOVED_LAST
        async with self._database.reading() as session:
            first = (await session.execute(_FIRST_REMOVED)).scalar_one()
        if first is None or first > due:
            return first and first + REMOVED_LAST
        async with self._database.transaction() as session:
            for feed in (await session.execute(_REMOVED, {"due": due})).scalars():
                await self._publishing.shelve(session, feed)
                await session.delete(feed)
            await session.flush()
            first = (await session.execute(_FIRST_REMOVED)).scalar_one()
            return first and first + REMOVED_LAST

    async def check(self, actor: Actor, feed_id: int) -> tuple[FeedView, Answer]:
        """Check a feed now, whenever it is due."""
        async with self._database.transaction() as session:
            await once(session, actor.request, "following.check", self._clock.now())
            await self._own(session, actor, feed_id)
        answer = await self._polling.ask_now(feed_id)
        self.on_change()
        async with self._database.reading() as session:
            return FeedView.of(await self._own(session, actor, feed_id)), answer

    async def look(self, actor: Actor, address: str) -> Look:
        """What is in a feed, and what would become of it; for a feed that is followed, as it is."""
        actor.require_organiser()
        await self._communities.settings(actor)
        found = await self._source.find(address)
        document = found.read.document
        fresh = fresh_of(document)
        async with self._database.reading() as session:
            community = await self._communities.require(session, actor)
            memory = await _remembered(session, community.id, found.url)
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

    async def import_list(self, actor: Actor, listed: bytes, wishes: Wishes) -> Imported:
        """Follow all feeds of an OPML list; those that are followed already stay as they are.

        They are read for the first time when their turn comes. Raises UserError for other files.
        """
        actor.require_organiser()
        await self._communities.settings(actor)
        found = await self._parse_list(listed)
        outlines = found.outlines
        wished, now = _wished(wishes), self._clock.now()
        added: list[FeedView] = []
        async with self._database.transaction() as session:
            await once(session, actor.request, "following.import_list", now)
            community = await self._communities.require(session, actor)
            place = _place(wishes, community)
            room = MOST_FEEDS - await _count(session, community.id)
            before = {o.url: await _remembered(session, community.id, o.url) for o in outlines}
            new = [o for o in outlines if (feed := before[o.url]) is None or feed.removed_at]
            for outline in new[:room]:
                bare = _bare_feed(community.id, actor, outline.url, outline.title, place, now)
                feed = await self._renewed(session, before[outline.url], bare)
                _wish(feed, wished)
                await session.flush()
                added.append(FeedView.of(feed))
            after_commit(session, self.on_change)
        known, too_many = len(outlines) - len(new), len(new) - len(added)
        return Imported(tuple(added), known, too_many, found.left_out)

    async def export_list(self, actor: Actor) -> bytes:
        """All feeds of the community as an OPML file, for any feed reader."""
        feeds = await self.listed(actor)
        outlines = [Outline(feed.title, feed.url, feed.categories) for feed in feeds]
        return write_opml("Feeds followed by Paperclub", outlines)

    async def _parse_list(self, listed: bytes) -> FeedList:
        try:
            return await self._read_list(listed)
        except (NotAList, Unreadable) as error:
            raise UserError(str(error)) from error

    async def _set_state(
        self, actor: Actor, feed_id: int, state: FeedState, *, undo: bool
    ) -> FeedView:
        async with self._database.transaction() as session:
            await once(session, actor.request, "following.set_state", self._clock.now())
            feed = await self._own(session, actor, feed_id)
            if undo and feed.state == state:
                raise UserError(NOT_PAUSED if state is FeedState.FOLLOWED else PAUSED_ALREADY)
            feed.state = state
            feed.next_poll_at = self._clock.now() if state is FeedState.FOLLOWED else None
            if state is FeedState.FOLLOWED:
                feed.turnovers, feed.turning_since = 0, None  # if it was stopped, it has a try
            after_commit(session, self.on_change)
            return FeedView.of(feed)

    async def _renewed(self, session: AsyncSession, removed: Feed | None, new: Feed) -> Feed:
        """The new feed; or the one that was removed, as the new one, but with its memory."""
        if removed is None:
            session.add(new)
            return new
        await self._publishing.shelve(session, removed)
        for name in _OF_A_NEW_ONE:
            setattr(removed, name, getattr(new, name))
        removed.removed_at = removed.digest_at = None
        removed.turnovers, removed.turning_since = 0, None
        return removed

    async def _moved(self, session: AsyncSession, feed: Feed) -> None:
        """What is queued goes where the feed's experiences go now."""
        await self._publishing.move(session, feed)
        after_commit(session, self.on_change)

    async def _own(self, session: AsyncSession, actor: Actor, feed_id: int) -> Feed:
        """The feed, if the actor's community follows it."""
        actor.require_organiser()
        community = await self._communities.require(session, actor)
        feed = await session.get(Feed, feed_id)
        if feed is None or feed.community_id != community.id or feed.removed_at is not None:
            raise UserError(NO_SUCH_FEED)
        return feed

    def _new_feed(self, community: Community, actor: Actor, found: Found, place: str) -> Feed:
        document, now = found.read.document, self._clock.now()
        feed = _bare_feed(community.id, actor, found.url, document.title, place, now)
        feed.site_url = document.site_url
        return feed

    async def _added(self, feed_id: int, found: Found, posted_before: int) -> Added:
        async with self._database.reading() as session:
            feed = await session.get_one(Feed, feed_id)
            counts = await _counts(session, feed_id)
        return Added(
            FeedView.of(feed),
            posted=counts.get(ExperienceState.POSTED, 0) - posted_before,
            waiting=counts.get(ExperienceState.WAITING, 0),
            kept=counts.get(ExperienceState.KEPT, 0),
            notes=notes_of(found.read.document),
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


def _wished(wishes: Wishes) -> dict[str, Any]:
    """The columns of a feed for which something was given. Raises UserError."""
    if wishes.latest is not None and not 0 <= wishes.latest <= MOST_LATEST:
        raise UserError(f"I can post 0 to {MOST_LATEST} of the latest experiences.")
    given = {
        "channel_ref": wishes.channel_ref,
        "categories": _words(wishes.categories),
        "keywords": _words(wishes.keywords),
        "excluded": _words(wishes.excluded),
        "latest": wishes.latest,
        "delivery": wishes.delivery,
    }
    return {name: value for name, value in given.items() if value is not None}


def _words(typed: str | None) -> list[str] | None:
    if typed is None:
        return None
    return [] if typed.strip() == CLEAR else phrases(typed)


def _wish(feed: Feed, wished: Mapping[str, Any]) -> bool:
    """Whether anything is otherwise now."""
    changed = {name for name, value in wished.items() if getattr(feed, name) != value}
    for name in changed:
        setattr(feed, name, wished[name])
    if "delivery" in changed:
        feed.digest_at = None  # that of a digest long ago would be due at once
    return bool(changed)


def _place(wishes: Wishes, community: Community) -> str:
    place = wishes.channel_ref or community.experiences_channel_ref or wishes.here_ref
    if place is None:
        raise UserError(NO_PLACE)
    return place


def _bare_feed(
    community_id: int, actor: Actor, url: str, title: str, place: str, now: datetime
) -> Feed:
    """A feed of which nothing particular is wanted yet."""
    return Feed(
        community_id=community_id,
        url=url,
        title=title or shown(url, 200),
        channel_ref=place,
        categories=[],
        keywords=[],
        excluded=[],
        latest=1,
        delivery=Delivery.AT_ONCE,
        state=FeedState.FOLLOWED,
        added_by_ref=actor.member_ref,
        created_at=now,
        next_poll_at=now,
        skip_hours=[],
        notes=[],
        failures=0,
    )


async def _remembered(session: AsyncSession, community_id: int, url: str) -> Feed | None:
    """The feed at an address, also one that was removed a moment ago."""
    found = await session.execute(
        select(Feed).where(Feed.community_id == community_id, Feed.url == url)
    )
    return found.scalar_one_or_none()


async def _counts(session: AsyncSession, feed_id: int) -> dict[str, int]:
    """How many experiences of a feed are in which state."""
    counted = await session.execute(
        select(Experience.state, func.count().label("how_many"))
        .where(Experience.feed_id == feed_id)
        .group_by(Experience.state)
    )
    return {row.state: row.how_many for row in counted}


async def _count(session: AsyncSession, community_id: int) -> int:
    count = (
        select(func.count())
        .select_from(Feed)
        .where(Feed.community_id == community_id, Feed.removed_at.is_(None))
    )
    return (await session.execute(count)).scalar_one()


async def _require_room(session: AsyncSession, community_id: int) -> None:
    if await _count(session, community_id) >= MOST_FEEDS:
        raise UserError(f"I follow at most {MOST_FEEDS} feeds. Unfollow one with `/feed remove`.")


_OF_A_NEW_ONE = (
    *("channel_ref", "categories", "keywords", "excluded", "latest", "delivery"),
    *("state", "added_by_ref", "next_poll_at"),
)
_FIRST_REMOVED = select(func.min(Feed.removed_at))
_REMOVED = select(Feed).where(Feed.removed_at <= bindparam("due"))
