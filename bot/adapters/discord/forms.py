"""Forms: what was typed into one is never lost, and counts once however often it is sent."""

import io
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from typing import Any

import discord
from discord import ui

from bot.adapters.discord import replies
from bot.adapters.discord.replies import Interaction
from bot.adapters.discord.ui import explain
from bot.core.edited import EditedSince
from bot.core.errors import UserError

FORM_LASTS = 15 * 60  # seconds, as long as Discord lets us answer
TAKEN = "taken"
READY = "The form is ready. It took a moment."
# A form from before a restart
NOT_TAKEN = "I have been restarted since this form was opened, so I didn't take it."
GIVEN_BACK = f"{NOT_TAKEN} Open it again and paste what you wrote:"
GIVEN_AS_FILE = f"{NOT_TAKEN} What you wrote is in the file; open the form again and paste it."
LONGEST_BLOCK = 1700  # characters beside the sentence; what is longer comes as a file
FENCE = "```"


class Form(ui.Modal, ABC):
    """A form. What was typed into it is offered back when it cannot be taken.

    Its custom id is made when it is opened and stays when it is filled in again: it is the key
    under which it is taken, once.
    """

    @abstractmethod
    def again(self) -> "Form":
        """The same form, filled in as it was sent."""

    async def interaction_check(self, interaction: discord.Interaction[Any], /) -> bool:
        interaction.extras[TAKEN] = True
        return True

    async def on_error(  # type: ignore[override] # discord.py's own modals differ from its views
        self, interaction: discord.Interaction[Any], error: Exception, /
    ) -> None:
        if not isinstance(error, UserError) or isinstance(error, EditedSince):
            await explain(interaction, error)
            return
        form = self.again()
        form.custom_id = self.custom_id
        await _offer(interaction, str(error), "Edit and send again", form)


async def open_form(interaction: Interaction, form: Form) -> None:
    """Open a form; a button that opens it, where Discord was told already that it takes longer."""
    if not await replies.send_modal(interaction, form):
        await _offer(interaction, READY, "Open the form", form)


async def _offer(interaction: Interaction, sentence: str, label: str, form: Form) -> None:
    view = ui.LayoutView(timeout=FORM_LASTS)
    view.add_item(ui.TextDisplay(sentence))
    view.add_item(ui.ActionRow(_OpenForm(label, form)))
    await replies.answer(interaction, view=view)


class _OpenForm(ui.Button[Any]):
    """Lives as long as what was typed is remembered; it is the one button that is not for ever."""

    def __init__(self, label: str, form: Form) -> None:
        super().__init__(label=label, style=discord.ButtonStyle.primary)
        self._form = form

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await replies.send_modal(interaction, self._form)


async def give_back_unless_taken(interaction: Interaction) -> None:
    """Answer a form that nobody takes any more: it is done already, or its text is given back."""
    if interaction.extras.get(TAKEN):
        return
    request = replies.request_of(interaction)
    client = interaction.client
    if client.replies.find(request) or await client.requests.was_handled(request):
        await replies.answer_again(interaction)
        return
    data: Mapping[str, Any] = dict(interaction.data or {})
    text = "\n\n".join(_typed(data.get("components", ())))
    if not text:
        await replies.answer(interaction, content=f"{NOT_TAKEN} Open it again.")
    elif len(text) <= LONGEST_BLOCK and FENCE not in text:
        await replies.answer(interaction, content=f"{GIVEN_BACK}\n{FENCE}\n{text}\n{FENCE}")
    else:
        file = discord.File(io.BytesIO(text.encode()), "what-you-wrote.txt")
        await replies.answer(interaction, content=GIVEN_AS_FILE, file=file)


def _typed(components: Any) -> Iterator[str]:
    """The texts in a form that was sent, in their order."""
    for component in components:
        if isinstance(value := component.get("value"), str) and value.strip():
            yield value
        yield from _typed(component.get("components", ()))
        if inner := component.get("component"):
            yield from _typed([inner])
