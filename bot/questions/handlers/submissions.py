"""`/ask`: the form, the ways to it from what a question is about, and what comes of it."""

from collections.abc import Mapping

from bot.communities.calls import Call, FormHandler, Handler, Message
from bot.communities.service import Actor
from bot.communities.subjects import ASK, Subject
from bot.core.errors import UserError
from bot.core.form import Values
from bot.core.ids import chosen
from bot.core.reply import Reply, ask, show
from bot.core.text import cut, one_line
from bot.questions import lists, replies
from bot.questions.forms import QUESTION, draft_of, question_form
from bot.questions.handlers.consent import ConsentHandlers
from bot.questions.keys import POST_ANYWAY
from bot.questions.settings import QuestionSettings
from bot.questions.subject_lookup import SubjectLookup
from bot.questions.submissions import Draft, QuestionSubmissions, Similar, draft_about

MESSAGE = "message"  # the kind of what is only known by its address
LONGEST_EXCERPT = 100
CHANNEL_GONE = (
    "The channel for questions is gone. Ask an organiser to choose another one with "
    "`/settings questions`, then send this again."
)


class SubmissionHandlers:
    def __init__(
        self,
        submissions: QuestionSubmissions,
        lookup: SubjectLookup,
        settings: QuestionSettings,
        consent: ConsentHandlers,
    ) -> None:
        self._submissions = submissions
        self._lookup = lookup
        self._settings = settings
        self._consent = consent
        self.actions: Mapping[str, Handler] = {
            ASK: self.open_about,
            POST_ANYWAY: self._post_anyway,
        }
        self.forms: Mapping[str, FormHandler] = {QUESTION: self._submit}

    async def open_about(self, call: Call, ref: str) -> Reply:
        """The form, about the thing with this `Subject.ref`; about nothing where that is empty."""
        subject = await self._lookup.find(call.actor, ref) if ref else None
        return await self._form_about(call.actor, subject)

    async def open_about_message(self, call: Call, message: Message) -> Reply:
        """The form, about what a message of ours shows, or about the message itself."""
        subject = None
        if message.is_ours:
            subject = await self._lookup.behind(call.actor, message.mark)
        if subject is None:
            excerpt = cut(one_line(message.text) or "a message", LONGEST_EXCERPT)
            subject = Subject(MESSAGE, None, excerpt, message.url)
        return await self._form_about(call.actor, subject)

    async def subjects_like(self, actor: Actor, typed: str) -> list[tuple[str, str]]:
        """What a question can be about, as titles and refs."""
        found = await self._lookup.like(actor, typed)
        return [(f"{subject.kind}: {subject.title}", subject.ref) for subject in found]

    async def _form_about(self, actor: Actor, subject: Subject | None) -> Reply:
        settings = await self._settings.show(actor)
        title = f"About: {subject.title}" if subject else "Ask the group"
        draft = draft_about(subject, settings.topics) if subject else Draft(title="")
        return ask(question_form(title, draft, settings))

    async def _submit(self, call: Call, argument: str, values: Values) -> Reply:
        draft = draft_of(argument, values)
        if draft.ama_id is None:
            await self._require_channel(call)
        outcome = await self._submissions.ask(call.actor, draft, key=call.actor.request)
        if isinstance(outcome, Similar):
            return show(lists.similar_card(outcome))
        reply = replies.asked(outcome)
        if draft.ama_id is None:
            return reply
        return await self._consent.asked_after(reply, call.actor, anonymous=draft.anonymous)

    async def _require_channel(self, call: Call) -> None:
        """A channel that is gone would swallow the question; it is better to know at once."""
        channel_ref = (await self._settings.show(call.actor)).channel_ref
        if channel_ref is not None and not call.has_channel(channel_ref):
            raise UserError(CHANNEL_GONE)

    async def _post_anyway(self, call: Call, number: str) -> Reply:
        return replies.asked(await self._submissions.post_draft(call.actor, chosen(number)))
