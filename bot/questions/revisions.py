"""Authors edit and delete what they wrote, by name or anonymously.

    edit ──> card, thread, lines elsewhere, searches follow; an accepted answer stays accepted
    delete ──> the text is gone for good; the answers of others stay

Nothing that anybody else sees tells who the author is. A blocked author's edits of what is posted
are dropped without a word, as what they ask is (0019).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.communities.blocks import is_blocked
from bot.communities.model import Community
from bot.communities.pseudonyms import Pseudonyms
from bot.communities.service import Actor, Communities
from bot.core.database import Database
from bot.core.errors import UserError
from bot.core.outbox import Outbox
from bot.core.requests import once
from bot.core.text import one_line
from bot.core.time.clock import Clock
from bot.questions.keys import answer_key, review_key
from bot.questions.model import SHOWN, Answer, AnswerState, Question, QuestionState
from bot.questions.posts.cards import gone_answer, gone_question
from bot.questions.posts.notices import edited_notice, review_card
from bot.questions.posts.posts import QuestionPosts
from bot.questions.queries import (
    NO_SUCH_ANSWER,
    ama_title,
    is_author,
    own_question,
    settings_of,
    view_of,
)
from bot.questions.refresh import refresh_answer
from bot.questions.rules import answer_of, details_of, title_of

UNPOSTED = (QuestionState.DRAFT, QuestionState.WAITING, QuestionState.WITHHELD)
EDITABLE = (*UNPOSTED, *SHOWN)
DELETABLE = (*EDITABLE, QuestionState.HIDDEN, QuestionState.DECLINED, QuestionState.MERGED)
ANSWERS_KEPT = (AnswerState.SHOWN, AnswerState.WITHHELD)
TOLD = ("approved", "declined", "merged", "reconsidered")  # what organisers have decided
NOT_YOURS = "Only its author can do that. `/question edit` lists what you wrote."
HIDDEN = "The organisers have hidden it, so it can't be edited. You can delete it."
SUGGESTED = 25


@dataclass(frozen=True)
class Own:
    """Something that somebody wrote: `question.<id>` or `answer.<id>`, for their eyes only."""

    target: str
    number: int  # of the question; 0 while it isn't posted
    title: str  # of the question
    text: str  # the question's details, or the answer

    @property
    def is_answer(self) -> bool:
        return self.target.startswith("answer")


class Revisions:
    """Edit and delete what one wrote."""

    def __init__(
        self,
        database: Database,
        communities: Communities,
        outbox: Outbox,
        posts: QuestionPosts,
        pseudonyms: Pseudonyms,
        clock: Clock,
    ) -> None:
        self._database = database
        self._communities = communities
        self._outbox = outbox
        self._posts = posts
        self._pseudonyms = pseudonyms
        self._clock = clock

    async def own(self, actor: Actor, typed: str = "") -> list[Own]:
        """What the actor wrote and can change, the latest first: questions, then answers."""
        async with self._database.reading() as session:
            community = await self._communities.require(session, actor)
            by = (actor.member_ref, self._pseudonyms.of(community.id, actor.member_ref))
            questions = await session.execute(
                select(Question)
                .where(Question.community_id == community.id, Question.state.in_(DELETABLE))
                .where((Question.member_ref == by[0]) | (Question.pseudonym == by[1]))
                .order_by(Question.id.desc())
            )
            answers = await session.execute(
                select(Answer, Question)
                .join(Question, Question.id == Answer.question_id)
                .where(Answer.community_id == community.id, Answer.state.in_(ANSWERS_KEPT))
                .where((Answer.member_ref == by[0]) | (Answer.pseudonym == by[1]))
                .order_by(Answer.id.desc())
            )
            found = [_own_question(one) for one in questions.scalars()]
            found += [_own_answer(answer, question) for answer, question in answers]
            wanted = one_line(typed).casefold()
            return [
                one for one in found if wanted in f"{one.number} {one.title} {one.text}".casefold()
            ][:SUGGESTED]

    async def question(self, actor: Actor, question_id: int) -> Own:
        """One's own question, to be edited. Raises UserError."""
        async with self._database.reading() as session:
            return _own_question(await self._question(session, actor, question_id, EDITABLE))

    async def answer(self, actor: Actor, answer_id: int) -> Own:
        """One's own answer, to be edited. Raises UserError."""
        async with self._database.reading() as session:
            return _own_answer(*await self._answer(session, actor, answer_id))

    async def deletable(self, actor: Actor, *, question_id: int = 0, answer_id: int = 0) -> Own:
        """What is to be deleted, so that its author can be asked first. Raises UserError."""
        async with self._database.reading() as session:
            if answer_id:
                return _own_answer(*await self._answer(session, actor, answer_id))
            return _own_question(await self._question(session, actor, question_id, DELETABLE))

    async def edit_question(
        self, actor: Actor, question_id: int, *, title: str, details: str
    ) -> None:
        """The question reads like this now, wherever it stands."""
        title, details = title_of(title), details_of(details)
        async with self._database.transaction() as session:
            await once(session, actor.request, "revisions.edit_question", self._clock.now())
            question = await self._question(session, actor, question_id, EDITABLE)
            if (title, details) == (question.title, question.details):
                return
            posted = question.state in SHOWN
            blocked = await is_blocked(session, question.community_id, question.pseudonym)
            if blocked and question.state not in (QuestionState.DRAFT, QuestionState.WITHHELD):
                return
            question.title, question.details = title, details
            if not posted:
                question.version += 1
                await self._refresh_review(session, actor, question)
                return
            question.edited_at = self._clock.now()
            await self._posts.retitled(session, question)
            await self._tell_organisers(session, question)

    async def delete_question(self, actor: Actor, question_id: int) -> None:
        """Its text is gone; its thread and the answers of others stay. Twice is once."""
        async with self._database.transaction() as session:
            await once(session, actor.request, "revisions.delete_question", self._clock.now())
            states = (*DELETABLE, QuestionState.DELETED)
            question = await self._question(session, actor, question_id, states)
            if question.state == QuestionState.DELETED:
                return
            posted = question.number is not None
            accepted = await session.get(Answer, question.accepted_id or 0)
            question.state, question.state_before = QuestionState.DELETED, None
            question.title = question.details = ""
            question.subject_kind = question.subject_id = None
            question.subject_title = question.subject_url = question.state_reason = None
            question.accepted_id, question.accepted_by_asker = None, False
            if posted:
                view = await self._posts.retitled(session, question)
                if accepted is not None and accepted.state == AnswerState.SHOWN:
                    now = self._clock.now()
                    await refresh_answer(session, self._outbox, accepted, view, now)
            await self._refresh_review(session, actor, question)
            await self._forget(session, question)

    async def _forget(self, session: AsyncSession, question: Question) -> None:
        """What else has shown its text to organisers says that it is gone; what was told to its
        author is dropped where it isn't there yet."""
        now, community_id = self._clock.now(), question.community_id
        gone = gone_question(await view_of(session, self._outbox, question))
        edited = f"notice:{review_key(question.id)}:edited:%"
        notices = await self._outbox.keys(session, community_id, edited)
        told = await self._outbox.keys(session, community_id, f"question:{question.id}:%")
        to_author = [key for key in told if key.split(":")[2] in TOLD or key.endswith(":asker")]
        for key in notices:
            await self._outbox.put_edit(session, key, gone, now=now)
        if question.pseudonym is None:
            for key in to_author:
                await self._outbox.put_edit(session, key, gone, now=now)
        else:
            await self._outbox.erase(session, to_author, now=now)

    async def edit_answer(self, actor: Actor, answer_id: int, text: str) -> None:
        """The answer reads like this now. If it is accepted, it stays so."""
        text = answer_of(text)
        async with self._database.transaction() as session:
            await once(session, actor.request, "revisions.edit_answer", self._clock.now())
            answer, question = await self._answer(session, actor, answer_id)
            if text == answer.text:
                return
            blocked = await is_blocked(session, answer.community_id, answer.pseudonym)
            if blocked and answer.state != AnswerState.WITHHELD:
                return
            answer.text, answer.edited_at = text, self._clock.now()
            if answer.state == AnswerState.SHOWN:
                await self._show_answer(session, answer, question)

    async def delete_answer(self, actor: Actor, answer_id: int) -> None:
        """The answer's text is gone; if it was accepted, the question is open again."""
        async with self._database.transaction() as session:
            await once(session, actor.request, "revisions.delete_answer", self._clock.now())
            kept = (*ANSWERS_KEPT, AnswerState.HIDDEN, AnswerState.DELETED)
            answer, question = await self._answer(session, actor, answer_id, kept)
            if answer.state == AnswerState.DELETED:
                return
            shown = answer.state != AnswerState.WITHHELD
            answer.state, answer.text = AnswerState.DELETED, ""
            answer.attached = answer.message_url = None
            if not shown:
                return
            self._posts.unaccept(question, answer.id)
            card, now = gone_answer(question.number or 0), self._clock.now()
            await self._outbox.put_edit(session, answer_key(answer.id), card, now=now)
            await self._outbox.erase(session, [f"answer:{answer.id}:asker"], now=now)
            if question.state in SHOWN:
                await self._posts.changed(session, question)

    async def _show_answer(self, session: AsyncSession, answer: Answer, question: Question) -> None:
        if question.state in SHOWN:
            view = await self._posts.changed(session, question)
        else:
            view = await view_of(session, self._outbox, question)
        await refresh_answer(session, self._outbox, answer, view, self._clock.now())

    async def _refresh_review(
        self, session: AsyncSession, actor: Actor, question: Question
    ) -> None:
        """Show organisers who decide what the question says now, or that it is deleted."""
        await session.flush()
        view = await view_of(session, self._outbox, question)
        into = await ama_title(session, question)
        gone = question.state == QuestionState.DELETED
        card = review_card(
            view, actor.community_ref, into=into, outcome="Deleted by its author" if gone else ""
        )
        key = f"notice:{review_key(question.id)}"
        await self._outbox.put_edit(session, key, card, now=self._clock.now())

    async def _tell_organisers(self, session: AsyncSession, question: Question) -> None:
        """Where they look at anonymous questions first, they hear of later edits."""
        settings = await settings_of(session, question.community_id)
        if question.pseudonym is None or not (settings.approval or question.ama_id is not None):
            return
        community = await session.get_one(Community, question.community_id)
        view = await view_of(session, self._outbox, question)
        notice = edited_notice(view, community.external_id)
        stamp = int(self._clock.now().timestamp() * 1000)
        key = f"{review_key(question.id)}:edited:{stamp}"
        await self._communities.notices.post(session, question.community_id, key, notice)

    async def _question(
        self,
        session: AsyncSession,
        actor: Actor,
        question_id: int,
        states: Sequence[QuestionState],
    ) -> Question:
        question = await own_question(session, actor, question_id, tuple(QuestionState))
        if not is_author(self._pseudonyms, question, actor):
            raise UserError(NOT_YOURS)
        if question.state not in states:
            hidden = question.state == QuestionState.HIDDEN
            raise UserError(HIDDEN if hidden else f"That question is {question.state}.")
        return question

    async def _answer(
        self,
        session: AsyncSession,
        actor: Actor,
        answer_id: int,
        states: Sequence[AnswerState] = ANSWERS_KEPT,
    ) -> tuple[Answer, Question]:
        answer = await session.get(Answer, answer_id)
        if answer is None:
            raise UserError(NO_SUCH_ANSWER)
        question = await own_question(session, actor, answer.question_id, tuple(QuestionState))
        if not is_author(self._pseudonyms, answer, actor):
            raise UserError(NOT_YOURS)
        if answer.state not in states:
            raise UserError(HIDDEN if answer.state == AnswerState.HIDDEN else NO_SUCH_ANSWER)
        return answer, question


def _own_question(question: Question) -> Own:
    return Own(f"question.{question.id}", question.number or 0, question.title, question.details)


def _own_answer(answer: Answer, question: Question) -> Own:
    return Own(f"answer.{answer.id}", question.number or 0, question.title, answer.text)
