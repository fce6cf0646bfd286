"""`/question edit` and `/question delete`: authors change what they wrote."""

from discord import app_commands

from bot.adapters.discord.actors import actor_of
from bot.adapters.discord.forms import open_form
from bot.adapters.discord.replies import Interaction, say, show
from bot.core.errors import UserError
from bot.core.ids import chosen
from bot.questions.replies import DELETE, DELETE_NOW, EDIT, delete_first, own_name
from bot.questions.revisions import Own, Revisions
from cogs.choices import MOST, Choices, suggestions
from cogs.question_forms import EditAnswerForm, EditQuestionForm

SAVED = "Saved. Wherever it's posted, it reads like this now."
DELETED = "Deleted. Answers by others stay."
LISTS = "Choose one from the list that appears as you type."


class RevisionActions:
    """What the commands and buttons of authors do. `actions` are the buttons."""

    def __init__(self, revisions: Revisions) -> None:
        self._revisions = revisions
        self.actions = {EDIT: self.edit, DELETE: self.delete, DELETE_NOW: self._delete_now}

    @suggestions
    async def suggest(self, interaction: Interaction, typed: str) -> Choices:
        """What the member wrote, for autocomplete."""
        found = await self._revisions.own(await actor_of(interaction), typed)
        return [_choice(one) for one in found[:MOST]]

    async def edit(self, interaction: Interaction, target: str) -> None:
        actor, ids = await actor_of(interaction), ids_of(target)
        if "answer_id" in ids:
            answer_id = ids["answer_id"]

            async def send_answer(sender: Interaction, text: str) -> None:
                await self._revisions.edit_answer(await actor_of(sender), answer_id, text)
                await say(sender, SAVED)

            own = await self._revisions.answer(actor, answer_id)
            await open_form(interaction, EditAnswerForm(own.text, send_answer))
            return
        question_id = ids["question_id"]

        async def send_question(sender: Interaction, title: str, details: str) -> None:
            await self._revisions.edit_question(
                await actor_of(sender), question_id, title=title, details=details
            )
            await say(sender, SAVED)

        own = await self._revisions.question(actor, question_id)
        await open_form(interaction, EditQuestionForm(own.title, own.text, send_question))

    async def delete(self, interaction: Interaction, target: str) -> None:
        """Asks first, since it can't be undone."""
        own = await self._revisions.deletable(await actor_of(interaction), **ids_of(target))
        await show(interaction, delete_first(own))

    async def _delete_now(self, interaction: Interaction, target: str) -> None:
        actor, ids = await actor_of(interaction), ids_of(target)
        if "answer_id" in ids:
            await self._revisions.delete_answer(actor, ids["answer_id"])
        else:
            await self._revisions.delete_question(actor, ids["question_id"])
        await say(interaction, DELETED)


def ids_of(target: str) -> dict[str, int]:
    """What a target such as `answer.7` means to services. Raises UserError for any other text."""
    kind, _, number = target.partition(".")
    if kind not in ("question", "answer"):
        raise UserError(LISTS)
    return {f"{kind}_id": chosen(number)}


def _choice(own: Own) -> app_commands.Choice[str]:
    return app_commands.Choice(name=own_name(own), value=own.target)
