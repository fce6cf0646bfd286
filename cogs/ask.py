"""`/ask`, and the menu *Ask about this*."""

import discord
from discord import app_commands
from discord.ext import commands

from bot.adapters.discord.calls import Choices, handle, message_of, suggest
from bot.adapters.discord.replies import Interaction
from bot.questions.handlers.submissions import SubmissionHandlers
from cogs.choices import message_menu

LONGEST_REF = 60


class Ask(commands.Cog):
    def __init__(self, submissions: SubmissionHandlers) -> None:
        self._submissions = submissions
        self.menus = [message_menu("Ask about this", self._ask_about_message)]

    @app_commands.command(description="Ask the group, by name or anonymously")
    @app_commands.guild_only()
    @app_commands.describe(about="A paper, a meeting or an experience; type a word")
    async def ask(
        self, interaction: Interaction, about: app_commands.Range[str, 1, LONGEST_REF] | None = None
    ) -> None:
        await handle(interaction, self._submissions.open_about, about or "")

    @ask.autocomplete("about")
    async def _subjects_like(self, interaction: Interaction, typed: str) -> Choices:
        return await suggest(interaction, self._submissions.subjects_like, typed)

    async def _ask_about_message(self, interaction: Interaction, message: discord.Message) -> None:
        chosen = message_of(interaction, message)
        await handle(interaction, self._submissions.open_about_message, chosen)
