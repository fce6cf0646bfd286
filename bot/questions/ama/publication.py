"""What may be published of an AMA: what its authors have agreed to."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.communities.model import Community
from bot.questions.ama.export import Interview, Reply, Said
from bot.questions.model import (
    SHOWN,
    Ama,
    Answer,
    AnswerState,
    EditorNote,
    PublishConsent,
    Question,
)
from bot.questions.search import wanting


async def interview_of(session: AsyncSession, ama: Ama) -> tuple[Interview, int]:
    """What may be published of an AMA, and how many questions and answers may not."""
    agreed, notes = await _agreed(session, ama), await _notes(session, ama)
    questions = await session.execute(
        select(Question)
        .where(Question.ama_id == ama.id, Question.state.in_(SHOWN))
        .order_by(wanting().desc(), Question.id)
    )
    said: dict[int, Said] = {}
    below: dict[int | None, list[int]] = defaultdict(list)
    held_back = 0
    for question in questions.scalars():
        answers, unpublished = await _published(session, question.id, agreed)
        held_back += unpublished
        if (question.member_ref or question.pseudonym) not in agreed:
            held_back += 1
            continue
        said[question.id] = Said(
            number=question.number or 0,
            title=question.title,
            details=question.details,
            asked_by=question.member_name,
            answers=answers,
            notes=tuple(notes.get(question.id, ())),
        )
        below[question.parent_id].append(question.id)
    community = await session.get_one(Community, ama.community_id)
    interview = Interview(
        title=ama.title,
        guest=ama.guest_name,
        date=ama.opened_at,
        zone=community.zone,
        notes=tuple(notes.get(None, ())),
        questions=tuple(one for one in _in_order(said, below) if one.is_answered),
    )
    return interview, held_back


async def _agreed(session: AsyncSession, ama: Ama) -> set[str]:
    """Who has agreed, by id or pseudonym."""
    found = await session.execute(
        select(PublishConsent.author).where(
            PublishConsent.community_id == ama.community_id, PublishConsent.agreed.is_(True)
        )
    )
    return set(found.scalars())


async def _notes(session: AsyncSession, ama: Ama) -> dict[int | None, list[str]]:
    """The editor's notes, by the question that they stand below."""
    found = await session.execute(
        select(EditorNote).where(EditorNote.ama_id == ama.id).order_by(EditorNote.id)
    )
    notes: dict[int | None, list[str]] = defaultdict(list)
    for note in found.scalars():
        notes[note.question_id].append(note.text)
    return notes


async def _published(
    session: AsyncSession, question_id: int, agreed: set[str]
) -> tuple[tuple[Reply, ...], int]:
    """The answers that may be published, and how many may not."""
    found = await session.execute(
        select(Answer)
        .where(Answer.question_id == question_id, Answer.state == AnswerState.SHOWN)
        .order_by(Answer.id)
    )
    answers = found.scalars().all()
    published = [one for one in answers if (one.member_ref or one.pseudonym) in agreed]
    replies = tuple(Reply(one.member_name, one.text) for one in published)
    return replies, len(answers) - len(published)


def _in_order(
    said: Mapping[int, Said], below: Mapping[int | None, Sequence[int]]
) -> tuple[Said, ...]:
    """Each question with its follow-ups; those of one that is not published stand by themselves."""

    def under(parent: int | None) -> tuple[Said, ...]:
        return tuple(said[one].with_follow_ups(under(one)) for one in below.get(parent, ()))

    lost = [parent for parent in below if parent is not None and parent not in said]
    return under(None) + tuple(one for parent in lost for one in under(parent))
