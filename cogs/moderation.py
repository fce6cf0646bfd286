"""`/moderate`: what organisers decide about what members wrote."""

import discord
from discord import app_commands
from discord.ext import commands

from bot.adapters.discord.calls import Choices, handle, message_of, suggest
from bot.adapters.discord.replies import Interaction
from bot.communities.moderation.handlers import ModerationHandlers
from bot.questions.handlers.moderation import QuestionModeration
from cogs.choices import message_menu


@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
class ModerationCommands(
    commands.GroupCog, name="moderate", description="Questions, answers, experiences (organisers)"
):
    def __init__(self, moderation: ModerationHandlers, questions: QuestionModeration) -> None:
        self._moderation = moderation
        self._questions = questions
        hide = message_menu("Hide this", self._hide_message)
        hide.default_permissions = discord.Permissions(manage_guild=True)
        self.menus = [hide]

    @app_commands.command(description="List what's waiting for organisers, and open each card")
    async def queue(self, interaction: Interaction) -> None:
        await handle(interaction, self._moderation.queue)

    @app_commands.command(description="Hide a question; its thread stays")
    @app_commands.describe(question="Its number, or a word of it")
    async def hide(self, interaction: Interaction, question: str) -> None:
        await handle(interaction, self._moderation.hide, question)

    @app_commands.command(name="show", description="Show again what was hidden or taken down")
    @app_commands.describe(what="A word of it")
    async def show_again(self, interaction: Interaction, what: str) -> None:
        await handle(interaction, self._moderation.show_again, what)

    @app_commands.command(description="Block the anonymous author of a question or an experience")
    @app_commands.describe(what="A question's number, or a word of it or of an experience")
    async def block(self, interaction: Interaction, what: str) -> None:
        await handle(interaction, self._moderation.block, what)

    @app_commands.command(description="Unblock an author")
    @app_commands.describe(what="A word of what they were blocked for")
    async def unblock(self, interaction: Interaction, what: str) -> None:
        await handle(interaction, self._moderation.unblock, what)

    @app_commands.command(description="List what authors are blocked for")
    async def blocked(self, interaction: Interaction) -> None:
        await handle(interaction, self._moderation.blocked)

    @hide.autocomplete("question")
    async def _hideable(self, interaction: Interaction, typed: str) -> Choices:
        return await suggest(interaction, self._questions.hideable_like, typed)

    @show_again.autocomplete("what")
    async def _hidden(self, interaction: Interaction, typed: str) -> Choices:
        return await suggest(interaction, self._moderation.hidden_like, typed)

    @block.autocomplete("what")
    async def _blockable(self, interaction: Interaction, typed: str) -> Choices:
        return await suggest(interaction, self._moderation.blockable_like, typed)

    @unblock.autocomplete("what")
    async def _blocking(self, interaction: Interaction, typed: str) -> Choices:
        return await suggest(interaction, self._moderation.blocking_like, typed)

    async def _hide_message(self, interaction: Interaction, message: discord.Message) -> None:
        chosen = message_of(interaction, message)
        await handle(interaction, self._moderation.hide_message, chosen)
