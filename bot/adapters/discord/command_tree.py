"""The tree of commands: it explains its errors, and names commands so that they can be clicked."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands

from bot.adapters.discord.errors import explain
from bot.adapters.discord.replies import Interaction
from bot.communities.calls import Command

if TYPE_CHECKING:
    from bot.adapters.discord.client import PaperclubClient

FOR_ORGANISERS = "(organisers)"  # how the description of a command ends that is for them alone


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

    def described(self) -> list[Command]:
        """All commands, for `/help`."""
        commands = [
            Command(
                command.qualified_name,
                command.description,
                self.mention(command.qualified_name),
                is_for_organisers(command),
            )
            for command in slash_commands(self)
        ]
        menus = self.get_commands(type=discord.AppCommandType.message)
        names = sorted((menu.name, is_for_organisers(menu)) for menu in menus)
        return commands + [Command(name, "", for_organisers=theirs) for name, theirs in names]

    async def on_error(
        self, interaction: Interaction, error: app_commands.AppCommandError, /
    ) -> None:
        await explain(interaction, error)


def is_for_organisers(
    command: app_commands.Command[Any, ..., Any] | app_commands.ContextMenu,
) -> bool:
    """Whether members are refused it. Discord hides whole groups; single commands say it."""
    if isinstance(command, app_commands.Command) and command.description.endswith(FOR_ORGANISERS):
        return True
    whole = getattr(command, "root_parent", None) or command
    needed = whole.default_permissions
    return needed is not None and needed.manage_guild


def slash_commands(
    tree: app_commands.CommandTree[Any],
) -> Iterator[app_commands.Command[Any, ..., Any]]:
    """All slash commands, groups unfolded, in order of their names."""
    for command in sorted(tree.walk_commands(), key=lambda c: c.qualified_name):
        if isinstance(command, app_commands.Command):
            yield command
