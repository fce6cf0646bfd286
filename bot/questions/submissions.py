"""Questions from the form to the post, by way of similar ones and the organisers.

    ask() ──> DRAFT ── post_draft() ──┐       similar ones were shown first
       └──────────────────────────────┼──> OPEN                        posted
                                      ├──> WAITING ── approve() ──> OPEN
                                      └──> WITHHELD                    the author is blocked

To an anonymous asker, the last three look alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.communities.authors import Author
from bot.communities.blocks import is_blocked
from bot.communities.model import Community
from bot.communities.pseudonyms import Pseudonyms
from bot.communities.service import Actor, Communities
from bot.communities.subjects import EXPERIENCE, MEETING, PAPER, Subject
from bot.core.database import Database
from bot.core.errors import UserError
from bot.core.outbox import Outbox
from bot.core.requests import is_new, once
from bot.core.search import community_label
from bot.core.time.clock import Clock
from bot.questions.keys import review_key
from bot.questions.model import (
    Ama,
    AmaState,
    Question,
    QuestionKind,
    QuestionSettingsRecord,
    QuestionState,
)
from bot.questions.posts.notices import review_card
from bot.questions.posts.posts import QuestionPosts
from bot.questions.queries import (
    HELPED,
    INDEX,
    NO_SUCH_QUESTION,
    ama_title,
    is_author,
    own_question,
    settings_of,
    view_of,
    views_of,
)
from bot.questions.rules import (
    DRAFTS_LAST,
    details_of,
    require_pause,
    title_of,
    topic_among,
)
from bot.questions.views import QuestionView

# The topic of what is asked about such a thing, where the group has it.
TOPICS = {PAPER: "Papers", MEETING: "Papers", EXPERIENCE: "Internships"}
MOST_WAITING = 5  # of one author's, until the organisers have decided
MOST_SIMILAR = 3
SIMILAR_ENOUGH = 0.6  # of what a title's words tell
NOT_ANONYMOUS = "This group takes no anonymous questions. Send it again without *Anonymous*."

_ASKED_WITH = select(Question).where(
    Question.community_id == bindparam("community_id"), Question.asked_key == bindparam("key")
)


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A question as it is typed. `to` is a member's ref."""

    title: str
    details: str = ""
    topic: str = ""
    anonymous: bool = False
    research: bool = False
    to: str | None = None
    about: Subject | None = None
    ama_id: int | None = None
    parent_id: int | None = None


def draft_about(subject: Subject, topics: Sequence[str]) -> Draft:
    """A draft about something, with the topic that such things have, and for whom it is of."""
    topic = TOPICS.get(subject.kind, "")
    return Draft(
        title="", topic=topic if topic in topics else "", to=subject.member_ref, about=subject
    )


@dataclass(frozen=True)
class Asked:
    """The question is posted; or it is anonymous, and nothing more is told of it."""

    question: QuestionView | None
    place: str | None = None  # the channel that it goes to, or the thread if that is there
    approval: bool = False  # whether organisers look at anonymous ones first: a setting


@dataclass(frozen=True)
class Similar:
    """It is not posted yet: perhaps one of these helps."""

    draft_id: int
    found: tuple[QuestionView, ...]


