"""Buttons and menus of cards: what is pressed is looked up by its action's name.

Features' handlers are in `PaperclubClient.handlers`; `actions` has what only Discord needs.
"""

import re
from collections.abc import Awaitable, Callable
from typing import Any, Self

import discord
from discord import ui

from bot.adapters.discord.calls import handle
from bot.adapters.discord.errors import explain
from bot.adapters.discord.replies import Interaction
from bot.core.errors import UserError
from bot.core.ids import GONE

ActionHandler = Callable[[Interaction, str], Awaitable[None]]

MENU_GONE = "This menu does nothing any more. `/help` shows what I can do."

_BUTTON = re.compile(r"pc:(?P<action>[a-z_]+):(?P<arg>(?s:.*))")
_MENU = re.compile(r"pm:(?P<action>[a-z_]+):")


async def act(interaction: Interaction, action: str, argument: str, gone: str) -> None:
    """Do what a button or menu stands for. Raises UserError with `gone` where nothing does any
    more."""
    client = interaction.client
    if (handler := client.handlers.get(action)) is not None:
        await handle(interaction, handler, argument)
    elif (own := client.actions.get(action)) is not None:
        await own(interaction, argument)
    else:
        raise UserError(gone)


class ActionButton(ui.DynamicItem[ui.Button[Any]], template=_BUTTON):
    """Every button of every card; discord.py makes one from the custom id when it is pressed."""

    def __init__(self, item: ui.Button[Any], action: str, argument: str) -> None:
        super().__init__(item)
        self.action = action
        self.argument = argument

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        assert isinstance(item, ui.Button)
        return cls(item, match["action"], match["arg"])

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        try:
            await act(interaction, self.action, self.argument, GONE)
        except Exception as error:
            await explain(interaction, error)


class ActionMenu(ui.DynamicItem[ui.Select[Any]], template=_MENU):
    """Every menu of every card; what is chosen is the action's argument."""

    def __init__(self, item: ui.Select[Any], action: str) -> None:
        super().__init__(item)
        self.action = action

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        assert isinstance(item, ui.Select)
        return cls(item, match["action"])

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        try:
            if not self.item.values:
                raise UserError(MENU_GONE)
            await act(interaction, self.action, self.item.values[0], MENU_GONE)
        except Exception as error:
            await explain(interaction, error)


def require_ours(interaction: Interaction) -> None:
    """Raise UserError for a button or menu that none of these answers."""
    custom_id = str(dict(interaction.data or {}).get("custom_id"))
    if not (_BUTTON.fullmatch(custom_id) or _MENU.fullmatch(custom_id)):
        raise UserError(GONE)
