"""The forms of `/experience` and of the buttons below accounts."""

from collections.abc import Awaitable, Callable
from typing import Any

import discord

from bot.adapters.discord.fields import text_field, value_of
from bot.adapters.discord.forms import Form
from bot.adapters.discord.replies import Interaction
from bot.experiences.archive import LONGEST_FACT
from bot.experiences.submissions import LONGEST_LINK, LONGEST_STORY, LONGEST_TITLE

SendAccount = Callable[[Interaction, str, str, str], Awaitable[None]]
SendFact = Callable[[Interaction, str], Awaitable[None]]


class AccountForm(Form):
    """An account as its author, or an organiser, types it."""

    def __init__(
        self, name: str, send: SendAccount, *, title: str = "", story: str = "", link: str = ""
    ) -> None:
        super().__init__(title=name)
        self._send = send
        self.account_title = text_field("Title", "A summer at …", title, LONGEST_TITLE)
        self.story = text_field(
            "Your experience",
            "How you found it, what you did, what you would tell others. Markdown works.",
            story,
            LONGEST_STORY,
            long=True,
        )
        self.link = text_field("Link to more", "https://…", link, LONGEST_LINK, required=False)
        for field in (self.account_title, self.story, self.link):
            self.add_item(field)

    async def on_submit(self, interaction: discord.Interaction[Any], /) -> None:
        title, story, link = map(value_of, (self.account_title, self.story, self.link))
        await self._send(interaction, title, story, link)

    def again(self) -> "AccountForm":
        title, story, link = map(value_of, (self.account_title, self.story, self.link))
        return AccountForm(self.title, self._send, title=title, story=story, link=link)


class CorrectionForm(Form):
    """What somebody knows better than the rules: one fact, filled in with what is shown."""

    def __init__(self, kind: str, value: str, send: SendFact) -> None:
        super().__init__(title=f"Correct: {kind}")
        self._kind = kind
        self._send = send
        hint = "Leave it empty to remove it"
        self.value = text_field(kind.capitalize(), hint, value, LONGEST_FACT, required=False)
        self.add_item(self.value)

    async def on_submit(self, interaction: discord.Interaction[Any], /) -> None:
        await self._send(interaction, value_of(self.value))

    def again(self) -> "CorrectionForm":
        return CorrectionForm(self._kind, value_of(self.value), self._send)
