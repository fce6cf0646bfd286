"""A call that no platform has made."""

import re
from dataclasses import dataclass, field, replace

from bot.communities.calls import ChannelKind, Command, Need
from bot.communities.service import Actor


@dataclass(frozen=True)
class FakeCall:
    """Somebody presses or types in a channel of their community, where the bot may do all."""

    actor: Actor
    place_ref: str = "2001"
    channels: frozenset[str] = field(default_factory=frozenset)  # None are known: all are there

    in_community = True

    @property
    def postable_ref(self) -> str:
        return self.place_ref

    async def organiser_of(self, community_ref: str) -> Actor:
        assert community_ref == self.actor.community_ref
        return self.actor

    async def person_of(self, target: str) -> tuple[Actor, str]:
        community_ref, _, argument = target.rpartition(".")
        if community_ref:
            return replace(self.actor, organiser=False), argument
        return self.actor, argument

    def mention(self, command: str) -> str:
        return f"/{command}"

    def commands(self) -> list[Command]:
        return []

    def channel_in(self, text: str) -> str | None:
        found = re.fullmatch(r"<#(\d+)>", text)
        return found[1] if found else None

    def channel_kind(self, channel_ref: str) -> ChannelKind | None:
        return ChannelKind.TEXT if self.has_channel(channel_ref) else None

    def can_ping(self, role_ref: str, channel_ref: str) -> bool:
        return True

    def has_channel(self, channel_ref: str) -> bool:
        return not self.channels or channel_ref in self.channels

    def lacks(self, channel_ref: str, need: Need) -> str:
        return ""
