"""Close a question, open it again, keep it open: commands, buttons and the form."""

from collections.abc import Mapping

from bot.communities.calls import Call, FormHandler, Handler
from bot.core.form import Values
from bot.core.ids import chosen
from bot.core.reply import Reply, ask
from bot.questions import replies
from bot.questions.forms import CLOSE_QUESTION, close_form
from bot.questions.keys import CLOSE, STILL_OPEN, UNDO_CLOSE
from bot.questions.lifecycle import QuestionLifecycle


class LifecycleHandlers:
    def __init__(self, lifecycle: QuestionLifecycle) -> None:
        self._lifecycle = lifecycle
        self.actions: Mapping[str, Handler] = {
            CLOSE: self._open_close,
            UNDO_CLOSE: self._undo_close,
            STILL_OPEN: self._still_open,
        }
        self.forms: Mapping[str, FormHandler] = {CLOSE_QUESTION: self._close_by_form}

    async def close(self, call: Call, target: str, reason: str | None) -> Reply:
        """Close a question: one's own, or any as an organiser."""
        actor, number = await call.person_of(target)
        key = f"closed:{actor.request}"
        closed = await self._lifecycle.close(actor, chosen(number), reason, key=key)
        return replies.closed(closed, target)

    async def reopen(self, call: Call, question: str, reason: str | None) -> Reply:
        """Open a question again: one's own, or any as an organiser."""
        return replies.reopened(await self._lifecycle.reopen(call.actor, chosen(question), reason))

    async def _open_close(self, call: Call, target: str) -> Reply:
        return ask(close_form(target))

    async def _close_by_form(self, call: Call, target: str, values: Values) -> Reply:
        return await self.close(call, target, values.text("reason"))

    async def _undo_close(self, call: Call, target: str) -> Reply:
        actor, number = await call.person_of(target)
        key = f"undone:{actor.request}"
        question = await self._lifecycle.undo_close(actor, chosen(number), key=key)
        return replies.close_undone(question)

    async def _still_open(self, call: Call, target: str) -> Reply:
        actor, number = await call.person_of(target)
        return replies.stays_open(await self._lifecycle.still_open(actor, chosen(number)))
