"""Questions looked up: lists, searches, one with all its answers."""

from collections.abc import Sequence
from enum import StrEnum

from sqlalchemy import ColumnElement, CompoundSelect, ScalarSelect, Select, func, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from bot.communities.pseudonyms import Pseudonyms
from bot.communities.service import Actor, Communities
from bot.communities.subjects import number_in
from bot.core.database import Database
from bot.core.ids import Target
from bot.core.outbox import Outbox
from bot.core.search import community_label
from bot.questions.model import (
    SHOWN,
    Answer,
    AnswerState,
    AnswerVote,
    Question,
    QuestionInterest,
    QuestionKind,
    QuestionPointer,
    QuestionState,
)
from bot.questions.queries import (
    INDEX,
    is_author,
    own_question,
    view_of,
    views_of,
)
from bot.questions.views import PointerView, QuestionPage, QuestionView, answer_view

MOST_LISTED = 200
MOST_FOUND = 50
SUGGESTED = 25
NOT_POSTED = (QuestionState.WAITING, QuestionState.WITHHELD)


class Filter(StrEnum):
    """Which questions a list has."""

    OPEN = "open"
    UNANSWERED = "unanswered"
    ANSWERED = "answered"
    WANTED = "wanted"  # open ones that most members want to know
    RESEARCH = "research"
    MINE = "mine"


