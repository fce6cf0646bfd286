"""`/moderate`: the queue, hiding and blocking, for all features that have something to moderate."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from bot.communities.blocks import BLOCK
from bot.communities.calls import MOST_SUGGESTED, Call, FormHandler, Handler, Message
from bot.communities.keys import NOTICE
from bot.communities.moderation import replies
from bot.communities.moderation.features import QUESTION, Listed, ModeratedFeature
from bot.communities.service import Actor, Communities
from bot.core.errors import UserError
from bot.core.ids import Target, chosen, parse_target
from bot.core.outbox import Parked
from bot.core.paging import target_of
from bot.core.reply import Reply, instead, show

PARKED = "parked"
MOST_OF_OTHERS = 10  # suggestions beside those of the first feature
_REVIEWS = (f"{NOTICE}question:", f"{NOTICE}review:")


class ModerationHandlers:
    """Lets each of the `features` see to the things that it has."""

    def __init__(self, communities: Communities, features: Sequence[ModeratedFeature]) -> None:
        self._communities = communities
        self._features = features
        self._by_kind = {kind: feature for feature in features for kind in feature.kinds}
        self.actions: Mapping[str, Handler] = {
            replies.QUEUE: self._turn_queue,
            replies.OPEN: self._open,
            replies.SHOW_AGAIN: self.show_again,
            BLOCK: self.block,
            replies.UNBLOCK: self.unblock,
            replies.BLOCKED: self._turn_blocked,
        }
        self.forms: Mapping[str, FormHandler] = {}

    async def queue(self, call: Call, page: int = 0) -> Reply:
        """What waits for organisers, wherever the message about it went."""
        waiting = await self._listed(call.actor, lambda feature: feature.waiting)
        parked = [
            Listed(Target(PARKED, one.id), replies.parked_name(one))
            for one in await self._communities.parked(call.actor)
            if not one.key.startswith(_REVIEWS)  # those wait, and are listed already
        ]
        return show(replies.queue_page([*waiting, *parked], page))

    async def hide(self, call: Call, what: str) -> Reply:
        """Hide something from members."""
        target = self._target(what)
        return await self._by_kind[target.kind].hide(call, target)

    async def hide_message(self, call: Call, message: Message) -> Reply:
        """Hide what a message of ours shows."""
        call.actor.require_organiser()
        for feature in self._features:
            target = await feature.behind(call.actor, message.mark)
            if target is not None:
                return await feature.hide(call, target)
        raise UserError(replies.NOT_OURS)

    async def show_again(self, call: Call, what: str) -> Reply:
        """Show again what is hidden or taken down."""
        target = self._target(what)
        await self._by_kind[target.kind].show_again(call.actor, target)
        return replies.shown_again()

    async def block(self, call: Call, what: str) -> Reply:
        """Block the anonymous author of something."""
        target = self._target(what)
        await self._by_kind[target.kind].block(call.actor, target)
        return replies.blocked(str(target))

    async def unblock(self, call: Call, what: str) -> Reply:
        """Lift the block that was made for something."""
        target = self._target(what)
        await self._by_kind[target.kind].unblock(call.actor, target)
        return replies.unblocked()

    async def blocked(self, call: Call, page: int = 0) -> Reply:
        """What authors are blocked for."""
        blocking = await self._listed(call.actor, lambda feature: feature.blocking)
        return show(replies.blocked_page(blocking, page))

    async def hidden_like(self, actor: Actor, typed: str) -> list[tuple[str, str]]:
        """What can be shown again, as names and targets."""
        return replies.choices(await self._listed(actor, lambda feature: feature.hidden), typed)

    async def blocking_like(self, actor: Actor, typed: str) -> list[tuple[str, str]]:
        """What authors are blocked for, as names and targets."""
        return replies.choices(await self._listed(actor, lambda feature: feature.blocking), typed)

    async def blockable_like(self, actor: Actor, typed: str) -> list[tuple[str, str]]:
        """What authors can be blocked for, as names and targets; there is room for each feature."""
        first, *others = [await feature.blockable(actor, typed) for feature in self._features]
        rest = [one for found in others for one in found][:MOST_OF_OTHERS]
        return replies.choices([*first[: MOST_SUGGESTED - len(rest)], *rest])

    async def _turn_queue(self, call: Call, target: str) -> Reply:
        page, _ = target_of(target)
        return instead(await self.queue(call, page))

    async def _turn_blocked(self, call: Call, target: str) -> Reply:
        page, _ = target_of(target)
        return instead(await self.blocked(call, page))

    async def _open(self, call: Call, what: str) -> Reply:
        """The card of something that waits, with its buttons."""
        target = parse_target(what, (*self._by_kind, PARKED))
        if target.kind != PARKED:
            return show(await self._by_kind[target.kind].card(call.actor, target))
        parked = await self._parked(call.actor, target.id)
        return show(replies.parked_card(parked, call.actor.community_ref))

    async def _parked(self, actor: Actor, row_id: int) -> Parked:
        for one in await self._communities.parked(actor):
            if one.id == row_id:
                return one
        raise UserError(replies.NOT_WAITING)

    async def _listed(
        self,
        actor: Actor,
        listing: Callable[[ModeratedFeature], Callable[[Actor], Awaitable[Sequence[Listed]]]],
    ) -> list[Listed]:
        return [one for feature in self._features for one in await listing(feature)(actor)]

    def _target(self, what: str) -> Target:
        """What a choice or a button names; a number alone is a question."""
        if "." not in what:
            return Target(QUESTION, chosen(what))
        return parse_target(what, self._by_kind)
