"""The menu *Accept as answer*."""

import discord
from discord.ext import commands

from bot.adapters.discord.calls import handle, message_of
from bot.adapters.discord.replies import Interaction
from bot.questions.handlers.answers import AnswerHandlers
from cogs.choices import message_menu


class AnswerCommands(commands.Cog):
    def __init__(self, answers: AnswerHandlers) -> None:
        self._answers = answers
        self.menus = [message_menu("Accept as answer", self._accept_message)]

    async def _accept_message(self, interaction: Interaction, message: discord.Message) -> None:
        chosen = message_of(interaction, message)
        await handle(interaction, self._answers.accept_message, chosen)
