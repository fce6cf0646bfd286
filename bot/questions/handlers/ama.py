"""`/ama`: a guest answers what members ask."""

from collections.abc import Mapping

from bot.communities.calls import Call, FormHandler, Handler, Person
from bot.communities.service import Actor
from bot.core.errors import UserError
from bot.core.ids import chosen
from bot.core.reply import Reply, ask
from bot.questions import lists
from bot.questions.ama import replies as ama_replies
from bot.questions.ama.documents import AmaDocuments
from bot.questions.ama.sessions import AmaSessions
from bot.questions.answers.answers import Answers
from bot.questions.forms import question_form
from bot.questions.keys import AMA_ASK, FOLLOW_UP
from bot.questions.settings import QuestionSettings
from bot.questions.submissions import Draft

JEKYLL, PLAIN = "jekyll", "plain"  # what a document is for
BOT_AS_GUEST = "That's a bot, which can't answer. Choose a person."


class AmaHandlers:
    def __init__(
        self,
        amas: AmaSessions,
        documents: AmaDocuments,
        answers: Answers,
        settings: QuestionSettings,
    ) -> None:
        self._amas = amas
        self._documents = documents
        self._answers = answers
        self._settings = settings
        self.actions: Mapping[str, Handler] = {
            AMA_ASK: self._open_question,
            FOLLOW_UP: self._open_follow_up,
        }
        self.forms: Mapping[str, FormHandler] = {}

    async def open(self, call: Call, guest: Person, title: str, until: str | None) -> Reply:
        """Open one with a guest, until a time as people write it, or until it is closed."""
        call.actor.require_organiser()
        if guest.is_bot:
            raise UserError(BOT_AS_GUEST)
        ama = await self._amas.open(
            call.actor, guest_ref=guest.ref, guest_name=guest.name, title=title, until=until
        )
        settings = await self._settings.show(call.actor)
        return ama_replies.ama_opened(ama, settings.channel_ref)

    async def close(self, call: Call) -> Reply:
        """Close the one that is open, and post what came of it."""
        return ama_replies.ama_closed(await self._amas.close(call.actor))

    async def export(self, call: Call, ama: str, form: str) -> Reply:
        """One as a document; `form` says what it is for."""
        exported = await self._documents.export(call.actor, chosen(ama), jekyll=form == JEKYLL)
        return ama_replies.exported(exported)

    async def note(self, call: Call, text: str, question: str | None) -> Reply:
        """Add an editor's note below a question, or at the top of the latest one."""
        question_id = chosen(question) if question is not None else None
        await self._documents.note(call.actor, text, question_id=question_id)
        return ama_replies.note_added()

    async def titles_like(self, actor: Actor, typed: str) -> list[tuple[str, str]]:
        """AMAs whose titles have what is typed, as titles and ids."""
        found = await self._documents.titles(actor)
        return [
            (title, str(number))
            for number, title in found.items()
            if typed.casefold() in title.casefold()
        ]

    async def questions_like(self, actor: Actor, typed: str) -> list[tuple[str, str]]:
        """Questions of AMAs, as names and ids."""
        return lists.choices(await self._documents.questions(actor, typed))

    async def _open_question(self, call: Call, number: str) -> Reply:
        ama = await self._amas.show(call.actor, chosen(number))
        return await self._form(call, f"Ask: {ama.title}", Draft(title="", ama_id=ama.id))

    async def _open_follow_up(self, call: Call, number: str) -> Reply:
        question = await self._answers.show(call.actor, chosen(number))
        ama = await self._amas.show(call.actor, question.ama_id or 0)
        draft = Draft(title="", ama_id=ama.id, parent_id=question.id)
        return await self._form(call, f"Follow up: {question.title}", draft)

    async def _form(self, call: Call, title: str, draft: Draft) -> Reply:
        return ask(question_form(title, draft, await self._settings.show(call.actor)))
