"""What the bot needs in a channel, by Discord's names for it."""

from collections.abc import Iterable, Mapping

import discord

from bot.communities.calls import Need

NEEDED = {
    "view_channel": "View Channel",
    "send_messages": "Send Messages",
    "embed_links": "Embed Links",
    "read_message_history": "Read Message History",
    "create_public_threads": "Create Public Threads",
    "send_messages_in_threads": "Send Messages in Threads",
}
NEEDED_TO_TELL = ("view_channel", "send_messages", "embed_links")
# What Discord asks of whoever puts an event into such a channel, besides *Create Events*.
NEEDED_FOR_VOICE_EVENTS = {"view_channel": "View Channel", "connect": "Connect"}
NEEDED_FOR_STAGE_EVENTS = {
    "view_channel": "View Channel",
    "manage_channels": "Manage Channels",
    "mute_members": "Mute Members",
    "move_members": "Move Members",
}


def missing_permissions(channel: discord.abc.GuildChannel, needed: Iterable[str] = NEEDED) -> str:
    """What the bot needs in a channel and does not have, in words; else nothing.

    A channel for papers takes all of `NEEDED`, one in which it only tells something fewer.
    """
    return _lacking(channel, {name: NEEDED[name] for name in needed})


def missing_for_events(channel: discord.VoiceChannel | discord.StageChannel) -> str:
    """What the bot needs to put an event into this channel and does not have; else nothing."""
    stage = isinstance(channel, discord.StageChannel)
    return _lacking(channel, NEEDED_FOR_STAGE_EVENTS if stage else NEEDED_FOR_VOICE_EVENTS)


def _lacking(channel: discord.abc.GuildChannel, needed: Mapping[str, str]) -> str:
    allowed = channel.permissions_for(channel.guild.me)
    return ", ".join(f"*{words}*" for name, words in needed.items() if not getattr(allowed, name))


def lacking(channel: discord.abc.GuildChannel, need: Need) -> str:
    """What the bot needs for this in a channel and does not have, in words; else nothing."""
    if need is Need.CALENDAR:
        allowed = channel.permissions_for(channel.guild.me)
        return "" if allowed.create_events or allowed.manage_events else "*Create Events*"
    if need is not Need.EVENT:
        return missing_permissions(channel, NEEDED_TO_TELL if need is Need.TELL else NEEDED)
    if isinstance(channel, discord.VoiceChannel | discord.StageChannel):
        return missing_for_events(channel)
    return ""
