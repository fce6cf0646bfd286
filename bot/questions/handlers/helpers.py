"""`/question helper`: who can help with a topic is pinged about unanswered questions of it."""

from collections.abc import Mapping

from bot.communities.calls import Call, FormHandler, Handler
from bot.communities.service import Actor
from bot.core.reply import Reply
from bot.questions import replies
from bot.questions.reminders.helpers import Helpers
from bot.questions.settings import QuestionSettings


class HelperHandlers:
    def __init__(self, helpers: Helpers, settings: QuestionSettings) -> None:
        self._helpers = helpers
        self._settings = settings
        self.actions: Mapping[str, Handler] = {}
        self.forms: Mapping[str, FormHandler] = {}

    async def turn_pings(self, call: Call, topic: str) -> Reply:
        """Turn pings for a topic on or off."""
        on = await self._helpers.help_with(call.actor, topic)
        return replies.pings_turned(await self._helpers.helps_with(call.actor), on=on)

    async def topics_like(self, actor: Actor, typed: str) -> list[tuple[str, str]]:
        """Topics that have what is typed."""
        topics = (await self._settings.show(actor)).topics
        return [(one, one) for one in topics if typed.casefold() in one.casefold()]
