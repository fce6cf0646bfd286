"""What is up for vote, what the group has read, and what it knows of a paper."""

from collections.abc import Mapping, Sequence

from bot.communities.calls import MOST_SUGGESTED, Call, FormHandler, Handler
from bot.communities.service import Actor
from bot.core.ids import chosen
from bot.core.paging import target_of
from bot.core.reply import Reply, instead, show
from bot.papers import keys
from bot.papers.library import Library
from bot.papers.queue import Queue
from bot.papers.replies import library as replies


class LibraryHandlers:
    def __init__(self, library: Library, queue: Queue) -> None:
        self._library = library
        self._queue = queue
        self.actions: Mapping[str, Handler] = {
            keys.QUEUE: self._turn_queue,
            keys.QUEUE_VOTE: self._vote_in_queue,
            keys.HISTORY: self._turn_history,
            keys.SEARCH: self._turn_search,
            keys.SHOW_PAPER: self.show,
        }
        self.forms: Mapping[str, FormHandler] = {}

    async def queue(self, call: Call, page: int = 0) -> Reply:
        """What is up for vote, with votes."""
        nominations = await self._queue.nominations(call.actor)
        voted = await self._queue.votes_of(call.actor)
        return show(replies.queue_page(nominations, voted, page))

    async def search(self, call: Call, text: str, page: int = 0) -> Reply:
        """Papers by title, author, venue or year; all words must occur."""
        papers = await self._library.search(call.actor, text)
        return show(replies.search_page(papers, text, page))

    async def history(self, call: Call, page: int = 0) -> Reply:
        """What the group has discussed."""
        return show(replies.history_page(await self._library.history(call.actor), page))

    async def show(self, call: Call, paper: str) -> Reply:
        """All that is known of a paper."""
        return show(replies.paper_card(await self._library.show(call.actor, chosen(paper))))

    async def papers_like(self, actor: Actor, typed: str) -> Sequence[tuple[str, str]]:
        """Papers whose details have these words, as titles and ids."""
        papers = await self._library.search(actor, typed, limit=MOST_SUGGESTED)
        found = [(paper.title, str(paper.id)) for paper in papers]
        return found or [(replies.NONE_FITS if typed else replies.NONE_YET, "none")]

    async def _turn_queue(self, call: Call, target: str) -> Reply:
        page, _ = target_of(target)
        return instead(await self.queue(call, page))

    async def _vote_in_queue(self, call: Call, target: str) -> Reply:
        """Vote from the list, or take the vote back; the list shows it."""
        page, nomination_id = target_of(target)
        await self._queue.toggle_vote(call.actor, chosen(nomination_id))
        return instead(await self.queue(call, page))

    async def _turn_history(self, call: Call, target: str) -> Reply:
        page, _ = target_of(target)
        return instead(await self.history(call, page))

    async def _turn_search(self, call: Call, target: str) -> Reply:
        page, text = target_of(target)
        return instead(await self.search(call, text, page))
