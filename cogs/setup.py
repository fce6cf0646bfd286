"""`/setup`."""

import discord
from discord import app_commands
from discord.ext import commands

from bot.adapters.discord.calls import handle
from bot.adapters.discord.choices import channel_ref, role_ref, zones_like
from bot.adapters.discord.replies import Interaction
from bot.papers.handlers.setup import SetupHandlers
from bot.papers.schedule.setup import Wanted
from cogs.choices import WEEKDAY_CHOICES


@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
class Setup(commands.GroupCog, name="setup", description="Set up Paperclub (organisers)"):
    def __init__(self, handlers: SetupHandlers) -> None:
        self._handlers = handlers

    @app_commands.command(description="Set everything your group needs, in one go")
    @app_commands.describe(
        zone="Your time zone; type a city",
        papers="The channel for papers and discussions",
        weekday="The day of the meeting",
        time="The local time, such as 17:00 or 5pm",
        ping="A role to ping with each announcement; @everyone for none",
        experiences="The channel or forum for internship experiences that members share",
        questions="The channel or forum for members' questions",
        organisers="Where I report problems; if it's the papers channel, I message you instead",
        organiser_role="Members with this role are organisers too; @everyone for none",
    )
    @app_commands.choices(weekday=WEEKDAY_CHOICES)
    @app_commands.autocomplete(zone=zones_like)
    async def start(
        self,
        interaction: Interaction,
        zone: str,
        papers: discord.TextChannel,
        weekday: int,
        time: str,
        ping: discord.Role | None = None,
        experiences: discord.TextChannel | discord.ForumChannel | None = None,
        questions: discord.TextChannel | discord.ForumChannel | None = None,
        organisers: discord.TextChannel | None = None,
        organiser_role: discord.Role | None = None,
    ) -> None:
        wanted = Wanted(
            zone=zone,
            papers_channel_ref=str(papers.id),
            weekday=weekday,
            at=time,
            ping_role_ref=role_ref(ping),
            organisers_channel_ref=channel_ref(organisers),
            organiser_role_ref=role_ref(organiser_role),
            experiences_channel_ref=channel_ref(experiences),
            questions_channel_ref=channel_ref(questions),
        )
        await handle(interaction, self._handlers.start, wanted)
