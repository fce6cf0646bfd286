"""Organisers decide about questions and answers. They never learn who wrote anonymously."""

from collections.abc import Mapping, Sequence

from bot.communities.calls import Call, FormHandler, Handler
from bot.communities.decisions import decision_of
from bot.communities.moderation.features import ANSWER, QUESTION, Listed
from bot.communities.service import Actor
from bot.core.errors import UserError
from bot.core.form import Values
from bot.core.ids import Target, chosen
from bot.core.post import Post
from bot.core.reply import Reply, ask
from bot.questions.forms import MERGE_QUESTION, merge_form
from bot.questions.keys import APPROVE, DECLINE, HIDE, LOCK, MERGE, UNDO_DECISION
from bot.questions.lists import choice_name, choices
from bot.questions.model import SHOWN, QuestionState
from bot.questions.moderation import replies
from bot.questions.moderation.moderation import Moderation
from bot.questions.moderation.reviews import QuestionReviews
from bot.questions.search import QuestionSearch

BLOCKABLE = (
    *SHOWN,
    QuestionState.HIDDEN,
    QuestionState.WAITING,
    QuestionState.DECLINED,
    QuestionState.DELETED,
)


class QuestionModeration:
    """The part of questions and answers in `/moderate`, and the buttons of what waits."""

    kinds = (QUESTION, ANSWER)

    def __init__(
        self, reviews: QuestionReviews, moderation: Moderation, search: QuestionSearch
    ) -> None:
        self._reviews = reviews
        self._moderation = moderation
        self._search = search
        self.actions: Mapping[str, Handler] = {
            APPROVE: self._approve,
            MERGE: self._open_merge,
            DECLINE: self._decline,
            UNDO_DECISION: self._reconsider,
            HIDE: self._hide_posted,
            LOCK: self._lock,
        }
        self.forms: Mapping[str, FormHandler] = {MERGE_QUESTION: self._merge}

    async def waiting(self, actor: Actor) -> Sequence[Listed]:
        waiting = await self._reviews.waiting(actor)
        return [Listed(Target(QUESTION, one.id), replies.name_in_queue(one)) for one in waiting]

    async def card(self, actor: Actor, target: Target) -> Post:
        return await self._reviews.review(actor, target.id)

    async def behind(self, actor: Actor, mark: int | None) -> Target | None:
        return await self._search.behind(actor, mark)

    async def hide(self, call: Call, target: Target) -> Reply:
        return await self._hide(call, call.actor, target)

    async def show_again(self, actor: Actor, target: Target) -> None:
        if target.kind == ANSWER:
            await self._moderation.show_answer_again(actor, target.id)
        else:
            await self._moderation.show_again(actor, target.id)

    async def block(self, actor: Actor, target: Target) -> None:
        await self._moderation.block(actor, **_cause(target))

    async def unblock(self, actor: Actor, target: Target) -> None:
        await self._moderation.unblock(actor, **_cause(target))

    async def hidden(self, actor: Actor) -> Sequence[Listed]:
        return replies.listed(await self._moderation.hidden(actor))

    async def blocking(self, actor: Actor) -> Sequence[Listed]:
        return replies.listed(await self._moderation.blocking(actor))

    async def blockable(self, actor: Actor, typed: str) -> Sequence[Listed]:
        found = await self._search.like(actor, typed, BLOCKABLE)
        return [Listed(Target(QUESTION, one.id), choice_name(one)) for one in found]

    async def hideable_like(self, actor: Actor, typed: str) -> list[tuple[str, str]]:
        """Questions that can be hidden, as names and ids."""
        return choices(await self._search.like(actor, typed, SHOWN))

    async def _approve(self, call: Call, argument: str) -> Reply:
        by = await decision_of(call, argument)
        approved = await self._reviews.approve(by.actor, by.id, by.version)
        return replies.approved(approved, by.target)

    async def _decline(self, call: Call, argument: str) -> Reply:
        by = await decision_of(call, argument)
        await self._reviews.decline(by.actor, by.id, by.version)
        return replies.declined(by.target)

    async def _open_merge(self, call: Call, argument: str) -> Reply:
        by = await decision_of(call, argument)
        others = await self._reviews.mergeable(by.actor, by.id, by.version)
        return ask(merge_form(argument, others)) if others else replies.nothing_to_merge_into()

    async def _merge(self, call: Call, argument: str, values: Values) -> Reply:
        by = await decision_of(call, argument)
        into = chosen(values.text("other"))
        await self._reviews.merge(by.actor, by.id, into, by.version)
        return replies.merged(by.target)

    async def _reconsider(self, call: Call, argument: str) -> Reply:
        by = await decision_of(call, argument)
        await self._reviews.reconsider(by.actor, by.id)
        return replies.reconsidered()

    async def _hide_posted(self, call: Call, argument: str) -> Reply:
        """*Hide it*, on a notice or after approving: it may be in a direct message."""
        by = await decision_of(call, argument)
        return await self._hide(call, by.actor, Target(QUESTION, by.id))

    async def _hide(self, call: Call, actor: Actor, target: Target) -> Reply:
        own_thread = False
        if target.kind == ANSWER:
            await self._moderation.hide_answer(actor, target.id)
        else:
            own_thread = (await self._moderation.hide(actor, target.id)).own_thread
        if not call.in_community:
            return replies.hidden_elsewhere()
        return replies.hidden(target, lockable=own_thread)

    async def _lock(self, call: Call, number: str) -> Reply:
        actor = call.actor
        if not call.can_lock_threads():
            raise UserError(replies.CANT_LOCK)
        await self._moderation.lock(actor, chosen(number))
        return replies.locked()


def _cause(target: Target) -> dict[str, int]:
    return {f"{target.kind}_id": target.id}
