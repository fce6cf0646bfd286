"""Who decides by a card, and about what, as the card's buttons say."""

from dataclasses import dataclass

from bot.adapters.discord.actors import organiser_behind
from bot.adapters.discord.replies import Interaction
from bot.communities.service import Actor
from bot.core.ids import pressed


@dataclass(frozen=True)
class Decision:
    """Who presses, the id of what is decided, and which version of it the card showed."""

    actor: Actor
    number: int
    version: int

    @property
    def target(self) -> str:
        """The argument of buttons that go on from here; it is the same for each version."""
        return f"{self.actor.community_ref}.{self.number}"


async def deciding(interaction: Interaction, target: str) -> Decision:
    """Read a button's argument, which names its community: it may be in a direct message.

    A button without a version shows the first one.
    """
    community_ref, _, rest = target.partition(".")
    number, _, version = rest.partition(".")
    actor = await organiser_behind(interaction, community_ref)
    return Decision(actor, pressed(number), pressed(version) if version else 1)
