"""What organisers type as a place: channels that are suggested, links, rooms."""

import re

import discord
from discord import app_commands

from bot.adapters.discord.permissions import missing_for_events
from bot.adapters.discord.replies import Interaction
from bot.core.errors import UserError
from bot.core.text import cut
from bot.papers.place import channel_ref_of
from cogs.choices import LONGEST_NAME, MOST, Choices, suggestions

VOICE = discord.VoiceChannel | discord.StageChannel
OTHERWISE = "Choose one from the list, or give a link or a room."
_NAMED = re.compile(
    r"<#(\d{1,20})>|https://(?:\w+\.)?discord(?:app)?\.com/channels/\d+/(\d{1,20})/?"
)


@suggestions
async def places_like(interaction: Interaction, typed: str) -> Choices:
    """Autocomplete of the voice and stage channels that the person sees."""
    guild, person = interaction.guild, interaction.user
    if guild is None or not isinstance(person, discord.Member):
        return []
    channels = [
        channel
        for channel in (*guild.voice_channels, *guild.stage_channels)
        if typed.casefold() in channel.name.casefold()
        and channel.permissions_for(person).view_channel
    ]
    return [
        app_commands.Choice(name=cut(channel.name, LONGEST_NAME), value=f"<#{channel.id}>")
        for channel in channels[:MOST]
    ]


def place_in(interaction: Interaction, text: str) -> str:
    """The place as services take it: a channel that is named must be one to talk in."""
    named = _NAMED.fullmatch(text.strip())
    if named is None:
        return text
    channel_ref = int(named[1] or named[2])
    guild = interaction.guild
    channel = guild.get_channel_or_thread(channel_ref) if guild else None
    if channel is None:
        raise UserError(
            "I see no such channel on this server: it was deleted, or I'm missing *View Channel* "
            f"there. {OTHERWISE}"
        )
    if not isinstance(channel, VOICE):
        raise UserError(f"{channel.mention} is no voice or stage channel. {OTHERWISE}")
    return f"<#{channel.id}>"


def place_warning(interaction: Interaction, place: str | None) -> str:
    """What is in the way of an event there, and how to clear it away."""
    channel_ref, guild = channel_ref_of(place), interaction.guild
    channel = guild.get_channel(int(channel_ref)) if guild and channel_ref else None
    missing = missing_for_events(channel) if isinstance(channel, VOICE) else ""
    if channel is None or not missing:
        return ""
    return (
        f"I'm missing {missing} in {channel.mention}. Until I have it, meetings in the calendar "
        "lead to their announcement."
    )
