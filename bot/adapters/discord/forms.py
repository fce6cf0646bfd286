"""Forms: what was typed into one is never lost, and counts once however often it is sent."""

import io
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import discord
from discord import ui

from bot.adapters.discord import fields, replies
from bot.adapters.discord.errors import explain
from bot.adapters.discord.replies import Interaction, say
from bot.core import form as core
from bot.core.edited import EditedSince
from bot.core.errors import UserError
from bot.core.latest import Latest
from bot.core.post import Button, Style
from bot.core.text import cut, one_line

OPEN = "open_form"
FORMS_KEPT = 500
FORGOTTEN = "That form has expired, and so has what you wrote in it. Please open it again."
TAKEN = "taken"
READY = "The form is ready. It took a moment."
# A form from before a restart
NOT_TAKEN = "I've been restarted since you opened this form, so I couldn't take it."
GIVEN_BACK = f"{NOT_TAKEN} Open it again and paste what you wrote:"
GIVEN_AS_FILE = f"{NOT_TAKEN} What you wrote is in the file; open the form again and paste it."
LONGEST_BLOCK = 1700  # characters beside the sentence; what is longer comes as a file
FENCE = "```"


Take = Callable[[Interaction, core.Form, core.Values], Awaitable[None]]


class FormModal(ui.Modal):
    """A form as a modal; `take` is given what was sent, and it is offered back where that fails.

    Its custom id is made when it is opened and stays when it is filled in again: it is the key
    under which it is taken, once.
    """

    def __init__(self, form: core.Form, take: Take) -> None:
        super().__init__(title=cut(one_line(form.title), core.LONGEST_TITLE))
        self.form = form
        self._take = take
        self._fields: dict[str, ui.Label[Any]] = {}
        for field in form.fields:
            item = fields.item_of(field)
            if isinstance(item, ui.Label) and not isinstance(field, core.Note):
                self._fields[field.key] = item
            self.add_item(item)

    async def on_submit(self, interaction: discord.Interaction[Any], /) -> None:
        for item in self._fields.values():
            fields.require_member(item)
        try:
            await self._take(interaction, self.form, fields.values_of(self._fields))
        except core.FormOutdated as error:
            self.form = replace(self.form, argument=error.argument)
            raise

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

    def again(self) -> "FormModal":
        """The same form, filled in as it was sent."""
        return FormModal(self.form.filled(fields.values_of(self._fields)), self._take)


async def open_form(interaction: Interaction, form: FormModal) -> None:
    """Open a form; a button that opens it, where Discord was told already that it takes longer."""
    if not await replies.send_modal(interaction, form):
        await _offer(interaction, READY, "Open the form", form)


class Offered:
    """The forms that a button opens, the latest of them; a restart forgets them."""

    def __init__(self) -> None:
        self._kept: Latest[tuple[int, str], FormModal] = Latest(FORMS_KEPT)

    def keep(self, member_id: int, form: FormModal) -> None:
        self._kept.keep((member_id, form.custom_id), form)

    def find(self, member_id: int, custom_id: str) -> FormModal | None:
        return self._kept.find((member_id, custom_id))


async def open_offered(interaction: Interaction, custom_id: str) -> None:
    """The button below a refused form; it is the one button that is not for ever."""
    form = interaction.client.offered.find(interaction.user.id, custom_id)
    if form is None:
        raise UserError(FORGOTTEN)
    await replies.send_modal(interaction, form)


async def _offer(interaction: Interaction, sentence: str, label: str, form: FormModal) -> None:
    interaction.client.offered.keep(interaction.user.id, form)
    await say(interaction, sentence, Button(OPEN, form.custom_id, label, Style.PRIMARY))


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
