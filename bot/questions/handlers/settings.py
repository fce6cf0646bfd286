"""How members ask and answer here: `/settings questions`, and its lines in `/settings show`."""

from collections.abc import Mapping, Sequence

from bot.communities.calls import Call, FormHandler, Handler
from bot.communities.replies import posting_warnings
from bot.communities.service import Actor
from bot.core.post import Job, Post
from bot.core.reply import Reply, show
from bot.questions.replies import setting_lines
from bot.questions.settings import QuestionSettings


class QuestionSettingsHandlers:
    def __init__(self, settings: QuestionSettings) -> None:
        self._settings = settings
        self.actions: Mapping[str, Handler] = {}
        self.forms: Mapping[str, FormHandler] = {}

    async def set(
        self,
        call: Call,
        *,
        channel_ref: str | None,
        topics: str | None,
        anonymous_questions: bool | None,
        anonymous_answers: bool | None,
        approval: bool | None,
        cooldown_minutes: int | None,
        digest: bool | None,
    ) -> Reply:
        """Change what is given, and show all of it."""
        settings = await self._settings.set(
            call.actor,
            channel_ref=channel_ref,
            topics=topics,
            anonymous_questions=anonymous_questions,
            anonymous_answers=anonymous_answers,
            approval=approval,
            cooldown_minutes=cooldown_minutes,
            digest=digest,
        )
        warnings = posting_warnings(call, [channel_ref] if channel_ref else [])
        lines = (*warnings, *setting_lines(settings))
        return show(Post(title="Questions", details=lines, job=Job.QUESTIONS))

    async def setting_lines(self, actor: Actor) -> Sequence[str]:
        """What is set, for `/settings show`."""
        return setting_lines(await self._settings.show(actor))
