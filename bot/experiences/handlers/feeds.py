"""Follow blogs, see how they fare, stop following them: for organisers alone."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.communities.calls import Call, ChannelKind, FormHandler, Handler, Need, Upload
from bot.communities.decisions import decision_of
from bot.communities.service import Actor
from bot.core.errors import UserError
from bot.core.ids import chosen, pressed
from bot.core.paging import target_of
from bot.core.reply import Reply, instead, show
from bot.experiences import keys
from bot.experiences.feeds import replies
from bot.experiences.feeds.inspection import FeedInspection
from bot.experiences.feeds.lists import FeedLists
from bot.experiences.feeds.service import Feeds
from bot.experiences.feeds.wishes import Wishes
from bot.experiences.views import FeedView

LARGEST_LIST = 1_000_000  # bytes of an OPML file


class FeedHandlers:
    def __init__(self, feeds: Feeds, inspection: FeedInspection, lists: FeedLists) -> None:
        self._feeds = feeds
        self._inspection = inspection
        self._lists = lists
        self.actions: Mapping[str, Handler] = {
            keys.FEEDS_PAGE: self._turn_list,
            keys.WHY_PAGE: self._turn_why,
            keys.RETRY: self._retry,
            keys.PAUSE: self._pause_from_notice,
            keys.UNDO_REMOVE: self._undo_remove,
            keys.UNDO_PAUSE: self._undo_pause,
            keys.UNDO_RESUME: self._undo_resume,
        }
        self.forms: Mapping[str, FormHandler] = {}

    async def add(self, call: Call, url: str, wishes: Wishes) -> Reply:
        """Follow a blog, given by its address or its feed's."""
        wishes = replace(wishes, here_ref=_here(call))
        added = await self._feeds.add(call.actor, url, wishes)
        return replies.added(added, _obstacle(call, added.feed))

    async def edit(self, call: Call, feed: str, wishes: Wishes) -> Reply:
        """Change how a feed is followed; what isn't given stays as it is."""
        edited = await self._feeds.edit(call.actor, chosen(feed), wishes)
        return replies.edited(edited, _obstacle(call, edited))

    async def list_feeds(self, call: Call, page: int = 0) -> Reply:
        """The feeds that are followed."""
        return show(replies.feeds_page(await self._feeds.listed(call.actor), page))

    async def preview(self, call: Call, url: str) -> Reply:
        """How a blog's experiences would look here."""
        return show(replies.preview_card(await self._inspection.look(call.actor, url)))

    async def why(self, call: Call, url: str, page: int = 0) -> Reply:
        """What becomes of each entry of a feed, and why."""
        return show(replies.why_page(await self._inspection.look(call.actor, url), url, page))

    async def pause(self, call: Call, feed: str) -> Reply:
        """Stop checking a feed for a while."""
        return await self._pause(call.actor, chosen(feed))

    async def resume(self, call: Call, feed: str) -> Reply:
        """Check a paused feed again."""
        resumed = await self._feeds.resume(call.actor, chosen(feed))
        return replies.resumed(resumed, undo_in=call.actor.community_ref)

    async def remove(self, call: Call, feed: str) -> Reply:
        """Unfollow a feed; its experiences stay in the archive."""
        return replies.removed(await self._feeds.remove(call.actor, chosen(feed)))

    async def check(self, call: Call, feed: str) -> Reply:
        """Check a feed now."""
        return await self._check(call.actor, chosen(feed))

    async def import_list(self, call: Call, file: Upload, channel_ref: str | None) -> Reply:
        """Follow all feeds of an OPML file."""
        if file.size > LARGEST_LIST:
            raise UserError("That file is too large for a list of feeds.")
        wishes = Wishes(channel_ref=channel_ref, here_ref=_here(call))
        imported = await self._lists.import_list(call.actor, await file.read(), wishes)
        return show(replies.imported_card(imported))

    async def export_list(self, call: Call) -> Reply:
        """All feeds as an OPML file."""
        return replies.exported(await self._lists.export_list(call.actor))

    async def feeds_like(self, actor: Actor, typed: str) -> Sequence[tuple[str, str]]:
        """Feeds whose title has what is typed, as titles and ids."""
        return [
            (feed.title, str(feed.id))
            for feed in await self._feeds.listed(actor)
            if typed.casefold() in feed.title.casefold()
        ]

    async def _turn_list(self, call: Call, target: str) -> Reply:
        page, _ = target_of(target)
        return instead(await self.list_feeds(call, page))

    async def _turn_why(self, call: Call, target: str) -> Reply:
        page, url = target_of(target)
        return instead(await self.why(call, url, page))

    async def _retry(self, call: Call, argument: str) -> Reply:
        by = await decision_of(call, argument)
        return await self._check(by.actor, by.id)

    async def _pause_from_notice(self, call: Call, argument: str) -> Reply:
        by = await decision_of(call, argument)
        return await self._pause(by.actor, by.id)

    async def _undo_pause(self, call: Call, argument: str) -> Reply:
        by = await decision_of(call, argument)
        return replies.resumed(await self._feeds.resume(by.actor, by.id, undo=True))

    async def _undo_resume(self, call: Call, argument: str) -> Reply:
        by = await decision_of(call, argument)
        return replies.paused(await self._feeds.pause(by.actor, by.id, undo=True))

    async def _undo_remove(self, call: Call, feed_id: str) -> Reply:
        return replies.restored(await self._feeds.restore(call.actor, pressed(feed_id)))

    async def _pause(self, actor: Actor, feed_id: int) -> Reply:
        paused = await self._feeds.pause(actor, feed_id)
        return replies.paused(paused, undo_in=actor.community_ref)

    async def _check(self, actor: Actor, feed_id: int) -> Reply:
        feed, result = await self._feeds.check(actor, feed_id)
        return replies.checked(feed, result)


def _here(call: Call) -> str | None:
    """The channel of the command, if experiences can be posted there."""
    postable = call.channel_kind(call.place_ref) in (ChannelKind.TEXT, ChannelKind.FORUM)
    return call.place_ref if postable else None


def _obstacle(call: Call, feed: FeedView) -> str:
    """What keeps a feed's experiences from being posted, in words; else nothing."""
    if not call.has_channel(feed.channel_ref):
        return replies.CHANNEL_GONE
    lacking = call.lacks(feed.channel_ref, Need.POST)
    return replies.cant_post(feed.channel_ref, lacking) if lacking else ""
