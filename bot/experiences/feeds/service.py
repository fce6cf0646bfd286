"""Which feeds a community follows."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.communities.model import Community
from bot.communities.service import Actor, Communities
from bot.core.database import Database, after_commit
from bot.core.errors import UserError
from bot.core.requests import once
from bot.core.time.clock import Clock
from bot.experiences.feeds.decisions import notes_of
from bot.experiences.feeds.polling import Polling
from bot.experiences.feeds.records import count_by_state, find_feed, new_feed, renew, require_room
from bot.experiences.feeds.wishes import Wishes, apply, columns_of, place_for
from bot.experiences.model import ExperienceState, Feed, FeedState
from bot.experiences.publishing import Publishing
from bot.experiences.sources.fetching import FeedSource, FetchResult, Found
from bot.experiences.views import FeedView

REMOVED_LAST = timedelta(days=1)
FORGOTTEN = "That was more than a day ago. Follow the feed anew with `/feed add`."
NOTHING_GIVEN = "Nothing to change: please give at least one of the other options."
NO_SUCH_FEED = "I don't follow that feed. `/feed list` shows those I do."
NOT_PAUSED = "That feed isn't paused any more, so there's nothing to undo."
PAUSED_ALREADY = "That feed is already paused, so there's nothing to undo."


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


class Feeds:
    """The feeds that communities follow, for organisers."""

    def __init__(
        self,
        database: Database,
        communities: Communities,
        polling: Polling,
        publishing: Publishing,
        source: FeedSource,
        clock: Clock,
    ) -> None:
        self._database = database
        self._communities = communities
        self._polling = polling
        self._publishing = publishing
        self._source = source
        self._clock = clock
        self.on_change: Callable[[], None] = lambda: None  # a feed may be due earlier now
        self.on_removal: Callable[[], None] = lambda: None  # one is to be forgotten in a day

    async def add(self, actor: Actor, address: str, wishes: Wishes) -> Added:
        """Follow a feed, given by its address or by its site's; or change what is wanted of it.

        May take as long as the slowest site. Raises UserError where no feed is found.
        """
        actor.require_organiser()
        await self._communities.settings(actor)
        wished = columns_of(wishes)
        found = await self._source.find(address)
        async with self._database.transaction() as session:
            await once(session, actor.request, "following.add", self._clock.now())
            community = await self._communities.require(session, actor)
            feed = await find_feed(session, community.id, found.url)
            known = feed is not None and feed.removed_at is None
            if not known:
                await require_room(session, community.id)
                new = self._new_feed(community, actor, found, place_for(wishes, community))
                feed = await renew(session, self._publishing, feed, new)
            assert feed is not None
            changed = apply(feed, wished)
            if community.experiences_channel_ref is None:
                community.experiences_channel_ref = feed.channel_ref
            await session.flush()
            if known:
                await self._moved(session, feed)
                return Added(FeedView.of(feed), known=True, changed=changed)
            before = (await count_by_state(session, feed.id)).get(ExperienceState.POSTED, 0)
        await self._polling.begin(feed.id, found.read)
        return await self._added(feed.id, found, before)

    async def edit(self, actor: Actor, feed_id: int, wishes: Wishes) -> FeedView:
        """Change what is wanted of a feed; what isn't given stays as it is."""
        wished = columns_of(wishes)
        if not wished:
            raise UserError(NOTHING_GIVEN)
        async with self._database.transaction() as session:
            await once(session, actor.request, "following.edit", self._clock.now())
            feed = await self._own(session, actor, feed_id)
            apply(feed, wished)
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
                await require_room(session, community.id)
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

    async def check(self, actor: Actor, feed_id: int) -> tuple[FeedView, FetchResult]:
        """Check a feed now, whenever it is due."""
        async with self._database.transaction() as session:
            await once(session, actor.request, "following.check", self._clock.now())
            await self._own(session, actor, feed_id)
        answer = await self._polling.ask_now(feed_id)
        self.on_change()
        async with self._database.reading() as session:
            return FeedView.of(await self._own(session, actor, feed_id)), answer

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
        feed = new_feed(community.id, actor, found.url, document.title, place, now)
        feed.site_url = document.site_url
        return feed

    async def _added(self, feed_id: int, found: Found, posted_before: int) -> Added:
        async with self._database.reading() as session:
            feed = await session.get_one(Feed, feed_id)
            counts = await count_by_state(session, feed_id)
        return Added(
            FeedView.of(feed),
            posted=counts.get(ExperienceState.POSTED, 0) - posted_before,
            waiting=counts.get(ExperienceState.WAITING, 0),
            kept=counts.get(ExperienceState.KEPT, 0),
            notes=notes_of(found.read.document),
        )


_FIRST_REMOVED = select(func.min(Feed.removed_at))
_REMOVED = select(Feed).where(Feed.removed_at <= bindparam("due"))
