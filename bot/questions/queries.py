"""Questions and answers as they are stored: found, counted, shown on their messages."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.communities.authors import Author
from bot.communities.model import Community
from bot.communities.pseudonyms import Pseudonyms
from bot.communities.service import Actor
from bot.core.errors import UserError
from bot.core.outbox import Outbox
from bot.core.search import SearchIndex
from bot.core.text import shown
from bot.questions.model import (
    DEFAULTS,
    SHOWN,
    Ama,
    AmaState,
    Answer,
    AnswerState,
    AnswerVote,
    Question,
    QuestionInterest,
    QuestionPointer,
    QuestionSettingsRecord,
    QuestionState,
)
from bot.questions.views import AnswerView, QuestionView, answer_view, question_view

NO_SUCH_QUESTION = "I don't know that question. See `/question list`."
NO_SUCH_ANSWER = "I don't know that answer any more."
CLOSED = (
    "This question is closed. The person who asked or an organiser can reopen it with "
    "`/question reopen`."
)
NO_SUCH_AMA = "I don't know that AMA. Choose one from the list as you type."
INDEX = SearchIndex("question_search")
LONGEST_NAME = 100  # of an AMA, in a line about something else
HELPED = "answered"  # the label of questions that have an answer

# Made once, since every press of a button asks them.
_OWN = (
    select(Question)
    .join(Community, Community.id == Question.community_id)
    .where(Question.id == bindparam("id"))
    .where(
        Community.platform == bindparam("platform"),
        Community.external_id == bindparam("community_ref"),
    )
)
_COUNTS = select(
    Question.id,
    select(func.count())
    .where(Answer.question_id == Question.id, Answer.state == AnswerState.SHOWN)
    .scalar_subquery(),
    select(func.count())
    .where(QuestionInterest.question_id == Question.id, QuestionInterest.me_too)
    .scalar_subquery(),
    select(func.count()).where(QuestionPointer.question_id == Question.id).scalar_subquery(),
).where(Question.id.in_(bindparam("ids", expanding=True)))
_ACCEPTED = select(
    Answer,
    select(func.count()).where(AnswerVote.answer_id == Answer.id).scalar_subquery(),
).where(Answer.id.in_(bindparam("ids", expanding=True)))
_VOTES = select(func.count()).where(AnswerVote.answer_id == bindparam("id"))
_SETTINGS = select(QuestionSettingsRecord).where(
    QuestionSettingsRecord.community_id == bindparam("community_id")
)


async def settings_of(session: AsyncSession, community_id: int) -> QuestionSettingsRecord:
    """What the community has set, or what it would have."""
    found = (await session.execute(_SETTINGS, {"community_id": community_id})).scalar_one_or_none()
    return found or QuestionSettingsRecord(community_id=community_id, **DEFAULTS)


async def own_question(
    session: AsyncSession,
    actor: Actor,
    question_id: int,
    states: Sequence[QuestionState] = SHOWN,
) -> Question:
    """The question, if it is of the actor's community and in one of these states."""
    found = await session.execute(
        _OWN,
        {"id": question_id, "platform": actor.platform, "community_ref": actor.community_ref},
    )
    question = found.scalar_one_or_none()
    if question is None or question.state not in states:
        raise UserError(NO_SUCH_QUESTION)
    return question


async def own_answer(
    session: AsyncSession, actor: Actor, answer_id: int
) -> tuple[Answer, Question]:
    """The answer and its question, if both are shown in the actor's community."""
    answer = await session.get(Answer, answer_id)
    if answer is None or answer.state != AnswerState.SHOWN:
        raise UserError(NO_SUCH_ANSWER)
    return answer, await own_question(session, actor, answer.question_id)


def is_author(pseudonyms: Pseudonyms, written: Question | Answer, actor: Actor) -> bool:
    if written.pseudonym is None:
        return written.member_ref == actor.member_ref
    return written.pseudonym == pseudonyms.of(written.community_id, actor.member_ref)


async def open_ama(session: AsyncSession, community_id: int) -> Ama | None:
    found = await session.execute(
        select(Ama).where(Ama.community_id == community_id, Ama.state == AmaState.OPEN)
    )
    return found.scalar_one_or_none()


