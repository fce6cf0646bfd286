"""What a feature offers to moderate."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.communities.calls import Call
from bot.communities.service import Actor
from bot.core.ids import Target
from bot.core.post import Post
from bot.core.reply import Reply

QUESTION, ANSWER = "question", "answer"  # kinds of targets


@dataclass(frozen=True)
class Listed:
    """A thing in a list for organisers, by a plain text that tells which one it is."""

    target: Target
    name: str


class ModeratedFeature(Protocol):
    """A feature whose things organisers moderate. All of it raises UserError for members."""

    @property
    def kinds(self) -> Collection[str]:
        """The kinds of things it has, as their targets name them."""

    async def waiting(self, actor: Actor) -> Sequence[Listed]:
        """What waits for a decision, the oldest first."""

    async def card(self, actor: Actor, target: Target) -> Post:
        """The card to decide by, of something that waits."""

    async def behind(self, actor: Actor, mark: int | None) -> Target | None:
        """What a message of ours shows, by its mark; None where it isn't this feature's."""

    async def hide(self, call: Call, target: Target) -> Reply:
        """Hide it from members."""

    async def show_again(self, actor: Actor, target: Target) -> None:
        """Show it to members again."""

    async def block(self, actor: Actor, target: Target) -> None:
        """Block its anonymous author. UserError where it was written by name."""

    async def unblock(self, actor: Actor, target: Target) -> None:
        """Lift the block that was made for this."""

    async def hidden(self, actor: Actor) -> Sequence[Listed]:
        """What is hidden, the latest first."""

    async def blocking(self, actor: Actor) -> Sequence[Listed]:
        """What authors are blocked for, the latest first."""

    async def blockable(self, actor: Actor, typed: str) -> Sequence[Listed]:
        """What an author can be blocked for, as far as it has what is typed."""
