"""`/settings`: what organisers set."""

import discord
from discord import app_commands
from discord.ext import commands

from bot.adapters.discord.calls import handle
from bot.adapters.discord.choices import channel_ref
from bot.adapters.discord.replies import Interaction
from bot.communities.handlers import SettingsHandlers
from bot.questions.handlers.settings import QuestionSettingsHandlers
from bot.questions.rules import LONGEST_COOLDOWN


@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
class Settings(commands.GroupCog, name="settings", description="What is set here (organisers)"):
    def __init__(self, settings: SettingsHandlers, questions: QuestionSettingsHandlers) -> None:
        self._settings = settings
        self._questions = questions

    @app_commands.command(name="show", description="Show all settings")
    async def show_settings(self, interaction: Interaction) -> None:
        await handle(interaction, self._settings.show)

    @app_commands.command(description="Set how members ask and answer")
    @app_commands.describe(
        channel="The channel or forum for questions",
        topics="The topics to choose from, separated by commas",
        anonymous="Whether members can ask anonymously",
        anonymous_answers="Whether members can answer anonymously",
        approval="Whether you approve anonymous questions before they are posted",
        pause="Minutes between two questions of one member",
        digest="Whether I post a digest each Monday morning",
    )
    async def questions(
        self,
        interaction: Interaction,
        channel: discord.TextChannel | discord.ForumChannel | None = None,
        topics: app_commands.Range[str, 1, 1000] | None = None,
        anonymous: bool | None = None,
        anonymous_answers: bool | None = None,
        approval: bool | None = None,
        pause: app_commands.Range[int, 0, LONGEST_COOLDOWN] | None = None,
        digest: bool | None = None,
    ) -> None:
        await handle(
            interaction,
            self._questions.set,
            channel_ref=channel_ref(channel),
            topics=topics,
            anonymous_questions=anonymous,
            anonymous_answers=anonymous_answers,
            approval=approval,
            cooldown_minutes=pause,
            digest=digest,
        )
