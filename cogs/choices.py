"""Choices of options, and menus of messages, that several commands have."""

from collections.abc import Callable, Coroutine
from typing import Any

import discord
from discord import app_commands

from bot.adapters.discord.replies import Interaction
from bot.core.time.parsing import WEEKDAYS

OnMessage = Callable[[Interaction, discord.Message], Coroutine[Any, Any, None]]

WEEKDAY_CHOICES: list[app_commands.Choice[str | int | float]] = [
    app_commands.Choice(name=name, value=number) for number, name in enumerate(WEEKDAYS)
]
CADENCE_CHOICES: list[app_commands.Choice[str | int | float]] = [
    app_commands.Choice(name="Every week", value="weekly"),
    app_commands.Choice(name="Every two weeks", value="fortnightly"),
    app_commands.Choice(name="The first one of each month", value="1"),
    app_commands.Choice(name="The second one of each month", value="2"),
    app_commands.Choice(name="The third one of each month", value="3"),
    app_commands.Choice(name="The fourth one of each month", value="4"),
    app_commands.Choice(name="The last one of each month", value="-1"),
]


def message_menu(name: str, callback: OnMessage) -> app_commands.ContextMenu:
    menu = app_commands.ContextMenu(name=name, callback=callback)
    menu.guild_only = True
    return menu
