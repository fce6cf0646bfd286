"""Meetings in Discord's calendar: made, found again, changed, brought to their end.

An entry leads to its announcement: by its location, or by the last line of its description where
the meeting has a place of its own. By that it is found again.
"""

import re
from typing import Any

import discord

from bot.adapters.discord.calls import Stopwatch, anchor_of
from bot.core.courier import Delivery
from bot.core.errors import DeliveryDelayed, DeliveryRefused
from bot.core.post import Event, Status
from bot.core.text import cut

UNKNOWN_EVENT = 10070
LONGEST_TEXT = 1000  # of a description
LONGEST_LOCATION = 100
AHEAD = (discord.EventStatus.scheduled, discord.EventStatus.active)
_CHANNEL = re.compile(r"<#(\d{1,20})>")
_MESSAGES = "https://discord.com/channels/"


class DiscordEvents:
    """The entries that outbox rows stand for."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client

    async def make(self, delivery: Delivery, event: Event) -> str:
        guild = await self._guild(delivery)
        stopwatch = Stopwatch()
        made = await guild.create_scheduled_event(
            start_time=event.starts_at,
            end_time=event.ends_at,
            privacy_level=discord.PrivacyLevel.guild_only,
            **_shown(guild, event, _announcement(delivery)),
        )
        if stopwatch.may_have_repeated:
            raise DeliveryDelayed("Discord may have made the calendar entry twice.")
        return str(made.id)

    async def find(self, delivery: Delivery) -> str | None:
        """Whatever else leads to the announcement was made by mistake."""
        guild = await self._guild(delivery)
        events = await guild.fetch_scheduled_events(with_counts=False)
        ours = sorted(
            (
                event
                for event in events
                if event.creator_id == self._me
                and event.status in AHEAD
                and _link_of(event) == _announcement(delivery)
            ),
            key=lambda event: event.id,
        )
        for double in ours[1:]:
            await double.delete()
        return str(ours[0].id) if ours else None

    async def edit(self, delivery: Delivery, event: Event) -> str:
        """Show what is known now; an entry that is gone or over stays as it is."""
        anchor = anchor_of(delivery)
        guild = await self._guild(delivery)
        found = await self._fetch(guild, anchor.message_ref)
        if found is not None and found.status in AHEAD:
            shown = _shown(guild, event, _link_of(found))
            if found.status is discord.EventStatus.active:  # it stays where it is
                shown = {"name": shown["name"], "description": shown["description"]}
            await found.edit(**shown)
        return anchor.message_ref

    async def set_status(self, delivery: Delivery, status: Status) -> str:
        """Bring the entry forward to this state; one that is gone or further on stays so."""
        anchor = anchor_of(delivery)
        event = await self._fetch(await self._guild(delivery), anchor.message_ref)
        if event is not None and event.status is discord.EventStatus.scheduled:
            if status is Status.CANCELLED:
                await event.cancel()
            else:
                event = await event.start()
        over = status is not Status.ACTIVE
        if event is not None and event.status is discord.EventStatus.active and over:
            await event.end()
        return anchor.message_ref

    async def _fetch(self, guild: discord.Guild, ref: str) -> discord.ScheduledEvent | None:
        try:
            return await guild.fetch_scheduled_event(int(ref))
        except discord.NotFound as error:
            if error.code != UNKNOWN_EVENT:
                raise
            return None

    async def _guild(self, delivery: Delivery) -> discord.Guild:
        ref = int(delivery.destination.removeprefix("community:"))
        return self._client.get_guild(ref) or await self._client.fetch_guild(ref)

    @property
    def _me(self) -> int:
        assert self._client.user is not None, "posts go out after the login"
        return self._client.user.id


def _shown(guild: discord.Guild, event: Event, link: str | None) -> dict[str, Any]:
    """What Discord is to show. A channel that is gone leaves the announcement as the place."""
    shown: dict[str, Any] = {"name": event.name, "description": event.text}
    in_channel = _CHANNEL.fullmatch(event.place)
    channel = guild.get_channel(int(in_channel[1])) if in_channel else None
    if isinstance(channel, discord.VoiceChannel | discord.StageChannel):
        _require_access(channel)
        stage = isinstance(channel, discord.StageChannel)
        shown["entity_type"] = (
            discord.EntityType.stage_instance if stage else discord.EntityType.voice
        )
        shown["channel"] = channel
    else:
        fits = event.place and not in_channel and len(event.place) <= LONGEST_LOCATION
        shown["entity_type"] = discord.EntityType.external
        shown["location"] = event.place if fits else link or cut(event.name, LONGEST_LOCATION)
    if link and shown.get("location") != link:
        shown["description"] = f"{cut(event.text, LONGEST_TEXT - len(link) - 1)}\n{link}"
    return shown


def _require_access(channel: discord.VoiceChannel | discord.StageChannel) -> None:
    allowed = channel.permissions_for(channel.guild.me)
    if not (allowed.view_channel and allowed.connect):
        raise DeliveryRefused(
            f"I can't put a meeting into {channel.mention}: I'm missing *View Channel* or "
            "*Connect* there. Give them to me, or choose another place with `/schedule place`."
        )


def _link_of(event: discord.ScheduledEvent) -> str | None:
    """The announcement to which the entry leads."""
    lines = (event.location or "", *(event.description or "").splitlines()[-1:])
    return next((line for line in lines if line.startswith(_MESSAGES)), None)


def _announcement(delivery: Delivery) -> str:
    guild = delivery.destination.removeprefix("community:")
    return f"{_MESSAGES}{guild}/{anchor_of(delivery).message_ref}"
