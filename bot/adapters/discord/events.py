"""Meetings in Discord's calendar: made, found again, changed, brought to their end.

An entry leads to its announcement: by its location, or by the last line of its description where
the meeting has a place of its own. By that it is found again. An entry for a channel into which we
may put none leads to the announcement, too, until we may.
"""

import re
from typing import Any

import discord

from bot.adapters.discord.permissions import missing_for_events
from bot.adapters.discord.stopwatch import Stopwatch, anchor_of
from bot.core.courier import Delivery, Sent
from bot.core.errors import DeliveryDelayed, DeliveryRefused
from bot.core.post import Event, Status
from bot.core.text import cut

UNKNOWN_EVENT = 10070
LONGEST_TEXT = 1000  # of a description
LONGEST_LOCATION = 100
AHEAD = (discord.EventStatus.scheduled, discord.EventStatus.active)
Voice = discord.VoiceChannel | discord.StageChannel
_CHANNEL = re.compile(r"<#(\d{1,20})>")
_MESSAGES = "https://discord.com/channels/"


class DiscordEvents:
    """The entries that outbox rows stand for."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client

    async def make(self, delivery: Delivery, event: Event) -> Sent:
        guild = await self._guild(delivery)
        stopwatch = Stopwatch()
        made = await guild.create_scheduled_event(
            start_time=event.starts_at,
            end_time=event.ends_at,
            privacy_level=discord.PrivacyLevel.guild_only,
            **_shown(event, _open_channel(guild, event), _announcement(delivery)),
        )
        if stopwatch.may_have_repeated:
            raise DeliveryDelayed("Discord may have made the calendar entry twice.")
        return Sent(str(made.id))

    async def find(self, delivery: Delivery) -> Sent | None:
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
        return Sent(str(ours[0].id)) if ours else None

    async def edit(self, delivery: Delivery, event: Event) -> Sent:
        """Show what is known now; an entry that is gone or over stays as it is.

        Raises DeliveryRefused when all is shown but for the channel, into which we may put nothing.
        """
        anchor = anchor_of(delivery)
        guild = await self._guild(delivery)
        found = await self._fetch(guild, anchor.message_ref)
        if found is None or found.status not in AHEAD:
            return Sent(anchor.message_ref)
        shown = _shown(event, _open_channel(guild, event), _link_of(found))
        if found.status is discord.EventStatus.active:  # it stays where it is
            shown = {"name": shown["name"], "description": shown["description"]}
        if any(getattr(found, name) != value for name, value in shown.items()):
            if shown.get("entity_type") is discord.EntityType.external:
                shown["end_time"] = event.ends_at  # Discord wants it again where that is new
            await found.edit(**shown)
        if found.status is discord.EventStatus.scheduled:
            _require_access(guild, event)
        return Sent(anchor.message_ref)

    async def set_status(self, delivery: Delivery, status: Status) -> Sent:
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
        return Sent(anchor.message_ref)

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


def _shown(event: Event, channel: Voice | None, link: str | None) -> dict[str, Any]:
    """What Discord is to show: the event in this channel, at a place outside, or at `link`."""
    shown: dict[str, Any] = {"name": event.name, "description": event.text}
    if channel is not None:
        stage = isinstance(channel, discord.StageChannel)
        shown["entity_type"] = (
            discord.EntityType.stage_instance if stage else discord.EntityType.voice
        )
        shown["channel"] = channel
    else:
        outside = "" if _CHANNEL.fullmatch(event.place) else event.place
        fits = outside and len(outside) <= LONGEST_LOCATION
        shown["entity_type"] = discord.EntityType.external
        shown["location"] = outside if fits else link or cut(event.name, LONGEST_LOCATION)
    if link and shown.get("location") != link:
        shown["description"] = f"{cut(event.text, LONGEST_TEXT - len(link) - 1)}\n{link}"
    return shown


def _channel_of(guild: discord.Guild, event: Event) -> Voice | None:
    """The channel that is the event's place, if it is still there."""
    place = _CHANNEL.fullmatch(event.place)
    channel = guild.get_channel(int(place[1])) if place else None
    return channel if isinstance(channel, Voice) else None


def _open_channel(guild: discord.Guild, event: Event) -> Voice | None:
    """The same, if we may put events there."""
    channel = _channel_of(guild, event)
    return None if channel is None or missing_for_events(channel) else channel


def _require_access(guild: discord.Guild, event: Event) -> None:
    channel = _channel_of(guild, event)
    missing = missing_for_events(channel) if channel is not None else ""
    if channel is not None and missing:
        raise DeliveryRefused(
            f"I'm missing {missing} in {channel.mention}, so the meeting's entry links to the "
            "announcement instead. Please give it to me, or set another place with "
            "`/schedule place`."
        )


def _link_of(event: discord.ScheduledEvent) -> str | None:
    """The announcement to which the entry leads."""
    lines = (event.location or "", *(event.description or "").splitlines()[-1:])
    return next((line for line in lines if line.startswith(_MESSAGES)), None)


def _announcement(delivery: Delivery) -> str:
    guild = delivery.destination.removeprefix("community:")
    return f"{_MESSAGES}{guild}/{anchor_of(delivery).message_ref}"
