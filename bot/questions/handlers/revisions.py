"""`/question edit` and `/question delete`: authors change what they wrote."""

from collections.abc import Mapping

from bot.communities.calls import Call, FormHandler, Handler
from bot.communities.service import Actor
from bot.core.form import Values
from bot.core.ids import Target, chosen, parse_target
from bot.core.reply import Reply, ask, show
from bot.questions import replies
from bot.questions.forms import EDIT_ANSWER, EDIT_QUESTION, edit_answer_form, edit_question_form
from bot.questions.keys import DELETE, DELETE_NOW, EDIT
from bot.questions.revisions import Revisions


class RevisionHandlers:
    def __init__(self, revisions: Revisions) -> None:
        self._revisions = revisions
        self.actions: Mapping[str, Handler] = {
            EDIT: self.edit,
            DELETE: self.delete,
            DELETE_NOW: self._delete_now,
        }
        self.forms: Mapping[str, FormHandler] = {
            EDIT_QUESTION: self._save_question,
            EDIT_ANSWER: self._save_answer,
        }

    async def edit(self, call: Call, target: str) -> Reply:
        """Open the form with what the member wrote."""
        written = _written(target)
        if written.kind == "answer":
            own = await self._revisions.answer(call.actor, written.id)
            return ask(edit_answer_form(written.id, own.text))
        own = await self._revisions.question(call.actor, written.id)
        return ask(edit_question_form(written.id, own.title, own.text))

    async def delete(self, call: Call, target: str) -> Reply:
        """Ask first, since it can't be undone."""
        written = _written(target)
        own = await self._revisions.deletable(call.actor, **{f"{written.kind}_id": written.id})
        return show(replies.delete_first(own))

    async def own_like(self, actor: Actor, typed: str) -> list[tuple[str, str]]:
        """What the member wrote, as names and targets."""
        found = await self._revisions.own(actor, typed)
        return [(replies.own_name(one), one.target) for one in found]

    async def _save_question(self, call: Call, number: str, values: Values) -> Reply:
        await self._revisions.edit_question(
            call.actor, chosen(number), title=values.text("title"), details=values.text("details")
        )
        return replies.saved()

    async def _save_answer(self, call: Call, number: str, values: Values) -> Reply:
        await self._revisions.edit_answer(call.actor, chosen(number), values.text("text"))
        return replies.saved()

    async def _delete_now(self, call: Call, target: str) -> Reply:
        written = _written(target)
        if written.kind == "answer":
            await self._revisions.delete_answer(call.actor, written.id)
        else:
            await self._revisions.delete_question(call.actor, written.id)
        return replies.deleted()


def _written(target: str) -> Target:
    """A question or an answer, such as `answer.7`. Raises UserError for any other text."""
    return parse_target(target, ("question", "answer"))
