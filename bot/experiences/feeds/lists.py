"""Lists of feeds as OPML files, which feed readers exchange."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.communities.service import Actor, Communities
from bot.core.database import Database, after_commit
from bot.core.errors import UserError
from bot.core.requests import once
from bot.core.time.clock import Clock
from bot.experiences.feeds.records import MOST_FEEDS, count_feeds, find_feed, new_feed, renew
from bot.experiences.feeds.service import Feeds
from bot.experiences.feeds.wishes import Wishes, apply, columns_of, place_for
from bot.experiences.publishing import Publishing
from bot.experiences.sources.opml import FeedList, NotAList, Outline, write_opml
from bot.experiences.sources.parser_pool import Unreadable
from bot.experiences.views import FeedView


@dataclass(frozen=True)
class Imported:
    """What became of a list: the new feeds, how many were left out, and the names of those whose
    addresses can't be followed."""

    added: tuple[FeedView, ...]
    known: int
    too_many: int
    left_out: tuple[str, ...] = ()


class FeedLists:
    """Imports and exports the feeds of a community."""

    def __init__(
        self,
        database: Database,
        communities: Communities,
        feeds: Feeds,
        publishing: Publishing,
        read_list: Callable[[bytes], Awaitable[FeedList]],
        clock: Clock,
    ) -> None:
        self._database = database
        self._communities = communities
        self._feeds = feeds
        self._publishing = publishing
        self._read_list = read_list
        self._clock = clock
        self.on_change: Callable[[], None] = lambda: None  # there are feeds to check now

    async def import_list(self, actor: Actor, listed: bytes, wishes: Wishes) -> Imported:
        """Follow all feeds of an OPML list; those that are followed already stay as they are.

        They are read for the first time when their turn comes. Raises UserError for other files.
        """
        actor.require_organiser()
        await self._communities.settings(actor)
        found = await self._parse_list(listed)
        outlines = found.outlines
        wished, now = columns_of(wishes), self._clock.now()
        added: list[FeedView] = []
        async with self._database.transaction() as session:
            await once(session, actor.request, "following.import_list", now)
            community = await self._communities.require(session, actor)
            place = place_for(wishes, community)
            room = MOST_FEEDS - await count_feeds(session, community.id)
            before = {o.url: await find_feed(session, community.id, o.url) for o in outlines}
            new = [o for o in outlines if (feed := before[o.url]) is None or feed.removed_at]
            for outline in new[:room]:
                bare = new_feed(community.id, actor, outline.url, outline.title, place, now)
                feed = await renew(session, self._publishing, before[outline.url], bare)
                apply(feed, wished)
                await session.flush()
                added.append(FeedView.of(feed))
            after_commit(session, self.on_change)
        known, too_many = len(outlines) - len(new), len(new) - len(added)
        return Imported(tuple(added), known, too_many, found.left_out)

    async def export_list(self, actor: Actor) -> bytes:
        """All feeds of the community as an OPML file, for any feed reader."""
        feeds = await self._feeds.listed(actor)
        outlines = [Outline(feed.title, feed.url, feed.categories) for feed in feeds]
        return write_opml("Feeds followed by Paperclub", outlines)

    async def _parse_list(self, listed: bytes) -> FeedList:
        try:
            return await self._read_list(listed)
        except (NotAList, Unreadable) as error:
            raise UserError(str(error)) from error
