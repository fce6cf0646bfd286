"""The form in which an organiser chooses which question asks the same."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import discord

from bot.adapters.discord.fields import choice_field, value_of
from bot.adapters.discord.forms import Form
from bot.adapters.discord.replies import Interaction
from bot.core.text import cut, one_line
from bot.questions.views import QuestionView

SendText = Callable[[Interaction, str], Awaitable[None]]


class MergeForm(Form):
    """Which question is the same."""

    def __init__(self, others: Sequence[QuestionView], send: SendText, chosen: str = "") -> None:
        super().__init__(title="Merge into a question")
        self._others = others
        self._send = send
        options = [
            (str(one.id), cut(f"{one.number} · {one_line(one.title)}", 100)) for one in others
        ]
        self.other = choice_field("Same question as", options, chosen)
        self.add_item(self.other)

    async def on_submit(self, interaction: discord.Interaction[Any], /) -> None:
        await self._send(interaction, value_of(self.other))

    def again(self) -> "MergeForm":
        return MergeForm(self._others, self._send, value_of(self.other))