async def own_ama(session: AsyncSession, actor: Actor, ama_id: int) -> Ama:
    """The AMA, if it is of the actor's community."""
    found = await session.execute(
        select(Ama)
        .join(Community, Community.id == Ama.community_id)
        .where(Ama.id == ama_id)
        .where(Community.platform == actor.platform, Community.external_id == actor.community_ref)
    )
    if (ama := found.scalar_one_or_none()) is None:
        raise UserError(NO_SUCH_AMA)
    return ama


async def ama_title(session: AsyncSession, question: Question) -> str:
    """The title of the AMA that the question is for, if it is for one."""
    if question.ama_id is None:
        return ""
    return shown((await session.get_one(Ama, question.ama_id)).title, LONGEST_NAME)


async def view_of_answer(session: AsyncSession, answer: Answer, question: Question) -> AnswerView:
    votes = (await session.execute(_VOTES, {"id": answer.id})).scalar_one()
    return answer_view(answer, question, votes)


async def view_of(session: AsyncSession, outbox: Outbox, question: Question) -> QuestionView:
    return (await views_of(session, outbox, [question]))[0]


async def views_of(
    session: AsyncSession, outbox: Outbox, questions: Sequence[Question]
) -> list[QuestionView]:
    """However many they are, with the same few statements."""
    counts = await counts_of(session, [one.id for one in questions])
    accepted = [one.accepted_id for one in questions if one.accepted_id is not None]
    answers = await _accepted(session, accepted)
    threads = await _threads(session, outbox, questions)
    followed_up = await _numbers(session, [one.parent_id for one in questions if one.parent_id])
    views = []
    for question in questions:
        answer = answers.get(question.accepted_id or 0)
        counted = counts[question.id]
        views.append(
            question_view(
                question,
                accepted=answer and answer_view(answer[0], question, answer[1]),
                answers=counted[0],
                me_too=counted[1],
                pointers=counted[2],
                follows_up=followed_up.get(question.parent_id or 0),
                thread_ref=threads.get(question.place or ""),
            )
        )
    return views


async def counts_of(session: AsyncSession, ids: Sequence[int]) -> dict[int, tuple[int, int, int]]:
    """How many answers, members who want to know it, too, and pointers questions have."""
    if not ids:
        return {}
    found = await session.execute(_COUNTS, {"ids": ids})
    return {number: (answers, me_too, pointers) for number, answers, me_too, pointers in found}


async def _accepted(session: AsyncSession, ids: Sequence[int]) -> dict[int, tuple[Answer, int]]:
    """Answers with their votes."""
    if not ids:
        return {}
    found = await session.execute(_ACCEPTED, {"ids": ids})
    return {answer.id: (answer, votes) for answer, votes in found}


async def _numbers(session: AsyncSession, ids: Sequence[int]) -> dict[int, int | None]:
    """The numbers that questions have in their community."""
    if not ids:
        return {}
    found = await session.execute(select(Question.id, Question.number).where(Question.id.in_(ids)))
    return {row.id: row.number for row in found}


async def _threads(
    session: AsyncSession, outbox: Outbox, questions: Sequence[Question]
) -> dict[str, str]:
    """Where what stands at these places is discussed, once that is there."""
    places = [one.place for one in questions if one.place is not None]
    if not places:
        return {}
    there = await outbox.find_all(session, places)
    return {place: row.place_ref for place, row in there.items() if row.place_ref}


async def thread_ref(session: AsyncSession, outbox: Outbox, question: Question) -> str | None:
    """Where the question is discussed, once that is there."""
    return (await _threads(session, outbox, [question])).get(question.place or "")


async def answer_with(session: AsyncSession, community_id: int, key: str) -> Answer | None:
    found = await session.execute(
        select(Answer).where(Answer.community_id == community_id, Answer.asked_key == key)
    )
    return found.scalar_one_or_none()


async def add_answer(
    session: AsyncSession,
    question: Question,
    author: Author,
    text: str,
    key: str,
    now: datetime,
    *,
    withheld: bool = False,
) -> Answer:
    """A new answer; it isn't posted yet."""
    answer = Answer(
        community_id=question.community_id,
        question_id=question.id,
        state=AnswerState.WITHHELD if withheld else AnswerState.SHOWN,
        text=text,
        member_ref=author.member_ref,
        member_name=author.member_name,
        pseudonym=author.pseudonym,
        asked_key=key,
        created_at=now,
    )
    session.add(answer)
    await session.flush()
    return answer
