"""A call that no platform has made."""

from dataclasses import dataclass, field, replace

from bot.communities.calls import Need
from bot.communities.service import Actor


@dataclass(frozen=True)
class FakeCall:
    """Somebody presses or types in a channel of their community, where the bot may do all."""

    actor: Actor
    place_ref: str = "2001"
    channels: frozenset[str] = field(default_factory=frozenset)  # None are known: all are there

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

    def has_channel(self, channel_ref: str) -> bool:
        return not self.channels or channel_ref in self.channels

    def lacks(self, channel_ref: str, need: Need) -> str:
        return ""
