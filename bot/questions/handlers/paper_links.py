"""*Add a paper* below open research questions, and its form."""

from collections.abc import Mapping

from bot.communities.calls import Call, FormHandler, Handler
from bot.core.form import Values
from bot.core.ids import chosen
from bot.core.reply import Reply, ask
from bot.questions import replies
from bot.questions.answers.paper_links import PaperLinks
from bot.questions.forms import PAPER, paper_form
from bot.questions.keys import POINT


class PaperLinkHandlers:
    def __init__(self, paper_links: PaperLinks) -> None:
        self._paper_links = paper_links
        self.actions: Mapping[str, Handler] = {POINT: self._open}
        self.forms: Mapping[str, FormHandler] = {PAPER: self._submit}

    async def _open(self, call: Call, number: str) -> Reply:
        return ask(paper_form(await self._paper_links.show(call.actor, chosen(number))))

    async def _submit(self, call: Call, number: str, values: Values) -> Reply:
        link, note = values.text("link"), values.text("note")
        return replies.paper_added(
            await self._paper_links.point(call.actor, chosen(number), link, note)
        )
