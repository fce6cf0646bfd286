"""Organisers decide what members submitted, and take down what is posted."""

from collections.abc import Mapping

from bot.communities.calls import Call, FormHandler, Handler
from bot.communities.decisions import decision_of
from bot.core.edited import EditedSince
from bot.core.form import FormOutdated, Values
from bot.core.reply import Reply, ask
from bot.experiences import forms, keys, replies
from bot.experiences.handlers.submissions import typed_in
from bot.experiences.reviews import Reviews
from bot.experiences.takedowns import Takedowns


class DecisionHandlers:
    def __init__(self, reviews: Reviews, takedowns: Takedowns) -> None:
        self._reviews = reviews
        self._takedowns = takedowns
        self.actions: Mapping[str, Handler] = {
            keys.APPROVE: self._approve,
            keys.EDIT: self._open_form,
            keys.DECLINE: self._decline,
            keys.REOPEN: self._reopen,
            keys.TAKE_DOWN: self._take_down,
            keys.PUT_BACK: self._put_back,
        }
        self.forms: Mapping[str, FormHandler] = {forms.EDIT: self._edit}

    async def _approve(self, call: Call, argument: str) -> Reply:
        by = await decision_of(call, argument)
        approved = await self._reviews.approve(by.actor, by.id, by.version)
        return replies.approved(approved, by.target)

    async def _decline(self, call: Call, argument: str) -> Reply:
        by = await decision_of(call, argument)
        declined = await self._reviews.decline(by.actor, by.id, by.version)
        return replies.declined(declined, by.target)

    async def _reopen(self, call: Call, argument: str) -> Reply:
        by = await decision_of(call, argument)
        return replies.reopened(await self._reviews.reopen(by.actor, by.id))

    async def _open_form(self, call: Call, argument: str) -> Reply:
        by = await decision_of(call, argument)
        written = await self._reviews.read(by.actor, by.id)
        return ask(forms.edit_form(written, f"{by.target}.{written.version}"))

    async def _edit(self, call: Call, argument: str, values: Values) -> Reply:
        by = await decision_of(call, argument)
        try:
            await self._reviews.edit(by.actor, by.id, by.version, **typed_in(values))
        except EditedSince as error:
            # Sent again, it replaces what they have now heard of.
            newer = f"{by.target}.{error.version}"
            raise FormOutdated(replies.EDITED_MEANWHILE, newer) from error
        return replies.edited()

    async def _take_down(self, call: Call, argument: str) -> Reply:
        by = await decision_of(call, argument)
        taken_down = await self._takedowns.hide(by.actor, by.id)
        return replies.taken_down(taken_down, by.actor.community_ref, can_block=call.in_community)

    async def _put_back(self, call: Call, argument: str) -> Reply:
        by = await decision_of(call, argument)
        return replies.put_back(await self._takedowns.show_again(by.actor, by.id))
