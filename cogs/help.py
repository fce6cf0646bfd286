"""`/help` and `/about`."""

from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

from discord import app_commands
from discord.ext import commands

from bot.adapters.discord.ui import Interaction, show
from bot.core.post import Post

FIRST_STEPS = (
    "**Members:** `/paper nominate` takes a link, an id or a title; press *Upvote* on what you "
    "want to read. Once a paper is announced, press *Going* and I remind you. "
    "`/experience latest` has accounts of internships; `/experience submit` takes yours. "
    "`/ask` asks the group, by name or without it; `/question list` has what is open.\n"
    "**Organisers:** `/setup start` once; `/schedule` from then on. `/feed add` follows a blog. "
    "`/settings questions` says where members ask; `/ama open` invites a guest."
)


class Help(commands.Cog):
    @app_commands.command(name="help", description="What I can do, in one page")
    @app_commands.guild_only()
    async def help_(self, interaction: Interaction) -> None:
        lines = [
            f"`/{command.qualified_name}` {command.description}"
            for command in slash_commands(interaction.client.tree)
        ]
        await show(
            interaction, Post(title="Paperclub", text=FIRST_STEPS, details=("\n".join(lines),))
        )

    @app_commands.command(description="What I am, and which version")
    @app_commands.guild_only()
    async def about(self, interaction: Interaction) -> None:
        await show(
            interaction,
            Post(
                title=f"Paperclub {version('paperclub')}",
                text="I run this group's paper of the week: nominations, votes, the pick, the "
                "announcement, the discussion and the reminders. I follow blogs about internships "
                "and post each new account. I take your questions, and see to it that they find "
                "answers. I am free software (MIT).",
                details=(
                    "I keep what you nominate, vote and answer, and the accounts and questions "
                    "that you write, with your Discord id, in the database of the person who hosts "
                    "me; that is so for unnamed accounts, too. What you ask or answer without your "
                    "name has a pseudonym there: members and organisers aren't told whose it is; "
                    "the host, who has the key, could find out.",
                    "I read no messages but those on which you use a command of their menu. Of a "
                    "thread whose question is unanswered after a day I look at who wrote in it.",
                ),
            ),
        )


def slash_commands(
    tree: app_commands.CommandTree[Any],
) -> Iterator[app_commands.Command[Any, ..., Any]]:
    """All slash commands, groups unfolded, in order of their names."""
    for command in sorted(tree.walk_commands(), key=lambda c: c.qualified_name):
        if isinstance(command, app_commands.Command):
            yield command
