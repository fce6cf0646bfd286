"""`/help` and `/about`."""

from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.adapters.discord.actors import actor_of
from bot.adapters.discord.command_tree import CommandTree
from bot.adapters.discord.replies import Interaction, show, turn_page
from bot.core.paging import page_of, target_of
from bot.core.post import Post

HELP = "help"  # turns the pages
FOR_ORGANISERS = "(organisers)"  # how the description of a command ends that is for them alone
# What I do, how it begins, and the commands for it; what is in none of them stands last.
JOBS = (
    (
        "Paper of the week",
        "Nominate what you want to read and vote with *Upvote*. When a paper is announced, press "
        "*Going*.",
        ("paper", "schedule"),
    ),
    (
        "Internship experiences",
        "I post new ones from the blogs that this group follows. Read, search, or share yours.",
        ("experience", "feed"),
    ),
    (
        "Questions and answers",
        "Ask the group, by name or anonymously. I ping you when someone answers.",
        ("ask", "question", "ama", "moderate"),
    ),
)
THE_REST = "Set-up and help"


class Help(commands.Cog):
    def __init__(self) -> None:
        self.actions = {HELP: self._turn}

    @app_commands.command(name="help", description="Show what I can do for you")
    @app_commands.guild_only()
    async def help_(self, interaction: Interaction) -> None:
        await show(interaction, await self._page(interaction, 0))

    @app_commands.command(description="What I am, and which version")
    @app_commands.guild_only()
    async def about(self, interaction: Interaction) -> None:
        await show(
            interaction,
            Post(
                title=f"Paperclub {version('paperclub')}",
                text="I run this group's paper of the week: nominations, votes, the pick, the "
                "announcement, the discussion and the reminders. I follow blogs about internships "
                "and post each new experience. I take your questions, and see to it that they find "
                "answers. I am free software (MIT).",
                details=(
                    "I keep what you nominate, vote and answer, and the experiences and questions "
                    "that you write, with your Discord id, in the database of the person who hosts "
                    "me. What you ask, answer or hand in without your name has a pseudonym there: "
                    "members and organisers won't see whose it is; the host, who has database and "
                    "key, could find out, and Discord knows.",
                    "I read no messages but those on which you use a command of their menu. Of a "
                    "thread whose question is unanswered after a day I look at who wrote in it.",
                ),
            ),
        )

    async def _turn(self, interaction: Interaction, target: str) -> None:
        number, _ = target_of(target)
        await turn_page(interaction, await self._page(interaction, number))

    async def _page(self, interaction: Interaction, number: int) -> Post:
        actor = await actor_of(interaction)
        tree = interaction.client.tree
        assert isinstance(tree, CommandTree)
        sections = list(_sections(tree, organiser=actor.organiser))
        return page_of("Paperclub", sections, number, HELP, empty="")


def _sections(tree: CommandTree, *, organiser: bool) -> Iterator[str]:
    """The commands of each job that this reader may use, one text a job."""
    usable = [one for one in slash_commands(tree) if organiser or not is_for_organisers(one)]
    jobs = [
        *JOBS,
        (THE_REST, "", {_group(one) for one in usable}.difference(*(j[2] for j in JOBS))),
    ]
    for title, beginning, groups in jobs:
        rows = [
            f"{tree.mention(one.qualified_name)} {one.description}"
            for one in usable
            if _group(one) in groups
        ]
        if rows:
            yield "\n".join(filter(None, [f"**{title}**", beginning, *rows]))
    menus = [
        f"*{menu.name}*"
        for menu in tree.get_commands(type=discord.AppCommandType.message)
        if organiser or not is_for_organisers(menu)
    ]
    if menus:
        yield f"**On a message**, under *Apps*: {', '.join(sorted(menus))}"


def _group(command: app_commands.Command[Any, ..., Any]) -> str:
    return command.qualified_name.partition(" ")[0]


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
