"""AMAs as documents: editor's notes and the export."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.communities.service import Actor, Communities
from bot.core.database import Database
from bot.core.errors import UserError
from bot.core.outbox import Outbox
from bot.core.requests import once
from bot.core.time.clock import Clock
from bot.questions.ama.export import document
from bot.questions.ama.publication import interview_of
from bot.questions.model import (
    SHOWN,
    Ama,
    EditorNote,
    Question,
)
from bot.questions.queries import own_ama, own_question, views_of
from bot.questions.rules import note_of
from bot.questions.views import QuestionView

NOT_OF_AN_AMA = "That question doesn't belong to an AMA. Choose one from the list."
SUGGESTED = 25


@dataclass(frozen=True)
class Exported:
    """An AMA as a document, and how much of it may not be published."""

    file_name: str
    text: str
    questions: int  # that it holds, follow-ups not counted
    held_back: int  # questions and answers whose authors have not agreed


class AmaDocuments:
    """Find AMAs that took place, add notes to them, export them."""

    def __init__(
        self, database: Database, communities: Communities, outbox: Outbox, clock: Clock
    ) -> None:
        self._database = database
        self._communities = communities
        self._outbox = outbox
        self._clock = clock

    async def titles(self, actor: Actor) -> dict[int, str]:
        """The titles of all AMAs, by their ids, the latest first."""
        async with self._database.reading() as session:
            community = await self._communities.require(session, actor)
            found = await session.execute(
                select(Ama.id, Ama.title)
                .where(Ama.community_id == community.id)
                .order_by(Ama.id.desc())
            )
            return dict(found.all())

    async def questions(self, actor: Actor, typed: str = "") -> list[QuestionView]:
        """The questions of all AMAs, the latest first, for autocomplete."""
        async with self._database.reading() as session:
            community = await self._communities.require(session, actor)
            found = await session.execute(
                select(Question)
                .where(Question.community_id == community.id, Question.ama_id.is_not(None))
                .where(Question.state.in_(SHOWN), Question.title.contains(typed, autoescape=True))
                .order_by(Question.id.desc())
                .limit(SUGGESTED)
            )
            return await views_of(session, self._outbox, found.scalars().all())

    async def note(
        self, actor: Actor, text: str, *, ama_id: int | None = None, question_id: int | None = None
    ) -> None:
        """An editor's note, before an interview or below one of its questions.

        Without either, it is for the latest AMA.
        """
        actor.require_organiser()
        text = note_of(text)
        async with self._database.transaction() as session:
            await once(session, actor.request, "interviews.note", self._clock.now())
            if question_id is not None:
                ama_id = (await own_question(session, actor, question_id)).ama_id
                if ama_id is None:
                    raise UserError(NOT_OF_AN_AMA)
            elif ama_id is None:
                ama_id = await self._latest(session, actor)
            ama = await own_ama(session, actor, ama_id)
            session.add(
                EditorNote(
                    ama_id=ama.id,
                    question_id=question_id,
                    text=text,
                    by_ref=actor.member_ref,
                    created_at=self._clock.now(),
                )
            )

    async def export(self, actor: Actor, ama_id: int, *, jekyll: bool) -> Exported:
        """An AMA as a document, with front matter for Jekyll or without.

        It holds only what its authors have agreed to publish.
        """
        actor.require_organiser()
        async with self._database.reading() as session:
            ama = await own_ama(session, actor, ama_id)
            interview, held_back = await interview_of(session, ama)
            file_name, text = document(interview, jekyll=jekyll)
            return Exported(file_name, text, len(interview.questions), held_back)

    async def _latest(self, session: AsyncSession, actor: Actor) -> int:
        community = await self._communities.require(session, actor)
        latest = await session.execute(
            select(func.max(Ama.id)).where(Ama.community_id == community.id)
        )
        if (ama_id := latest.scalar_one()) is None:
            raise UserError("There hasn't been an AMA yet. Open one with `/ama open`.")
        return ama_id
