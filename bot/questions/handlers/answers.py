"""Answer, upvote, accept: the buttons below questions and answers, and the form."""

from collections.abc import Mapping

from bot.communities.calls import Call, FormHandler, Handler, Message
from bot.core.errors import UserError
from bot.core.form import Values
from bot.core.ids import chosen
from bot.core.reply import Reply, ask
from bot.questions import replies
from bot.questions.ama import replies as ama_replies
from bot.questions.ama.sessions import AmaSessions
from bot.questions.answers.acceptance import Acceptance
from bot.questions.answers.answers import Answers
from bot.questions.forms import ANONYMOUS, answer_form
from bot.questions.forms import ANSWER as ANSWER_FORM
from bot.questions.handlers.consent import ConsentHandlers
from bot.questions.keys import ACCEPT, AMA_NEXT, ANSWER, TAKE_BACK, UNDO_ACCEPT, UPVOTE
from bot.questions.search import QuestionSearch

NOT_AN_ANSWER = "That message isn't an answer."
OF_A_BOT = "That message is from a bot."
NOTE_OF_THE_PLATFORM = "That's a system message, with nothing in it to accept."


class AnswerHandlers:
    def __init__(
        self,
        answers: Answers,
        acceptance: Acceptance,
        amas: AmaSessions,
        search: QuestionSearch,
        consent: ConsentHandlers,
    ) -> None:
        self._answers = answers
        self._acceptance = acceptance
        self._amas = amas
        self._search = search
        self._consent = consent
        self.actions: Mapping[str, Handler] = {
            ANSWER: self._open,
            AMA_NEXT: self._open_next,
            UPVOTE: self._upvote,
            TAKE_BACK: self._take_back,
            ACCEPT: self._accept,
            UNDO_ACCEPT: self._undo_accept,
        }
        self.forms: Mapping[str, FormHandler] = {ANSWER_FORM: self._submit}

    async def accept_message(self, call: Call, message: Message) -> Reply:
        """Accept a message in a question's thread, or one of our answers."""
        if message.is_ours:
            written = await self._search.behind(call.actor, message.mark)
            if written is None or written.kind != "answer":
                raise UserError(NOT_AN_ANSWER)
            return replies.accepted(await self._acceptance.accept(call.actor, written.id))
        if message.by_bot:
            raise UserError(OF_A_BOT)
        if message.is_note:
            raise UserError(NOTE_OF_THE_PLATFORM)
        return replies.accepted(await self._acceptance.accept_message(call.actor, message))

    async def _open(self, call: Call, number: str) -> Reply:
        question = await self._answers.show(call.actor, chosen(number))
        allowed = await self._answers.anonymous_allowed(call.actor)
        return ask(answer_form(question, str(question.id), anonymous_allowed=allowed))

    async def _open_next(self, call: Call, number: str) -> Reply:
        """The guest's button: the question that most want answered."""
        ama_id = chosen(number)
        question = await self._amas.next(call.actor, ama_id)
        if question is None:
            return ama_replies.all_answered()
        return ask(answer_form(question, f"{question.id}.{ama_id}", anonymous_allowed=False))

    async def _submit(self, call: Call, argument: str, values: Values) -> Reply:
        """An answer; where the guest goes through the questions, the next one is offered."""
        number, _, ama_id = argument.partition(".")
        anonymous = values.has("how", ANONYMOUS)
        answered = await self._answers.answer(
            call.actor,
            chosen(number),
            values.text("text"),
            anonymous=anonymous,
            key=call.actor.request,
        )
        reply = replies.answered(answered, next_in=chosen(ama_id) if ama_id else None)
        if answered.question.ama_id is None:
            return reply
        return await self._consent.asked_after(reply, call.actor, anonymous=anonymous)

    async def _upvote(self, call: Call, number: str) -> Reply:
        answer = await self._answers.upvote(call.actor, chosen(number), wanted=True)
        return replies.upvoted(answer)

    async def _take_back(self, call: Call, number: str) -> Reply:
        answer = await self._answers.upvote(call.actor, chosen(number), wanted=False)
        return replies.upvote_taken_back(answer)

    async def _accept(self, call: Call, target: str) -> Reply:
        actor, number = await call.person_of(target)
        community_ref, _, _ = target.rpartition(".")
        accepted = await self._acceptance.accept(actor, chosen(number))
        return replies.accepted(accepted, community_ref)

    async def _undo_accept(self, call: Call, target: str) -> Reply:
        actor, ids = await call.person_of(target)
        answer_id, _, before = ids.partition("-")
        question = await self._acceptance.undo_accept(actor, chosen(answer_id), chosen(before))
        return replies.accept_undone(question)
