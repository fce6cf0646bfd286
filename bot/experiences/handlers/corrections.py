"""Correct a fact of an experience; organisers and named authors decide about corrections."""

from collections.abc import Mapping

from bot.communities.calls import Call, FormHandler, Handler
from bot.communities.decisions import decision_of
from bot.core.errors import UserError
from bot.core.form import Values
from bot.core.ids import chosen
from bot.core.reply import Reply, ask, show
from bot.experiences import keys, replies
from bot.experiences.archive import Archive
from bot.experiences.corrections import CORRECTABLE, NO_SUCH_KIND, Corrections
from bot.experiences.forms import CORRECT, correction_form
from bot.experiences.review_cards import facts_to_correct


class CorrectionHandlers:
    def __init__(self, corrections: Corrections, archive: Archive) -> None:
        self._corrections = corrections
        self._archive = archive
        self.actions: Mapping[str, Handler] = {
            keys.CORRECT: self._choose_fact,
            keys.CORRECT_FACT: self._open_form,
            keys.REVERT: self._revert,
            keys.ACCEPT_CORRECTION: self._accept,
            keys.DECLINE_CORRECTION: self._decline,
            keys.RECONSIDER: self._reconsider,
        }
        self.forms: Mapping[str, FormHandler] = {CORRECT: self._correct}

    async def _choose_fact(self, call: Call, number: str) -> Reply:
        return show(facts_to_correct(await self._archive.show(call.actor, chosen(number))))

    async def _open_form(self, call: Call, target: str) -> Reply:
        number, _, kind = target.partition(".")
        experience = await self._archive.show(call.actor, chosen(number))
        if kind not in CORRECTABLE:
            raise UserError(NO_SUCH_KIND)
        return ask(correction_form(experience, kind))

    async def _correct(self, call: Call, target: str, values: Values) -> Reply:
        number, _, kind = target.partition(".")
        value = values.text("value")
        corrected = await self._corrections.correct(call.actor, chosen(number), kind, value)
        return replies.corrected(corrected, call.actor.community_ref)

    async def _revert(self, call: Call, argument: str) -> Reply:
        by = await decision_of(call, argument)
        return replies.reverted(await self._corrections.revert(by.actor, by.id))

    async def _accept(self, call: Call, argument: str) -> Reply:
        by = await decision_of(call, argument)
        return replies.accepted(await self._corrections.accept(by.actor, by.id), by.target)

    async def _decline(self, call: Call, argument: str) -> Reply:
        by = await decision_of(call, argument)
        declined = await self._corrections.decline(by.actor, by.id)
        return replies.correction_declined(declined, by.target)

    async def _reconsider(self, call: Call, argument: str) -> Reply:
        by = await decision_of(call, argument)
        await self._corrections.reconsider(by.actor, by.id)
        return replies.correction_waits_again()
