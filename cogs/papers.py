"""`/paper`: nominate, vote, look things up."""

import discord
from discord import app_commands
from discord.ext import commands

from bot.adapters.discord.calls import Choices, handle, message_of, suggest
from bot.adapters.discord.replies import Interaction
from bot.papers.handlers.library import LibraryHandlers
from bot.papers.handlers.nominations import NominationHandlers
from bot.papers.typed import (
    LONGEST_REASON,
)
from cogs.choices import message_menu

LONGEST_SEARCH = 60  # a button's id holds it


@app_commands.guild_only()
class Papers(commands.GroupCog, name="paper", description="The papers this group reads"):
    def __init__(self, nominations: NominationHandlers, library: LibraryHandlers) -> None:
        self._nominations = nominations
        self._library = library
        self.menus = [message_menu("Nominate this paper", self._nominate_message)]

    @app_commands.command(description="Put a paper forward, by link, id, DOI or title")
    @app_commands.describe(
        link="A link, an arXiv id, a DOI or the title",
        why="Why the group should read it; shown with the paper",
    )
    async def nominate(
        self,
        interaction: Interaction,
        link: app_commands.Range[str, 1, 1000],
        why: app_commands.Range[str, 1, LONGEST_REASON] | None = None,
    ) -> None:
        await handle(interaction, self._nominations.nominate, link, why)

    @app_commands.command(description="Show what is up for vote, with votes")
    async def queue(self, interaction: Interaction) -> None:
        await handle(interaction, self._library.queue)

    @app_commands.command(name="show", description="Show a paper: abstract, links, votes")
    @app_commands.describe(paper="Type a part of its title")
    async def show_paper(self, interaction: Interaction, paper: str) -> None:
        await handle(interaction, self._library.show, paper)

    @app_commands.command(description="Find papers by title, author, venue or year")
    @app_commands.describe(text="Words to look for; all must occur")
    async def search(
        self, interaction: Interaction, text: app_commands.Range[str, 1, LONGEST_SEARCH]
    ) -> None:
        await handle(interaction, self._library.search, text)

    @app_commands.command(description="List the papers this group has discussed")
    async def history(self, interaction: Interaction) -> None:
        await handle(interaction, self._library.history)

    @app_commands.command(description="Take back your nomination; organisers can take back any")
    @app_commands.describe(nomination="Type a part of its title")
    async def withdraw(self, interaction: Interaction, nomination: str) -> None:
        await handle(interaction, self._nominations.withdraw, nomination)

    @show_paper.autocomplete("paper")
    async def _papers_like(self, interaction: Interaction, typed: str) -> Choices:
        return await suggest(interaction, self._library.papers_like, typed)

    @withdraw.autocomplete("nomination")
    async def _nominations_like(self, interaction: Interaction, typed: str) -> Choices:
        return await suggest(interaction, self._nominations.withdrawable, typed)

    async def _nominate_message(self, interaction: Interaction, message: discord.Message) -> None:
        chosen = message_of(interaction, message)
        await handle(interaction, self._nominations.nominate_message, chosen)
