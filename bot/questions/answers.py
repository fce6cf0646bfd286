"""Answers: given, upvoted, accepted; and who wants to hear of them."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.communities.authors import Author
from bot.communities.blocks import is_blocked
from bot.communities.calls import Message
from bot.communities.model import Community
from bot.communities.pseudonyms import Pseudonyms
from bot.communities.service import Actor, Communities
from bot.communities.subjects import number_in
from bot.core.database import Database
from bot.core.errors import UserError
from bot.core.outbox import Outbox
from bot.core.requests import is_new, once
from bot.core.text import cut, plain
from bot.core.time.clock import Clock
from bot.questions.cards import MOST_PINGED, also_pinged, answer_card, answered_for_you
from bot.questions.model import (
    Answer,
    AnswerState,
    AnswerVote,
    Question,
    QuestionInterest,
    QuestionState,
)
from bot.questions.publishing import Publishing, in_thread, to_asker
from bot.questions.queries import (
    answer_key,
    is_author,
    own_answer,
    own_question,
    refresh,
    refresh_answer,
    settings_of,
    view_of,
    view_of_answer,
)
from bot.questions.rules import LONGEST_TEXT, answer_of
from bot.questions.views import AnswerView, QuestionView

NOT_ANONYMOUS = "This group takes no anonymous answers. Send it again without *Anonymous*."
CLOSED = (
    "This question is closed. The person who asked or an organiser can reopen it with "
    "`/question reopen`."
)
YOURS_ALREADY = "This is your question, so I ping you about its answers anyway."
ONLY_ASKER = "Only the person who asked or an organiser can accept an answer."
THE_ASKERS_CHOICE = "The person who asked has accepted another answer, so I left it at that."


@dataclass(frozen=True)
class Answered:
    """The answer is posted; or it is anonymous, and nothing more is told of it."""

    question: QuestionView
    answer: AnswerView | None


@dataclass(frozen=True)
class Accepted:
    """An answer is accepted. `before` is the one that was, or 0."""

    question: QuestionView
    answer_id: int
    before: int


class Answering:
    """Use cases around answers."""

    def __init__(
        self,
        database: Database,
        communities: Communities,
        outbox: Outbox,
        publishing: Publishing,
        pseudonyms: Pseudonyms,
        clock: Clock,
    ) -> None:
        self._database = database
        self._communities = communities
        self._outbox = outbox
        self._publishing = publishing
        self._pseudonyms = pseudonyms
        self._clock = clock

    async def show(self, actor: Actor, question_id: int) -> QuestionView:
        """The question that is to be answered. Raises UserError where it takes no answers."""
        async with self._database.reading() as session:
            question = await self._answerable(session, actor, question_id)
            return await view_of(session, self._outbox, question)

    async def anonymous_allowed(self, actor: Actor) -> bool:
        """Whether this group takes anonymous answers."""
        async with self._database.reading() as session:
            community = await self._communities.require(session, actor)
            return (await settings_of(session, community.id)).anonymous_answers

    async def answer(
        self, actor: Actor, question_id: int, text: str, *, anonymous: bool = False, key: str
    ) -> Answered:
        """Answer a question; who asked it and who follows it are told.

        `key` names this answer for ever: given twice with the same one, it is one.
        """
        text = answer_of(text)
        async with self._database.transaction() as session:
            await is_new(session, actor.request, "answering.answer", self._clock.now())
            question = await self._answerable(session, actor, question_id)
            settings = await settings_of(session, question.community_id)
            if anonymous and not settings.anonymous_answers:
                raise UserError(NOT_ANONYMOUS)
            author = Author.of(actor, question.community_id, self._pseudonyms, anonymous=anonymous)
            answer = await _given_with(session, question.community_id, key)
            if answer is None:
                blocked = await is_blocked(session, question.community_id, author.pseudonym)
                answer = await self._add(session, question, author, text, key, withheld=blocked)
                if not blocked:
                    await self._post(session, question, answer)
            view = await view_of(session, self._outbox, question)
            given = None if anonymous else await view_of_answer(session, answer, question)
            return Answered(view, given)

    async def accept(self, actor: Actor, answer_id: int) -> Accepted:
        """Accept an answer: the asker, or an organiser where the asker has not."""
        async with self._database.transaction() as session:
            await once(session, actor.request, "answering.accept", self._clock.now())
            answer, question = await own_answer(session, actor, answer_id)
            return await self._accept(session, actor, question, answer)

    async def undo_accept(self, actor: Actor, answer_id: int, before: int) -> QuestionView:
        """The answer is accepted no more; `before` is again, if it still can be.

        Pressed twice, it is so all the same. Raises UserError where another one is accepted.
        """
        async with self._database.transaction() as session:
            await once(session, actor.request, "answering.undo_accept", self._clock.now())
            answer, question = await own_answer(session, actor, answer_id)
            self._require_may_accept(actor, question)
            by_asker = is_author(self._pseudonyms, question, actor)
            if question.accepted_by_asker and not by_asker:
                raise UserError(THE_ASKERS_CHOICE)
            if question.accepted_id not in (answer.id, before or None):
                raise UserError("That can't be undone any more: another answer has been accepted.")
            if question.accepted_id == answer.id:
                earlier = await session.get(Answer, before) if before else None
                if earlier is not None and (
                    earlier.question_id != question.id or earlier.state != AnswerState.SHOWN
                ):
                    earlier = None
                question.accepted_id = earlier.id if earlier else None
                question.accepted_by_asker = by_asker and earlier is not None
                question.state = QuestionState.ANSWERED if earlier else QuestionState.OPEN
                await self._show_acceptance(session, question, answer.id, question.accepted_id)
            return await view_of(session, self._outbox, question)

    async def accept_message(self, actor: Actor, message: Message) -> Accepted:
        """Accept what somebody has written in the question's thread."""
        async with self._database.transaction() as session:
            await once(session, actor.request, "answering.accept_message", self._clock.now())
            question = await self._discussed_in(session, actor, message.place_ref)
            self._require_may_accept(actor, question)
            key = f"message:{message.ref}"
            answer = await _given_with(session, question.community_id, key)
            if answer is None:
                author = Author(message.author_ref, message.author_name, None)
                text = cut(plain(message.text).strip(), LONGEST_TEXT)
                if not text and not message.attached:
                    raise UserError("There's nothing in that message to accept.")
                answer = await self._add(session, question, author, text, key)
                answer.message_ref, answer.message_url = message.ref, message.url
                answer.attached = message.attached
            return await self._accept(session, actor, question, answer)

    async def upvote(self, actor: Actor, answer_id: int, *, wanted: bool = True) -> AnswerView:
        """Count the member's upvote, or take it back; it counts once, however often."""
        async with self._database.transaction() as session:
            await once(session, actor.request, "answering.upvote", self._clock.now())
            answer, question = await own_answer(session, actor, answer_id)
            key = (answer.id, actor.member_ref)
            vote = await session.get(AnswerVote, key)
            if vote is not None and not wanted:
                await session.delete(vote)
            elif vote is None and wanted:
                session.add(
                    AnswerVote(
                        answer_id=answer.id,
                        member_ref=actor.member_ref,
                        created_at=self._clock.now(),
                    )
                )
            await session.flush()
            view = await view_of(session, self._outbox, question)
            return await refresh_answer(session, self._outbox, answer, view, self._clock.now())

    async def me_too(self, actor: Actor, question_id: int, *, wanted: bool = True) -> QuestionView:
        """The member wants to know it, too, and hears of its answers; or not any more."""
        async with self._database.transaction() as session:
            await once(session, actor.request, "answering.me_too", self._clock.now())
            question = await own_question(session, actor, question_id)
            if question.member_ref == actor.member_ref:
                raise UserError(YOURS_ALREADY)
            interest = await self._interest(session, question, actor)
            interest.me_too = wanted
            interest.follows = wanted or interest.follows
            return await refresh(session, self._outbox, question, self._clock.now())

    async def follow(self, actor: Actor, question_id: int, *, wanted: bool = True) -> QuestionView:
        """The member hears of the question's answers, or not any more."""
        async with self._database.transaction() as session:
            await once(session, actor.request, "answering.follow", self._clock.now())
            question = await own_question(session, actor, question_id)
            if question.member_ref == actor.member_ref:
                raise UserError(YOURS_ALREADY)
            interest = await self._interest(session, question, actor)
            interest.follows = wanted
            await session.flush()
            if not wanted:
                await self._spare(session, question, actor.member_ref)
            return await view_of(session, self._outbox, question)

    async def _add(
        self,
        session: AsyncSession,
        question: Question,
        author: Author,
        text: str,
        key: str,
        *,
        withheld: bool = False,
    ) -> Answer:
        answer = Answer(
            community_id=question.community_id,
            question_id=question.id,
            state=AnswerState.WITHHELD if withheld else AnswerState.SHOWN,
            text=text,
            member_ref=author.member_ref,
            member_name=author.member_name,
            pseudonym=author.pseudonym,
            asked_key=key,
            created_at=self._clock.now(),
        )
        session.add(answer)
        await session.flush()
        return answer

    async def _post(self, session: AsyncSession, question: Question, answer: Answer) -> None:
        """The answer in the thread, with a ping for those who wait for it."""
        view = await self._publishing.changed(session, question)
        given = await view_of_answer(session, answer, question)
        waiting = await self._waiting_for(session, question, answer)
        first, others = waiting[:MOST_PINGED], waiting[MOST_PINGED:]
        rows = [in_thread(question, answer_key(answer.id), answer_card(given, view, first))]
        for start in range(0, len(others), MOST_PINGED):
            post = also_pinged(given, others[start : start + MOST_PINGED])
            rows.append(in_thread(question, f"answer:{answer.id}:ping:{start}", post))
        if question.pseudonym is not None:
            # Also if the answer is the asker's own: nothing is to tell that it is.
            community = await session.get_one(Community, question.community_id)
            post = answered_for_you(given, view, community.external_id)
            rows.append(to_asker(question, f"answer:{answer.id}:asker", post))
        await self._outbox.put(session, *rows, now=self._clock.now())

    async def _waiting_for(
        self, session: AsyncSession, question: Question, answer: Answer
    ) -> list[str]:
        """Who is pinged: followers and whoever asked by name, but not who answers by name."""
        followers = await session.execute(
            select(QuestionInterest.member_ref).where(
                QuestionInterest.question_id == question.id, QuestionInterest.follows
            )
        )
        refs = {*followers.scalars(), *([question.member_ref] if question.member_ref else [])}
        return sorted(refs - {answer.member_ref or ""})

    async def _accept(
        self, session: AsyncSession, actor: Actor, question: Question, answer: Answer
    ) -> Accepted:
        self._require_may_accept(actor, question)
        by_asker = is_author(self._pseudonyms, question, actor)
        before = question.accepted_id
        if before == answer.id and question.accepted_by_asker >= by_asker:
            return Accepted(await view_of(session, self._outbox, question), answer.id, 0)
        if question.accepted_by_asker and not by_asker:
            raise UserError(THE_ASKERS_CHOICE)
        question.accepted_id, question.accepted_by_asker = answer.id, by_asker
        question.accepted_at = self._clock.now()
        question.state, question.state_reason = QuestionState.ANSWERED, None
        view = await self._show_acceptance(session, question, before, answer.id)
        return Accepted(view, answer.id, 0 if before == answer.id else before or 0)

    async def _show_acceptance(
        self, session: AsyncSession, question: Question, *answers: int | None
    ) -> QuestionView:
        """The cards of the question and of these answers say which one is accepted."""
        view = await self._publishing.changed(session, question)
        for number in set(answers) - {None}:
            changed = await session.get_one(Answer, number)
            await refresh_answer(session, self._outbox, changed, view, self._clock.now())
        return view

    def _require_may_accept(self, actor: Actor, question: Question) -> None:
        if question.state == QuestionState.CLOSED:
            raise UserError(CLOSED)
        if not (actor.organiser or is_author(self._pseudonyms, question, actor)):
            raise UserError(ONLY_ASKER)

    async def _interest(
        self, session: AsyncSession, question: Question, actor: Actor
    ) -> QuestionInterest:
        found = await session.get(QuestionInterest, (question.id, actor.member_ref))
        if found is None:
            found = QuestionInterest(
                question_id=question.id,
                member_ref=actor.member_ref,
                me_too=False,
                follows=False,
                created_at=self._clock.now(),
            )
            session.add(found)
        return found

    async def _spare(self, session: AsyncSession, question: Question, member_ref: str) -> None:
        """What waits in the outbox pings them no more."""
        answers = await session.execute(select(Answer.id).where(Answer.question_id == question.id))
        for number in answers.scalars():
            await self._outbox.spare(
                session, question.community_id, f"answer:{number}:%", member_ref
            )

    async def _answerable(self, session: AsyncSession, actor: Actor, question_id: int) -> Question:
        question = await own_question(session, actor, question_id)
        if question.state == QuestionState.CLOSED:
            raise UserError(CLOSED)
        return question

    async def _discussed_in(self, session: AsyncSession, actor: Actor, thread_ref: str) -> Question:
        """The question whose own thread this is."""
        community = await self._communities.require(session, actor)
        key = await self._outbox.key_of(session, community.id, thread_ref)
        number = number_in(key or "", "question")
        if not number:
            raise UserError(
                "That message isn't in a question's thread. You can accept messages there."
            )
        return await own_question(session, actor, number)


async def _given_with(session: AsyncSession, community_id: int, key: str) -> Answer | None:
    found = await session.execute(
        select(Answer).where(Answer.community_id == community_id, Answer.asked_key == key)
    )
    return found.scalar_one_or_none()
