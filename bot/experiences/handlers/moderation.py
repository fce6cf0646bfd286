"""The part of experiences in `/moderate`."""

from collections.abc import Iterable, Sequence

from bot.communities.calls import Call
from bot.communities.moderation.features import Listed
from bot.communities.service import Actor
from bot.communities.subjects import EXPERIENCE
from bot.core.ids import Target
from bot.core.post import Post
from bot.core.reply import Reply
from bot.experiences import replies
from bot.experiences.author_blocks import AuthorBlocks
from bot.experiences.reviews import Reviews
from bot.experiences.takedowns import Takedowns
from bot.experiences.views import ExperienceView


class ExperienceModeration:
    kinds = (EXPERIENCE,)

    def __init__(self, reviews: Reviews, takedowns: Takedowns, blocks: AuthorBlocks) -> None:
        self._reviews = reviews
        self._takedowns = takedowns
        self._blocks = blocks

    async def waiting(self, actor: Actor) -> Sequence[Listed]:
        waiting = await self._reviews.waiting(actor)
        return [Listed(Target(EXPERIENCE, one.id), replies.name_in_queue(one)) for one in waiting]

    async def card(self, actor: Actor, target: Target) -> Post:
        return await self._reviews.review(actor, target.id)

    async def behind(self, actor: Actor, mark: int | None) -> Target | None:
        found = await self._takedowns.behind(actor, mark)
        return Target(EXPERIENCE, found) if found is not None else None

    async def hide(self, call: Call, target: Target) -> Reply:
        taken_down = await self._takedowns.hide(call.actor, target.id)
        return replies.taken_down(taken_down, call.actor.community_ref, can_block=call.in_community)

    async def show_again(self, actor: Actor, target: Target) -> None:
        await self._takedowns.show_again(actor, target.id)

    async def block(self, actor: Actor, target: Target) -> None:
        await self._blocks.block(actor, target.id)

    async def unblock(self, actor: Actor, target: Target) -> None:
        await self._blocks.unblock(actor, target.id)

    async def hidden(self, actor: Actor) -> Sequence[Listed]:
        return _listed(await self._takedowns.hidden(actor))

    async def blocking(self, actor: Actor) -> Sequence[Listed]:
        return _listed(await self._blocks.blocking(actor))

    async def blockable(self, actor: Actor, typed: str) -> Sequence[Listed]:
        found = _listed(await self._blocks.blockable(actor))
        return [one for one in found if typed.casefold() in one.name.casefold()]


def _listed(experiences: Iterable[ExperienceView]) -> list[Listed]:
    return [Listed(Target(EXPERIENCE, one.id), replies.name_in_list(one)) for one in experiences]