class QuestionSubmissions:
    """Take what members ask, show similar questions, and post it."""

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

    async def ask(self, actor: Actor, draft: Draft, key: str) -> Asked | Similar:
        """Ask; raises UserError where it can't be taken.

        `key` is an idempotency key, kept for ever.
        """
        title, details = title_of(draft.title), details_of(draft.details)
        async with self._database.transaction() as session:
            community = await self._communities.require(session, actor)
            settings = await settings_of(session, community.id)
            await is_new(session, actor.request, "asking.ask", self._clock.now())  # `key` decides
            question = await _asked_with(session, community.id, key)
            if question is None:
                author = Author.of(actor, community.id, self._pseudonyms, anonymous=draft.anonymous)
                await self._require_leave(session, community.id, author, settings, draft)
                question = await self._new(session, community, settings, author, draft)
                question.title, question.details, question.asked_key = title, details, key
                await self._posts.place(session, settings, question)  # or there is nowhere
                session.add(question)
                await session.flush()
            if question.state != QuestionState.DRAFT:
                return await self._outcome(session, settings, question)
            similar = await self._similar(session, question)
            if similar:
                return Similar(question.id, tuple(similar))
            return await self._submit(session, community, settings, question)

    async def post_draft(self, actor: Actor, draft_id: int) -> Asked:
        """Post it although there are similar ones."""
        async with self._database.transaction() as session:
            await once(session, actor.request, "asking.post_draft", self._clock.now())
            question = await self._own_draft(session, actor, draft_id)
            community = await session.get_one(Community, question.community_id)
            settings = await settings_of(session, community.id)
            if question.state != QuestionState.DRAFT:
                return await self._outcome(session, settings, question)
            return await self._submit(session, community, settings, question)

    async def forget_drafts(self) -> datetime | None:
        """Delete drafts that nobody has posted for a day; returns when the next ones are due."""
        due = self._clock.now() - DRAFTS_LAST
        is_draft = Question.state == literal_column("'draft'")  # in the words of the index
        async with self._database.reading() as session:
            oldest = await session.execute(select(func.min(Question.created_at)).where(is_draft))
            first = oldest.scalar_one()
        if first is None or first > due:
            return first and first + DRAFTS_LAST
        async with self._database.transaction() as session:
            await session.execute(delete(Question).where(is_draft, Question.created_at <= due))
            left = await session.execute(select(func.min(Question.created_at)).where(is_draft))
            first = left.scalar_one()
            return first and first + DRAFTS_LAST

    async def _new(
        self,
        session: AsyncSession,
        community: Community,
        settings: QuestionSettingsRecord,
        author: Author,
        draft: Draft,
    ) -> Question:
        subject = draft.about
        if draft.ama_id is not None:
            await _require_open(session, community.id, draft.ama_id)
            topic = "AMA"
        else:
            topic = topic_among(settings.topics, draft.topic or settings.topics[-1])
        return Question(
            community_id=community.id,
            kind=QuestionKind.RESEARCH if draft.research else QuestionKind.QUESTION,
            state=QuestionState.DRAFT,
            topic=topic,
            member_ref=author.member_ref,
            member_name=author.member_name,
            pseudonym=author.pseudonym,
            addressee_ref=draft.to,
            ama_id=draft.ama_id,
            parent_id=draft.parent_id,
            subject_kind=subject.kind if subject else None,
            subject_id=subject.id if subject else None,
            subject_title=subject.title if subject else None,
            subject_url=subject.url if subject else None,
            created_at=self._clock.now(),
            nudges=0,
        )

    async def _submit(
        self,
        session: AsyncSession,
        community: Community,
        settings: QuestionSettingsRecord,
        question: Question,
    ) -> Asked:
        if await is_blocked(session, community.id, question.pseudonym):
            question.state = QuestionState.WITHHELD
        elif question.pseudonym is not None and _is_moderated(settings, question):
            question.state = QuestionState.WAITING
            view = await view_of(session, self._outbox, question)
            into = await ama_title(session, question)
            card = review_card(view, community.external_id, into=into)
            await self._communities.notices.post(
                session, community.id, review_key(question.id), card
            )
        else:
            view = await self._posts.publish(session, community, settings, question)
            return await self._outcome(session, settings, question, view)
        return await self._outcome(session, settings, question)

    async def _outcome(
        self,
        session: AsyncSession,
        settings: QuestionSettingsRecord,
        question: Question,
        view: QuestionView | None = None,
    ) -> Asked:
        """What the asker is told: of an anonymous question, nothing that tells its state."""
        if question.pseudonym is not None:
            return Asked(None, approval=_is_moderated(settings, question))
        view = view or await view_of(session, self._outbox, question)
        return Asked(view, view.thread_ref or question.channel_ref)

    async def _similar(self, session: AsyncSession, question: Question) -> list[QuestionView]:
        """Questions that have an answer and are much like this one; a guest is asked anew."""
        if question.ama_id is not None:
            return []
        labels = [community_label(question.community_id), HELPED]
        ids = await INDEX.alike(session, question.title, labels, SIMILAR_ENOUGH, MOST_SIMILAR)
        found = [await session.get_one(Question, number) for number in ids]
        return await views_of(session, self._outbox, found)

    async def _require_leave(
        self,
        session: AsyncSession,
        community_id: int,
        author: Author,
        settings: QuestionSettingsRecord,
        draft: Draft,
    ) -> None:
        """Raise UserError where this author can't ask now.

        Named and anonymous questions are counted apart, or the one would tell of the other.
        """
        if draft.anonymous and not settings.anonymous_questions:
            raise UserError(NOT_ANONYMOUS)
        now = self._clock.now()  # what a clock that was ahead has stored keeps nobody from asking
        here = Question.community_id == community_id
        mine = (here, author.wrote(Question), Question.created_at <= now)
        last = await session.execute(select(func.max(Question.created_at)).where(*mine))
        require_pause(last.scalar_one(), now, settings.cooldown_minutes)
        if author.pseudonym is not None:
            states = (QuestionState.WAITING, QuestionState.WITHHELD)
            recent = Question.created_at > now - DRAFTS_LAST
            waiting = await session.execute(
                select(func.count()).where(*mine, recent, Question.state.in_(states))
            )
            if settings.approval and waiting.scalar_one() >= MOST_WAITING:
                raise UserError(
                    f"{MOST_WAITING} of your questions are waiting for the organisers. Please wait "
                    "until they have decided."
                )

    async def _own_draft(self, session: AsyncSession, actor: Actor, draft_id: int) -> Question:
        try:
            question = await own_question(session, actor, draft_id, tuple(QuestionState))
        except UserError:
            raise UserError("That draft has expired. Ask again with `/ask`.") from None
        if not is_author(self._pseudonyms, question, actor):
            raise UserError(NO_SUCH_QUESTION)
        return question


def _is_moderated(settings: QuestionSettingsRecord, question: Question) -> bool:
    """Whether organisers look at an anonymous question before it is posted."""
    return settings.approval or question.ama_id is not None


async def _asked_with(session: AsyncSession, community_id: int, key: str) -> Question | None:
    found = await session.execute(_ASKED_WITH, {"community_id": community_id, "key": key})
    return found.scalar_one_or_none()


async def _require_open(session: AsyncSession, community_id: int, ama_id: int) -> None:
    ama = await session.get(Ama, ama_id)
    if ama is None or ama.community_id != community_id:
        raise UserError("I don't know that AMA any more.")
    if ama.state != AmaState.OPEN:
        raise UserError("This AMA is closed. Ask everyone with `/ask`.")
