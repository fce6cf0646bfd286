"""The form behind *Set up*, which the bot's greeting offers."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import discord

from bot.adapters.discord.fields import (
    channel_field,
    channel_of,
    choice_field,
    text_field,
    value_of,
)
from bot.adapters.discord.forms import Form
from bot.adapters.discord.replies import Interaction
from bot.core.time.parsing import WEEKDAYS


@dataclass(frozen=True)
class Wanted:
    """What was typed and chosen: channels by their ids, the weekday from 0 for Monday on."""

    zone: str = ""
    papers: str | None = None
    weekday: int = 4
    time: str = "17:00"
    organisers: str | None = None


Send = Callable[[Interaction, Wanted], Awaitable[None]]


class SetUpForm(Form, title="Set Paperclub up"):
    """`send` sets the community up by what was typed."""

    def __init__(self, send: Send, wanted: Wanted) -> None:
        super().__init__()
        self._send = send
        self.zone = text_field("Time zone", "Your city, such as Seoul or New York", wanted.zone)
        self.papers = channel_field("Papers", "Where papers are posted", wanted.papers)
        days = [(str(number), name) for number, name in enumerate(WEEKDAYS)]
        self.weekday = choice_field("You meet on", days, str(wanted.weekday))
        self.time = text_field("At", "The local time, such as 17:00 or 5pm", wanted.time)
        self.organisers = channel_field(
            "Organisers",
            "Where I report problems; I message you if left out",
            wanted.organisers,
            required=False,
        )
        for field in (self.zone, self.papers, self.weekday, self.time, self.organisers):
            self.add_item(field)

    async def on_submit(self, interaction: discord.Interaction[Any], /) -> None:
        await self._send(interaction, self._wanted())

    def again(self) -> "SetUpForm":
        return SetUpForm(self._send, self._wanted())

    def _wanted(self) -> Wanted:
        return Wanted(
            zone=value_of(self.zone),
            papers=channel_of(self.papers),
            weekday=int(value_of(self.weekday)),
            time=value_of(self.time),
            organisers=channel_of(self.organisers),
        )
