"""`/help` and `/about`."""

from discord import app_commands
from discord.ext import commands

from bot.adapters.discord.calls import handle
from bot.adapters.discord.replies import Interaction
from bot.communities.handlers import HelpHandlers


class Help(commands.Cog):
    def __init__(self, handlers: HelpHandlers) -> None:
        self._handlers = handlers

    @app_commands.command(name="help", description="Show what I can do for you")
    @app_commands.guild_only()
    async def help_(self, interaction: Interaction) -> None:
        await handle(interaction, self._handlers.help)

    @app_commands.command(description="Show what I am and which version")
    @app_commands.guild_only()
    async def about(self, interaction: Interaction) -> None:
        await handle(interaction, self._handlers.about)