class QuestionSearch:
    """List, search and show questions."""

    def __init__(
        self,
        database: Database,
        communities: Communities,
        outbox: Outbox,
        pseudonyms: Pseudonyms,
    ) -> None:
        self._database = database
        self._communities = communities
        self._outbox = outbox
        self._pseudonyms = pseudonyms

    async def listed(
        self, actor: Actor, wanted: Filter = Filter.OPEN, topic: str = ""
    ) -> list[QuestionView]:
        """The questions of a kind, the latest first, or those most wanted; of one topic, perhaps.

        One's own are all there, also those that wait for the organisers.
        """
        async with self._database.reading() as session:
            community = await self._communities.require(session, actor)
            statement = select(Question.id).where(Question.community_id == community.id)
            if topic:
                statement = statement.where(func.lower(Question.topic) == topic.strip().lower())
            statement = self._filtered(statement, wanted, actor, community.id)
            ids = (await session.execute(statement.limit(MOST_LISTED))).scalars().all()
            return await self._views(session, ids)

    async def search(self, actor: Actor, text: str) -> list[QuestionView]:
        """Questions that have all words, in themselves or in their answers; the latest ones."""
        async with self._database.reading() as session:
            community = await self._communities.require(session, actor)
            ids = await INDEX.find(session, text, [community_label(community.id)])
            return await self._views(session, ids[:MOST_FOUND])

    async def like(
        self, actor: Actor, typed: str, states: tuple[QuestionState, ...] = SHOWN
    ) -> list[QuestionView]:
        """Questions whose text has what is typed, for autocomplete; the latest without."""
        async with self._database.reading() as session:
            community = await self._communities.require(session, actor)
            statement = (
                select(Question)
                .where(Question.community_id == community.id, Question.state.in_(states))
                .order_by(Question.id.desc())
                .limit(SUGGESTED)
            )
            if typed.strip().isdecimal():
                statement = statement.where(Question.number == int(typed[:9]))
            elif typed.strip() and set(states) <= set(SHOWN):
                ids = await INDEX.find(session, typed, [community_label(community.id)])
                statement = statement.where(Question.id.in_(ids))
            elif typed.strip():  # searches don't have all of these
                statement = statement.where(
                    Question.title.icontains(typed.strip(), autoescape=True)
                )
            found = await session.execute(statement)
            return await views_of(session, self._outbox, found.scalars().all())

    async def show(self, actor: Actor, question_id: int) -> QuestionPage:
        """A question with all its answers, the accepted one first, then by votes and age."""
        async with self._database.reading() as session:
            question = await own_question(session, actor, question_id)
            rows = await session.execute(
                select(Answer, func.count(AnswerVote.member_ref))
                .outerjoin(AnswerVote, AnswerVote.answer_id == Answer.id)
                .where(Answer.question_id == question.id, Answer.state == AnswerState.SHOWN)
                .group_by(Answer.id)
            )
            answers = [answer_view(answer, question, votes) for answer, votes in rows]
            pointers = await session.execute(
                select(QuestionPointer)
                .where(QuestionPointer.question_id == question.id)
                .order_by(QuestionPointer.id)
            )
            return QuestionPage(
                await view_of(session, self._outbox, question),
                tuple(sorted(answers, key=lambda a: (not a.accepted, -a.votes, a.id))),
                tuple(
                    PointerView(one.title, one.url, one.note, one.member_ref)
                    for one in pointers.scalars()
                ),
                mine=is_author(self._pseudonyms, question, actor),
            )

    async def behind(self, actor: Actor, mark: int | None) -> Target | None:
        """The question or the answer that a message of ours shows, by its mark."""
        async with self._database.reading() as session:
            community = await self._communities.require(session, actor)
            key = await self._outbox.key_by_id(session, community.id, mark or 0)
        if key is None or not key.endswith(":card"):
            return None
        targets = (Target(kind, number_in(key, kind)) for kind in ("question", "answer"))
        return next((target for target in targets if target.id), None)

    async def _views(self, session: AsyncSession, ids: Sequence[int]) -> list[QuestionView]:
        """The questions with these ids, in this order."""
        found = await session.execute(select(Question).where(Question.id.in_(ids)))
        by_id = {question.id: question for question in found.scalars()}
        return await views_of(session, self._outbox, [by_id[one] for one in ids if one in by_id])

    def _filtered(
        self, statement: Select[int], wanted: Filter, actor: Actor, community_id: int
    ) -> Select[int]:
        latest = Question.id.desc()
        if wanted is Filter.MINE:
            mine = self._by(actor, community_id)
            states = (*SHOWN, *NOT_POSTED)
            return statement.where(Question.id.in_(mine), Question.state.in_(states)).order_by(
                latest
            )
        if wanted is Filter.ANSWERED:
            return statement.where(Question.state == QuestionState.ANSWERED).order_by(latest)
        statement = statement.where(Question.state == QuestionState.OPEN)
        if wanted is Filter.RESEARCH:
            return statement.where(Question.kind == QuestionKind.RESEARCH).order_by(latest)
        statement = statement.where(Question.kind == QuestionKind.QUESTION)
        if wanted is Filter.UNANSWERED:
            return statement.where(~has_answer()).order_by(latest)
        if wanted is Filter.WANTED:
            return statement.order_by(wanting().desc(), latest)
        return statement.order_by(latest)

    def _by(self, actor: Actor, community_id: int) -> CompoundSelect[int]:
        """The ids of all that somebody has asked, by name or anonymously.

        Two statements, since with OR the database would look through all of the community's.
        """
        asked = select(Question.id).where(Question.community_id == community_id)
        pseudonym = self._pseudonyms.of(community_id, actor.member_ref)
        return union_all(
            asked.where(Question.member_ref == actor.member_ref),
            asked.where(Question.pseudonym == pseudonym),
        )


def has_answer() -> ColumnElement[bool]:
    """Whether somebody has answered a question."""
    answers = select(Answer.id).where(
        Answer.question_id == Question.id, Answer.state == AnswerState.SHOWN
    )
    return answers.correlate(Question).exists()


def wanting() -> ScalarSelect[int]:
    """How many members want to know a question, too."""
    return (
        select(func.count())
        .where(QuestionInterest.question_id == Question.id, QuestionInterest.me_too)
        .correlate(Question)
        .scalar_subquery()
    )


async def unanswered(session: AsyncSession, community_id: int, most: int) -> list[Question]:
    """Open questions of a community without an answer, those most wanted first."""
    found = await session.execute(
        select(Question)
        .where(Question.community_id == community_id, Question.state == QuestionState.OPEN)
        .where(Question.kind == QuestionKind.QUESTION, Question.ama_id.is_(None))
        .where(~has_answer())
        .order_by(wanting().desc(), Question.id)
        .limit(most)
    )
    return list(found.scalars())
