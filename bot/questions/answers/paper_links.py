"""Open research questions collect papers that may help."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.communities.service import Actor
from bot.communities.subjects import Work, Works
from bot.core.database import Database
from bot.core.errors import UserError
from bot.core.outbox import Outbox
from bot.core.requests import once
from bot.core.text import plain
from bot.core.time.clock import Clock
from bot.questions.model import Question, QuestionKind, QuestionPointer, QuestionState
from bot.questions.posts.cards import pointer_card
from bot.questions.posts.posts import QuestionPosts
from bot.questions.posts.rows import in_thread
from bot.questions.queries import own_question, view_of
from bot.questions.rules import note_of
from bot.questions.views import PointerView, QuestionView

NOT_RESEARCH = "Only open research questions collect papers. Post your link with *Answer* instead."


class PaperLinks:
    """Add papers to open research questions."""

    def __init__(
        self,
        database: Database,
        outbox: Outbox,
        posts: QuestionPosts,
        works: Works,
        clock: Clock,
    ) -> None:
        self._database = database
        self._outbox = outbox
        self._posts = posts
        self._works = works
        self._clock = clock

    async def show(self, actor: Actor, question_id: int) -> QuestionView:
        """The question that a paper may help with. Raises UserError where none is asked for."""
        async with self._database.reading() as session:
            question = await self._open(session, actor, question_id)
            return await view_of(session, self._outbox, question)

    async def point(self, actor: Actor, question_id: int, text: str, note: str = "") -> Work:
        """Add the paper that a link, an id or a title names. May ask outside services."""
        note = note_of(note) if plain(note).strip() else ""
        await self.show(actor, question_id)
        work = await self._works.work(actor, text)
        async with self._database.transaction() as session:
            await once(session, actor.request, "pointing.point", self._clock.now())
            question = await self._open(session, actor, question_id)
            known = await session.execute(
                select(QuestionPointer.id).where(
                    QuestionPointer.question_id == question.id,
                    QuestionPointer.reference == work.reference,
                )
            )
            if known.first() is not None:
                raise UserError("Someone has added this paper already.")
            pointer = QuestionPointer(
                question_id=question.id,
                reference=work.reference,
                title=work.title,
                url=work.url,
                note=note,
                member_ref=actor.member_ref,
                created_at=self._clock.now(),
            )
            session.add(pointer)
            await session.flush()
            view = await self._posts.changed(session, question)
            card = pointer_card(PointerView(work.title, work.url, note, actor.member_ref), view)
            row = in_thread(question, f"question:{question.id}:pointer:{pointer.id}", card)
            await self._outbox.put(session, row, now=self._clock.now())
        return work

    async def _open(self, session: AsyncSession, actor: Actor, question_id: int) -> Question:
        states = (QuestionState.OPEN, QuestionState.ANSWERED)
        question = await own_question(session, actor, question_id, states)
        if question.kind != QuestionKind.RESEARCH:
            raise UserError(NOT_RESEARCH)
        return question
