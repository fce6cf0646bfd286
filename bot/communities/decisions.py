"""Who decides by a card's button, and about what."""

from dataclasses import dataclass

from bot.communities.calls import Call
from bot.communities.service import Actor
from bot.core.ids import pressed


@dataclass(frozen=True)
class Decision:
    """Who presses, the id of what is decided, and which version of it the card showed."""

    actor: Actor
    id: int
    version: int

    @property
    def target(self) -> str:
        """The argument of buttons that follow; it is the same for each version."""
        return f"{self.actor.community_ref}.{self.id}"


async def decision_of(call: Call, argument: str) -> Decision:
    """Read a button's argument, which names its community: it may be in a direct message.

    A button without a version shows the first one.
    """
    community_ref, _, rest = argument.partition(".")
    number, _, version = rest.partition(".")
    actor = await call.organiser_of(community_ref)
    return Decision(actor, pressed(number), pressed(version) if version else 1)
