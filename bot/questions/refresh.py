"""What follows when a question changes: its card, searches, the next look at it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.core.outbox import Outbox
from bot.core.search import Entry, community_label
from bot.questions.keys import answer_key, card_key
from bot.questions.model import (
    SHOWN,
    Answer,
    AnswerState,
    Question,
    QuestionState,
)
from bot.questions.posts.cards import answer_card, question_card, tags_of, thread_name
from bot.questions.queries import HELPED, INDEX, counts_of, view_of, view_of_answer
from bot.questions.rules import Progress, check_due_at
from bot.questions.views import AnswerView, QuestionView


async def refresh(
    session: AsyncSession, outbox: Outbox, question: Question, now: datetime
) -> QuestionView:
    """The question as it is now, which its card and searches are to show, too."""
    await session.flush()
    view = await view_of(session, outbox, question)
    await outbox.put_edit(
        session,
        card_key(question.id),
        question_card(view),
        tags=tags_of(view),
        name=thread_name(view),
        now=now,
    )
    return view


async def refresh_answer(
    session: AsyncSession, outbox: Outbox, answer: Answer, question: QuestionView, now: datetime
) -> AnswerView:
    """The answer as it is now, which its card is to show, too."""
    await session.flush()
    record = await session.get_one(Question, answer.question_id)
    view = await view_of_answer(session, answer, record)
    key, card = answer_key(answer.id), answer_card(view, question)
    await outbox.put_edit(session, key, card, still_pings=True, now=now)
    return view


async def index(
    session: AsyncSession, question: Question, *, answers: Sequence[str] | None = None
) -> None:
    """Have searches find the question and its answers as they are now.

    Answers are read where their texts are not given.
    """
    if question.state not in SHOWN:
        await INDEX.drop(session, question.id)
        return
    if answers is None:
        found = await session.execute(
            select(Answer.text)
            .where(Answer.question_id == question.id, Answer.state == AnswerState.SHOWN)
            .order_by(Answer.id)
        )
        answers = found.scalars().all()
    labels = [community_label(question.community_id), *([HELPED] if answers else [])]
    text = "\n".join((question.title, question.details, *answers))
    await INDEX.put(session, [Entry(question.id, labels, text)])


async def schedule_check(
    session: AsyncSession,
    question: Question,
    *,
    moved_at: datetime | None = None,
    answers: int | None = None,
) -> None:
    """Note when to look at the question next; `moved_at` is when something happened to it.

    Answers are counted where they are not given.
    """
    if question.state != QuestionState.OPEN or question.ama_id is not None:
        question.check_at = None
        return
    assert question.posted_at is not None, "it is open"
    if moved_at is not None:
        question.moved_at = moved_at
    if answers is None:
        await session.flush()
        answers, _, _ = (await counts_of(session, [question.id]))[question.id]
    question.check_at = check_due_at(progress_of(question, answers=answers))


def progress_of(question: Question, *, answers: int) -> Progress:
    assert question.posted_at is not None
    return Progress(
        posted_at=question.posted_at,
        moved_at=question.moved_at or question.posted_at,
        answers=answers,
        research=question.kind == "research",
        offered=question.offered_at is not None,
        nudges=question.nudges,
    )
