"""What organisers type as a place: channels that are suggested, links, rooms."""

import re

import discord
from discord import app_commands

from bot.adapters.discord.replies import Interaction
from bot.core.errors import UserError
from bot.core.text import cut
from bot.papers.place import channel_ref_of
from cogs.choices import LONGEST_NAME, MOST, Choices, suggestions

VOICE = discord.VoiceChannel | discord.StageChannel
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
    channel_ref = named[1] or named[2]
    guild = interaction.guild
    channel = guild.get_channel(int(channel_ref)) if guild else None
    if not isinstance(channel, VOICE):
        raise UserError(
            "That's no voice or stage channel of this server. Choose one from the list, or give a "
            "link or a room."
        )
    return f"<#{channel.id}>"


def place_warning(interaction: Interaction, place: str | None) -> str:
    """What is in the way of an event there."""
    channel_ref, guild = channel_ref_of(place), interaction.guild
    channel = guild.get_channel(int(channel_ref)) if guild and channel_ref else None
    if guild is None or not isinstance(channel, VOICE):
        return ""
    allowed = channel.permissions_for(guild.me)
    if allowed.view_channel and allowed.connect:
        return ""
    return (
        " I can't put meetings there into the calendar yet: give me *View Channel* and *Connect* "
        f"in {channel.mention}."
    )
