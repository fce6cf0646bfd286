"""*Add a paper* below open research questions, and its form."""

from collections.abc import Mapping

from bot.communities.calls import Call, FormHandler, Handler
from bot.core.form import Values
from bot.core.ids import chosen
from bot.core.reply import Reply, ask
from bot.questions import replies
from bot.questions.cards import POINT
from bot.questions.forms import PAPER, paper_form
from bot.questions.paper_links import Pointing


class PaperLinkHandlers:
    def __init__(self, pointing: Pointing) -> None:
        self._pointing = pointing
        self.actions: Mapping[str, Handler] = {POINT: self._open}
        self.forms: Mapping[str, FormHandler] = {PAPER: self._submit}

    async def _open(self, call: Call, number: str) -> Reply:
        return ask(paper_form(await self._pointing.show(call.actor, chosen(number))))

    async def _submit(self, call: Call, number: str, values: Values) -> Reply:
        link, note = values.text("link"), values.text("note")
        return replies.paper_added(
            await self._pointing.point(call.actor, chosen(number), link, note)
        )
