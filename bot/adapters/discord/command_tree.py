"""The tree of commands: it explains its errors, and names commands so that they can be clicked."""

from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands

from bot.adapters.discord.errors import explain
from bot.adapters.discord.replies import Interaction

if TYPE_CHECKING:
    from bot.adapters.discord.client import PaperclubClient


class CommandTree(app_commands.CommandTree["PaperclubClient"]):
    """A command tree whose errors are explained like all others, and that can name its commands
    so that they can be clicked."""

    def __init__(self, client: "PaperclubClient", **options: Any) -> None:
        super().__init__(client, **options)
        self._ids: dict[str, int] = {}  # as Discord numbers them

    async def sync(
        self, *, guild: discord.abc.Snowflake | None = None
    ) -> list[app_commands.AppCommand]:
        synced = await super().sync(guild=guild)
        self._ids |= {command.name: command.id for command in synced}
        return synced

    def mention(self, name: str) -> str:
        """A slash command by its whole name, to click on as soon as Discord has numbered it."""
        number = self._ids.get(name.partition(" ")[0])
        return f"`/{name}`" if number is None else f"</{name}:{number}>"

    async def on_error(
        self, interaction: Interaction, error: app_commands.AppCommandError, /
    ) -> None:
        await explain(interaction, error)
