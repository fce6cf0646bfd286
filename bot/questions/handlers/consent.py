"""Whether what somebody writes in AMAs may be published: they are asked once, and decide."""

from collections.abc import Mapping
from dataclasses import replace

from bot.communities.calls import Call, FormHandler, Handler
from bot.communities.service import Actor
from bot.core.errors import UserError
from bot.core.ids import GONE
from bot.core.reply import Reply
from bot.questions.ama import replies as ama_replies
from bot.questions.ama.consent import AmaConsent
from bot.questions.keys import AGREE, DISAGREE


class ConsentHandlers:
    def __init__(self, consent: AmaConsent) -> None:
        self._consent = consent
        self.actions: Mapping[str, Handler] = {
            AGREE: self._agree,
            DISAGREE: self._disagree,
        }
        self.forms: Mapping[str, FormHandler] = {}

    async def asked_after(self, reply: Reply, actor: Actor, *, anonymous: bool) -> Reply:
        """The reply; the first time, with the question whether it may be published after it."""
        consent = await self._consent.consent(actor, anonymous=anonymous)
        if not consent.first:
            return reply
        return replace(
            reply, then=ama_replies.ask_consent(actor.community_ref, anonymous=anonymous)
        )

    async def decide(self, call: Call, *, agreed: bool, anonymous: bool) -> Reply:
        """Agree that it is published, or take that back."""
        await self._consent.agree(call.actor, anonymous=anonymous, agreed=agreed)
        return ama_replies.consent_noted(agreed=agreed, anonymous=anonymous)

    async def _agree(self, call: Call, target: str) -> Reply:
        return await self._press(call, target, agreed=True)

    async def _disagree(self, call: Call, target: str) -> Reply:
        return await self._press(call, target, agreed=False)

    async def _press(self, call: Call, target: str, *, agreed: bool) -> Reply:
        actor, anonymous = await call.person_of(target)
        if anonymous not in ("0", "1"):
            raise UserError(GONE)
        await self._consent.agree(actor, anonymous=anonymous == "1", agreed=agreed)
        return ama_replies.consent_noted(agreed=agreed, anonymous=anonymous == "1")
