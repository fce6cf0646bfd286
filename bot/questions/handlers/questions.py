"""`/question`: lists, searches, one question whole."""

from collections.abc import Mapping

from bot.communities.calls import Call, FormHandler, Handler
from bot.communities.service import Actor
from bot.core.errors import UserError
from bot.core.ids import GONE, chosen
from bot.core.paging import target_of
from bot.core.reply import Reply, instead, show
from bot.questions import lists
from bot.questions.keys import LIST, SEARCH
from bot.questions.model import SHOWN, QuestionState
from bot.questions.search import Filter, QuestionSearch


class QuestionHandlers:
    def __init__(self, search: QuestionSearch) -> None:
        self._search = search
        self.actions: Mapping[str, Handler] = {
            LIST: self._turn_list,
            SEARCH: self._turn_search,
        }
        self.forms: Mapping[str, FormHandler] = {}

    async def list_kind(self, call: Call, which: str, topic: str | None, page: int = 0) -> Reply:
        """Questions of one kind, of one topic or of all."""
        if which not in tuple(Filter):
            raise UserError(GONE)
        wanted, topic = Filter(which), topic or ""
        questions = await self._search.listed(call.actor, wanted, topic)
        return show(lists.list_page(questions, wanted, topic, page))

    async def search(self, call: Call, text: str, page: int = 0) -> Reply:
        """Questions by words in them or in their answers; all must occur."""
        found = await self._search.search(call.actor, text)
        return show(lists.search_page(found, text, page))

    async def show(self, call: Call, question: str) -> Reply:
        """A question with all its answers."""
        return show(lists.whole_question(await self._search.show(call.actor, chosen(question))))

    async def any_like(self, actor: Actor, typed: str) -> list[tuple[str, str]]:
        """Questions to look at, as names and ids."""
        return await self._like(actor, typed, SHOWN)

    async def closable_like(self, actor: Actor, typed: str) -> list[tuple[str, str]]:
        """Questions to close, as names and ids."""
        return await self._like(actor, typed, (QuestionState.OPEN, QuestionState.ANSWERED))

    async def reopenable_like(self, actor: Actor, typed: str) -> list[tuple[str, str]]:
        """Questions to open again, as names and ids."""
        return await self._like(actor, typed, (QuestionState.CLOSED, QuestionState.ANSWERED))

    async def _like(
        self, actor: Actor, typed: str, states: tuple[QuestionState, ...]
    ) -> list[tuple[str, str]]:
        return lists.choices(await self._search.like(actor, typed, states))

    async def _turn_list(self, call: Call, target: str) -> Reply:
        page, rest = target_of(target)
        which, _, topic = rest.partition(".")
        return instead(await self.list_kind(call, which, topic, page))

    async def _turn_search(self, call: Call, target: str) -> Reply:
        page, text = target_of(target)
        return instead(await self.search(call, text, page))
