"""What options of commands offer and give: time zones, channels, roles."""

import discord
from discord import app_commands

from bot.adapters.discord.calls import LONGEST_CHOICE, MOST_CHOICES, Choices
from bot.adapters.discord.replies import Interaction
from bot.core.post import channel
from bot.core.text import cut
from bot.core.time.zones import suggest_zones


async def zones_like(interaction: Interaction, typed: str) -> Choices:
    """Time zones."""
    zones = suggest_zones(typed, MOST_CHOICES)
    return [app_commands.Choice(name=zone, value=zone) for zone in zones]


async def voice_channels_like(interaction: Interaction, typed: str) -> Choices:
    """The voice and stage channels that the person sees, by their names, as mentions."""
    guild, person = interaction.guild, interaction.user
    if guild is None or not isinstance(person, discord.Member):
        return []
    found = [
        one
        for one in (*guild.voice_channels, *guild.stage_channels)
        if typed.casefold() in one.name.casefold() and one.permissions_for(person).view_channel
    ]
    return [
        app_commands.Choice(name=cut(one.name, LONGEST_CHOICE), value=channel(str(one.id)))
        for one in found[:MOST_CHOICES]
    ]


def channel_ref(chosen: discord.abc.GuildChannel | None) -> str | None:
    """The ref of a channel that was given as an option."""
    return None if chosen is None else str(chosen.id)


def role_ref(chosen: discord.Role | None) -> str | None:
    """The ref of a role that was given as an option: empty for *@everyone*, which means none."""
    if chosen is None:
        return None
    return "" if chosen.is_default() else str(chosen.id)
